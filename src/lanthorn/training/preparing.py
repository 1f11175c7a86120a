"""From a compiled model and the first batch of its data to work that the loop can run."""

from collections.abc import Callable
from itertools import chain
from typing import Any

from ..core import tree
from ..core.inputs import flat_inputs
from ..core.moving import move_variable
from ..core.texts import takes_texts
from . import padding, precision, prefixed, sources
from .fixed_shapes import FixedShapesWork
from .objectives import Objectives
from .sources import Source
from .stateless_steps import StatelessWork, wants_state
from .step import Step
from .user_steps import UserSteps
from .work import StepWork, UserWork, Work


class _Made(dict):
    """Compiled functions by what they are for. They belong to this process: copies and pickles begin empty."""

    def __reduce__(self):
        return _Made, ()

    def __deepcopy__(self, memo):
        return _Made()


class Preparing(UserSteps):
    """What `compile` keeps, and how it becomes work."""

    class_names: list[str] | None = None  # what `predict` on photos calls the outputs; saved with the model
    preprocessing: Any = None  # how photos become its input; saved with the model
    metadata: dict[str, Any] | None = None  # how it was trained, or what you like, as JSON holds it; saved with it
    optimizer: Any = None
    loss: Any = None
    history: Any = None
    compiled: bool = False
    stop_training: bool = False
    run_eagerly: bool = False
    jit_compile: Any = "auto"
    steps_per_execution: int = 1
    _objectives: Any = None  # Objectives, once compiled
    _initial_epoch: int | None = None
    _made_under: Any = None  # the engine's strategy that was entered when the model was made

    def _must_be_compiled(self, what: str) -> None:
        if not self.compiled:
            raise RuntimeError(
                f"{self.describe()}: call compile(optimizer, loss, metrics) before {what}: "
                "it says what to minimise and how."
            )

    def _set_objectives(self, loss: Any, loss_weights: Any, metrics: Any, weighted_metrics: Any) -> None:
        self._objectives = Objectives(
            loss, loss_weights, metrics, weighted_metrics, getattr(self, "output_names", None), self.describe()
        )
        self._made.clear()

    @property
    def _made(self) -> _Made:
        return self.__dict__.setdefault("_compiled_functions", _Made())

    def _moved(self) -> None:
        """The model lives on another engine now: so do its optimizer and its metrics."""
        self._made.clear()
        for variable in getattr(self.optimizer, "variables", None) or []:
            move_variable(variable, self.engine)
        if self._objectives is not None:
            asked = self._objectives.asked
            self._set_objectives(asked["loss"], asked["loss_weights"], asked["metrics"], asked["weighted_metrics"])

    def _data_engine(self) -> Any:
        """The engine that data is meant for: the model's, known before it is built where it was asked for."""
        return (not self.built and getattr(self, "_asked_engine", None)) or self.engine

    def _adopt_description(self, data: Any) -> None:
        """Class names and preprocessing come with the data and are saved with the model."""
        if getattr(self, "class_names", None) is None:
            names = getattr(data, "class_names", None)
            indices = getattr(data, "class_indices", None)
            if names is None and isinstance(indices, dict):
                names = sorted(indices, key=indices.__getitem__)
            self.class_names = list(names) if names is not None else None
        if getattr(self, "preprocessing", None) is None:
            self.preprocessing = getattr(data, "preprocessing", None)

    # -- work ------------------------------------------------------------------------------------------------------
    def _cut(self, source: Source, passes: float, setting: str, loud: bool) -> Any:
        """The model cut behind its frozen part, or None (see `prefixed.py`)."""
        if any(self.overrides(name) for name in prefixed.OWN_STEPS):
            return None
        x, y, _ = self._first_batch(source)
        self._ready(x, y)
        return prefixed.cut(self, x, passes, setting, loud)

    def _whole(self, source: Source) -> Any:
        """The model as an evaluation of much data runs it ahead, or None (see `prefixed.py`)."""
        if any(self.overrides(name) for name in prefixed.OWN_STEPS):
            return None
        x, y, _ = self._first_batch(source)
        if "cut" not in self._made and not prefixed.takes_long(self, (source.steps or 0) * len(x)):
            return None
        self._ready(x, y)
        return prefixed.whole(self, source.steps or 0, x)

    def outputs_ahead(self, x: Any, steps: int) -> Callable[[Any], Any] | None:
        """A faster way to the outputs for NumPy's batches, where `x` is the first of about `steps`; None: its own."""
        cut = None if self.overrides("predict_step") else prefixed.whole(self, steps, x)
        return cut and cut.outputs

    def training_key(self) -> tuple:
        """What a compiled training step depends on: a step made for another key is of no use."""
        flags = tuple(v.trainable for v in self.variables)
        return self.engine.name, self._structure(), flags, self._frozen_flags(), self.engine.replaced

    def _train_work(self, source: Source, cut: Any = None, dtype: str | None = None) -> Work:
        """What is done with a training batch; of features, where the model is cut (see `prefixed.py`).

        `dtype`: what to compute in, if that is not what the policies say (see `precision.py`).
        """
        if self.overrides("train_step"):
            self._ready_for_user_step(source)
            return self._user_work("train_step", precision.override(self, dtype))
        if cut is None:
            x, y, _ = self._first_batch(source)
            self._ready(x, y)
        key, trained = (*self.training_key(), id(cut), dtype), cut.head if cut else self
        padded = self._pads(source, trained, training=True)
        name = "train padded" if padded else "train"
        kept = self._made.get(name)
        if kept is None or kept[0] != key:
            step = Step(
                trained, self._objectives, self.optimizer, self.run_eagerly, precision.override(trained, dtype),
                self.jit_compile is True,
            )  # fmt: skip
            run = self.engine.compile_train(step)
            kept = self._made[name] = (key, self._step_work(run, padded, self.optimizer, self))
        return kept[1]

    def _test_work(self, source: Source, cut: Any = None) -> Work:
        if self.overrides("test_step"):
            self._ready_for_user_step(source)
            return self._user_work("test_step")
        if cut is None:
            x, y, _ = self._first_batch(source)
            self._ready(x, y)
        key, tested = (self.engine.name, self._structure(), id(cut)), cut.head if cut else self
        padded = self._pads(source, tested, training=False)
        name = f"test{' of head' if cut else ''}{' padded' if padded else ''}"
        kept = self._made.get(name)
        if kept is None or kept[0] != key:
            step = Step(tested, self._objectives, None, self.run_eagerly)
            kept = self._made[name] = (key, self._step_work(self.engine.compile_eval(step), padded))
        return kept[1]

    def _user_work(self, kind: str, precision: Any = None) -> Work:
        """A step of the user's; one of the form (state, data) is compiled once and kept."""
        step = getattr(self, kind)
        if not wants_state(step):
            return UserWork(step, self, precision)
        key = (self.training_key(), precision and precision.dtype, self.run_eagerly)
        kept = self._made.get(f"own {kind}")
        if kept is None or kept[0] != key:
            kept = self._made[f"own {kind}"] = (key, StatelessWork(step, self, kind, precision))
        return kept[1]

    def _pads(self, source: Source, model: Any, training: bool) -> bool:
        """Whether short batches of this source are padded, so that the engine need not compile for their size."""
        if not self.engine.pads or not padding.needed(source):
            return False
        return padding.allowed(model, self._objectives, training)

    def _step_work(self, run: Callable, padded: bool, *trained: Any) -> StepWork:
        if self.engine.pads:
            return FixedShapesWork(run, self._objectives, self.engine, *trained, padded=padded)
        return StepWork(run, self._objectives, self.engine, *trained)

    def _predict_run(self, source: Source) -> Callable[[Any], Any]:
        x = self._first_batch(source)[0]
        if self.overrides("predict_step"):
            engine = self.engine
            if wants_state(self.predict_step):
                self._ensure_model_built(x)
                work: Any = self._user_work("predict_step")
                return lambda x: work.once(x, None, None)

            def run(x):
                with engine.no_grad():
                    return self.predict_step(tree.map(engine.array, x))

            return run
        self._ensure_model_built(x)
        if (ahead := self.outputs_ahead(x, source.steps or 0)) is not None:
            return lambda x: self.engine.array(ahead(x))
        key = (self.engine.name, self._structure())
        kept = self._made.get("predict")
        if kept is None or kept[0] != key:
            kept = self._made["predict"] = (key, self.engine.compile_predict(self))
        return padding.PaddedPredict(kept[1], self) if self.engine.pads else kept[1]

    def _structure(self) -> Any:
        """What must be the same for a compiled function to be used again."""
        plan = self.__dict__.get("_plan")
        if self._view is not None:  # what its module holds may have changed since
            return plan, tuple(self.variables)
        return plan if plan is not None else len(self.variables), self.engine.replaced

    def _frozen_flags(self) -> tuple:
        return tuple(layer._trainable for layer in self.flat_layers())

    # -- the first batch -------------------------------------------------------------------------------------------
    def _first_batch(self, source: Source) -> tuple[Any, Any, Any]:
        """The first batch of a source, which the source gives again."""
        batches = source.epoch(0)
        first = next(batches, None)
        if first is None:
            raise ValueError(f"{self.describe()}: got no batches: the data is empty or used up.")
        if isinstance(source, sources.Arrays):
            return first
        again, plain_epoch = chain([first], batches), source.epoch

        def epoch(number):
            source.epoch = plain_epoch  # type: ignore[method-assign]
            return again if number == 0 or isinstance(source, sources.Once) else plain_epoch(number)

        source.epoch = epoch  # type: ignore[method-assign]
        return first

    def _ensure_model_built(self, x: Any) -> Any:
        """Make the weights; returns outputs, or their specs, for this batch."""
        if not self.built and self._made_under is not None:
            with self._data_engine().beside((), self._made_under):
                return self._outputs_for(x)
        return self._outputs_for(x)

    def _outputs_for(self, x: Any) -> Any:
        if self.__dict__.get("_plan") is None and hasattr(self, "_layers"):  # a Sequential that waits for a shape
            self.ensure_built((x,), {}, self._data_engine())
        plan = self.__dict__.get("_plan")
        if plan is not None and self._view is None:
            if not takes_texts(self):
                flat_inputs(self, x)
            return plan.outputs
        engine = self._data_engine()
        with engine.no_grad():
            return self(tree.map(engine.array, x), training=False)  # pyright: ignore[reportCallIssue]

    def _ready(self, x: Any, y: Any) -> None:
        """Model, losses and metrics are matched with the data."""
        outputs = self._ensure_model_built(x)
        objectives = self._objectives
        if not objectives.built or objectives.engine is not self.engine:
            with self.engine.beside(self.weights):
                objectives.build(self.engine, y, outputs, self._held_metrics())
        elif y is not None:
            objectives.targets(y)

    def _ready_for_user_step(self, source: Source) -> None:
        """A `train_step` of the user's may do without `call`, labels and losses: what there is, is made ready."""
        x, y, _ = self._first_batch(source)
        wanted = self._objectives is not None and any(v is not None for v in self._objectives.asked.values())
        if wanted or self.__dict__.get("_plan") is not None or not self.built:
            try:
                self._ready(x, y)
            except Exception:
                if wanted:
                    raise

    def _checked(self, source: Source) -> Source:
        """The source with its labels checked against the model, where they are class numbers."""
        check = self._objectives.label_check() if self._objectives is not None else None
        if check is None:
            return source
        if isinstance(source, sources.Arrays):
            check(source.parts[1])
            return source
        return sources.Checked(source, check)
