"""The recipes of docs/guide.md run as they stand, and every block does what the guide says that it does.

Behind a line, `# -> X` says what it gives, `# makes F` which file is there afterwards, `# draws itself` that a notebook
shows a picture; a text block says what the block before it prints. `…` stands for anything; a number with decimals
stands for any such number, and in a text block any number for any other.
"""

import ast
import re
import shlex
import shutil
import warnings
from pathlib import Path

import pytest

import lanthorn
from lanthorn.cli import main
from lanthorn.datasets import pictures as draw_pictures
from lanthorn.photos import head, networks

GUIDE = Path(__file__).resolve().parent.parent / "docs" / "guide.md"
TEXT = GUIDE.read_text("utf-8")
FIRST = "Train a model"  # its model.keras is what the other recipes begin with
# Recipes that load another engine or train long; the rest runs in a minute.
SLOW = (
    "Move a model to another engine", "Choose an engine", "Use a GPU", "Open a model that Keras saved",
    "Stop in time and keep the best", "Weigh rare classes", "Go on with a stopped training",
    "Fine-tune the whole network", "Use a backbone or weights of my own", "Show others how good a model is",
)  # fmt: skip
MARKS = re.compile(r"  # (?:-> (?P<gives>.*)|makes (?P<makes>\S+)|(?P<draws>draws itself)|(?P<stopped>stopped .*))")


def sections():
    found = {}
    for part in re.split(r"^## ", TEXT, flags=re.M)[1:]:
        title, _, body = part.partition("\n")
        found[title.strip()] = re.findall(r"^```(\w+)\n(.*?)^```$", body, re.S | re.M)
    return found


SECTIONS = sections()


NUMBER = r"\d[\d,]*(\.\d+)?(e[+-]?\d+)?"


def pattern(expected, any_number=False):
    """What is expected, as a regular expression: `…` is anything, spaces are one space."""
    parts = re.split(r"(…|\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?)", " ".join(expected.split()))

    def piece(part):
        if part == "…":
            return ".*?"
        number = re.fullmatch(NUMBER, part)
        return NUMBER if number and (any_number or "." in part) else re.escape(part)

    return "".join(map(piece, parts))


def agree(expected, got, any_number=False):
    got = re.sub(r"np\.(?:float\d+|int\d+|)\(?(True|False|[\d.e-]+)[_)]", r"\1", " ".join(got.split()))
    if re.fullmatch(pattern(expected, any_number), got, re.S) is None:
        pytest.fail(f"the guide says\n{expected}\nand it is\n{got}")


def run_python(code, names):
    """Statement by statement, as a notebook would; what is marked is compared."""
    lines = code.splitlines()
    for statement in ast.parse(code).body:
        mark = MARKS.search(lines[statement.end_lineno - 1])
        value = None
        if isinstance(statement, ast.Expr):
            value = eval(compile(ast.Expression(statement.value), "guide.md", "eval"), names)
        else:
            exec(compile(ast.Module([statement], []), "guide.md", "exec"), names)
        if mark is None:
            continue
        if mark["gives"]:
            agree(mark["gives"], repr(value))
        if mark["makes"]:
            made(mark["makes"])
        if mark["draws"]:
            assert value._repr_png_()[:4] == b"\x89PNG"


def made(name):
    assert Path(name).exists() and Path(name).stat().st_size, f"{name} was not made"


def run_shell(code, monkeypatch):
    for line in code.splitlines():
        mark = MARKS.search(line)
        words = shlex.split(line, comments=True)
        with monkeypatch.context() as patch:
            while "=" in words[0]:
                patch.setenv(*words.pop(0).split("=", 1))
            assert words.pop(0) == "lanthorn"
            if mark and mark["stopped"]:
                patch.setattr(lanthorn.data.Dataset, "epoch_batches", interrupted(lanthorn.data.Dataset.epoch_batches))
            before = lanthorn.engines._default
            expected = 130 if mark and mark["stopped"] else 1 if "exit code 1" in line else 0
            assert main(words) == expected, line
            lanthorn.engines._default = before  # a command is a process of its own
        if mark and mark["makes"]:
            made(mark["makes"])


def interrupted(batches):
    """`Dataset.epoch_batches`, with Ctrl-C in the second epoch of the training photos."""

    def stopped(self, epoch, *args, **kwargs):
        if epoch == 1 and self.shuffled:
            raise KeyboardInterrupt
        return batches(self, epoch, *args, **kwargs)

    return stopped


def run(title, folder, monkeypatch, capsys):
    """The blocks of a recipe in order; returns the names that its Python ends with."""
    monkeypatch.chdir(folder)
    blocks, names = SECTIONS[title], {}
    for name in re.findall(r"# makes (\S+)", "".join(code for _, code in blocks)):
        if not any(f'"{name}"' in code.partition("# makes")[0] for _, code in blocks if "load_model" in code):
            Path(name).unlink(missing_ok=True)
    capsys.readouterr()
    for kind, code in blocks:
        if kind == "python":
            run_python(code, names)
        elif kind == "sh":
            run_shell(code, monkeypatch)
        else:
            agree(code, capsys.readouterr().out, any_number=True)
            continue
    return names


