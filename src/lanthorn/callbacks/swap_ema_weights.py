"""SwapEMAWeights: look at the averages of the weights, train the weights themselves."""

from typing import Any

from .callback import Callback


class SwapEMAWeights(Callback):
    """Puts the moving averages of the weights in their place for each evaluation and prediction, and back afterwards.

    The averages are those of the optimizer, which must be made with `use_ema=True`.

    Args:
        swap_on_epoch: exchange them when an epoch ends too, until the next one begins, so that callbacks that come
            after this one, such as ModelCheckpoint, save the averages.

    Raises:
        ValueError: where the optimizer keeps no averages.

    Example:
        >>> model.compile(lanthorn.optimizers.SGD(use_ema=True), "sparse_categorical_crossentropy")
        >>> model.fit(x, y, validation_split=0.2, callbacks=[lanthorn.callbacks.SwapEMAWeights()])
    """

    def __init__(self, swap_on_epoch: bool = False):
        super().__init__()
        self.swap_on_epoch = swap_on_epoch
        self._swapped = False

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if self.swap_on_epoch:
            self._put(averages=False)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self.swap_on_epoch:
            self._put(averages=True)
            if epoch == self.params["epochs"] - 1:  # `fit` ends with the averages in the weights: they are there now
                for weight, average in self._pairs():
                    average.assign(weight.numpy())

    def on_test_begin(self, logs: Any = None) -> None:
        self._put(averages=True)

    def on_test_end(self, logs: Any = None) -> None:
        self._put(averages=False)

    def on_predict_begin(self, logs: Any = None) -> None:
        self._put(averages=True)

    def on_predict_end(self, logs: Any = None) -> None:
        self._put(averages=False)

    def _put(self, averages: bool) -> None:
        if averages != self._swapped:
            for weight, average in self._pairs():
                before = weight.numpy().copy()
                weight.assign(average.numpy().copy())
                average.assign(before)
            self._swapped = averages

    def _pairs(self) -> list[tuple[Any, Any]]:
        """Each weight with its average."""
        optimizer = getattr(self.model.optimizer, "inner_optimizer", self.model.optimizer)
        found = [one for one in getattr(optimizer, "optimizers", [optimizer]) if getattr(one, "use_ema", False)]
        if not found:
            raise ValueError(
                "SwapEMAWeights: must be used when `use_ema=True` is set on the optimizer, "
                f"got {type(optimizer).__name__} without."
            )
        return [pair for one in found for pair in zip(one._trainable_variables, one._averages, strict=True)]
