"""Decoded pictures that are kept in memory, so that a file is read and decoded once and not in every epoch."""

import threading

import numpy as np

CACHE = 256 << 20  # bytes; 1,700 thumbnails of 260 x 195 pixels, or 477 photos decoded for a network of 224 x 224
_counting = threading.Lock()  # one for all: it is held for less than a microsecond


class KeptPictures(dict[int, np.ndarray]):
    """Pictures by their number, until `budget` bytes are used up. What does not fit is decoded anew each time.

    Decoding and reading is 40 % of a thumbnail's time and nearly all of a large photo's. The kept ones cannot be
    written to, so that an epoch sees what the first one saw. Pickled without the pictures.
    """

    def __init__(self, budget: int = CACHE):
        super().__init__()
        self.budget = self.left = budget

    def keep(self, number: int, picture: np.ndarray) -> np.ndarray:
        """`picture`, which is kept if there is room."""
        if self.left < picture.nbytes:
            return picture
        with _counting:
            if self.left >= picture.nbytes and number not in self:
                picture.flags.writeable = False
                self[number] = picture
                self.left -= picture.nbytes
        return picture

    def __reduce__(self):
        return KeptPictures, (self.budget,)
