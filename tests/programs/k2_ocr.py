"""Keras 2: text in pictures: convolutions, a bidirectional GRU and the CTC loss in a Lambda.

needs: keras.backend.ctc_batch_cost
"""

import numpy as np
from keras import backend as K
from keras.layers import GRU, Activation, Bidirectional, Conv2D, Dense, Input, Lambda, MaxPooling2D, Reshape
from keras.models import Model
from keras.optimizers import SGD

np.random.seed(0)
width, height, letters, length = 24, 8, 3, 2


def ctc_lambda_func(args):
    y_pred, labels, input_length, label_length = args
    return K.ctc_batch_cost(labels, y_pred[:, 1:, :], input_length, label_length)


input_data = Input(name="the_input", shape=(width, height, 1), dtype="float32")
inner = Conv2D(8, (3, 3), padding="same", activation="relu", kernel_initializer="he_normal")(input_data)
inner = MaxPooling2D(pool_size=(2, 2))(inner)
inner = Reshape(target_shape=(width // 2, height // 2 * 8))(inner)
inner = Bidirectional(GRU(8, return_sequences=True))(inner)
inner = Dense(letters + 1)(inner)
y_pred = Activation("softmax", name="softmax")(inner)
labels = Input(name="the_labels", shape=[length], dtype="float32")
input_length = Input(name="input_length", shape=[1], dtype="int64")
label_length = Input(name="label_length", shape=[1], dtype="int64")
loss_out = Lambda(ctc_lambda_func, output_shape=(1,), name="ctc")([y_pred, labels, input_length, label_length])
sgd = SGD(learning_rate=0.02, decay=1e-6, momentum=0.9, nesterov=True)
model = Model(inputs=[input_data, labels, input_length, label_length], outputs=loss_out)
model.compile(loss={"ctc": lambda y_true, y_pred: y_pred}, optimizer=sgd)
written = np.random.randint(0, letters, (32, length))
pictures = np.zeros((32, width, height, 1))
for i, (a, b) in enumerate(written):
    pictures[i, 3:8, 2 * a : 2 * a + 2] = pictures[i, 14:19, 2 * b : 2 * b + 2] = 1
inputs = {"the_input": pictures, "the_labels": written, "input_length": np.full((32, 1), width // 2 - 1),
          "label_length": np.full((32, 1), length)}  # fmt: skip
history = model.fit(inputs, {"ctc": np.zeros([32])}, epochs=6, batch_size=8, verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0]
test_func = K.function([input_data], [y_pred])
out = test_func([pictures[:4]])[0]
decoded = K.get_value(K.ctc_decode(out[:, 1:], input_length=np.ones(4) * (width // 2 - 1), greedy=True)[0][0])
assert decoded.shape[0] == 4
