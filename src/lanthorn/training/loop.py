"""The one loop that knows epochs, batches and callbacks: `fit`, `evaluate` and `predict` all run here.

Nothing in it waits for the device. What a step did to the loss and the metrics is read when somebody looks: the
progress bar, at most ten times a second, a callback that asks, and the end of an epoch.
"""

import time
import weakref
from collections import deque
from collections.abc import Callable, Container
from functools import partial
from typing import Any

from ..callbacks.callback_list import CallbackList
from ..callbacks.monitor import Logs
from ..callbacks.progress import say
from ..core import tree
from . import not_a_number
from .interrupt import Guard
from .live_logs import LiveLogs
from .sources import Source, warn_ran_out
from .work import Work

LOOK = 1.0  # seconds after which the loss is looked at even if nobody asks


class Pass:
    """One pass over batches: how far it is, and the batch at hand.

    Args:
        kind: "train", "test" or "predict": the middle part of the callbacks' names.
        work: what is done with a batch.
        stopped: asked after each batch whether to go on.
        seen: given the logs whenever they were read.
    """

    def __init__(
        self, kind: str, work: Work, callbacks: CallbackList, guard: Guard,
        stopped: Callable[[], bool] = lambda: False, seen: Callable[[dict], None] | None = None,
    ):  # fmt: skip
        self.work, self.guard, self.stopped, self.seen = work, guard, stopped, seen
        self.begin = callbacks.hooks(f"on_{kind}_batch_begin")
        self.end = callbacks.hooks(f"on_{kind}_batch_end")
        self.every = any(getattr(getattr(h, "__self__", h), "every_batch", True) for h in self.begin + self.end)
        self.done = 0
        self.batch: tuple | None = None

    def run(self, source: Source, epoch: int) -> int:
        """Work through the batches of an epoch; returns how many there were."""
        work, guard = self.work.run, self.guard
        read = partial(guard.whole, self.work.read)
        next_look = time.perf_counter() + LOOK
        for batch in self.work.batches(source, epoch, self.every):
            self.batch = batch
            for hook in self.begin:
                hook(self.done, {})
            guard.busy = True  # Ctrl-C waits until the step is whole
            self.done += work(*batch) or 1
            guard.busy = False
            if guard.asked:
                raise KeyboardInterrupt
            logs = LiveLogs(read)
            for hook in self.end:
                hook(self.done - 1, logs)
            if self.seen is not None and (logs.values_read or time.perf_counter() >= next_look):
                self.seen(logs.read())
                next_look = time.perf_counter() + LOOK
            kept = weakref.ref(logs)
            del logs
            if (kept_logs := kept()) is not None:  # a callback holds on to them: they must not change any more
                kept_logs.read()
                del kept_logs
            if self.stopped():
                break
        return self.done


def fit(
    model: Any, source: Source, work: Work, callbacks: CallbackList, *, epochs: int, initial_epoch: int = 0,
    validation: tuple[Source, Work] | None = None, validation_freq: int | Container[int] = 1, on_nan: str = "raise",
) -> None:  # fmt: skip
    """Train epoch by epoch. See `Model.fit` for what happens on Ctrl-C and on a loss that is no number."""
    model.stop_training, model._initial_epoch = False, None
    logs: dict[str, Any] = {}
    epoch, current = initial_epoch, None
    watch = not_a_number.Watch(model, on_nan)
    with Guard() as guard:
        try:
            callbacks.call("on_train_begin", {})
            for epoch in range(model._initial_epoch or initial_epoch, epochs):
                current = None  # Ctrl-C may come before the first batch: the last epoch's count is not this one's
                guard.whole(work.reset)
                callbacks.call("on_epoch_begin", epoch, {})
                current = Pass("train", work, callbacks, guard, lambda: model.stop_training, watch.look)
                watch.begin(epoch, current, source.steps)
                done = current.run(source, epoch)
                if not model.stop_training:
                    if done == 0 and epoch == initial_epoch:
                        raise ValueError(f"{model.describe()}: fit got no batches: the data is empty or used up.")
                    _check_count(model, source, epoch, epochs, done)
                if done == 0:
                    break
                logs = guard.whole(work.read)
                watch.look(logs)
                if validation is not None and _due(epoch, validation_freq):
                    val_logs = evaluate(model, *validation, callbacks, guard)
                    logs |= {f"val_{name}": value for name, value in val_logs.items()}
                callbacks.call("on_epoch_end", epoch, Logs(logs))
                if model.stop_training:
                    break
        except KeyboardInterrupt:
            guard.restore()  # a second Ctrl-C ends at once
            callbacks.params["outcome"] = "interrupted"
            callbacks.call("on_train_interrupted", epoch, current.done if current else 0)
            callbacks.call("on_train_end", logs)
            if not any(getattr(callback, "tells_of_interrupt", False) for callback in callbacks):
                _say_interrupted(model, source, epoch, epochs, current)
            raise
        except not_a_number.NonFiniteLoss:
            callbacks.params["outcome"] = "failed"
            callbacks.call("on_train_end", logs)
            raise
    work.finish()
    callbacks.params["outcome"] = "complete"
    callbacks.call("on_train_end", logs)


