"""Names of every script: which font, in which order, how shortened; and what is drawn where no font has a letter."""

import os
import unicodedata
import warnings

import numpy as np
import pytest
from PIL import Image, ImageFont, features

from lanthorn import vision
from lanthorn.vision import arabic, bidi, canvas, fonts, lettering

INK = (0, 0, 0)
SAMPLES = {
    "Latin": "Löwe Straße ç ž", "Greek": "λιοντάρι", "Cyrillic": "Лев", "Japanese": "日本語ライオン", "Chinese": "狮子",
    "Korean": "사자", "Arabic": "العربية", "Hebrew": "אריה", "Devanagari": "शेर", "Thai": "สิงโต", "emoji": "🦁👍🏽",
}  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_told(monkeypatch):
    monkeypatch.setattr(lettering, "_told", set())
    monkeypatch.setattr(lettering, "_missing", {})


def drawn(text, size=32, wide=400):
    image = Image.new("RGB", (wide, 2 * size), "white")
    lettering.write(image, (8, 8), text, size, INK)
    return np.asarray(image)


def needs_fonts(text):
    lacking = [c for c in text if fonts.font_of((ord(c),), bidi.is_emoji(c)) is None]
    if lacking:
        pytest.skip(f"no font on this machine has {' '.join(lacking)}")


@pytest.mark.parametrize("script", SAMPLES)
def test_letters_of_every_script_are_no_boxes(script):
    text = SAMPLES[script]
    needs_fonts(text)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pictures = {c: drawn(c).tobytes() for c in text if not unicodedata.combining(c) and not c.isspace()}
        lettering.tell_missing()
    assert len(set(pictures.values())) == len(pictures)  # boxes would be the same
    assert not any(run.missing for run in lettering.runs(text))


def test_emoji_are_in_colours_and_as_high_as_letters():
    needs_fonts("🦁")
    if "color" not in fonts.font_of((ord("🦁"),), True).path.lower():
        pytest.skip("no colour font on this machine")
    for text, coloured in (("❤️", True), ("❤", False), ("1️⃣", True), ("1", False)):
        needs_fonts(text[0])
        assert (np.ptp(drawn(text).astype(int), axis=-1).max() > 60) == coloured, text
    pixels = drawn("🦁").astype(int)
    assert np.ptp(pixels, axis=-1).max() > 60
    rows = np.flatnonzero((pixels < 200).any((1, 2)))
    assert 20 < np.ptp(rows) < 48


def test_emoji_of_several_code_points_are_one():
    assert bidi.clusters("👩‍👩‍👧🇩🇪🇫🇷👍🏽❤️1️⃣a") == ["👩‍👩‍👧", "🇩🇪", "🇫🇷", "👍🏽", "❤️", "1️⃣", "a"]
    assert bidi.clusters("x̧y") == ["x̧", "y"]
    assert [bidi.is_emoji(c) for c in ("🦁", "⭐", "☀", "☀️", "1", "★", "日")] == [
        True,
        True,
        False,
        True,
        False,
        False,
        False,
    ]


# What is seen from left to right, after UAX 9; letters of a stretch from right to left are in the order of reading.
ORDERS = {
    "cat dog": ["cat dog"],
    "קטה cat": ["cat", "קטה "],
    "cat קטה dog": ["cat ", "קטה", " dog"],
    "קטה 123 קטה": [" קטה", "123", "קטה "],
    "abc 12": ["abc 12"],
    "אב (ג)": ["אב (ג)"],
    "a אב גד b": ["a ", "אב גד", " b"],
}


@pytest.mark.parametrize("text", ORDERS)
def test_the_order_of_what_is_written_from_right_to_left(text):
    pieces = bidi.clusters(text)
    of = bidi.levels(pieces)
    seen, last = [], None
    for k in bidi.seen_order(of):
        if last is None or of[k] != of[last] or abs(k - last) != 1:
            seen.append("")
        seen[-1] = pieces[k] + seen[-1] if of[k] % 2 else seen[-1] + pieces[k]
        last = k
    assert seen == ORDERS[text]


def test_arabic_is_joined_where_pillow_cannot():
    assert arabic.joined("قطة") == "ﻗﻄﺔ"
    assert arabic.joined("لا") == "ﻻ" and arabic.joined("سلام") == "ﺳﻼﻡ"
    assert arabic.joined("دار") == "ﺩﺍﺭ"  # none of these joins what follows
    assert arabic.joined("abc") == "abc"


@pytest.mark.skipif(not features.check("raqm"), reason="Pillow has no raqm here")
def test_arabic_looks_much_the_same_with_and_without_raqm(monkeypatch):
    needs_fonts("قطة ﻗﻄﺔ".replace(" ", ""))
    joined = drawn("قطة")
    for each in (lettering.runs, lettering.width, lettering._mask, fonts.loaded):
        each.cache_clear()
    monkeypatch.setattr(lettering, "shapes", lambda: False)
    monkeypatch.setattr(fonts, "shapes", lambda: False)
    by_hand = drawn("قطة")
    for each in (lettering.runs, lettering.width, lettering._mask, fonts.loaded):
        each.cache_clear()
    ink = [(255 - picture[..., 0].astype(float)).sum(0) for picture in (joined, by_hand)]
    assert np.corrcoef(*ink)[0, 1] > 0.9  # reversed or in isolated forms: 0.5 and less


def test_names_that_are_no_text_are_drawn():
    for text in (
        "bad \udcff name",
        "two\nlines\tand a bell\a",
        "",
        " ",
        "\u202eabc",
        "e\u0301",
        "\ufe0f",
        "\u200d",
        "\U000e0041",
    ):
        drawn(text)
    assert bidi.clean("Lo\u0308we") == "Löwe"
    assert bidi.clean("a\u202eb\nc\udcff") == "ab c\ufffd"


