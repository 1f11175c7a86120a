"""Terminals and logs of any encoding and width: no name of a file or class ends a run, no line wraps."""

import contextlib
import os
import re
import struct
import subprocess
import sys

import pytest

from .conftest import TRAIN

fcntl, pty, termios = (pytest.importorskip(name) for name in ("fcntl", "pty", "termios"))


@pytest.mark.parametrize("encoding", ["ascii", "cp1251", "cp437", "cp1252"])
def test_no_name_ends_a_run(own_photos, tmp_path, encoding):
    for part in ("train", "validation"):
        (own_photos / part / "boat").rename(own_photos / part / "日本 Löwe")
    (own_photos / "validation" / "日本 Löwe" / "000.jpg").rename(own_photos / "validation" / "日本 Löwe" / "猫 ×.jpg")
    run = {"env": os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}, "capture_output": True}
    words = [sys.executable, "-m", "lanthorn.cli"]
    done = subprocess.run([*words, "train", own_photos, "-o", tmp_path / "m.keras", *TRAIN], **run)
    assert done.returncode == 0, done.stderr
    log = done.stdout.decode(encoding)
    assert "accuracy" in log and r"\u65e5\u672c" in log
    done = subprocess.run([*words, "predict", tmp_path / "m.keras", own_photos / "validation"], **run)
    assert done.returncode == 0, done.stderr
    rows = done.stdout.decode(encoding).splitlines()
    assert len(rows) == 15 and any(r"\u732b" in row for row in rows)


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_no_line_of_an_epoch_wraps(photos, tmp_path, columns):
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    command = [sys.executable, "-m", "lanthorn.cli", "train", photos, "-o", tmp_path / "m.keras", *TRAIN]
    environment = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")} | {"TERM": "xterm"}
    shown = b""
    with subprocess.Popen(command, stdout=slave, stderr=slave, env=environment) as process:
        os.close(slave)
        while True:
            try:
                part = os.read(master, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            shown += part
    assert process.returncode == 0, shown
    plain = re.sub(r"\x1b\[\d*m", "", shown.decode("utf-8"))
    lines = [line for row in plain.splitlines() for line in row.split("\r") if "loss" in line]
    assert lines and all(len(line.rstrip()) < columns for line in lines), lines
    assert re.search(r"val_acc\w* ?:? ?\d\.\d", lines[-1])  # nothing is cut off


@pytest.mark.parametrize("command", [["predict", "m.keras"], ["train"], ["evaluate", "m.keras"]])
def test_an_address_is_named_as_it_was_typed(lanthorn, trained, command):
    words = [str(trained) if word == "m.keras" else word for word in command]
    code, _, err = lanthorn(*words, "https://example.org/a.jpg")
    assert code == 1 and "https://example.org/a.jpg: expected a file or a folder" in err


def test_a_training_goes_on_though_nobody_reads_its_words(photos, tmp_path):
    words = " ".join(TRAIN)
    command = f"{sys.executable} -m lanthorn.cli train '{photos}' -o '{tmp_path / 'm.keras'}' {words} | head -n 1"
    subprocess.run(["bash", "-c", command], check=True, capture_output=True)
    assert (tmp_path / "m.keras").stat().st_size > 10_000


def test_progress_is_shown_on_a_terminal_and_nowhere_else(trained, photos, tmp_path):
    command = [
        sys.executable,
        "-m",
        "lanthorn.cli",
        "predict",
        str(trained),
        str(photos),
        "-o",
        str(tmp_path / "drawn"),
    ]
    environment = {**os.environ, "COLUMNS": "80", "TERM": "xterm"}
    master, slave = pty.openpty()
    done = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=slave, env=environment)
    os.close(slave)
    shown = b""
    with contextlib.suppress(OSError):  # the terminal is gone
        while part := os.read(master, 4096):
            shown += part
    os.close(master)
    table = done.communicate()[0]
    assert done.returncode == 0 and table.count(b"%") == 110
    assert b"55/55" in shown and b"drawing" in shown and b"photo" in shown
    done = subprocess.run(command, capture_output=True, env=environment, check=True)
    assert done.stderr == b""


def test_photos_are_drawn_though_nobody_reads_the_table(trained, photos, tmp_path):
    command = (
        f"{sys.executable} -m lanthorn.cli predict '{trained}' '{photos / 'validation'}' -o '{tmp_path / 'drawn'}'"
    )
    subprocess.run(["bash", "-c", f"{command} | head -n 1"], check=True, capture_output=True)
    assert len(list((tmp_path / "drawn").rglob("*.png"))) == 16
