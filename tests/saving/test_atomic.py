"""A save replaces a file whole or leaves it alone; formats are told by their first bytes."""

import os
import zipfile
from pathlib import Path

import pytest

from lanthorn.saving import atomic


def files(folder):
    return sorted(p.name for p in folder.iterdir())


def test_what_was_written_takes_the_place_of_the_old_file(tmp_path):
    target = tmp_path / "new folder" / "model.keras"
    with atomic.replacing(target) as temporary:
        assert os.path.dirname(temporary) == str(target.parent)  # same file system: the rename is one step
        Path(temporary).write_text("new")
    assert target.read_text() == "new" and files(target.parent) == ["model.keras"]


@pytest.mark.parametrize("failure", [OSError("disk full"), KeyboardInterrupt()])
def test_a_failed_save_leaves_the_old_file_and_no_rubbish(tmp_path, failure):
    target = tmp_path / "model.keras"
    target.write_text("old")
    with pytest.raises(type(failure)), atomic.replacing(target) as temporary:
        Path(temporary).write_text("half")
        raise failure
    assert target.read_text() == "old" and files(tmp_path) == ["model.keras"]


def test_overwrite_false_refuses_before_anything_is_written(tmp_path):
    target = tmp_path / "model.keras"
    target.write_text("old")
    with pytest.raises(FileExistsError, match="overwrite=True"), atomic.replacing(target, overwrite=False):
        raise AssertionError("must not get here")
    assert target.read_text() == "old"


def test_a_link_stays_a_link_and_the_files_mode_is_kept(tmp_path):
    real, link = tmp_path / "real.h5", tmp_path / "link.h5"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    with atomic.replacing(link) as temporary:
        Path(temporary).write_text("new")
    assert link.is_symlink() and real.read_text() == "new" and real.stat().st_mode & 0o777 == 0o640


def test_a_new_file_can_be_read_by_others(tmp_path):
    target = tmp_path / "model.h5"
    with atomic.replacing(target) as temporary:
        Path(temporary).write_text("new")
    plain = tmp_path / "plain"
    plain.write_text("")
    assert target.stat().st_mode == plain.stat().st_mode  # not the 0600 of temporary files


@pytest.mark.parametrize(
    "start, kind",
    [
        (b"\x89HDF\r\n\x1a\n....", "hdf5"),
        (b"PK\x03\x04....", "zip"),
        (b'  {"class_name": 1}', "json"),
        (b"\x02\0\0\0\0\0\0\0{}", "safetensors"),
        (b"\x80\x05pickle", "unknown"),
    ],
)
def test_kind_by_first_bytes_whatever_the_suffix(tmp_path, start, kind):
    path = tmp_path / "model.h5"
    path.write_bytes(start)
    assert atomic.kind_of(path) == kind


def test_kind_of_what_is_not_there(tmp_path):
    (tmp_path / "model.h5").write_bytes(b"")
    assert atomic.kind_of(tmp_path) == "folder"
    with pytest.raises(FileNotFoundError, match=r"There is model\.h5"):
        atomic.kind_of(tmp_path / "model.keras")
    with pytest.raises(ValueError, match="is empty"):
        atomic.kind_of(tmp_path / "model.h5")


def test_zip_members_that_lead_outside_or_explode(tmp_path):
    path = tmp_path / "bomb.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../config.json", "{}")
        archive.writestr("zeros", bytes(1 << 25))
        archive.writestr("fine", "abc")
    with zipfile.ZipFile(path) as archive:
        assert atomic.check_zip_member("f", archive, "fine", 10).file_size == 3
        with pytest.raises(ValueError, match="points outside"):
            atomic.check_zip_member("f", archive, "../config.json", 10)
        with pytest.raises(ValueError, match=r"declares 33,554,432 bytes but only .*a decompression bomb"):
            atomic.check_zip_member("f", archive, "zeros", 1 << 30)
        with pytest.raises(ValueError, match="declares 3 bytes"):
            atomic.check_zip_member("f", archive, "fine", 2)
