"""TensorBoard: numbers, graph, weights and traces of a training, for TensorBoard to show."""

import os
import time
import warnings
from typing import Any

import numpy as np

from ..core import old_names
from ..engines import tracing
from .callback import Callback
from .event_file import EventFile

_OLD = {"batch_size", "write_grads", "embeddings_layer_names", "embeddings_data"}  # of Keras 1 and 2
_MOST_IMAGES = 3  # of one weight, as TensorFlow's `summary.image` takes


class TensorBoard(Callback):
    """Writes what TensorBoard shows, to the runs `train` and `validation`. It needs no TensorFlow.

    Afterwards, or while it trains: `tensorboard --logdir logs`.

    Args:
        log_dir: the folder of the two runs.
        histogram_freq: epochs from one histogram of all weights to the next; 0: none.
        write_graph: write the layers of the model and how they are joined.
        write_images: with the histograms, write the weights as pictures, from their smallest number (black) to their
            largest (white).
        write_steps_per_second: write how many steps are made in a second.
        update_freq: "epoch"; or "batch" or a number of batches, after which loss and metrics are written too.
        profile_batch: the batch, or the first and the last one, to be traced by the engine's own profiler; counted from
            1 over all epochs; 0: none.
        embeddings_freq: epochs from one file of the embeddings' weights to the next; 0: none.
        embeddings_metadata: name of a file with a line per word, or a dict from the name of a layer to that of a file.

    Example:
        >>> board = lanthorn.callbacks.TensorBoard("logs", histogram_freq=1)
        >>> model.fit(x, y, validation_split=0.2, epochs=2, callbacks=[board])
    """

    def __init__(
        self, log_dir: Any = "logs", histogram_freq: int = 0, write_graph: bool = True, write_images: bool = False,
        write_steps_per_second: bool = False, update_freq: str | int = "epoch", profile_batch: Any = 0,
        embeddings_freq: int = 0, embeddings_metadata: Any = None, **old: Any,
    ):  # fmt: skip
        super().__init__()
        for name in old:
            if name not in _OLD:
                raise TypeError(f"TensorBoard: there is no argument {name!r}.")
            old_names.say(f"TensorBoard takes no {name!r} any more: it does nothing.")
        self.log_dir, self.histogram_freq, self.write_graph = os.fspath(log_dir), histogram_freq, write_graph
        self.write_images, self.write_steps_per_second = write_images, write_steps_per_second
        self.update_freq = 1 if update_freq == "batch" else update_freq
        self.embeddings_freq, self.embeddings_metadata = embeddings_freq, embeddings_metadata
        self._first_traced, self._last_traced = _range(profile_batch)
        self._stop_trace: Any = None
        self._train_batch = self._test_batch = 0
        self._open()

    def _open(self) -> None:
        self._train = EventFile(os.path.join(self.log_dir, "train"))
        self._validation = EventFile(os.path.join(self.log_dir, "validation"))

    @property
    def every_batch(self) -> bool:  # type: ignore[override]
        return self.update_freq != "epoch" or self.write_steps_per_second or self._first_traced > 0

    def set_model(self, model: Any) -> None:
        super().set_model(model)
        self._open()
        if self.write_graph and type(model).__name__ in ("Functional", "Model", "Sequential") and model.built:
            try:
                text = model.to_json()
            except Exception as error:  # a layer without a config: the numbers are worth having all the same
                warnings.warn(f"TensorBoard: the graph is left out, {error}", stacklevel=2)
            else:
                self._train.text("keras", text, 0, "graph_keras_model", b"1")
        if self.embeddings_freq:
            self._describe_embeddings()

    # -- the moments -----------------------------------------------------------------------------------------------
    def on_train_begin(self, logs: Any = None) -> None:
        self._train_batch = 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epoch_began, self._before = time.perf_counter(), self._train_batch

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self._train_batch += 1
        self._batch_began = time.perf_counter()
        if self._train_batch == self._first_traced:
            self._stop_trace = tracing.trace(self.model.engine.name, self._train.folder)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self._due(self._train_batch):
            if self.write_steps_per_second:
                rate = 1.0 / (time.perf_counter() - self._batch_began)
                self._train.scalar("batch_steps_per_second", rate, self._train_batch)
            _scalars(self._train, "batch_{}", logs, self._train_batch)
        if self._train_batch >= self._last_traced:
            self._end_trace()

    def on_test_end(self, logs: Any = None) -> None:
        iterations = getattr(self.model.optimizer, "iterations", None)
        if iterations is not None:
            _scalars(self._validation, "evaluation_{}_vs_iterations", logs, int(iterations))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        logs = dict(logs or {})
        if logs:
            train = {name: value for name, value in logs.items() if not name.startswith("val_")} | self._rates()
            if self.write_steps_per_second:
                steps = self._train_batch - self._before
                train["steps_per_second"] = steps / (time.perf_counter() - self._epoch_began)
            _scalars(self._train, "epoch_{}", train, epoch)
            validation = {name[4:]: value for name, value in logs.items() if name.startswith("val_")}
            _scalars(self._validation, "epoch_{}", validation, epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._write_weights(epoch)
        if self.embeddings_freq and epoch % self.embeddings_freq == 0:
            self.model.save_weights(os.path.join(self._train.folder, f"keras_embedding.ckpt-{epoch}.weights.h5"))

    def on_train_end(self, logs: Any = None) -> None:
        self._end_trace()

    # -- what is written -------------------------------------------------------------------------------------------
    def _due(self, batch: int) -> bool:
        return self.update_freq != "epoch" and batch % int(self.update_freq) == 0

    def _end_trace(self) -> None:
        if self._stop_trace is not None:
            self._stop_trace()
            self._stop_trace = None

    def _rates(self) -> dict[str, float]:
        optimizer = self.model.optimizer
        optimizer = getattr(optimizer, "inner_optimizer", optimizer)
        several = getattr(optimizer, "optimizers", None)
        if several is not None:
            return {f"learning_rate_{one.name}": float(one.learning_rate) for one in several}
        return {"learning_rate": float(optimizer.learning_rate)} if hasattr(optimizer, "learning_rate") else {}

    def _write_weights(self, epoch: int) -> None:
        for layer in self.model.layers:
            for weight in layer.weights:
                tag, values = weight.path.replace(":", "_"), np.asarray(weight.numpy(), "float32")
                self._train.histogram(f"{tag}/histogram", values, epoch)
                if self.write_images and (pictures := _pictures(values)) is not None:
                    self._train.images(f"{tag}/image", pictures, epoch)

    def _describe_embeddings(self) -> None:
        """The projector's list of embeddings, a protocol buffer in its text form."""
        from ..layers import Embedding

        metadata = self.embeddings_metadata
        left = dict(metadata) if isinstance(metadata, dict) else None
        lines = []
        for layer in self.model.layers:
            if isinstance(layer, Embedding):
                path = left.pop(layer.name, None) if left is not None else metadata
                told = f'\n  metadata_path: "{path}"' if path else ""
                name = "layer_with_weights-0/embeddings/.ATTRIBUTES/VARIABLE_VALUE"
                lines.append(f'embeddings {{\n  tensor_name: "{name}"{told}\n}}\n')
        if left:
            raise ValueError(
                f"TensorBoard: `embeddings_metadata` names {', '.join(map(repr, left))}, "
                "which is no Embedding layer of the model."
            )
        os.makedirs(self.log_dir, exist_ok=True)
        with open(os.path.join(self.log_dir, "projector_config.pbtxt"), "w", encoding="utf-8") as file:
            file.writelines(lines)


def _scalars(file: EventFile, tag: str, logs: Any, step: int) -> None:
    for name, value in (logs or {}).items():
        if np.size(value) == 1:
            file.scalar(tag.format(name), np.ravel(value)[0], step)


def _range(batches: Any) -> tuple[int, int]:
    """First and last batch of `profile_batch`: a number, a pair, or either as a text with commas."""
    given = batches
    try:
        if isinstance(given, str):
            given = [int(part) for part in given.split(",")]
        numbers = [given] if isinstance(given, int) else list(given)
        first, last = int(numbers[0]), int(numbers[-1])
        if len(numbers) > 2 or first < 0 or last < first:
            raise ValueError
    except (TypeError, ValueError, IndexError):
        raise ValueError(
            "TensorBoard: `profile_batch` must be a non-negative integer or a 2-tuple of positive integers, "
            f"the first and the last batch, got {batches!r}."
        ) from None
    return first, last


def _pictures(values: np.ndarray) -> np.ndarray | None:
    """A weight as (count, height, width) of grey; None where it has too many axes."""
    values = np.squeeze(values)
    if values.ndim == 0 or values.ndim > 3:
        return None
    if values.ndim == 1:
        values = values[None, :, None]
    elif values.ndim == 2:
        values = (values.T if values.shape[0] > values.shape[1] else values)[None]
    else:
        values = np.moveaxis(values, -1, 0)
    low, high = float(values.min()), float(values.max())
    return (255 * (values[:_MOST_IMAGES] - low) / (high - low or 1.0)).astype("uint8")
