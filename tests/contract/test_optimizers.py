"""Every optimizer against Keras: ten steps with the same gradients, all settings; schedules; state; settings."""

import json
import warnings

import numpy as np
import pytest

SHAPES = ((3, 4), (4,), (2, 3, 2))
ANY = [
    {"weight_decay": 0.05},
    {"clipnorm": 0.3},
    {"clipvalue": 0.2},
    {"global_clipnorm": 0.5},
    {"use_ema": True, "ema_momentum": 0.8},
    {"use_ema": True, "ema_momentum": 0.8, "ema_overwrite_frequency": 3},
    {"gradient_accumulation_steps": 3},
    {"gradient_accumulation_steps": 2, "clipnorm": 0.5, "use_ema": True, "ema_overwrite_frequency": 2},
    {"loss_scale_factor": 4.0},
]
CASES = [
    ("SGD", {}),
    ("SGD", {"momentum": 0.9}),
    ("SGD", {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    ("Adam", {}),
    ("Adam", {"amsgrad": True, "beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-3}),
    ("AdamW", {}),
    ("AdamW", {"weight_decay": 0.1, "learning_rate": 0.05}),
    ("RMSprop", {}),
    ("RMSprop", {"momentum": 0.5, "centered": True, "rho": 0.8}),
    ("RMSprop", {"centered": True}),
    ("Adagrad", {"learning_rate": 0.1}),
    ("Adagrad", {"initial_accumulator_value": 0.5, "epsilon": 1e-2}),
    ("Adadelta", {"learning_rate": 1.0}),
    ("Adamax", {}),
    ("Nadam", {}),
    ("Nadam", {"beta_1": 0.7, "learning_rate": 0.02}),
    ("Ftrl", {"learning_rate": 0.1}),
    ("Ftrl", {"learning_rate": 0.1, "l1_regularization_strength": 0.1, "l2_regularization_strength": 0.2,
              "l2_shrinkage_regularization_strength": 0.1, "beta": 0.1, "learning_rate_power": -0.7}),
    ("Lion", {}),
    ("Lion", {"beta_1": 0.8, "weight_decay": 0.1}),
    ("Adafactor", {}),
    ("Adafactor", {"learning_rate": 0.5, "beta_2_decay": -0.6, "clip_threshold": 0.7, "weight_decay": 0.01}),
    ("Lamb", {"learning_rate": 0.1}),
    ("Lamb", {"beta_1": 0.7, "weight_decay": 0.1, "global_clipnorm": 1.0}),
    ("Muon", {}),
    ("Muon", {"learning_rate": 0.1, "nesterov": False, "rms_rate": None, "adam_lr_ratio": 0.5, "ns_steps": 3,
              "adam_weight_decay": None, "exclude_layers": ["nothing"]}),
    *(("SGD", {"momentum": 0.5, "learning_rate": 0.1, **settings}) for settings in ANY),
    *(("Adam", {"learning_rate": 0.1, **settings}) for settings in ANY),
    *(("Muon", settings) for settings in ANY[1:8:3]),
    *(("Adafactor", settings) for settings in ANY[2:8:4]),
    ("Nadam", {"gradient_accumulation_steps": 3}),
    ("RMSprop", {"gradient_accumulation_steps": 3, "clipvalue": 0.1}),
]  # fmt: skip
IDS = [f"{name}-{'-'.join(f'{k}={v}' for k, v in settings.items())}" for name, settings in CASES]


def problem():
    rng = np.random.default_rng(3)
    start = [rng.normal(size=shape).astype("float32") for shape in SHAPES]
    steps = [[rng.normal(size=shape).astype("float32") for shape in SHAPES] for _ in range(10)]
    return start, steps


_expected = {}


def expected(keras, name, settings):
    """Keras's weights after each of the ten steps, and its state after the last."""
    key = name + json.dumps(settings, sort_keys=True)
    if key not in _expected:
        start, steps = problem()
        weights = [keras.Variable(w) for w in start]
        optimizer = getattr(keras.optimizers, name)(**settings)
        optimizer.build(weights)
        path = []
        for grads in steps:
            optimizer.apply([keras.ops.convert_to_tensor(g) for g in grads], weights)
            path.append([np.array(keras.ops.convert_to_numpy(w)) for w in weights])
        _expected[key] = path, [np.array(keras.ops.convert_to_numpy(v)) for v in optimizer.variables]
    return _expected[key]


def ours(name, settings, engine):
    import lanthorn
    from lanthorn import engines, optimizers

    start, steps = problem()
    weights = [lanthorn.Variable(w, name=f"w{i}", engine=engine) for i, w in enumerate(start)]
    optimizer = getattr(optimizers, name)(**settings)
    optimizer.build(weights)
    eng = engines.get(engine)
    return optimizer, weights, [[eng.array(g) for g in grads] for grads in steps]


def close(got, want, tolerance=1e-5):
    np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance * 0.1)


@pytest.mark.parametrize(("name", "settings"), CASES, ids=IDS)
def test_ten_steps(engine, keras, name, settings):
    path, state = expected(keras, name, settings)
    optimizer, weights, steps = ours(name, settings, engine)
    for grads, after in zip(steps, path, strict=True):
        optimizer.apply(grads, weights)
        for weight, want in zip(weights, after, strict=True):
            np.testing.assert_allclose(weight.numpy(), want, rtol=1e-5, atol=1e-5)  # weights of size 1
    variables = optimizer.variables
    assert len(variables) == len(state)
    for variable, want in zip(variables, state, strict=True):  # Keras's order, so that its files can be read
        assert tuple(variable.shape) == want.shape
        close(variable.numpy(), want, 5e-5)
    assert int(optimizer._iterations) == 10


@pytest.mark.parametrize("name", ["SGD", "Adam", "Nadam", "RMSprop", "Muon"])
def test_compiled(engine, keras, name):
    """The same numbers when a whole step is traced: values swapped under jit, or in a tf.function."""
    settings = {"gradient_accumulation_steps": 2, "use_ema": True, "ema_overwrite_frequency": 2, "clipnorm": 0.5}
    path, _ = expected(keras, name, settings)
    optimizer, weights, steps = ours(name, settings, engine)
    state = [*weights, *optimizer.variables]
    if engine == "jax":
        import jax

        from lanthorn.core.functional_call import swapped

        @jax.jit
        def pure(values, grads):
            with swapped(state, values):
                optimizer.apply(grads)
                return [v.value for v in state]

        def step(grads):
            for variable, value in zip(state, pure([v.value for v in state], grads), strict=True):
                variable.value = value

    elif engine == "tensorflow":
        import tensorflow as tf

        step = tf.function(lambda grads: optimizer.apply(grads))
    else:
        step = optimizer.apply
    for grads, after in zip(steps, path, strict=True):
        step(grads)
        for weight, want in zip(weights, after, strict=True):
            np.testing.assert_allclose(weight.numpy(), want, rtol=1e-5, atol=1e-5)


def test_schedule_free(engine):
    """Against the formula: on torch and TensorFlow Keras reads z after it was moved, on JAX before."""
    settings = {"learning_rate": 0.1, "warmup_steps": 4, "beta_1": 0.8, "weight_decay": 0.1}
    optimizer, weights, steps = ours("ScheduleFreeAdamW", settings, engine)
    start, raw = problem()
    for i, w in enumerate(start):
        z, v, x = w.copy(), np.zeros_like(w), w.copy()
        for t, grads in enumerate(raw, 1):
            g, rate = grads[i], 0.1 * min(t / 4, 1.0)
            w = w * (1 - 0.1 * 0.1)
            x = (w - 0.2 * z) / 0.8
            v = 0.999 * v + 0.001 * g * g
            z = z - rate * g / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
            x = x + (z - x) / t
            w = 0.2 * z + 0.8 * x
        start[i] = w
    for grads in steps:
        optimizer.apply(grads, weights)
    for weight, want in zip(weights, start, strict=True):
        np.testing.assert_allclose(weight.numpy(), want, rtol=1e-4, atol=1e-4)


SCHEDULES = [
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.5}),
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.5, "staircase": True}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.5}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.5, "staircase": True}),
    ("PiecewiseConstantDecay", {"boundaries": [3, 8], "values": [0.1, 0.05, 0.01]}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 9}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 9, "power": 2.0, "cycle": True}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 10, "alpha": 0.1}),
    ("CosineDecay", {"initial_learning_rate": 0.0, "decay_steps": 10, "warmup_target": 0.1, "warmup_steps": 4}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 5}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 5, "t_mul": 1.0, "m_mul": 0.8}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "settings"), SCHEDULES, ids=[f"{n}-{i}" for i, (n, _) in enumerate(SCHEDULES)])
