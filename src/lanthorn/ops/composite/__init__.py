"""Ops made of ops: what runs where an engine has no function of its own, or none that agrees with the others."""

PARTS = (
    "nn reductions elementwise shapes linalg fourier windows control ctc ctc_decoding image warping filters recurrent"
).split()
