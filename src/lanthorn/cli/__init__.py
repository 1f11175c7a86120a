"""The command line: one file per command, each a function of `lanthorn` with a terminal around it."""

import argparse
import os
import re
import sys
import warnings
from collections.abc import Sequence

from . import bench, check, engines, evaluate, inspect, output, predict, report, run, train

COMMANDS = {
    "check": check,
    "train": train,
    "evaluate": evaluate,
    "predict": predict,
    "report": report,
    "inspect": inspect,
    "engines": engines,
    "bench": bench,
    "run": run,
}

EPILOG = """\
from a folder of photos to a model that names new ones:
  lanthorn train photos -o model.keras
  lanthorn predict model.keras new_photos/

exit codes: 0 done, 1 an error, 2 wrong usage, 130 stopped with Ctrl-C
"""


class Parser(argparse.ArgumentParser):
    """argparse, with long options never guessed from their first letters."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"allow_abbrev": False, **kwargs})


class Version(argparse.Action):
    """`--version`, looked up when it is asked for: that takes as long as all the rest of `lanthorn --help`."""

    def __call__(self, parser, *_) -> None:
        from importlib.metadata import PackageNotFoundError, version

        try:
            print("lanthorn", version("lanthorn"))
        except PackageNotFoundError:
            print("lanthorn (not installed)")
        parser.exit()


_FOR_PYTHON = re.compile(r" on the command line, [^,;]* in Python")


def parser() -> argparse.ArgumentParser:
    """The whole command line as an argparse parser; no engine is loaded to make it."""
    whole = Parser(
        prog="lanthorn",
        description="Train a picture classifier on a folder of photos, and name new ones with it.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    whole.add_argument("--version", action=Version, nargs=0, help="show the version and exit")
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in COMMANDS.items():
        help_line, text = module.HELP, module.__doc__ or ""
        one = commands.add_parser(
            name, help=help_line, description=text, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        module.add_arguments(one)
        one.add_argument("--debug", action="store_true", help="show where an error came from")
        one.set_defaults(run=module.run)
    return whole


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. `arguments` are those of the process by default."""
    output.safe()
    given = parser().parse_args(arguments)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    as_before, warnings.formatwarning = warnings.formatwarning, _as_remark
    if given.command == "run":  # its warnings are the program's
        warnings.formatwarning = as_before
    try:
        return given.run(given) or 0
    except KeyboardInterrupt as stop:
        print(f"lanthorn: {stop.args[0] if stop.args else 'stopped.'}", file=sys.stderr)
        return 130
    except BrokenPipeError:  # `lanthorn predict … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if given.debug:
            raise
        print(f"lanthorn: {describe(error)}", file=sys.stderr)
        return 1
    finally:
        warnings.formatwarning = as_before


def _as_remark(message, category, filename, lineno, line=None) -> str:
    """A warning as one line, without the place in our code that gave it."""
    return f"lanthorn: {_said(message)}\n"


def _said(message: object) -> str:
    """One line, without what is for those who call from Python."""
    return _FOR_PYTHON.sub("", " ".join(str(message).split()))


def describe(error: Exception) -> str:
    """An error as one line."""
    if isinstance(error, OSError) and error.strerror and error.filename is not None:
        return f"{error.filename}: {error.strerror}."
    text = _said(error)
    if not isinstance(error, (ValueError, TypeError, OSError, ImportError, RuntimeError, KeyError)) or not text:
        text = f"{type(error).__name__}: {text} (--debug shows where)"
    return text
