"""Downloads end whole or not at all, and have the hash that was asked for."""

import hashlib
import socket

import pytest

from lanthorn.utils.download import cache_folder, download, hash_file

CONTENT = bytes(range(256)) * 1000


def test_file_arrives_whole_and_its_sha256_is_returned(file_server, tmp_path, capsys):
    file_server.files["/a.bin"] = CONTENT
    seen = download(f"{file_server.address}/a.bin", tmp_path / "deep" / "a.bin")
    assert (tmp_path / "deep" / "a.bin").read_bytes() == CONTENT
    assert seen == hashlib.sha256(CONTENT).hexdigest() == hash_file(tmp_path / "deep" / "a.bin")
    assert "a.bin (0.3 MB)" in capsys.readouterr().out


@pytest.mark.parametrize("algorithm", ["sha256", "md5"])
def test_right_hash_is_accepted_in_any_case(file_server, tmp_path, algorithm):
    file_server.files["/a.bin"] = CONTENT
    known = hashlib.new(algorithm, CONTENT).hexdigest().upper()
    download(f"{file_server.address}/a.bin", tmp_path / "a.bin", known)
    assert (tmp_path / "a.bin").read_bytes() == CONTENT


def test_wrong_hash_raises_and_leaves_what_was_there(file_server, tmp_path):
    file_server.files["/a.bin"] = CONTENT
    (tmp_path / "a.bin").write_bytes(b"before")
    with pytest.raises(ValueError, match="SHA-256|SHA256") as error:
        download(f"{file_server.address}/a.bin", tmp_path / "a.bin", "0" * 64)
    assert "0" * 64 in str(error.value)
    assert [p.name for p in tmp_path.iterdir()] == ["a.bin"]
    assert (tmp_path / "a.bin").read_bytes() == b"before"


def test_cut_connection_raises_and_leaves_nothing(file_server, tmp_path):
    file_server.files["/a.bin"] = CONTENT
    file_server.cut.add("/a.bin")
    with pytest.raises(OSError, match="broke off"):
        download(f"{file_server.address}/a.bin", tmp_path / "a.bin")
    assert not list(tmp_path.iterdir())


def test_missing_file_says_404(file_server, tmp_path):
    with pytest.raises(OSError, match="404"):
        download(f"{file_server.address}/none.bin", tmp_path / "a.bin")
    assert not list(tmp_path.iterdir())


def test_no_server_says_so(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(OSError, match="not reached"):
        download(f"http://127.0.0.1:{port}/a.bin", tmp_path / "a.bin")


@pytest.mark.parametrize("address", ["file:///etc/hostname", "ftp://127.0.0.1/a", "/etc/hostname"])
def test_only_the_web_is_fetched_from(tmp_path, address):
    with pytest.raises(ValueError, match="https://"):
        download(address, tmp_path / "a.bin")


def test_cache_folder_is_the_one_named(monkeypatch, tmp_path):
    monkeypatch.setenv("LANTHORN_CACHE", str(tmp_path / "mine"))
    assert cache_folder("models") == tmp_path / "mine" / "models"
    assert not (tmp_path / "mine").exists()
    monkeypatch.delenv("LANTHORN_CACHE")
    assert "lanthorn" in cache_folder("models").parts
