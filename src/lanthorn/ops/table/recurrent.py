"""Whole sequences through a recurrent cell."""


def fill(op):
    op(
        "lstm(x, h, c, kernel, recurrent_kernel, bias=None, sequences=True)",
        "(outputs, last h, last c) of an LSTM along (batch, steps, features); outputs: all, or the last one.",
        public=False,
    )
    op(
        "gru(x, h, kernel, recurrent_kernel, bias=None, sequences=True)",
        "(outputs, last h) of a GRU with the reset gate after the product; bias (2, 3 · units). Outputs as for lstm.",
        public=False,
    )
