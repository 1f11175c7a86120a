"""The calls of 2018: `fit_generator` and its relatives are `fit` and its relatives under their old names."""

from typing import Any

from ..core.old_names import takes_old_arguments


class GeneratorCalls:
    """Thin names: there is no second loop."""

    @takes_old_arguments
    def fit_generator(
        self, generator: Any, steps_per_epoch: int | None = None, epochs: int = 1, verbose: Any = 1,
        callbacks: Any = None, validation_data: Any = None, validation_steps: int | None = None,
        validation_freq: Any = 1, class_weight: dict | None = None, max_queue_size: int = 10, workers: int = 1,
        use_multiprocessing: bool = False, shuffle: bool = True, initial_epoch: int = 0, **kwargs: Any,
    ) -> Any:  # fmt: skip
        """`fit` on a generator.

        Example:
            >>> model.fit_generator(generator=batches, steps_per_epoch=20, epochs=3, validation_data=other_batches)
        """
        return self.fit(  # type: ignore[attr-defined]
            generator, epochs=epochs, verbose=verbose, callbacks=callbacks, validation_data=validation_data,
            shuffle=shuffle, class_weight=class_weight, initial_epoch=initial_epoch, steps_per_epoch=steps_per_epoch,
            validation_steps=validation_steps, validation_freq=validation_freq, max_queue_size=max_queue_size,
            workers=workers, use_multiprocessing=use_multiprocessing, **kwargs,
        )  # fmt: skip

    @takes_old_arguments
    def evaluate_generator(
        self, generator: Any, steps: int | None = None, callbacks: Any = None, max_queue_size: int = 10,
        workers: int = 1, use_multiprocessing: bool = False, verbose: Any = 0,
    ) -> Any:  # fmt: skip
        """`evaluate` on a generator."""
        return self.evaluate(  # type: ignore[attr-defined]
            generator, steps=steps, callbacks=callbacks, verbose=verbose, max_queue_size=max_queue_size,
            workers=workers, use_multiprocessing=use_multiprocessing,
        )  # fmt: skip

    @takes_old_arguments
    def predict_generator(
        self, generator: Any, steps: int | None = None, callbacks: Any = None, max_queue_size: int = 10,
        workers: int = 1, use_multiprocessing: bool = False, verbose: Any = 0,
    ) -> Any:  # fmt: skip
        """`predict` on a generator."""
        return self.predict(  # type: ignore[attr-defined]
            generator, steps=steps, callbacks=callbacks, verbose=verbose, max_queue_size=max_queue_size,
            workers=workers, use_multiprocessing=use_multiprocessing,
        )  # fmt: skip

    def predict_proba(self, x: Any, batch_size: int | None = None, verbose: Any = 0) -> Any:
        """`predict`, as Sequential models of Keras 1 and 2 called it."""
        return self.predict(x, batch_size=batch_size, verbose=verbose)  # type: ignore[attr-defined]

    def predict_classes(self, x: Any, batch_size: int | None = None, verbose: Any = 0) -> Any:
        """The numbers of the likeliest classes; of one output whether it is above 0.5."""
        found = self.predict_proba(x, batch_size, verbose)
        return found.argmax(axis=-1) if found.shape[-1] > 1 else (found > 0.5).astype("int32")
