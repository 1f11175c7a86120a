"""Random choices as a function of (seed, epoch, sample), whoever asks and in whatever order.

Philox is a counter-based generator (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): the key
is (seed, epoch) and the counter starts at the sample, so that no state is carried from one picture to the next.
"""

import threading

import numpy as np

_MASK = (1 << 64) - 1
SHUFFLE = _MASK  # the "sample" that stands for the order of an epoch


def bits(seed: int, epoch: int = 0, sample: int = 0) -> np.random.Philox:
    """The bit generator of one sample in one epoch."""
    counter = np.array([0, 0, 0, sample & _MASK], np.uint64)
    return np.random.Philox(key=np.array([seed & _MASK, epoch & _MASK], np.uint64), counter=counter)


def generator(seed: int, epoch: int = 0, sample: int = 0) -> np.random.Generator:
    """NumPy's Generator over `bits`: `.uniform`, `.integers`, `.random` …"""
    return np.random.Generator(bits(seed, epoch, sample))


_lent = threading.local()


def lent_generator(seed: int, epoch: int, sample: int) -> np.random.Generator:
    """`generator`, the same numbers: good until this thread asks for the next one. Making one takes 8 µs, this 1.5."""
    if not hasattr(_lent, "generator"):
        _lent.generator = generator(0)
        _lent.state = _lent.generator.bit_generator.state
    state = _lent.state
    state["state"]["key"][:] = seed & _MASK, epoch & _MASK
    state["state"]["counter"][:] = 0, 0, 0, sample & _MASK
    _lent.generator.bit_generator.state = state
    return _lent.generator


def order(n: int, seed: int, epoch: int) -> np.ndarray:
    """The order in which an epoch visits n samples."""
    return generator(seed, epoch, SHUFFLE).permutation(n)
