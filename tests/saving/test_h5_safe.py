"""HDF5 files that reach for other files, or declare what they do not hold, are refused before memory is taken."""

import h5py
import numpy as np
import pytest

from lanthorn.saving import h5_safe


@pytest.fixture
def path(tmp_path):
    return tmp_path / "weights.h5"


def refuse(path, name, match):
    with h5_safe.opened(path) as file, pytest.raises(ValueError, match=match):
        h5_safe.dataset(file, name)


def test_a_good_data_set_is_read(path):
    with h5py.File(path, "w") as file:
        file["a/b"] = np.arange(6.0).reshape(2, 3)
    with h5_safe.opened(path) as file:
        data = h5_safe.dataset(file, "a/b")
        assert data.shape == (2, 3) and h5_safe.read(data)[1, 2] == 5
        assert h5_safe.find(file, "a/c") is None and h5_safe.find(file, "a/b/c") is None


def test_links_to_other_files_are_refused(path, tmp_path):
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["x"] = np.zeros(3)
    with h5py.File(path, "w") as file:
        file["outside"] = h5py.ExternalLink("secret.h5", "x")
        file["soft"] = h5py.SoftLink("/outside")
        file["group"] = h5py.ExternalLink("secret.h5", "/")
    refuse(path, "outside", "refused, 'outside' is a ExternalLink")
    refuse(path, "soft", "SoftLink")
    refuse(path, "group/x", "ExternalLink")


def test_external_storage_is_refused(path, tmp_path):
    (tmp_path / "secret.txt").write_bytes(b"password" * 4)
    with h5py.File(path, "w") as file:
        file.create_dataset("x", (8,), "f4", external=[(str(tmp_path / "secret.txt"), 0, 32)])
    refuse(path, "x", "stored in another file")


def test_virtual_data_sets_are_refused(path, tmp_path):
    layout = h5py.VirtualLayout((3,), "f4")
    layout[:] = h5py.VirtualSource(str(tmp_path / "other.h5"), "x", (3,))
    with h5py.File(path, "w") as file:
        file.create_virtual_dataset("x", layout)
    refuse(path, "x", "virtual")


@pytest.mark.parametrize("settings", [{"chunks": (1 << 20,), "compression": "gzip"}, {}])
def test_a_shape_that_the_file_does_not_hold_is_refused(path, settings):
    with h5py.File(path, "w") as file:
        file.create_dataset("x", (1 << 40,), "f4", **settings)  # four terabytes, nothing stored
    refuse(path, "x", r"declares 4,398,046,511,104 bytes but 0 are stored")


@pytest.mark.parametrize("value", [b"text", np.array([b"text"], dtype=object)])
def test_only_numbers_are_read(path, value):
    with h5py.File(path, "w") as file:
        file["x"] = value
    refuse(path, "x", "expected numbers")


def test_references_and_groups_are_no_data_sets(path):
    with h5py.File(path, "w") as file:
        file.create_group("x")
        file["r"] = np.array([file["x"].ref], dtype=h5py.ref_dtype)
    refuse(path, "x", "expected a data set 'x'")
    refuse(path, "r", "expected numbers")
    refuse(path, "nothing", "found nothing")
    refuse(path, "x/../x", "'..' in it")
    refuse(path, "/".join("x" * 100), "a path of 100 parts")


def test_cut_short_and_foreign_files(path):
    with h5py.File(path, "w") as file:
        file["x"] = np.ones(100_000)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r"weights\.h5: not a whole HDF5 file .*cut short"), h5_safe.opened(path):
        pass
    path.write_bytes(b"not hdf5 at all")
    with pytest.raises(ValueError, match="not a whole HDF5 file"), h5_safe.opened(path):
        pass


def test_names_longer_than_an_attribute_are_split_and_joined(path):
    names = [f"layer_with_a_rather_long_name_{i:05}" for i in range(4000)]
    with h5py.File(path, "w") as file:
        h5_safe.write_names(file, "layer_names", names)
        h5_safe.write_names(file, "none", [])
    with h5_safe.opened(path) as file:
        assert "layer_names" not in file.attrs and "layer_names1" in file.attrs
        assert h5_safe.names(file, "layer_names") == names
        assert h5_safe.names(file, "none") == h5_safe.names(file, "absent") == []


def test_bfloat16_is_read_as_float32(path):
    values = np.array([1.0, -2.5, 3.0], "float32")
    with h5py.File(path, "w") as file:
        file["x"] = (values.view(np.uint32) >> 16).astype(np.uint16).view("V2")
    with h5_safe.opened(path) as file:
        np.testing.assert_array_equal(h5_safe.read(h5_safe.dataset(file, "x")), values)
