"""The loops that `loop.py` compares with: what one writes in plain PyTorch, JAX and TensorFlow.

Each function is given the shape of a sample, the size of a batch, the layers as (kind, numbers), the data, and a
function that makes the same network in Keras. It returns a function that trains one epoch.
"""

from contextlib import nullcontext

import numpy as np


def cut(x, y, batch):
    """Batches of shuffled NumPy arrays."""
    order = np.random.permutation(len(x))
    for start in range(0, len(x), batch):
        where = order[start : start + batch]
        yield x[where], y[where]


def torch(shape, batch, parts, x, y, keras_model=None, bfloat16=False, compiled=False, channels_last=False):
    """Modules of torch.nn in torch's own layout, Adam with its defaults, `total += loss.item()`.

    Args:
        bfloat16: under torch's autocast; compiled: by `torch.compile`; channels_last: in that memory format.
    """
    import torch
    from torch import nn

    class Last(nn.LSTM):
        def forward(self, x):
            return super().forward(x)[0][:, -1]

    def normed(before, filters, size, stride):
        return nn.Sequential(nn.Conv2d(before, filters, size, stride, size // 2, bias=False), nn.BatchNorm2d(filters))

    class Residual(nn.Module):
        def __init__(self, main, before, after, stride):
            super().__init__()
            self.main = nn.Sequential(*main)
            self.side = nn.Identity() if stride == 1 and before == after else normed(before, after, 1, stride)

        def forward(self, x):
            return torch.relu(self.main(x) + self.side(x))

    def block(before, n, stride):
        return Residual([normed(before, n, 3, stride), nn.ReLU(), normed(n, n, 3, 1)], before, n, stride)

    def neck(before, n, stride):
        main = [normed(before, n, 1, 1), nn.ReLU(), normed(n, n, 3, stride), nn.ReLU(), normed(n, 4 * n, 1, 1)]
        return Residual(main, before, 4 * n, stride)

    make = {
        "dense": lambda before, n: [nn.LazyLinear(n)] + [nn.ReLU()] * (n != 10),
        "conv": lambda before, n: [nn.Conv2d(before, n, 3), nn.ReLU()],
        "stem": lambda before, n: [
            nn.Conv2d(before, n, 7, 2, 3, bias=False), nn.BatchNorm2d(n), nn.ReLU(), nn.MaxPool2d(3, 2, 1)
        ],
        "pool": lambda before: [nn.MaxPool2d(2)],
        "flatten": lambda before: [nn.Flatten()],
        "lstm": lambda before, n: [Last(before, n, batch_first=True)],
        "mean": lambda before: [nn.AdaptiveAvgPool2d(1), nn.Flatten()],
        "block": lambda before, n, stride: [block(before, n, stride)],
        "neck": lambda before, n, stride: [neck(before, n, stride)],
    }  # fmt: skip
    layers, before = [], shape[-1]
    for kind, numbers in parts:
        layers += make[kind](before, *numbers)
        before = numbers[0] * (4 if kind == "neck" else 1) if numbers else before
    device = "cuda" if torch.cuda.is_available() else "cpu"  # where Lanthorn and Keras go too
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    x = x.movedim(-1, 1).contiguous() if len(shape) == 3 else x
    model, criterion = nn.Sequential(*layers).to(device), nn.CrossEntropyLoss()
    model(x[:batch].to(device))  # the lazy layers see their sizes
    optimizer = torch.optim.Adam(model.parameters())
    layout = {"memory_format": torch.channels_last} if channels_last else {}
    half = torch.autocast(device, torch.bfloat16) if bfloat16 else nullcontext()
    model.to(**layout)
    run = torch.compile(model) if compiled else model

    def epoch():
        model.train()
        total, order = 0.0, torch.randperm(len(x))
        for start in range(0, len(x), batch):
            where = order[start : start + batch]
            bx, by = x[where].to(device, **layout), y[where].to(device)
            optimizer.zero_grad()
            with half:
                loss = criterion(run(bx), by)
            loss.backward()
            optimizer.step()
            total += loss.item()
        return total

    return epoch


def tensorflow(shape, batch, parts, x, y, keras_model):
    """A Keras model under a tf.function of one's own, with a tape and an optimizer of Keras."""
    import keras
    import tensorflow as tf

    model, optimizer = keras_model(), keras.optimizers.Adam()

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            logits = model(x, training=True)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits))
        optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_weights), model.trainable_weights))
        return loss

    def epoch():
        total = 0.0
        for bx, by in cut(x, y, batch):
            total += step(tf.convert_to_tensor(bx), tf.convert_to_tensor(by))
        return float(total)

    return epoch


