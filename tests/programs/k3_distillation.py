"""Keras 3: a student that learns from a teacher, by `compute_loss` (for every engine)."""

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(0)


class Distiller(keras.Model):
    def __init__(self, student, teacher):
        super().__init__()
        self.teacher, self.student = teacher, student

    def compile(self, optimizer, metrics, student_loss_fn, distillation_loss_fn, alpha=0.1, temperature=3):
        super().compile(optimizer=optimizer, metrics=metrics)
        self.student_loss_fn, self.distillation_loss_fn = student_loss_fn, distillation_loss_fn
        self.alpha, self.temperature = alpha, temperature

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        teacher_pred = self.teacher(x, training=False)
        student_loss = self.student_loss_fn(y, y_pred)
        distillation_loss = self.distillation_loss_fn(
            ops.softmax(teacher_pred / self.temperature, axis=1), ops.softmax(y_pred / self.temperature, axis=1)
        ) * (self.temperature**2)
        return self.alpha * student_loss + (1 - self.alpha) * distillation_loss

    def call(self, x):
        return self.student(x)


rng = np.random.default_rng(0)
x = rng.normal(size=(96, 5)).astype("float32")
y = (x[:, 0] > 0).astype("int32")
teacher = keras.Sequential([keras.Input((5,)), layers.Dense(16, "relu"), layers.Dense(2)], name="teacher")
student = keras.Sequential([keras.Input((5,)), layers.Dense(4, "relu"), layers.Dense(2)], name="student")
scce = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
teacher.compile(keras.optimizers.Adam(0.02), scce, metrics=[keras.metrics.SparseCategoricalAccuracy()])
teacher.fit(x, y, epochs=6, batch_size=16, verbose=0)
before = teacher.get_weights()
teacher.trainable = False
distiller = Distiller(student=student, teacher=teacher)
distiller.compile(
    optimizer=keras.optimizers.Adam(0.02), metrics=[keras.metrics.SparseCategoricalAccuracy()],
    student_loss_fn=scce, distillation_loss_fn=keras.losses.KLDivergence(), alpha=0.1, temperature=10,
)  # fmt: skip
history = distiller.fit(x, y, epochs=6, batch_size=16, verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0]
assert all((a == b).all() for a, b in zip(before, teacher.get_weights(), strict=True))
assert (ops.convert_to_numpy(student(x)).argmax(-1) == y).mean() > 0.7
