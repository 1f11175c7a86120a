"""Alien vs. Predator in JAX: a pure function, a pytree, jax.jit, jax.grad and optax."""

import jax
import jax.numpy as jnp
import numpy as np
import optax

import lanthorn as keras
import settings
from lanthorn import data, layers

here = settings.read(__doc__)
keras.utils.set_random_seed(here.seed)

# 1. Data: NumPy arrays, the transforms in the order in which they are written ----------------------
application = getattr(keras.applications, here.network)
prepare = data.Preprocessing(size=(here.size, here.size), scale=application.preprocess_input.scale)
transforms = [data.Affine(shear=10, zoom=0.2), data.Flip("horizontal")]
train, validation = data.folder_datasets(here.photos, preprocessing=prepare, augment=transforms, seed=here.seed)
class_names = train.class_names

# 2. The network: written once in Keras's words, then a pure function -------------------------------
Network = {"mobilenet_v2": keras.applications.MobileNetV2, "resnet50": keras.applications.ResNet50}[here.network]
base = Network(
    include_top=False, pooling="avg", weights=here.weights, input_shape=(here.size, here.size, 3), engine="jax"
)
base.trainable = False
hidden = layers.Dense(128, activation="relu", name="hidden")(base.output)
model = keras.Model(base.input, layers.Dense(len(class_names), name="logits")(hidden))

# net.apply(params, state, x, training=False) -> outputs, new_state. What trains is in `params`; what does not (the
# frozen base, running statistics, random states) is in `state`.
net = model.jax()
params, state = net.params, net.state
optimizer = optax.adam(1e-3)
opt_state = optimizer.init(params)


# 3. Your own step ----------------------------------------------------------------------------------
def loss_of(params, state, x, y):
    logits, state = net.apply(params, state, x, training=True)
    return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean(), state


@jax.jit
def step(params, state, opt_state, x, y):
    (loss, state), grads = jax.value_and_grad(loss_of, has_aux=True)(params, state, x, y)
    updates, opt_state = optimizer.update(grads, opt_state)
    return optax.apply_updates(params, updates), state, opt_state, loss


@jax.jit
def predict(params, state, x):
    logits, _ = net.apply(params, state, x)
    return jax.nn.softmax(logits)


for epoch in range(here.epochs):
    losses = []
    for x, y in train:
        params, state, opt_state, loss = step(params, state, opt_state, jnp.asarray(x), jnp.asarray(y, "int32"))
        losses.append(loss)
    right = [np.argmax(predict(params, state, jnp.asarray(x)), axis=1) == y for x, y in validation]
    accuracy = np.concatenate(right).mean()
    print(f"Epoch {epoch + 1}/{here.epochs} loss: {np.mean(losses):.4f}, validation accuracy: {accuracy:.4f}")

# 4. Name some photos -------------------------------------------------------------------------------
paths = [path for name in class_names for path in sorted((here.photos / "validation" / name).iterdir())[10:13]]
probabilities = np.asarray(predict(params, state, jnp.stack([prepare(path) for path in paths])))
for path, row in zip(paths, probabilities):
    print(f"{path.parent.name}/{path.name}: " + ", ".join(f"{100 * p:.0f}% {n}" for p, n in zip(row, class_names)))
keras.vision.pictures(paths, probabilities, class_names, columns=3).save(here.out / "pictures_jax.png")
print(f"validation accuracy {accuracy:.3f}; the pictures are in {here.out}")
