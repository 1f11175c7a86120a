"""Classes that are uneven, too small, or one class in two spellings."""

import pytest

from lanthorn.data.checking.classes import few, imbalance, spellings
from lanthorn.data.checking.wording import agree, listed, plain, shortened, width
from lanthorn.data.words import counted


@pytest.mark.parametrize(
    "names, found",
    [
        (["Cat", "cat", "dog"], [("Cat", "cat")]),
        (["cat", "cat ", "dog"], [("cat", "cat ")]),
        (["cat", "cats"], [("cat", "cats")]),
        (["lion", "lions", "tiger"], [("lion", "lions")]),
        (["berry", "berries", "box", "boxes"], [("berry", "berries"), ("box", "boxes")]),
        (["cat", "cat_2", "cat (3)", "cat - copy"], [("cat", "cat_2", "cat (3)", "cat - copy")]),
        (["hot dog", "hot_dog", "HotDog", "hot-dogs"], [("hot dog", "hot_dog", "HotDog", "hot-dogs")]),
        (["caf\u00e9", "cafe\u0301", "cafe"], [("caf\u00e9", "cafe\u0301", "cafe")]),  # composed, decomposed, without
        (["cat", "c\u0430t", "c\u200bat"], [("cat", "c\u0430t", "c\u200bat")]),  # a Cyrillic a, a zero-width space
        (["ｃａｔ", "cat"], [("ｃａｔ", "cat")]),  # full-width letters
        (["class_1", "class_2", "class_10"], []),  # levels
        (["0", "1", "2"], []),
        (["n01440764", "n01443537"], []),
        (["か", "が", "は", "ぱ"], []),  # other letters, not accents
        (["cougar_body", "cougar_face", "glass", "grass"], []),
        (["кот", "собака", "日本", "الفهد", "🦊"], []),
        (["s", "es", "bus", "b"], []),
    ],
)
def test_spellings(names, found):
    assert spellings(names) == found


def test_uneven_and_small_classes():
    assert imbalance({"a": 40, "b": 10}) is None and imbalance({"a": 40}) is None
    found = imbalance({"cat": 800, "lynx": 3, "dog": 50})
    assert (found.largest, found.most, found.smallest, found.least) == ("cat", 800, "lynx", 3)
    assert found.blind_accuracy == pytest.approx(800 / 803)
    assert few({"a": 9, "b": 10, "c": 0}) == {"a": 9, "c": 0}


def test_wording():
    family = "👨\u200d👩\u200d👧"  # joined: one picture
    assert plain(family) == family and plain("a\x1b[2Jb\u202e") == r"a\x1b[2Jb\u202e"
    assert counted(0) == "0 pictures" and agree(1, "are CMYK") == "is CMYK" and agree(2, "are") == "are"
    assert plain("a\nb\x1b[31m\udcff") == "a\\nb\\x1b[31m\\udcff"
    for text in ("x" * 200, "写真" * 60, "🦊" * 50, "e\u0301" * 200):
        assert width(shortened(text, 30)) <= 30 and "…" in shortened(text, 30)
    assert shortened("train/cat/a.jpg", 79) == "train/cat/a.jpg"
    assert (
        listed([], 10) == ""
        and listed(["a", "b", "c"], 20) == "a, b, c"
        and listed(["a" * 9] * 5, 24).endswith(" more")
    )
