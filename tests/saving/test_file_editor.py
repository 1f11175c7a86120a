"""KerasFileEditor: on files of this library and of Keras."""

import numpy as np
import pytest

import lanthorn
from lanthorn import layers
from lanthorn.saving import KerasFileEditor


def net(module, *units, name=None):
    return module.Sequential([module.layers.Input((3,)), *(module.layers.Dense(n) for n in units)], name=name)


@pytest.mark.parametrize("suffix", [".weights.h5", ".keras"])
def test_a_file_is_made_to_fit_another_model(one_engine, tmp_path, capsys, suffix):
    old, new, path = net(lanthorn, 3, 4), net(lanthorn, 3, 4, 5), tmp_path / f"old{suffix}"
    (old.save_weights if suffix == ".weights.h5" else old.save)(path)
    editor = KerasFileEditor(path)
    assert (editor.config is None) == (suffix == ".weights.h5")
    assert editor.compare(old) == {"status": "success", "error_count": 0, "match_count": 4}
    assert editor.compare(new) == {"status": "error", "error_count": 1, "match_count": 4}
    assert "layers/dense_2 present in reference model, missing from saved file" in capsys.readouterr().out
    editor.add_object("layers/dense_7", {"0": np.ones((4, 5), "float32")})
    editor.rename_object("dense_7", "dense_2")
    editor.add_weights("layers/dense_2", {"1": np.full(5, 2.0, "float32")})
    editor.save(tmp_path / "new.weights.h5")
    again = KerasFileEditor(tmp_path / "new.weights.h5")
    assert again.compare(new)["status"] == "success"
    new.load_weights(tmp_path / "new.weights.h5")
    for a, b in zip(new.get_weights(), [*old.get_weights(), np.ones((4, 5)), np.full(5, 2.0)], strict=True):
        np.testing.assert_array_equal(a, b)
    again.delete_weight("dense_2", "1")
    assert again.compare(new)["error_count"] == 1
    again.add_weights("dense_2", {"1": np.zeros(7)})
    assert again.compare(new)["error_count"] == 1 and "shape mismatch" in capsys.readouterr().out
    again.delete_object("layers/dense_2")
    assert again.compare(old)["status"] == "success"
    again.summary()
    assert "0: shape=(3, 3), dtype=float32" in capsys.readouterr().out


def test_files_of_keras_are_read(keras, one_engine, tmp_path):
    theirs = net(keras, 3, 4)
    theirs.save_weights(tmp_path / "theirs.weights.h5")
    ours = keras.saving.KerasFileEditor(str(tmp_path / "theirs.weights.h5"))
    editor = KerasFileEditor(tmp_path / "theirs.weights.h5")
    assert lanthorn.tree.flatten_with_path(editor.weights_dict)[0][0] == ("layers", "dense", "0")
    assert len(lanthorn.tree.flatten(editor.weights_dict)) == len(keras.tree.flatten(ours.weights_dict)) == 4
    editor.rename_object("dense_1", "dense_2")
    editor.rename_object("dense_2", "dense_1")
    editor.save(tmp_path / "again.weights.h5")
    theirs.load_weights(tmp_path / "again.weights.h5")


def test_layers_inside_layers_are_kept(one_engine, tmp_path):
    model = lanthorn.Sequential([lanthorn.Input((4, 6)), layers.LSTM(3, return_sequences=True), layers.Dropout(0.5)])
    attention = layers.MultiHeadAttention(2, 3)
    x = lanthorn.Input((4, 6))
    model = lanthorn.Model(x, model(attention(x, x)))
    model.save_weights(tmp_path / "nested.weights.h5")
    editor = KerasFileEditor(tmp_path / "nested.weights.h5")
    assert editor.compare(model) == {"status": "success", "error_count": 0, "match_count": 11}
    editor.save(tmp_path / "copy.weights.h5")
    kept = model.get_weights()
    model.set_weights([0 * w for w in kept])
    model.load_weights(tmp_path / "copy.weights.h5")
    assert all((a == b).all() for a, b in zip(model.get_weights(), kept, strict=True))


def test_what_is_not_there_is_named(one_engine, tmp_path):
    net(lanthorn, 3, 3).save_weights(tmp_path / "a.weights.h5")
    editor = KerasFileEditor(tmp_path / "a.weights.h5")
    for call, message in (
        (lambda: editor.rename_object("dens", "b"), "'dens' does not appear"),
        (lambda: editor.delete_object("layers/dens"), "Path 'layers/dens' not found"),
        (lambda: editor.delete_weight("dense", "7"), "Weight 7 not found in object dense"),
        (lambda: editor.rename_object("dense", "layers/b"), "leaf name"),
        (lambda: editor.add_object("no/dense", {}), "Path 'no' not found"),
        (lambda: editor.add_weights("dense", [1]), "should be a dict"),
        (lambda: editor.delete_object("0"), "more than once"),
        (lambda: editor.save(tmp_path / "a.h5"), "expected a `.weights.h5`"),
        (lambda: KerasFileEditor(tmp_path / "a.txt"), "expected a `.keras` `.weights.h5`"),
    ):
        with pytest.raises(ValueError, match=message):
            call()


def test_a_file_that_points_elsewhere_is_refused(tmp_path):
    import h5py

    with h5py.File(tmp_path / "bad.weights.h5", "w") as file:
        file["layers/dense/vars/0"] = h5py.ExternalLink("other.h5", "/x")
    with pytest.raises(ValueError, match="refused"):
        KerasFileEditor(tmp_path / "bad.weights.h5")