def jax(shape, batch, parts, x, y, keras_model):
    """One `jax.jit` step with donated weights, and optax; the network is a function of a list of weights."""
    import jax
    import jax.numpy as jnp
    import optax

    rng, drawn = np.random.default_rng(1), []

    def draw(*shape):
        deviation = np.prod(shape[:-1]) ** -0.5 if len(shape) > 1 else 0.0
        drawn.append(jnp.asarray(rng.normal(size=shape) * deviation, "float32"))
        return drawn[-1]

    def step(weights, means, state, total, x, y):
        def loss(weights):
            following = iter(weights)
            logits, new = _in_jax(parts, x, lambda *shape: next(following))
            return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean(), new

        (value, new), grads = jax.value_and_grad(loss, has_aux=True)(weights)
        updates, state = optimizer.update(grads, state, weights)
        means = [0.99 * old + 0.01 * now for old, now in zip(means, new, strict=True)]
        return optax.apply_updates(weights, updates), means, state, total + value

    _, means = _in_jax(parts, jnp.asarray(x[:2]), draw)
    optimizer = optax.adam(1e-3)
    kept = [drawn, means, optimizer.init(drawn)]
    compiled = jax.jit(step, donate_argnums=(0, 1, 2, 3))

    def epoch():
        total = jnp.zeros(())
        for bx, by in cut(x, y, batch):
            *kept[:], total = compiled(*kept, total, bx, by.astype("int32"))
        return float(total)

    return epoch


def _in_jax(parts, x, weight):
    """Outputs, and the means and variances that the normalizations saw; `weight(*shape)` gives the next weight."""
    import jax.numpy as jnp
    from jax import lax, nn

    means = []

    def conv(x, filters, size, stride, padding):
        kernel, layout = weight(size, size, x.shape[-1], filters), ("NHWC", "HWIO", "NHWC")
        return lax.conv_general_dilated(x, kernel, (stride, stride), padding, dimension_numbers=layout)

    def pool(x, size, padding):
        return lax.reduce_window(x, -jnp.inf, lax.max, (1, size, size, 1), (1, 2, 2, 1), padding)

    def normed(x, filters, size, stride):
        x = conv(x, filters, size, stride, "SAME")
        mean, variance = x.mean((0, 1, 2)), x.var((0, 1, 2))
        means.extend([mean, variance])
        return (x - mean) * lax.rsqrt(variance + 1e-3) * (1.0 + weight(filters)) + weight(filters)

    def block(x, filters, stride):
        y = nn.relu(normed(x, filters, 3, stride))
        side = x if stride == 1 and x.shape[-1] == filters else normed(x, filters, 1, stride)
        return nn.relu(normed(y, filters, 3, 1) + side)

    def neck(x, filters, stride):
        y = nn.relu(normed(nn.relu(normed(x, filters, 1, 1)), filters, 3, stride))
        side = x if stride == 1 and x.shape[-1] == 4 * filters else normed(x, 4 * filters, 1, stride)
        return nn.relu(normed(y, 4 * filters, 1, 1) + side)

    def dense(x, n):
        x = x @ weight(x.shape[-1], n) + weight(n)
        return x if n == 10 else nn.relu(x)

    def lstm(x, units):
        kernel, back, bias = weight(x.shape[-1], 4 * units), weight(units, 4 * units), weight(4 * units)

        def one(state, projected):
            h, c = state
            i, f, g, o = jnp.split(projected + h @ back, 4, -1)
            c = nn.sigmoid(f) * c + nn.sigmoid(i) * jnp.tanh(g)
            return (nn.sigmoid(o) * jnp.tanh(c), c), None

        zeros = jnp.zeros((len(x), units))
        return lax.scan(one, (zeros, zeros), jnp.swapaxes(x @ kernel + bias, 0, 1))[0][0]

    make = {
        "dense": dense,
        "conv": lambda x, n: nn.relu(conv(x, n, 3, 1, "VALID") + weight(n)),
        "stem": lambda x, n: pool(nn.relu(normed(x, n, 7, 2)), 3, "SAME"),
        "pool": lambda x: pool(x, 2, "VALID"),
        "flatten": lambda x: x.reshape(len(x), -1),
        "lstm": lstm,
        "mean": lambda x: x.mean((1, 2)),
        "block": block,
        "neck": neck,
    }
    for kind, numbers in parts:
        x = make[kind](x, *numbers)
    return x, means
