"""`get_file`: cached, checked, unpacked without harm."""

import hashlib
import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from lanthorn.data.archives import extract
from lanthorn.utils import get_file


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    monkeypatch.setenv("LANTHORN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def zipped(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(*members):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for info, content in members:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def member(name, kind=tarfile.REGTYPE, link=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


def test_downloads_once(file_server, cache):
    file_server.files["/data/a.txt"] = b"words"
    first = get_file(origin=f"{file_server.address}/data/a.txt")
    assert first == get_file("a.txt", f"{file_server.address}/data/a.txt") == str(cache / "datasets" / "a.txt")
    assert Path(first).read_bytes() == b"words"
    assert file_server.asked == ["/data/a.txt"]
    get_file("a.txt", f"{file_server.address}/data/a.txt", force_download=True)
    assert len(file_server.asked) == 2


def test_a_file_of_another_hash_is_fetched_again(file_server, cache, capsys):
    file_server.files["/a.txt"] = b"words"
    (cache / "datasets").mkdir(parents=True)
    (cache / "datasets" / "a.txt").write_bytes(b"cut")
    path = get_file("a.txt", f"{file_server.address}/a.txt", md5_hash=hashlib.md5(b"words").hexdigest())
    assert Path(path).read_bytes() == b"words"
    assert "downloaded again" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["../a.txt", "a/b.txt", "..", "/etc/a", "c:\\a", "a\\..\\b"])
def test_names_that_lead_elsewhere_are_refused(file_server, name):
    with pytest.raises(ValueError, match="plain name"):
        get_file(name, f"{file_server.address}/a.txt")
    assert file_server.asked == []


def test_a_name_hidden_in_the_address_is_refused(file_server):
    with pytest.raises(ValueError, match="plain name"):
        get_file(origin=f"{file_server.address}/%2e%2e%2fa.txt")


def test_origin_is_needed():
    with pytest.raises(ValueError, match="origin"):
        get_file("a.txt")


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_archives_are_unpacked(file_server, cache, kind):
    packed = zipped({"in/a.txt": b"1", "b.txt": b"2"})
    if kind == "tar":
        packed = tarred((member("in/a.txt"), b"1"), (member("b.txt"), b"2"))
    file_server.files["/photos.arc"] = packed
    folder = get_file("photos.arc", f"{file_server.address}/photos.arc", extract=True)
    assert folder == str(cache / "datasets" / "photos_extracted")
    assert Path(folder, "in", "a.txt").read_text() == "1"
    assert sorted(os.listdir(folder)) == ["b.txt", "in"]
    assert get_file("photos", f"{file_server.address}/photos.arc", untar=True) == str(cache / "datasets" / "photos")


def test_without_a_folder_given_it_is_kept_where_keras_keeps_it(file_server, monkeypatch, tmp_path):
    file_server.files["/a.txt"] = b"words"
    monkeypatch.delenv("LANTHORN_CACHE")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    address = f"{file_server.address}/a.txt"
    assert get_file("a.txt", address) == str(tmp_path / "keras" / "datasets" / "a.txt")
    assert get_file("a.txt", address, cache_subdir="x/y") == str(tmp_path / "keras" / "x" / "y" / "a.txt")
    assert get_file("a.txt", address, cache_dir=tmp_path) == str(tmp_path / "datasets" / "a.txt")
    monkeypatch.delenv("KERAS_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert get_file("a.txt", address) == str(tmp_path / "home" / ".keras" / "datasets" / "a.txt")


def test_the_kind_of_archive_may_be_named(file_server, cache):
    file_server.files["/a.zip"] = zipped({"b.txt": b"2"})
    address = f"{file_server.address}/a.zip"
    assert os.listdir(get_file("a.zip", address, extract=True, archive_format=["tar", "zip"])) == ["b.txt"]
    assert os.listdir(get_file("b.zip", address, extract=True, archive_format="zip")) == ["b.txt"]
    with pytest.raises(ValueError, match="no tar archive"):
        get_file("c.zip", address, extract=True, archive_format="tar")
    with pytest.raises(ValueError, match="'rar'"):
        get_file("d.zip", address, extract=True, archive_format="rar")
    with pytest.warns(UserWarning, match="not unpacked"):
        get_file("e.zip", address, extract=True, archive_format=None)
    assert get_file(origin=address, extract=True, cache_subdir="z") == str(cache / "z" / "a.zip")
    assert (cache / "z" / "a.zip_archive").is_file() and (cache / "z" / "a.zip" / "b.txt").is_file()


def test_a_file_of_this_machine(tmp_path, cache):
    (tmp_path / "a.txt").write_bytes(b"words")
    assert Path(get_file("b.txt", (tmp_path / "a.txt").as_uri())).read_bytes() == b"words"
    with pytest.raises(OSError, match=f"put it into {cache / 'datasets'} as c.txt"):
        get_file("c.txt", (tmp_path / "missing.txt").as_uri())


BAD_TARS = {
    "parent": (member("../out.txt"), b"x"),
    "absolute": (member("/tmp/out.txt"), b"x"),
    "symbolic link": (member("a", tarfile.SYMTYPE, "/etc/hostname"), b""),
    "hard link": (member("a", tarfile.LNKTYPE, "/etc/hostname"), b""),
    "device": (member("a", tarfile.CHRTYPE), b""),
}


@pytest.mark.parametrize("what", BAD_TARS)
def test_bad_tar_members_are_refused_and_nothing_is_left(tmp_path, what):
    path = tmp_path / "a.tgz"
    path.write_bytes(tarred((member("fine.txt"), b"x"), BAD_TARS[what]))
    with pytest.raises(ValueError, match="refused"):
        extract(path, tmp_path / "out")
    assert [p.name for p in tmp_path.iterdir()] == ["a.tgz"]


@pytest.mark.parametrize("name", ["../out.txt", "/out.txt", "..\\out.txt", "c:/out.txt"])
def test_bad_zip_members_are_refused(tmp_path, name):
    (tmp_path / "a.zip").write_bytes(zipped({name: b"x"}))
    with pytest.raises(ValueError, match="refused"):
        extract(tmp_path / "a.zip", tmp_path / "out")
    assert [p.name for p in tmp_path.iterdir()] == ["a.zip"]


def test_zip_links_are_refused(tmp_path):
    info = zipfile.ZipInfo("link")
    info.external_attr = 0o120777 << 16
    (tmp_path / "a.zip").write_bytes(zipped({info: b"/etc/hostname"}))
    with pytest.raises(ValueError, match="link"):
        extract(tmp_path / "a.zip", tmp_path / "out")


def test_a_bomb_is_refused(tmp_path):
    (tmp_path / "a.zip").write_bytes(zipped({"zeros": bytes(40 << 20)}))
    with pytest.raises(ValueError, match="bomb"):
        extract(tmp_path / "a.zip", tmp_path / "out")
    assert [p.name for p in tmp_path.iterdir()] == ["a.zip"]


def test_what_is_no_archive_says_so(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"text")
    with pytest.raises(ValueError, match="not a .zip or .tar"):
        extract(tmp_path / "a.zip", tmp_path / "out")