def test_schedules(engine, keras, name, settings):
    from lanthorn import engines
    from lanthorn.optimizers import schedules

    schedule, theirs = getattr(schedules, name)(**settings), getattr(keras.optimizers.schedules, name)(**settings)
    eng = engines.get(engine)
    for step in (0, 1, 3, 4, 6, 8, 9, 12, 23):
        got = eng.to_numpy(schedule(eng.array(np.int32(step))))
        close(got, float(theirs(step)), 3e-5)
        close(float(schedule(step)), float(theirs(step)), 3e-5)
    assert schedules.deserialize(keras.optimizers.schedules.serialize(theirs)).get_config() == schedule.get_config()
    assert keras.optimizers.schedules.deserialize(schedules.serialize(schedule)).get_config() == theirs.get_config()


def test_a_schedule_moves_the_rate(engine, keras):
    from lanthorn.optimizers import schedules

    optimizer, weights, steps = ours("SGD", {"learning_rate": schedules.InverseTimeDecay(0.1, 1, 1.0)}, engine)
    theirs = keras.optimizers.SGD(keras.optimizers.schedules.InverseTimeDecay(0.1, 1, 1.0))
    their_weights = [keras.Variable(w.numpy()) for w in weights]
    for grads, raw in zip(steps, problem()[1], strict=True):
        optimizer.apply(grads)
        theirs.apply([keras.ops.convert_to_tensor(g) for g in raw], their_weights)
    for weight, want in zip(weights, their_weights, strict=True):
        close(weight.numpy(), want.numpy())
    with pytest.raises(TypeError, match="schedule"):
        optimizer.learning_rate = 0.1


