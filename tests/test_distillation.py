"""Distillation against Keras: losses, and a training of a small student."""

import numpy as np
import pytest

import lanthorn
from lanthorn import distillation, layers, losses


def net(module, units, mark):
    inputs = module.layers.Input((6,))
    hidden = module.layers.Dense(units, "relu", name=f"hidden_{mark}")(inputs)
    features = module.layers.Dense(4, name=f"features_{mark}")(hidden)
    model = module.Model(inputs, module.layers.Dense(3, name=f"out_{mark}")(features))
    rng = np.random.default_rng(units)
    model.set_weights([0.3 * rng.normal(size=w.shape).astype("float32") for w in model.get_weights()])
    return model


SETTINGS = [
    (lambda m: m.distillation.LogitsDistillation(2.0, loss=m.losses.KLDivergence()), None),
    (lambda m: m.distillation.LogitsDistillation(loss=m.losses.CategoricalCrossentropy(from_logits=True)), None),
    (
        lambda m: [
            m.distillation.LogitsDistillation(loss="mse"),
            m.distillation.FeatureDistillation("mae", "features_t", "features_s"),
            m.distillation.FeatureDistillation("cosine_similarity"),
        ],
        [0.5, 2.0, 1.0],
    ),
]


def run(module, make, weights):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(32, 6)).astype("float32"), rng.integers(0, 3, 32)
    student = net(module, 5, "s")
    distiller = module.distillation.Distiller(net(module, 16, "t"), student, make(module), weights, 0.3)
    loss = module.losses.SparseCategoricalCrossentropy(from_logits=True)
    distiller.compile(module.optimizers.SGD(0.1), loss, metrics=["accuracy"])
    history = distiller.fit(x, y, epochs=2, batch_size=16, shuffle=False, verbose=0).history
    return history, distiller.evaluate(x, y, verbose=0, return_dict=True), student.get_weights(), distiller


@pytest.mark.parametrize("make, weights", SETTINGS, ids=["kl", "crossentropy", "three"])
def test_a_student_learns_what_keras_student_learns(keras, engine, make, weights):
    history, logs, student, distiller = run(lanthorn, make, weights)
    wanted, wanted_logs, wanted_student, _ = run(keras, make, weights)
    assert set(history) == set(wanted) and set(logs) == set(wanted_logs)
    for name, values in wanted.items():
        np.testing.assert_allclose(history[name], values, rtol=1e-4, atol=1e-5, err_msg=name)
    for a, b in zip(student, wanted_student, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)
    assert not distiller.teacher.trainable_weights and len(distiller.trainable_weights) == 6
    again = distillation.Distiller.from_config(distiller.get_config())
    assert again.student_loss_weight == 0.3 and len(again.distillation_losses) == len(distiller.distillation_losses)
    assert [type(a) for a in again.distillation_losses] == [type(a) for a in distiller.distillation_losses]


def test_the_name_of_the_divergence_compares_probabilities_too():
    teacher, student = np.array([[1.0, 2.0, -1.0]], "float32"), np.array([[0.5, 0.0, 1.0]], "float32")
    by_name, by_object = (
        float(distillation.LogitsDistillation(3.0, loss=loss).compute_loss(teacher, student))
        for loss in ("kl_divergence", losses.KLDivergence())
    )
    p, q = (np.exp(a / 3) / np.exp(a / 3).sum() for a in (teacher, student))
    assert by_name == pytest.approx(by_object) == pytest.approx(9 * (p * np.log(p / q)).sum(), rel=1e-4)


def test_several_outputs_have_a_loss_each():
    teacher, student = [np.ones((2, 3), "float32")] * 2, [np.zeros((2, 3), "float32")] * 2
    loss = distillation.FeatureDistillation(["mse", None])
    loss.validate_outputs(teacher, student)
    assert float(loss.compute_loss(teacher, student)) == 1
    assert distillation.FeatureDistillation.from_config(loss.get_config()).loss[1] is None
    with pytest.raises(ValueError, match="Loss structure mismatch"):
        loss.validate_outputs(teacher[:1], student[:1])
    with pytest.raises(ValueError, match="same nested structure"):
        loss.validate_outputs(teacher, student[0])


def test_what_does_not_go_together_is_refused(one_engine):
    teacher, student = net(lanthorn, 4, "t"), net(lanthorn, 3, "s")
    logits = distillation.LogitsDistillation()
    wide = lanthorn.Sequential([lanthorn.Input((7,)), layers.Dense(3)])
    for given, message in (
        ((wide, student, logits), "input shapes are incompatible"),
        ((teacher, "no model", logits), "Student must be a model"),
        ((teacher, student, None), "cannot be `None`"),
        ((teacher, student, [logits], [1.0, 2.0]), "must match number"),
        ((teacher, student, logits, None, 1.5), "between 0.0 and 1.0"),
        ((teacher, student, distillation.FeatureDistillation("mse", "nothing")), "In teacher model"),
    ):
        with pytest.raises(ValueError, match=message):
            distillation.Distiller(*given)
    with pytest.raises(ValueError, match="positive"):
        distillation.LogitsDistillation(0)
    with pytest.raises(ValueError, match="At least one loss"):
        distillation.LogitsDistillation(loss=None)
    with pytest.raises(ValueError, match="'loss' cannot be"):
        distillation.Distiller(teacher, student, logits).compile("adam")


def test_metrics_that_a_model_holds_stand_in_its_logs(engine):
    class Watched(lanthorn.Model):
        def __init__(self):
            super().__init__()
            self.dense, self.largest = layers.Dense(1), lanthorn.metrics.Mean(name="largest")

        def call(self, x):
            return self.dense(x)

        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
            self.largest.update_state(lanthorn.ops.max(x))
            return super().compute_loss(x, y, y_pred, sample_weight, training)

    model = Watched()
    model.compile("sgd", "mse")
    logs = model.fit(np.array([[1.0], [3.0]]), np.ones((2, 1)), batch_size=1, epochs=2, verbose=0).history
    assert logs["largest"] == [2.0, 2.0]


def test_a_distiller_goes_on_from_a_file(one_engine, tmp_path, rng):
    distiller = distillation.Distiller(net(lanthorn, 4, "t"), net(lanthorn, 3, "s"), distillation.LogitsDistillation())
    distiller.compile("sgd", losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    x, y = rng.normal(size=(8, 6)).astype("float32"), rng.integers(0, 3, 8)
    distiller.fit(x, y, verbose=0)
    distiller.save(tmp_path / "distiller.keras")
    again = lanthorn.models.load_model(tmp_path / "distiller.keras")
    assert again.evaluate(x, y, verbose=0) == pytest.approx(distiller.evaluate(x, y, verbose=0), rel=1e-5)
    np.testing.assert_allclose(again.predict(x, verbose=0), distiller.predict(x, verbose=0), atol=1e-6)