def test_a_letter_that_no_font_has_is_a_frame_with_its_code_and_told_once(monkeypatch):
    monkeypatch.setattr(lettering, "font_of", lambda codes, emoji=False: None if codes[0] > 0x7F else fonts.base())
    lettering.runs.cache_clear(), lettering.width.cache_clear()
    one, other = drawn("日"), drawn("語")
    assert (one != other).any() and (one < 128).any()
    with pytest.warns(UserWarning, match=r"no font .* has 日 \(U\+65E5\) 語 \(U\+8A9E\).*apt install fonts-noto-cjk"):
        lettering.tell_missing()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn("日")
        lettering.tell_missing()
    lettering.runs.cache_clear(), lettering.width.cache_clear()


def test_a_machine_without_fonts_writes_latin_greek_and_cyrillic(monkeypatch):
    caches = (fonts.files, fonts.faces, fonts.font_of, lettering.runs, lettering.width, lettering._mask)
    monkeypatch.setattr(fonts, "folders", list)
    for each in caches:
        each.cache_clear()
    try:
        for text in ("alien 98 %", "Löwe … Žluťoučký ğı", "λιοντάρι", "Лев", "Việt Nam", "“5 €” – ½"):
            assert not any(run.missing for run in lettering.runs(bidi.clean(text)))
            assert (drawn(text) < 100).sum() > 200
        with pytest.warns(UserWarning, match="no font on this machine has 日 .* 本 .*fonts-noto-cjk"):
            vision.pictures([Image.new("RGB", (9, 9))], [[0.1, 0.9]], ["Löwe", "日本"], size=64)
    finally:
        for each in caches:
            each.cache_clear()


def test_the_font_that_comes_along_is_small():
    assert os.path.getsize(fonts.base().path) < 200_000


def test_a_font_has_the_characters_that_it_has():
    first = fonts.base()
    assert all(first.has(ord(c)) for c in "aZ09ö€") and not first.has(0x10FFFF) and not first.has(0xE000)
    ttlib = pytest.importorskip("fontTools.ttLib", reason="fontTools is not installed")
    for path in [path for path in fonts.files() if "LastResort" not in path][::7]:
        for face in fonts._read(path):
            with ttlib.TTFont(face.path, fontNumber=face.index, lazy=True) as font:
                known = set(font.getBestCmap())
            mine = {c for a, b in zip(face.starts, face.ends) for c in range(a, b + 1)}
            assert mine - {0} == known - {0}, path


def test_what_is_no_font_is_passed_over(tmp_path):
    for name, data in {"a.ttf": b"", "b.ttf": b"\0\1\0\0\xff\xff", "c.ttc": b"ttcf\0\0\0\0\xff\xff\xff\xff"}.items():
        (tmp_path / name).write_bytes(data)
        assert fonts._read(str(tmp_path / name)) == ()


def test_names_are_shortened_in_the_middle():
    assert lettering.shorten("short", 500, 12) == "short"
    cut = lettering.shorten("IMG_20240512_123456.jpg", 90, 12)
    assert cut.startswith("IMG") and cut.endswith(".jpg") and "…" in cut and lettering.width(cut, 12) <= 90
    assert lettering.width(lettering.shorten("日本語の長い名前", 60, 12), 12) <= 60
    assert lettering.shorten("abc", 1, 12) == "…"


@pytest.mark.parametrize(
    "names",
    [
        ["cougar_body", "cougar_face"],
        [f"observatory_entry_{k // 10}_of_a_very_long_kind_{k % 10}_end" for k in range(100)],
        [f"{'x' * 40}{k % 3}{'y' * 40}{k // 3}{'z' * 40}" for k in range(9)],
    ],
)
def test_shortened_names_still_differ(names):
    short = lettering.shorten_all(names, 110, 11)
    assert len(set(short)) == len(names)
    assert max(lettering.width(each, 11) for each in short) <= 112


def test_the_part_in_which_names_differ_stays():
    short = lettering.shorten_all([f"{'x' * 80}{k}{'y' * 80}" for k in range(5)], 110, 11)
    assert all(f"…{k}…" in each and each.startswith("x") and each.endswith("y") for k, each in enumerate(short))


def test_a_name_written_upwards_hides_no_neighbour():
    image = Image.new("RGB", (60, 120), "white")
    canvas.write_upwards(image, (20, 110), "HHHHH", 14, INK, "s")
    before = np.asarray(image)[:, :30].copy()
    canvas.write_upwards(image, (31, 110), "HHHHH", 14, INK, "s")
    rows, columns = (before < 128).any(-1).nonzero()
    assert np.ptp(rows) > 3 * np.ptp(columns)
    assert (np.asarray(image)[:, :30] <= before).all() and (np.asarray(image)[:, 32:] < 128).any()


def test_a_name_is_where_its_anchor_says():
    def columns(anchor):
        image = Image.new("RGB", (300, 60), "white")
        lettering.write(image, (150, 30), "HHHH", 20, INK, anchor)
        ink = (np.asarray(image)[..., 0] < 128).nonzero()
        return ink[1].min(), ink[1].max(), ink[0].min(), ink[0].max()

    left, right = columns("ls"), columns("rs")
    assert left[0] >= 149 and right[1] <= 151 and left[3] == 29
    middle = columns("mm")
    assert abs(middle[0] + middle[1] - 300) <= 4 and abs(middle[2] + middle[3] - 60) <= 3
    assert 30 <= columns("la")[2] <= 36
    assert isinstance(canvas.font(12), (ImageFont.FreeTypeFont, ImageFont.ImageFont))
