"""Trainer: `compile`, `fit`, `evaluate`, `predict` and their relatives, for every model."""

from typing import Any

from .. import optimizers
from ..callbacks import CallbackList, History, ProgbarLogger
from ..callbacks.progress import choose_verbose
from ..core import settings
from ..core.old_names import takes_old_arguments
from ..core.texts import takes_texts
from . import loop, sources
from . import precision as precisions
from .frozen_later import remember, trains_as_compiled
from .generators import GeneratorCalls
from .one_batch import OneBatch
from .source import Mapped, Source
from .work import unpack


class Trainer(OneBatch, GeneratorCalls):
    """The part of a Model that trains. How a batch is worked on is in `step.py`, how batches follow in `loop.py`."""

    @takes_old_arguments
    def compile(
        self, optimizer: Any = "rmsprop", loss: Any = None, loss_weights: Any = None, metrics: Any = None,
        weighted_metrics: Any = None, run_eagerly: bool = False, steps_per_execution: int = 1,
        jit_compile: Any = "auto", auto_scale_loss: bool = True, **kwargs: Any,
    ) -> None:  # fmt: skip
        """Say how the model is trained.

        Args:
            optimizer: a name or an `Optimizer`.
            loss: a name, a function of (y_true, y_pred) or a `Loss`; for several outputs one for all, a list, or a
                dict by output name. None: only what `add_loss` and regularizers give.
            loss_weights: a number per output, as a list or a dict by output name.
            metrics: a list of names, functions or `Metric`s; for several outputs a list of lists, or a dict by output
                name. "accuracy" and "crossentropy" are chosen by the shapes of labels and outputs.
            weighted_metrics: the same, computed with the sample weights.
            run_eagerly: True: nothing is compiled, so that a debugger can stop inside a layer.
            steps_per_execution: kept for Keras's signature; how batches are grouped is the engine's business.
            auto_scale_loss: whether a model that computes in mixed_float16 gets a `LossScaleOptimizer`.
            jit_compile: True has torch's or TensorFlow's compiler make one program of forward pass and loss, or of the
                whole step: half a minute for a small network, which pays in long trainings, mostly on a GPU. JAX always
                compiles. "auto" and False: kernels one after the other.

        Raises:
            ValueError: an unknown name, with the nearest known ones.

        Example:
            >>> model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        """
        for name in ("sample_weight_mode", "target_tensors", "weighted_metrics_mode"):
            kwargs.pop(name, None)  # of Keras 2, without a meaning here
        if kwargs:
            raise TypeError(f"{self.describe()}: compile has no argument {next(iter(kwargs))!r}.")
        loss = self.closed_losses(loss)
        self.optimizer = precisions.scaling(self, optimizers.get(optimizer), auto_scale_loss)
        self.loss, self.run_eagerly, self.jit_compile = loss, bool(run_eagerly), jit_compile
        self.steps_per_execution = steps_per_execution
        self._set_objectives(loss, loss_weights, metrics, weighted_metrics)
        self.compiled, self.stop_training = True, False
        remember(self)

    # -- the three loops -------------------------------------------------------------------------------------------
    @takes_old_arguments
    @trains_as_compiled
    def fit(
        self, x: Any = None, y: Any = None, batch_size: int | None = None, epochs: int = 1, verbose: Any = "auto",
        callbacks: Any = None, validation_split: float = 0.0, validation_data: Any = None, shuffle: Any = True,
        class_weight: dict | None = None, sample_weight: Any = None, initial_epoch: int = 0,
        steps_per_epoch: int | None = None, validation_steps: int | None = None,
        validation_batch_size: int | None = None, validation_freq: Any = 1, *, on_nan: str | None = None,
        frozen: str = "auto", augment_views: int | None = None, precision: str | None = None,
        max_queue_size: int = 10, workers: int = 1, use_multiprocessing: bool = False,
    ) -> Any:  # fmt: skip
        """Train the model.

        Args:
            x: the data: arrays (NumPy, pandas, lists or dicts of them for several inputs, the engine's own); or batches
                that bring their own labels: a generator, an object with `__len__` and `__getitem__`, a torch
                DataLoader, a tf.data.Dataset, a `lanthorn.data.Dataset`.
            y: the labels, if x is arrays; a list, or a dict by output name, for several outputs.
            batch_size: samples in a batch, 32 if None. The last batch of an epoch may be shorter.
            epochs: the epoch to stop after, counted from `initial_epoch`'s 0.
            verbose: 0 silent, 1 a bar, 2 a line per epoch; "auto" (and 1): a bar where one can be drawn, else lines.
            callbacks: see `lanthorn.callbacks`.
            validation_split: share of the arrays, cut from their end before shuffling, to validate on.
            validation_data: (x, y) or (x, y, sample_weight), or batches as for x.
            shuffle: whether arrays are shuffled before each epoch (the order follows from the seed and the epoch);
                "batch" shuffles whole batches. Objects with `__getitem__` that shuffle by themselves are left alone.
            class_weight: {class number: weight}.
            sample_weight: one weight per sample; a list or dict by output name for several outputs.
            initial_epoch: the epoch to begin with, counted from 0.
            steps_per_epoch: batches in an epoch; needed for a generator without end.
            validation_steps: batches of the validation data.
            validation_batch_size: as `batch_size`, for the validation.
            validation_freq: validate every so many epochs, or after the epochs (counted from 1) in a list.
            on_nan: what happens when the loss is NaN or infinite: "raise" a NonFiniteLoss that says what to do, "stop"
                with a warning, or "ignore". None: "raise", or "stop" if TerminateOnNaN is among the callbacks.
            frozen: "auto": the frozen layers at the network's start are not trained but run ahead, in the fastest way
                at hand, and only once for inputs that stay the same; "exact": likewise, but in float32 only; "off": the
                whole network takes part in each step.
            augment_views: with frozen layers and a `lanthorn.data.Dataset`: so many augmented views of each picture
                are made and used in turn, instead of a new one in each epoch.
            precision: what is computed in during this training. None or "float32": what the layers' policies say;
                "mixed_bfloat16": bfloat16, in layers of the policy float32 too, except those that prepare the inputs
                and the last; "auto": that, where it is a gain, and a line says so. Weights, their updates, validation
                and files stay as they are.
            max_queue_size: how many batches are read ahead.
            workers: threads that read the batches of an object with `__getitem__`.
            use_multiprocessing: without meaning: reading is done by threads.

        Returns:
            The History; it is `model.history` too, from the beginning.

        Raises:
            NonFiniteLoss: see `on_nan`; the model keeps its weights as they are then, and its history.
            KeyboardInterrupt: on Ctrl-C, after the step that runs. What was trained stays in the model; callbacks that
                save do so, `on_train_end` is called, a line says where it stopped, and the exception goes on.
            RuntimeError: the model was not compiled.

        Example:
            >>> history = model.fit(x, y, epochs=3, validation_split=0.2)
            >>> history.history["val_loss"]
        """
        self._must_be_compiled("fit")
        engine, epochs = self._data_engine(), settings.limited(epochs, "max_epochs")
        if validation_split and validation_data is None:
            if not sources.arrays.is_arrays(x) or hasattr(x, "epoch_batches"):
                raise ValueError(
                    f"{self.describe()}: `validation_split` works for arrays; pass validation_data instead."
                )
            x, y, sample_weight = (
                sources.arrays.prepare(part, "x", engine, texts=takes_texts(self)) for part in (x, y, sample_weight)
            )
            (x, y, sample_weight), validation_data = sources.arrays.split_tail(x, y, sample_weight, validation_split)
        source = self._source(
            x, y, sample_weight, engine=engine, batch_size=batch_size, steps=steps_per_epoch, shuffle=shuffle,
            class_weight=class_weight, epochs=epochs - initial_epoch, workers=workers, max_queue_size=max_queue_size,
        )  # fmt: skip
        validation_source = self._validation_source(
            validation_data, validation_batch_size or batch_size, validation_steps, engine, epochs - initial_epoch
        )
        self._adopt_description(x)
        loud = bool(choose_verbose(verbose))
        passes = (epochs - initial_epoch) * (source.steps or 100)
        cut = self._cut(source, passes, frozen, loud)
        if cut is not None:
            source = cut.features_of(x, source, again=False, views=augment_views)
        if precision == "auto" and cut is None:
            self._ensure_model_built(self._first_batch(source)[0])
        dtype = precisions.chosen(cut.head if cut else self, precision, loud)
        work, validation = self._train_work(source, cut, dtype), None
        if validation_source is not None:
            if cut is not None:
                self._ready(*self._first_batch(validation_source)[:2])
                validation_source = cut.features_of(validation_data, validation_source, again=True, views=None)
            validation = (self._checked(validation_source), self._test_work(validation_source, cut))
        callbacks = self._callbacks(callbacks, verbose, epochs, source.steps, history=True)
        if on_nan is None:
            names = {c.__name__ for callback in callbacks for c in type(callback).__mro__}
            on_nan = "stop" if "TerminateOnNaN" in names else "raise"
        try:
            loop.fit(
                self, self._checked(source), work, callbacks, epochs=epochs, initial_epoch=initial_epoch,
                validation=validation, validation_freq=validation_freq, on_nan=on_nan,
            )  # fmt: skip
        finally:
            source.close()
            if validation_source is not None:
                validation_source.close()
        return self.history

    @takes_old_arguments
    def evaluate(
        self, x: Any = None, y: Any = None, batch_size: int | None = None, verbose: Any = "auto",
        sample_weight: Any = None, steps: int | None = None, callbacks: Any = None, return_dict: bool = False,
        *, max_queue_size: int = 10, workers: int = 1, use_multiprocessing: bool = False,
    ) -> Any:  # fmt: skip
        """Loss and metrics on data; the arguments are those of `fit`.

        Much work for a convolutional network goes through a runner, as in `predict`.

        Returns:
            The loss, or a list in the order of `metrics_names`, or a dict if `return_dict`.

        Example:
            >>> loss, accuracy = model.evaluate(x, y)
        """
        self._must_be_compiled("evaluate")
        source = self._source(
            x, y, sample_weight, engine=self._data_engine(), batch_size=batch_size, steps=steps, who="evaluate",
            workers=workers, max_queue_size=max_queue_size,
        )  # fmt: skip
        if (whole := self._whole(source)) is not None:
            source = Mapped(source, whole.runner.run)
        work = self._test_work(source, whole)
        callbacks = self._callbacks(callbacks, verbose, 1, source.steps)
        try:
            logs = loop.evaluate(self, self._checked(source), work, callbacks)
        finally:
            source.close()
        return logs if return_dict else self._listed(logs)

    @takes_old_arguments
    def predict(
        self, x: Any, batch_size: int | None = None, verbose: Any = "auto", steps: int | None = None,
        callbacks: Any = None, *, max_queue_size: int = 10, workers: int = 1, use_multiprocessing: bool = False,
    ) -> Any:  # fmt: skip
        """The outputs for every sample, as NumPy arrays in the structure of the model's outputs.

        Much work for a convolutional network of one input and one output goes through a runner, the fastest at hand
        that agrees with NumPy's float32 to 1e-4 in the Euclidean norm (mostly to 1e-6). With `run_eagerly`, a
        `predict_step` or layers of your own, or a torch view, it goes layer by layer as small work does.

        Args:
            x: arrays, or batches as for `fit` (their labels are left aside). A model that knows its preprocessing takes
                photos too: a path, a folder, a picture of Pillow, or a list of these.

        Returns:
            The outputs; of photos `lanthorn.photos.Predictions`, an array that prints as names and percentages.

        Example:
            >>> model.predict(x).shape
        """
        if (outputs := self._predict_at_once(x, batch_size, verbose, steps, callbacks)) is not None:
            return outputs
        if sources.arrays.are_photos(x) and self.preprocessing is not None:
            from ..photos import naming

            return naming.of_model(self, x, batch_size, verbose)
        source = self._source(
            x, engine=self._data_engine(), batch_size=batch_size, steps=steps, who="predict",
            workers=workers, max_queue_size=max_queue_size,
        )  # fmt: skip
        callbacks = self._callbacks(callbacks, verbose, 1, source.steps)
        try:
            return loop.predict(self, source, self._predict_run(source), callbacks)
        finally:
            source.close()

    def _callbacks(self, given: Any, verbose: Any, epochs: int, steps: int | None, history: bool = False) -> Any:
        """The progress bar, then the user's callbacks, then the history, which sees what they add to the logs."""
        listed = list(CallbackList(given))
        if choose_verbose(verbose) and not any(isinstance(c, ProgbarLogger) for c in listed):
            listed.insert(0, ProgbarLogger())
        if history:
            self.history = next((c for c in listed if isinstance(c, History)), None) or History()
            listed = [c for c in listed if c is not self.history] + [self.history]
        return CallbackList(listed, model=self, epochs=epochs, steps=steps, verbose=verbose)

    def _validation_source(
        self, data: Any, batch_size: int | None, steps: int | None, engine: Any, epochs: int
    ) -> Source | None:
        if data is None:
            return None
        x, y, w = data, None, None
        if isinstance(data, tuple) or isinstance(data, list) and len(data) in (2, 3) and not isinstance(data[0], tuple):
            if not 2 <= len(data) <= 3:
                raise ValueError(
                    f"{self.describe()}: `validation_data` must be (x, y), (x, y, sample_weight) or batches, "
                    f"got a {type(data).__name__} of {len(data)}."
                )
            x, y, w = unpack(data)
        batch_size = batch_size if sources.arrays.is_arrays(x) else None
        return self._source(
            x, y, w, engine=engine, batch_size=batch_size, steps=steps, epochs=epochs, who="validation_data"
        )