def evaluate(
    model: Any, source: Source, work: Work, callbacks: CallbackList, guard: Guard | None = None
) -> dict[str, Any]:
    """Loss and metrics of the model on a source."""
    guard = guard or Guard()
    guard.whole(work.reset)
    model.stop_evaluating = False
    callbacks.call("on_test_begin", {})
    done = Pass("test", work, callbacks, guard, lambda: model.stop_evaluating).run(source, 0)
    if not done:
        raise ValueError(f"{model.describe()}: evaluate got no batches: the data is empty or used up.")
    logs = guard.whole(work.read)
    callbacks.call("on_test_end", logs)
    return logs


def predict(model: Any, source: Source, run: Callable[[Any], Any], callbacks: CallbackList) -> Any:
    """The model's outputs for every sample of a source, as NumPy arrays."""
    import numpy as np

    engine = model.engine
    waiting: deque = deque()  # outputs still on the device: fetched two batches later, when they are ready
    fetched: list[list[np.ndarray]] = []
    structure = None
    begin, end = callbacks.hooks("on_predict_batch_begin"), callbacks.hooks("on_predict_batch_end")
    model.stop_predicting = False
    callbacks.call("on_predict_begin", {})
    for number, (x, _, _) in enumerate(source.epoch(0)):
        for hook in begin:
            hook(number, {})
        structure = run(x)
        waiting.append(structure)
        if len(waiting) > 2:
            fetched.append([engine.to_numpy(leaf) for leaf in tree.leaves(waiting.popleft())])
        for hook in end:
            hook(number, LiveLogs(partial(_outputs, engine, structure)))
        if model.stop_predicting:
            break
    fetched += [[engine.to_numpy(leaf) for leaf in tree.leaves(outputs)] for outputs in waiting]
    if not fetched:
        raise ValueError(f"{model.describe()}: predict got no batches: the data is empty or used up.")
    callbacks.call("on_predict_end", {})
    joined = [parts[0] if len(parts) == 1 else np.concatenate(parts) for parts in zip(*fetched, strict=True)]
    return tree.pack(structure, joined)


def _outputs(engine: Any, structure: Any) -> dict[str, Any]:
    """What callbacks see of a predicted batch, in NumPy."""
    return {"outputs": tree.map(engine.to_numpy, structure)}


def _due(epoch: int, frequency: int | Container[int]) -> bool:
    if isinstance(frequency, int):
        return (epoch + 1) % frequency == 0
    return epoch + 1 in frequency


def _check_count(model: Any, source: Source, epoch: int, epochs: int, done: int) -> None:
    """Learn how long an epoch is; end the training where the data ended before it."""
    if source.steps is None:
        source.steps = done
    elif done < source.steps and (source.exact or not done):
        warn_ran_out(f"{model.describe()}: fit", source.steps, epoch, done)
        model.stop_training = True


def _say_interrupted(model: Any, source: Source, epoch: int, epochs: int, current: Pass | None) -> None:
    steps = f"{current.done if current else 0} of {source.steps or '?'} steps"
    say(
        f"Interrupted in epoch {epoch + 1} of {epochs}, after {steps}. {model.describe()} keeps what it has learned; "
        f"fit(..., initial_epoch={epoch}) goes on from there."
    )
