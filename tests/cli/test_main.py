"""The command line as a whole: help, engines, errors that nobody foresaw."""

import json
import sys
from types import SimpleNamespace

import pytest

from lanthorn import cli


@pytest.mark.parametrize("command", [[], *[[name] for name in cli.COMMANDS]])
def test_every_command_has_help(lanthorn, command):
    code, out, _ = lanthorn(*command, "--help")
    assert code == 0
    assert out.startswith("usage: lanthorn") and len(out.splitlines()) > 5


def test_the_version_is_that_of_the_package(lanthorn):
    from importlib.metadata import PackageNotFoundError, version

    try:
        expected = version("lanthorn")
    except PackageNotFoundError:
        pytest.skip("Lanthorn is run from its source, not installed: there is no package to ask")
    assert lanthorn("--version") == (0, f"lanthorn {expected}\n", "")


def test_engines_are_listed(lanthorn):
    code, out, _ = lanthorn("engines")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()[1:5]] == ["torch", "jax", "tensorflow", "numpy"]
    rows = json.loads(lanthorn("engines", "--json")[1])
    assert next(row for row in rows if row["engine"] == "numpy")["devices"] == ["cpu"]
    assert sum(row.get("default", False) for row in rows) == 1


def test_an_engine_that_is_missing_says_how_to_get_it(lanthorn, monkeypatch):
    from lanthorn import engines

    monkeypatch.setattr(engines, "installed", lambda: ["numpy"])
    monkeypatch.delenv("LANTHORN_ENGINE", raising=False)
    engines.set_engine(None)
    out = lanthorn("engines")[1]
    assert "not installed: pip install 'lanthorn[torch]'" in out
    assert "No engine that can train is installed" in out


def test_without_an_engine_train_says_so_plainly(lanthorn, photos, monkeypatch, tmp_path):
    from lanthorn import engines

    monkeypatch.setattr(engines, "installed", lambda: ["numpy"])
    monkeypatch.delenv("LANTHORN_ENGINE", raising=False)
    engines.set_engine(None)
    code, _, err = lanthorn("train", photos, "-o", tmp_path / "m.keras")
    assert code == 1 and "the engine 'numpy' cannot train" in err and "pip install 'lanthorn[torch]'" in err


def test_what_nobody_foresaw_is_one_line_too(lanthorn, monkeypatch):
    def fails(given):
        raise ZeroDivisionError("division by\nzero")

    command = SimpleNamespace(HELP="fails", add_arguments=lambda parser: None, run=fails, __doc__="fails")
    monkeypatch.setitem(cli.COMMANDS, "fails", command)
    assert lanthorn("fails") == (1, "", "lanthorn: ZeroDivisionError: division by zero (--debug shows where)\n")


def test_a_system_error_names_its_file():
    assert cli.describe(PermissionError(13, "Permission denied", "a.keras")) == "a.keras: Permission denied."


def test_quiet_lets_exceptions_pass_and_restores_standard_error(capfd):
    import os

    from lanthorn.photos.quiet import standard_error_closed

    with pytest.raises(ValueError, match="seen"), standard_error_closed():
        os.write(2, b"noise")
        raise ValueError("seen")
    os.write(2, b"after")
    sys.stderr.flush()
    assert capfd.readouterr().err == "after"


def test_bench_runs_the_benchmarks_of_a_checkout_and_hands_their_exit_code_on(lanthorn, tmp_path):
    told = tmp_path / "told"
    (tmp_path / "run.py").write_text(
        f"import sys\nopen({str(told)!r}, 'w').write(' '.join(sys.argv[1:]))\nsys.exit(3)\n"
    )
    code, _, _ = lanthorn("bench", "--benchmarks", tmp_path, "--only", "loop", "startup", "--quick")
    assert code == 3
    assert told.read_text() == "--only loop startup --quick"


def test_bench_without_a_checkout_says_where_to_run_it(lanthorn, tmp_path):
    code, _, err = lanthorn("bench", "--benchmarks", tmp_path)
    assert code == 1
    assert "there are no benchmarks in" in err and "in a checkout of Lanthorn" in err
