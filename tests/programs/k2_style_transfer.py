"""Keras 2: style transfer with K.gradients and L-BFGS.

needs: scipy
"""

import numpy as np
from keras import backend as K
from keras.applications import vgg19
from scipy.optimize import fmin_l_bfgs_b

np.random.seed(0)
img_height = img_width = 32
target = np.random.rand(1, img_height, img_width, 3) * 255
style = np.zeros((1, img_height, img_width, 3))
style[:, ::4] = 255
target_image = K.constant(vgg19.preprocess_input(target.copy()))
style_reference_image = K.constant(vgg19.preprocess_input(style.copy()))
combination_image = K.placeholder((1, img_height, img_width, 3))
input_tensor = K.concatenate([target_image, style_reference_image, combination_image], axis=0)
model = vgg19.VGG19(input_tensor=input_tensor, weights=None, include_top=False)


def content_loss(base, combination):
    return K.sum(K.square(combination - base))


def gram_matrix(x):
    features = K.batch_flatten(K.permute_dimensions(x, (2, 0, 1)))
    return K.dot(features, K.transpose(features))


def style_loss(style, combination):
    S, C = gram_matrix(style), gram_matrix(combination)
    return K.sum(K.square(S - C)) / (4.0 * (3**2) * ((img_height * img_width) ** 2))


def total_variation_loss(x):
    a = K.square(x[:, : img_height - 1, : img_width - 1, :] - x[:, 1:, : img_width - 1, :])
    b = K.square(x[:, : img_height - 1, : img_width - 1, :] - x[:, : img_height - 1, 1:, :])
    return K.sum(K.pow(a + b, 1.25))


outputs_dict = {layer.name: layer.output for layer in model.layers}
loss = K.variable(0.0)
layer_features = outputs_dict["block2_conv2"]
loss = loss + 0.025 * content_loss(layer_features[0, :, :, :], layer_features[2, :, :, :])
for layer_name in ["block1_conv1", "block2_conv1"]:
    layer_features = outputs_dict[layer_name]
    loss = loss + 0.5 * style_loss(layer_features[1, :, :, :], layer_features[2, :, :, :])
loss += 1e-4 * total_variation_loss(combination_image)
grads = K.gradients(loss, combination_image)[0]
fetch_loss_and_grads = K.function([combination_image], [loss, grads])


class Evaluator:
    def __init__(self):
        self.loss_value = None
        self.grad_values = None

    def loss(self, x):
        assert self.loss_value is None
        outs = fetch_loss_and_grads([x.reshape((1, img_height, img_width, 3))])
        self.loss_value = float(outs[0])
        self.grad_values = outs[1].flatten().astype("float64")
        return self.loss_value

    def grads(self, x):
        assert self.loss_value is not None
        grad_values = np.copy(self.grad_values)
        self.loss_value = self.grad_values = None
        return grad_values


evaluator = Evaluator()
x = vgg19.preprocess_input(target.copy()).flatten() + np.random.randn(target.size)
first = evaluator.loss(x)
evaluator.loss_value = None
for _i in range(2):
    x, min_val, info = fmin_l_bfgs_b(evaluator.loss, x, fprime=evaluator.grads, maxfun=4)
assert min_val < first
