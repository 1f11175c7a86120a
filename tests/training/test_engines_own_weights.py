"""`apply_gradients(zip(grads, weights))` where the weights are the engine's own: they are moved in place."""

import numpy as np
import pytest

import lanthorn as keras

OPTIMIZERS = (
    ("SGD", {"momentum": 0.9}), ("SGD", {}), ("Adam", {}), ("AdamW", {}), ("RMSprop", {"momentum": 0.5}),
    ("Adagrad", {}), ("Adadelta", {"learning_rate": 1.0}), ("Adamax", {}), ("Nadam", {}), ("Ftrl", {}), ("Lion", {}),
    ("SGD", {"gradient_accumulation_steps": 2}), ("Adam", {"use_ema": True, "clipnorm": 0.1}),
)  # fmt: skip
SHAPES = ((3, 2), (2,))


def engines_own(engine, arrays):
    if engine == "torch":
        import torch

        return [torch.nn.Parameter(torch.tensor(a)) for a in arrays]
    import tensorflow as tf

    return [tf.Variable(a) for a in arrays]


@pytest.fixture(params=("torch", "tensorflow"))
def trained_in_place(request):
    pytest.importorskip(request.param)
    return request.param


@pytest.fixture
def start(rng):
    return [rng.standard_normal(shape).astype("float32") for shape in SHAPES]


@pytest.mark.parametrize("name, settings", OPTIMIZERS, ids=str)
def test_they_move_as_variables_do_over_several_calls(trained_in_place, start, rng, name, settings):
    ours = [keras.Variable(a, engine=trained_in_place) for a in start]
    own = engines_own(trained_in_place, start)
    first, second = (getattr(keras.optimizers, name)(**settings) for _ in range(2))
    for _ in range(4):  # momenta go on from call to call
        grads = [rng.standard_normal(shape).astype("float32") for shape in SHAPES]
        first.apply(grads, ours)
        second.apply_gradients(zip([keras.ops.convert_to_tensor(g, like=own[0]) for g in grads], own, strict=True))
    for a, b, before in zip(ours, own, start, strict=True):
        after = b.detach().numpy() if trained_in_place == "torch" else b.numpy()
        np.testing.assert_allclose(after, a.numpy(), rtol=1e-6, atol=1e-6)
        assert not np.allclose(after, before)
    assert len(second._slots) == len(first._slots)


def test_the_loop_of_text_books_on_tensorflow(rng):
    tf = pytest.importorskip("tensorflow")
    x = rng.standard_normal((64, 2)).astype("float32")
    y = x @ [[2.0], [-3.0]] + 1.0
    w, b = tf.Variable(tf.zeros((2, 1))), tf.Variable(0.0)
    optimizer = keras.optimizers.Adam(0.1)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(tf.matmul(x, w) + b - y))
        optimizer.apply_gradients(zip(tape.gradient(loss, [w, b]), [w, b]))
        return loss

    losses = [float(step()) for _ in range(150)]
    assert losses[-1] < 1e-3 < losses[0]
    np.testing.assert_allclose(w.numpy().ravel(), [2.0, -3.0], atol=0.05)


def test_the_loop_of_text_books_on_torch(rng):
    torch = pytest.importorskip("torch")
    x = torch.tensor(rng.standard_normal((64, 2)).astype("float32"))
    y = x @ torch.tensor([[2.0], [-3.0]]) + 1.0
    w, b = torch.zeros(2, 1, requires_grad=True), torch.nn.Parameter(torch.zeros(()))
    optimizer = keras.optimizers.SGD(0.1, momentum=0.5)
    for _ in range(60):
        loss = (x @ w + b - y).square().mean()
        optimizer.apply(torch.autograd.grad(loss, [w, b]), [w, b])
    np.testing.assert_allclose(w.detach().ravel(), [2.0, -3.0], atol=0.01)
    assert w.requires_grad and b.requires_grad


def test_state_of_a_models_own_weights_goes_over_to_fit(trained_in_place, rng):
    """A loop by hand on the engine's own objects, then `fit` with the same optimizer: the momenta stay."""
    keras.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,), engine=trained_in_place), keras.layers.Dense(1)])
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9)
    own = [v.value for v in model.trainable_variables]
    optimizer.apply([np.ones((3, 1), "float32"), np.ones(1, "float32")], own)
    before = [s.numpy() for s in optimizer._slots]
    optimizer.build(model.trainable_variables)
    for a, b in zip(before, optimizer._slots, strict=True):
        np.testing.assert_array_equal(a, b.numpy())
        assert abs(a).min() > 0


def test_what_cannot_be_moved_in_place_says_so():
    jnp = pytest.importorskip("jax.numpy")
    optimizer = keras.optimizers.SGD(0.1)
    with pytest.raises(TypeError, match="SGD: expected weights that it can move, got ArrayImpl. Arrays of JAX"):
        optimizer.apply_gradients([(jnp.ones(2), jnp.ones(2))])
    with pytest.raises(TypeError, match="got ndarray. Arrays of JAX and NumPy cannot be changed in place"):
        optimizer.apply_gradients([(np.ones(2), np.ones(2))])
    with pytest.raises(TypeError, match="got str"):
        optimizer.apply([np.ones(2)], ["kernel"])


def test_a_stranger_among_known_weights_is_named(trained_in_place, start):
    own = engines_own(trained_in_place, start)
    optimizer = keras.optimizers.SGD(0.1)
    optimizer.apply(start, own)
    other = engines_own(trained_in_place, start)
    with pytest.raises(ValueError, match="is not one of the 2 weights"):
        optimizer.apply(start, other)
