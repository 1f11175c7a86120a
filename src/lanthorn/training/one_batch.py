"""`train_on_batch` and its relatives: one batch, without epochs and callbacks."""

from typing import Any

from ..callbacks.progress import choose_verbose
from ..core import tree
from ..core.inputs import flat_inputs
from ..core.texts import takes_texts
from . import prefixed, sources
from .frozen_later import trains_as_compiled
from .preparing import Preparing
from .source import Source


class OneBatch(Preparing):
    """The part of a Model that works on one batch."""

    @trains_as_compiled
    def train_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, class_weight: dict | None = None,
        reset_metrics: bool = True, return_dict: bool = False,
    ) -> Any:  # fmt: skip
        """One training step; returns loss and metrics of this batch (since the last reset if not `reset_metrics`).

        Example:
            >>> loss = model.train_on_batch(x, y)
        """
        self._must_be_compiled("train_on_batch")
        return self._one_batch("train", x, y, sample_weight, class_weight, reset_metrics, return_dict)

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, reset_metrics: bool = True, return_dict: bool = False
    ) -> Any:
        """Loss and metrics of one batch."""
        self._must_be_compiled("test_on_batch")
        return self._one_batch("test", x, y, sample_weight, None, reset_metrics, return_dict)

    def predict_on_batch(self, x: Any) -> Any:
        """The outputs for one batch, as NumPy arrays."""
        source = self._single(x)
        outputs = self._predict_run(source)(next(source.epoch(0))[0])
        return tree.map(self.engine.to_numpy, outputs)

    def _predict_at_once(self, x: Any, batch_size: int | None, verbose: Any, steps: Any, callbacks: Any) -> Any:
        """The outputs for one batch, where a compiled function is at hand and nobody looks on; None otherwise.

        The source, the callbacks and the loop of `predict` cost some 40 us, as much as a small model on JAX itself; a
        line on the progress of a single batch 100. On a terminal it is drawn, as Keras's users expect.
        """
        kept = self._made.get("predict")
        if kept is None or steps or callbacks or (x := sources.arrays.plain_array(x)) is None:
            return None
        if not 0 < len(x) <= (batch_size or 32) or kept[0] != (self.engine.name, self._structure()):
            return None
        if len(x) > 32 and prefixed.takes_long(self, len(x)):
            return None
        shown = choose_verbose(verbose)
        if shown == 1 or shown and verbose != "auto":
            return None
        if self.__dict__.get("_plan") is None or self.overrides("predict_step") or takes_texts(self):
            return None
        flat_inputs(self, x)
        return tree.map(self.engine.to_numpy, kept[1](x))

    def _single(self, x: Any, y: Any = None, sample_weight: Any = None, class_weight: Any = None) -> Source:
        engine = self._data_engine()
        return self._source(x, y, sample_weight, engine=engine, steps=1, class_weight=class_weight, who="on_batch")

    def _one_batch(self, kind, x, y, sample_weight, class_weight, reset_metrics, return_dict) -> Any:
        source = self._single(x, y, sample_weight, class_weight)
        work = self._train_work(source) if kind == "train" else self._test_work(source)
        if reset_metrics:
            work.reset()
        for batch in self._checked(source).epoch(0):
            work.run(*batch)
        logs = work.read()
        return logs if return_dict else self._listed(logs)

    def _listed(self, logs: dict[str, Any]) -> Any:
        values = list(logs.values())
        return values[0] if len(values) == 1 else values

    def _source(self, x: Any, y: Any = None, sample_weight: Any = None, **how: Any) -> Source:
        """The source of the data; of a model that begins with texts, with numbers in their place."""
        texts = getattr(self, "numbers_of", None) if takes_texts(self) else None
        return sources.make(x, y, sample_weight, texts=texts, **how)
