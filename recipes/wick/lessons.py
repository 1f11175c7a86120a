"""What the pupil is asked and how its answers are marked."""

from pathlib import Path

import numpy as np
from pictures import SCALE, VIEWS, kept

import lanthorn
from lanthorn import data, layers, losses, ops
from lanthorn.data.preprocessing import scale_pixels

BATCH = 128
LESSONS = 4  # epochs between two validations
SIZES = ((0.75, 128), (1.0, 160))  # until which share of the epochs pictures are how large


class Windows(layers.Layer):
    """The average of each of the four quarters of a feature map: (n, h, w, c) to (n, 2, 2, c).

    Where a side is odd the quarters share its middle.
    """

    def call(self, x):
        high, wide = (x.shape[1] + 1) // 2, (x.shape[2] + 1) // 2
        rows = (x[:, :high], x[:, -high:])
        return ops.stack(
            [ops.stack([ops.mean(row[:, :, :wide], (1, 2)), ops.mean(row[:, :, -wide:], (1, 2))], 1) for row in rows], 1
        )

    def compute_output_shape(self, shape):
        return (shape[0], 2, 2, shape[-1])


class LikeTheTeacher(losses.Loss):
    """How far features are from the teacher's, and how far what its classifier makes of them is from its answers.

    The first is the mean square, each feature by the teacher's own deviation; the second is Kullback and Leibler's
    divergence of the answers to the whole picture, softened (Hinton et al. 2015, arXiv:1503.02531).
    """

    def __init__(self, deviation, kernel, bias, share: float = 0.5, temperature: float = 2.0):
        super().__init__()
        self.by = ops.convert_to_tensor(1 / deviation.astype("float32"))
        self.kernel, self.bias = ops.convert_to_tensor(kernel), ops.convert_to_tensor(bias)
        self.share, self.temperature = share, temperature

    def _log_answers(self, features):
        scores = ops.matmul(ops.mean(features, (1, 2)), self.kernel) + self.bias
        return ops.log_softmax(scores / self.temperature)

    def call(self, y_true, y_pred):
        apart = ops.mean(ops.square((y_pred - y_true) * self.by), (1, 2, 3))
        wanted, given = self._log_answers(y_true), self._log_answers(y_pred)
        return apart + self.share * ops.sum(ops.exp(wanted) * (wanted - given), -1)


class Lessons:
    """Batches (pictures, the teacher's features of them) for `fit`: in epoch e, view e % VIEWS of every photo.

    Every second round of views is mirrored.
    """

    def __init__(self, folder: data.Folder, answers: list[np.ndarray], epochs: int, work: Path):
        self.views = [(round(share * epochs), kept(folder, size, work)) for share, size in SIZES]
        self.answers = answers

    def __len__(self) -> int:
        return -(-len(self.answers[0]) // BATCH)

    def epoch_batches(self, epoch: int):
        views = next((views for until, views in self.views if epoch < until), self.views[-1][1])
        pictures, answers = views[epoch % VIEWS], self.answers[epoch % VIEWS]
        ahead = slice(None, None, -1 if epoch // VIEWS % 2 else 1)
        order = np.random.default_rng(epoch).permutation(len(answers))
        for start in range(0, len(order), BATCH):
            some = order[start : start + BATCH]
            x, y = pictures[some][:, :, ahead], answers[some][:, :, ahead]
            yield scale_pixels(np.ascontiguousarray(x), SCALE), np.ascontiguousarray(y, np.float32)


def pupil(wick: lanthorn.Model) -> lanthorn.Model:
    """Wick with a last layer that says its features in the teacher's terms: pictures to (n, 2, 2, 1280)."""
    return lanthorn.Model(wick.input, layers.Dense(1280, name="in_its_terms")(Windows()(wick.output)))