def prepare(folder):
    """What the guide says there is: sorted photos, one of them in the wrong folder, and a few that nobody sorted."""
    photos = draw_pictures.folder(folder / "photos", train=12, validation=4)
    new = draw_pictures.folder(folder / "drawn", train=0, validation=1, seed=7)
    (folder / "new").mkdir()
    for i, name in enumerate(draw_pictures.THINGS, 1):
        shutil.copy(new / "validation" / name / "000.jpg", folder / "new" / f"{i}.jpg")
    shutil.rmtree(new)
    odd = draw_pictures.folder(folder / "odd", train=0, validation=1, seed=3, names=("boat",))
    shutil.move(odd / "validation" / "boat" / "000.jpg", photos / "validation" / "fish" / "odd.jpg")
    shutil.rmtree(odd)
    files = sorted(photos.glob("train/*/*"))
    table(
        folder / "photos.csv", ["file,class", *(f"{f.relative_to(folder).as_posix()},{f.parent.name}" for f in files)]
    )
    labels = {"boat": "wet", "fish": "wet alive", "tree": "alive"}
    rows = [f"{f.relative_to(folder).as_posix()},{labels[f.parent.name]}" for f in files if f.parent.name in labels]
    table(folder / "labels.csv", ["file,labels", *rows])


def table(path, lines):
    path.write_text("\n".join(lines) + "\n", "utf-8")


@pytest.fixture(scope="module")
def began(tmp_path_factory):
    """The folder after the first recipe."""
    pytest.importorskip("torch", reason="the guide's recipes run on torch, which is not installed")
    folder = tmp_path_factory.mktemp("guide")
    prepare(folder)
    return folder


@pytest.fixture
def here(began, tmp_path, monkeypatch):
    """A folder of one's own for a recipe; small pictures and few epochs where it does not say how many."""
    if not (began / "model.keras").exists():
        lanthorn.train(began / "photos", began / "model.keras", verbose=0)
    monkeypatch.setattr(networks, "usual_size", lambda backbone: 96)
    monkeypatch.setattr(head, "ON_A_FROZEN_BACKBONE", head.Course(4, 3e-3, 0.0))
    return Path(shutil.copytree(began, tmp_path / "here"))


@pytest.fixture(autouse=True)
def as_it_was(monkeypatch):
    for name in ("LANTHORN_ENGINE", "LANTHORN_WEIGHTS"):
        monkeypatch.delenv(name, raising=False)
    lanthorn.set_engine(None)
    yield
    lanthorn.set_engine(None)


def test_first(began, monkeypatch, capsys):
    run(FIRST, began, monkeypatch, capsys)


@pytest.mark.parametrize(
    "title", [pytest.param(t, marks=pytest.mark.slow if t in SLOW else ()) for t in SECTIONS if t != FIRST]
)
def test_recipe(title, here, monkeypatch, capsys, request):
    for engine in ("jax", "tensorflow"):
        if title in SLOW and engine in str(SECTIONS[title]):
            pytest.importorskip(engine, reason="this recipe runs on several engines")
    if "Keras saved" in title:
        old_file(request.getfixturevalue("keras"), here / "old.h5")
    names = run(title, here, monkeypatch, capsys)
    if title in EFFECTS:
        EFFECTS[title](names)


def old_file(keras, path):
    """A classifier of five kinds, saved by Keras itself in its older format."""
    steps = [keras.Input((32, 32, 3)), keras.layers.Conv2D(4, 3), keras.layers.GlobalAveragePooling2D()]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        keras.Sequential([*steps, keras.layers.Dense(5, activation="softmax")]).save(path)


def weights_counted(names):
    """Another training than with balanced weights, which are 1 for these photos."""
    balanced = lanthorn.load_model("model.keras").metadata["history"]["loss"]
    assert abs(balanced[0] - names["result"].history.history["loss"][0]) > 0.1


def stopped_early(names):
    assert len(lanthorn.load_model("model.keras").metadata["history"]["loss"]) < 60


def went_on(names):
    """As many epochs as there were to be, the first of them from before the stop."""
    assert len(lanthorn.load_model("model.keras").metadata["history"]["loss"]) == 4


EFFECTS = {
    "Weigh rare classes": weights_counted,
    "Stop in time and keep the best": stopped_early,
    "Go on with a stopped training": went_on,
}


def test_every_block_says_what_comes_out():
    for title, blocks in SECTIONS.items():
        assert blocks, title
        for (kind, code), after in zip(blocks, [*blocks[1:], ("", "")], strict=True):
            assert kind == "text" or MARKS.search(code) or after[0] == "text", (title, code)


def test_there_are_twenty_and_the_index_lists_them():
    assert len(SECTIONS) >= 20
    links = re.findall(r"\(#(.*?)\)", TEXT)
    assert sorted(links) == sorted(title.lower().replace(" ", "-") for title in SECTIONS)
    for target in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert target.startswith("http") or (GUIDE.parent / target).exists(), target


def test_the_comparison_can_fail():
    agree("a 1.50 % …", "a  99.2 % of it")
    agree("12 of 20", "7 of 1,900", any_number=True)
    for expected, got in (("(3, 2)", "(3, 3)"), ("True", "False"), ("a … c", "a b"), ("1.5", "x")):
        with pytest.raises(pytest.fail.Exception):
            agree(expected, got)
