"""Keras 2: DeepDream: a picture changed so that layers answer more, by K.gradients."""

import numpy as np
from keras import backend as K
from keras.applications.mobilenet_v2 import MobileNetV2

np.random.seed(0)
K.set_learning_phase(0)
model = MobileNetV2(weights=None, include_top=False, input_shape=(32, 32, 3), alpha=0.35)
layer_contributions = {"block_1_expand": 0.5, "block_2_expand": 1.5}
layer_dict = {layer.name: layer for layer in model.layers}
loss = K.variable(0.0)
for layer_name in layer_contributions:
    coeff = layer_contributions[layer_name]
    activation = layer_dict[layer_name].output
    scaling = K.prod(K.cast(K.shape(activation), "float32"))
    loss = loss + coeff * K.sum(K.square(activation[:, 2:-2, 2:-2, :])) / scaling
dream = model.input
grads = K.gradients(loss, dream)[0]
grads /= K.maximum(K.mean(K.abs(grads)), 1e-7)
fetch_loss_and_grads = K.function([dream], [loss, grads])


def eval_loss_and_grads(x):
    outs = fetch_loss_and_grads([x])
    return outs[0], outs[1]


def gradient_ascent(x, iterations, step, max_loss=None):
    for _ in range(iterations):
        loss_value, grad_values = eval_loss_and_grads(x)
        if max_loss is not None and loss_value > max_loss:
            break
        x += step * grad_values
    return x


img = np.random.rand(1, 32, 32, 3) * 2 - 1
before, _ = eval_loss_and_grads(img)
dreamt = gradient_ascent(img.copy(), iterations=8, step=0.05)
after, _ = eval_loss_and_grads(dreamt)
assert after > before and np.abs(dreamt - img).max() > 0.01