def test_names_of_2018(engine):
    """lr= and decay=: rate / (1 + decay * iterations)."""
    optimizer, weights, steps = ours("SGD", {"lr": 0.1, "decay": 0.5}, engine)
    start = [w.numpy() for w in weights]
    for grads in steps[:3]:
        optimizer.apply_gradients(list(zip(grads, weights, strict=True)))
    raw = problem()[1]
    for i, weight in enumerate(weights):
        want = start[i] - sum(0.1 / (1 + 0.5 * t) * raw[t][i] for t in range(3))
        close(weight.numpy(), want)
    assert float(optimizer.lr) == pytest.approx(0.1)
    assert optimizer.get_config()["decay"] == 0.5


def test_learning_rate_is_settable(engine):
    optimizer, weights, steps = ours("SGD", {"learning_rate": 0.1}, engine)
    assert float(optimizer.learning_rate) == pytest.approx(0.1)
    optimizer.learning_rate = 0.0
    before = [w.numpy() for w in weights]
    optimizer.apply(steps[0])
    for weight, want in zip(weights, before, strict=True):
        np.testing.assert_array_equal(weight.numpy(), want)
    assert optimizer.get_config()["learning_rate"] == 0.0


def test_state_goes_on(engine):
    """Saved and loaded state gives the same next steps; building again for more weights keeps what is known."""
    optimizer, weights, steps = ours("Adam", {"amsgrad": True}, engine)
    for grads in steps[:4]:
        optimizer.apply(grads)
    store = {}
    optimizer.save_own_variables(store)
    twin, twin_weights, _ = ours("Adam", {"amsgrad": True}, engine)
    twin.load_own_variables(store)
    for weight, other in zip(twin_weights, weights, strict=True):
        weight.assign(other.numpy())
    for grads in steps[4:7]:
        optimizer.apply(grads)
        twin.apply(grads)
    for weight, other in zip(twin_weights, weights, strict=True):
        np.testing.assert_array_equal(weight.numpy(), other.numpy())
    known = optimizer._velocities[1].numpy()
    optimizer.build(weights[1:])
    np.testing.assert_array_equal(optimizer._velocities[0].numpy(), known)
    assert int(optimizer.iterations) == 7
    with pytest.raises(ValueError, match="expected .* arrays of state"):
        optimizer.set_weights([])


