"""Weights that a file is about to bring are not drawn; whatever is drawn besides comes out as ever."""

import numpy as np
import pytest

import lanthorn
from lanthorn import applications, initializers
from lanthorn.core import undrawn
from lanthorn.initializers.random import Random


@pytest.fixture
def draws(monkeypatch):
    """The shapes that were drawn, as they are drawn."""
    shapes, plain = [], Random.__call__

    def counted(self, shape, dtype=None, rng=None):
        shapes.append(tuple(shape))
        return plain(self, shape, dtype, rng)

    monkeypatch.setattr(Random, "__call__", counted)
    return shapes


def small():
    return lanthorn.Sequential(
        [lanthorn.Input((8, 8, 3)), lanthorn.layers.Conv2D(4, 3), lanthorn.layers.Flatten(), lanthorn.layers.Dense(2)]
    )


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_loading_draws_nothing(any_engine, tmp_path, draws, suffix):
    model = small()
    model.save(tmp_path / f"model{suffix}")
    draws.clear()
    again = lanthorn.models.load_model(tmp_path / f"model{suffix}")
    assert draws == []
    for a, b in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    small()
    assert draws, "outside of a load, weights are drawn"


def test_what_is_drawn_after_a_load_does_not_depend_on_it(tmp_path):
    """The numbers of the draws are used up, drawn or not."""
    lanthorn.set_engine("numpy")
    small().save(tmp_path / "model.keras")

    def new_head(make):
        lanthorn.set_random_seed(3)
        body = make()
        return lanthorn.layers.Dense(3)(body.output).node.layer.get_weights()[0]

    loaded = new_head(lambda: lanthorn.models.load_model(tmp_path / "model.keras"))
    np.testing.assert_array_equal(loaded, new_head(small))


def test_a_file_without_weights_leaves_drawn_ones(tmp_path):
    """A folder with the architecture alone: the model starts as a new one would."""
    import zipfile

    lanthorn.set_engine("numpy")
    small().save(tmp_path / "model.keras")
    with zipfile.ZipFile(tmp_path / "model.keras") as archive:
        archive.extractall(tmp_path / "folder")
    (tmp_path / "folder" / "model.weights.h5").unlink()
    lanthorn.set_random_seed(3)
    loaded = lanthorn.models.load_model(tmp_path / "folder").get_weights()
    lanthorn.set_random_seed(3)
    for a, b in zip(loaded, small().get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert loaded[0].any()


def test_networks_draw_only_what_no_file_brings(tmp_path, draws):
    settings = {"alpha": 0.35, "input_shape": (32, 32, 3), "include_top": False, "engine": "numpy"}
    lanthorn.set_random_seed(1)
    made = applications.MobileNetV2(weights=None, **settings)
    assert made.get_weights()[0].any() and draws
    made.save_weights(tmp_path / "some.weights.h5")
    draws.clear()
    loaded = applications.MobileNetV2(weights=str(tmp_path / "some.weights.h5"), **settings)
    assert draws == []
    for a, b in zip(made.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_failed_load_leaves_nothing_behind(tmp_path):
    lanthorn.set_engine("numpy")
    small().save_weights(tmp_path / "other.weights.h5")
    with pytest.raises(ValueError, match="not the weights of this MobileNetV2"):
        applications.MobileNetV2(weights=str(tmp_path / "other.weights.h5"), include_top=False)
    assert not undrawn.expected()
    assert small().get_weights()[0].any()


def test_a_generator_that_others_share_is_not_kept_waiting():
    shared = lanthorn.random.SeedGenerator(5)
    assert not initializers.draws_alone(initializers.GlorotUniform(seed=shared))
    assert not initializers.draws_alone(initializers.Zeros())
    assert initializers.draws_alone(initializers.HeNormal())
    assert initializers.draws_alone(initializers.Orthogonal(seed=1))


@pytest.fixture(autouse=True)
def default_engine_again():
    yield
    lanthorn.set_engine(None)