def test_missing_gradients(engine):
    optimizer, weights, steps = ours("Adam", {}, engine)
    before = weights[1].numpy()
    with pytest.warns(UserWarning, match="no gradient for w1"):
        optimizer.apply([steps[0][0], None, steps[0][2]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # once is enough
        optimizer.apply([steps[1][0], None, steps[1][2]])
    np.testing.assert_array_equal(weights[1].numpy(), before)
    with pytest.raises(ValueError, match="no gradient for any weight"):
        optimizer.apply([None] * 3)
    with pytest.raises(ValueError, match="expected one gradient for each of 3"):
        optimizer.apply(steps[0][:2])
    with pytest.raises(ValueError, match="not one of the 3 weights"):
        optimizer.apply(steps[0][:1], [type(weights[0])(np.zeros((3, 4)), engine=engine)])


@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop"])
def test_gradients_of_some_rows(keras, name):
    """TensorFlow gives the gradient of a table's rows that were looked up; all formulas take it."""
    tf = pytest.importorskip("tensorflow")
    optimizer, weights, _ = ours(name, {"clipnorm": 0.5}, "tensorflow")
    plain, plain_weights, _ = ours(name, {"clipnorm": 0.5}, "tensorflow")
    rows = np.array([[1.0, 2, 3, 4], [5, 6, 7, 8]], "float32")
    full = np.zeros((3, 4), "float32")
    full[[2, 0]] = rows
    rest = [np.zeros(s, "float32") + 0.1 for s in SHAPES[1:]]
    for _ in range(2):
        optimizer.apply([tf.IndexedSlices(tf.constant(rows), tf.constant([2, 0]), tf.constant([3, 4])), *rest])
        plain.apply([tf.constant(full), *map(tf.constant, rest)])
    for weight, other in zip(weights, plain_weights, strict=True):
        close(weight.numpy(), other.numpy())


def test_constraints_and_exclusions(engine):
    from lanthorn import constraints

    optimizer, weights, steps = ours("SGD", {"learning_rate": 1.0, "weight_decay": 0.5}, engine)
    plain, plain_weights, _ = ours("SGD", {"learning_rate": 1.0}, engine)
    weights[0].constraint = constraints.NonNeg()
    optimizer.build([])
    optimizer.build(weights)
    optimizer.exclude_from_weight_decay(var_names=["w1"])
    optimizer.apply(steps[0])
    plain.apply(steps[0])
    assert (weights[0].numpy() >= 0).all() and (plain_weights[0].numpy() < 0).any()
    np.testing.assert_array_equal(weights[1].numpy(), plain_weights[1].numpy())
    assert not np.allclose(weights[2].numpy(), plain_weights[2].numpy())


def test_a_users_optimizer(engine):
    """Written for Keras 3: own __init__, build, update_step, get_config."""
    from lanthorn import optimizers

    class Halving(optimizers.Optimizer):
        def __init__(self, learning_rate=0.5, share=0.5, **kwargs):
            super().__init__(learning_rate=learning_rate, **kwargs)
            self.share = share

        def build(self, variables):
            if self.built:
                return
            super().build(variables)
            self.past = self.add_optimizer_variables(variables, "past")

        def update_step(self, gradient, variable, learning_rate):
            past = self.past[self._get_variable_index(variable)]
            self.assign(past, past * self.share + gradient)
            self.assign_sub(variable, past * learning_rate)

        def get_config(self):
            return {**super().get_config(), "share": self.share}

    _, weights, steps = ours("SGD", {}, engine)
    start = weights[0].numpy()
    optimizer = Halving(share=0.25, clipnorm=None)
    optimizer.apply(steps[0], weights)
    optimizer.apply(steps[1], weights)
    g0, g1 = problem()[1][0][0], problem()[1][1][0]
    close(weights[0].numpy(), start - 0.5 * g0 - 0.5 * (0.25 * g0 + g1))
    config = optimizer.get_config()
    assert config["share"] == 0.25 and config["learning_rate"] == 0.5
    assert Halving.from_config(config).share == 0.25


FREE = ("ScheduleFreeAdamW", {"learning_rate": 0.1, "warmup_steps": 4, "beta_1": 0.8, "weight_decay": 0.1})


@pytest.mark.parametrize(("name", "settings"), [*CASES[:26], FREE], ids=[*IDS[:26], "free"])
def test_settings(keras, name, settings):
    """Keras reads our config, we read Keras's; both say the same."""
    from lanthorn import optimizers

    mine = getattr(optimizers, name)(**settings)
    theirs = getattr(keras.optimizers, name)(**settings, name=mine.name)  # Keras numbers the names it makes
    data = optimizers.serialize(mine)
    json.dumps(data)
    want = theirs.get_config()
    for config in (
        data["config"],
        optimizers.deserialize(keras.optimizers.serialize(theirs)).get_config(),
        want if name == "Lamb" else keras.optimizers.deserialize(json.loads(json.dumps(data))).get_config(),
    ):  # Keras's own `deserialize` knows no Lamb
        assert set(config) == set(want)
        for key, value in want.items():
            assert config[key] == (pytest.approx(value) if isinstance(value, float) else value), key


def test_get(keras):
    from lanthorn import optimizers

    for name in ("adam", "Adam", "sgd", "RMSprop", "rmsprop", "adamw", "nadam", "ftrl", "lion", "adagrad", "adadelta"):
        assert type(optimizers.get(name)).__name__.lower() == name.lower()
    old = {"class_name": "Adam", "config": {"lr": 0.01, "beta_1": 0.9, "beta_2": 0.999, "decay": 0.0, "epsilon": None,
                                            "amsgrad": False}}  # fmt: skip
    assert optimizers.get(old).get_config()["learning_rate"] == 0.01
    assert optimizers.get(old).epsilon == 1e-7
    assert repr(optimizers.SGD(0.1, 0.9, nesterov=True)) == "SGD(learning_rate=0.1, momentum=0.9, nesterov=True)"
    with pytest.raises(ValueError, match="Did you mean 'adam'"):
        optimizers.get("adan")
    with pytest.raises(TypeError, match="learning_rate"):
        optimizers.Adam("fast")
    with pytest.raises(TypeError, match="unknown setting 'beta'"):
        optimizers.Adam(beta=0.9)
    with pytest.raises(ValueError, match="only one of"):
        optimizers.Adam(clipnorm=1.0, clipvalue=1.0)
    with pytest.raises(TypeError, match="expected a name"):
        optimizers.get(keras.optimizers.Adam)
