"""Sheets of photos and confusion matrices: what is drawn, and what is refused."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from lanthorn import vision
from lanthorn.data import read_picture
from lanthorn.vision import canvas, matrix
from lanthorn.vision.canvas import BAR, RIGHT, WRONG, photo, thumbnail
from lanthorn.vision.lettering import write

NAMES = ["alien", "predator"]


def colours(image):
    return {colour for _, colour in image.getcolors(10**7)}


def test_every_photo_finds_its_place_on_the_sheet():
    reds = [Image.new("RGB", (60, 40), (250, 10 * i, 0)) for i in range(5)]
    sheet = vision.pictures(reds, np.full((5, 2), 0.5), NAMES, columns=3, size=100)
    assert sheet.mode == "RGB"
    assert {(250, 10 * i, 0) for i in range(5)} <= colours(sheet)
    assert sheet.width > 300 and sheet.height > 200  # three columns, two rows


@pytest.mark.parametrize("count, columns", [(1, 1), (5, 5), (8, 4), (10, 5), (12, 4), (36, 6)])
def test_rows_are_as_full_as_can_be(count, columns):
    sheet = vision.pictures([Image.new("RGB", (8, 8))] * count, [[0.1, 0.9]] * count, NAMES, size=70)
    assert sheet.width == columns * (70 + 5) + 5  # photos, and a gap of 5 pixels around each


def test_the_bar_is_as_long_as_the_percentage():
    sheet = vision.pictures([Image.new("RGB", (8, 8))], [[0.25, 0.75]], NAMES, size=200, top=1)
    pixels = np.asarray(sheet)
    assert (pixels == BAR).all(-1).sum(1).max() == 150


def test_right_is_green_and_wrong_is_red():
    plain = [Image.new("RGB", (8, 8))]
    assert RIGHT in colours(vision.pictures(plain, [[0.9, 0.1]], NAMES, truth=[0]))
    assert WRONG in colours(vision.pictures(plain, [[0.9, 0.1]], NAMES, truth=[1]))


def test_one_sigmoid_column_stands_for_two_classes():
    plain = [Image.new("RGB", (8, 8))]
    one, two = vision.pictures(plain, [[0.8]], NAMES), vision.pictures(plain, [[0.2, 0.8]], NAMES)
    assert np.array_equal(one, two)


def test_arrays_of_each_kind_become_the_same_photo():
    pixels = np.arange(48, dtype="uint8").reshape(4, 4, 3) * 5
    assert np.array_equal(photo(pixels), pixels)
    assert np.abs(np.asarray(photo(pixels / 255.0)).astype(int) - pixels).max() <= 1
    assert np.abs(np.asarray(photo(pixels / 127.5 - 1)).astype(int) - pixels).max() <= 1
    assert np.asarray(photo(pixels[..., 0])).shape == (4, 4, 3)


def test_a_photo_from_a_path_stands_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 20)).save(tmp_path / "turned.jpg", exif=exif)
    assert photo(tmp_path / "turned.jpg").size == (20, 40)


def test_shapes_that_do_not_fit_are_refused():
    plain = [Image.new("RGB", (8, 8))]
    with pytest.raises(ValueError, match=r"expected probabilities of shape \(1, 2\).*got \(1, 3\)"):
        vision.pictures(plain, np.ones((1, 3)), NAMES)
    with pytest.raises(ValueError, match="no photos"):
        vision.pictures([], np.ones((0, 2)), NAMES)
    with pytest.raises(ValueError, match=r"expected a picture.*\(2, 8, 8, 3\)"):
        vision.pictures([np.zeros((2, 8, 8, 3))], [[0.5, 0.5]], NAMES)


@pytest.mark.parametrize("kind", ["sixteen bits", "floats", "CMYK", "palette", "transparent", "HEIC"])
def test_photos_are_drawn_as_the_network_saw_them(tmp_path, kind):
    pixels = np.full((40, 60, 3), (200, 60, 30), np.uint8)
    grey = np.full((40, 60), 128, np.uint8)
    path = tmp_path / "photo"
    if kind == "sixteen bits":
        Image.fromarray(grey.astype(np.uint16) * 257).save(path, "PNG")
    elif kind == "floats":
        Image.fromarray(grey.astype(np.float32) / 255).save(path, "TIFF")
    elif kind == "transparent":
        Image.fromarray(np.dstack([pixels, np.zeros((40, 60), np.uint8)])).save(path, "PNG")
    elif kind == "HEIC":
        pytest.importorskip("pillow_heif", reason="pillow-heif is not installed").register_heif_opener()
        Image.fromarray(pixels).save(path, "HEIF", quality=95)
    else:
        image = Image.fromarray(pixels)
        image = image.convert("CMYK") if kind == "CMYK" else image.quantize(8)
        image.save(path, "JPEG" if kind == "CMYK" else "PNG")
    expected = read_picture(path)[20, 30].astype(int)
    sheet = np.asarray(vision.pictures([path], [[0.1, 0.9]], NAMES, size=64))
    middle = np.asarray(thumbnail(path, 64))[20, 30]
    assert np.abs(middle - expected).max() <= 2
    assert (np.abs(sheet.astype(int) - expected).max(-1) <= 2).sum() > 1500


def test_a_photo_that_cannot_be_read_leaves_a_grey_tile(tmp_path):
    Image.new("RGB", (40, 40), (250, 0, 0)).save(tmp_path / "good.png")
    (tmp_path / "brökën.jpg").write_bytes(b"\xff\xd8\xff nonsense")
    paths = [tmp_path / "good.png", tmp_path / "brökën.jpg", tmp_path / "missing.jpg", str(tmp_path)]
    seen = colours(vision.pictures(paths, [[0.5, 0.5]] * 4, NAMES, size=64))
    assert (250, 0, 0) in seen and (218, 221, 225) in seen

    def prepare(source):
        return read_picture(source)

    model = SimpleNamespace(
        name="m", preprocessing=prepare, class_names=NAMES, predict=lambda x, verbose: np.full((len(x), 1), 0.75)
    )
    sheet = vision.show(model, paths[:2], size=200, top=1)
    bars = (np.asarray(sheet) == BAR).all(-1)
    assert bars.sum(1).max() == 150  # one bar: the other photo has no percentage
    assert vision.show(model, paths[1:2]).width > 0


def test_large_photos_are_decoded_at_a_reduced_scale(tmp_path, monkeypatch):
    Image.new("RGB", (2400, 1600), (9, 200, 9)).save(tmp_path / "large.jpg")
    sizes = []
    monkeypatch.setattr(canvas, "read_picture", lambda *a: sizes.append((p := read_picture(*a)).shape) or p)
    vision.pictures([tmp_path / "large.jpg"], [[0.5, 0.5]], NAMES, size=100)
    assert sizes == [(200, 300, 3)]


def ink_below(sheet):
    """Rows with anything drawn, beneath the photo's panel."""
    rows = (np.asarray(sheet) != 255).any((1, 2)).nonzero()[0]
    panel = (np.asarray(sheet) == (0, 0, 255)).all(-1).any(1).nonzero()[0]
    return (rows > panel.max() + 4).sum()


def test_sheets_name_the_files(tmp_path):
    for name in ("a/1.png", "b/1.png", "c.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.new("RGB", (8, 8), (0, 0, 255)).save(tmp_path / name)
    paths = [tmp_path / "a/1.png", tmp_path / "b/1.png", str(tmp_path / "c.png"), np.zeros((4, 4, 3), "uint8")]
    assert canvas.names_of(paths) == ["a/1.png", "b/1.png", "c.png", ""]
    one = paths[:1], [[0.1, 0.9]], NAMES
    assert ink_below(vision.pictures(*one)) > 5
    assert ink_below(vision.pictures(*one, captions=False)) == 0
    assert ink_below(vision.pictures(*one, captions=["from the garden"])) > 5
    assert ink_below(vision.pictures(*one, captions=False, truth=[0])) > 5  # what it is instead
    assert ink_below(vision.pictures(*one, captions=False, truth=[1])) == 0
    with pytest.raises(ValueError, match="expected 1 captions"):
        vision.pictures(*one, captions=["a", "b"])


def test_many_photos_become_pages_and_progress_is_told():
    photos, told = [Image.new("RGB", (8, 8), (250, k, 0)) for k in range(7)], []
    pages = list(
        vision.sheets(photos, [[0.1, 0.9]] * 7, NAMES, truth=[1] * 7, per_page=3, columns=2, size=40,
                      progress=lambda done, n: told.append((done, n)))
    )  # fmt: skip
    assert len(pages) == 3 and told == [(k, 7) for k in range(1, 8)]
    found = [sorted(c[1] for c in colours(page) if c[0] == 250 and c[2] == 0) for page in pages]
    assert found == [[0, 1, 2], [3, 4, 5], [6]]
    assert pages[0].width == pages[1].width == 2 * 42 + 2
    with pytest.raises(ValueError, match="per_page must be 1 or more"):
        list(vision.sheets(photos, [[0.1, 0.9]] * 7, NAMES, per_page=0))


def test_more_than_a_hundred_photos_are_drawn_smaller():
    sheet = vision.pictures([Image.new("RGB", (8, 8))] * 400, [[0.1, 0.9]] * 400, NAMES)
    assert sheet.width * sheet.height < 12e6 and 0.5 < sheet.width / sheet.height < 2


@pytest.mark.parametrize("name, start", [("a.jpg", b"\xff\xd8\xff"), ("b/c.PNG", b"\x89PNG"), ("d.webp", b"RIFF")])
def test_a_picture_is_saved_as_its_suffix_says(tmp_path, name, start):
    saved = vision.save(Image.new("RGB", (9, 9)), tmp_path / name)
    assert saved == tmp_path / name and saved.read_bytes().startswith(start)
    assert [path.name for path in saved.parent.iterdir() if path.is_file()] == [saved.name]


def test_another_suffix_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"saved as .png, .jpg, .jpeg, .webp; got the suffix '.docx'"):
        vision.save(Image.new("RGB", (9, 9)), tmp_path / "a.docx")
    assert list(tmp_path.iterdir()) == []


def test_show_prepares_predicts_and_names():
    seen = []

    def prepare(source):
        seen.append(source)
        return np.zeros((4, 4, 3), "float32")

    model = SimpleNamespace(
        name="m", preprocessing=prepare, class_names=NAMES, predict=lambda x, verbose: np.full((len(x), 2), 0.5)
    )
    sheet = vision.show(model, [np.zeros((9, 9, 3), "uint8")] * 2, size=64)
    assert isinstance(sheet, Image.Image) and len(seen) == 2
    with pytest.raises(ValueError, match="does not say how its pictures are prepared"):
        vision.show(SimpleNamespace(name="m", preprocessing=None), [])


def test_confusion_matrix_counts_rows_of_truth():
    assert vision.confusion_matrix([0, 0, 1, 2], [0, 1, 1, 0]).tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 0]]
    probabilities = [[0.9, 0.1], [0.2, 0.8]]
    assert vision.confusion_matrix([1, 1], probabilities).tolist() == [[0, 0], [1, 1]]
    assert vision.confusion_matrix([0, 1], [[0.2], [0.9]]).tolist() == [[1, 0], [0, 1]]
    with pytest.raises(ValueError, match="3 labels and 2 predictions"):
        vision.confusion_matrix([0, 1, 1], [0, 1])
    with pytest.raises(ValueError, match="labels from 0 to 5, expected 0 to 1"):
        vision.confusion_matrix([0, 5], [0, 1], num_classes=2)


def test_the_confusion_picture_darkens_with_the_share():
    sheet = np.asarray(vision.confusion([[10, 0], [5, 5]], NAMES))
    assert (sheet == BAR).all(-1).any()  # ten of ten
    with pytest.raises(ValueError, match=r"\(2, 2\).*got \(3, 3\)"):
        vision.confusion(np.eye(3), NAMES)


def random_matrix(n):
    rng = np.random.default_rng(n)
    return np.diag(rng.integers(10, 40, n)) + (rng.random((n, n)) < 2 / n) * rng.integers(1, 9, (n, n))


@pytest.mark.parametrize("n", [1, 2, 3, 10, 30, 31, 100, 300, 1500])
def test_a_matrix_of_any_size_is_a_picture_to_look_at(n):
    names = [f"a_kind_of_animal_{k}_body" for k in range(n)]
    sheet = vision.confusion(random_matrix(n), names)
    assert 250 < min(sheet.size) and max(sheet.size) <= 1650
    if n == 2:
        assert min(sheet.size) >= 400  # no stamp
    assert (np.asarray(sheet)[0] == 255).all() and (np.asarray(sheet)[:, -1] == 255).all()  # nothing is cut off


@pytest.mark.parametrize("n", [3, 40])
def test_cells_without_photos_are_blank(n):
    blank = np.asarray(vision.confusion(np.eye(n, dtype=int), [f"c{k}" for k in range(n)], cell=40)).astype(int)
    matrix = np.eye(n, dtype=int)
    matrix[0, 2] = 1
    marked = np.asarray(vision.confusion(matrix, [f"c{k}" for k in range(n)], cell=40)).astype(int)
    where = (blank == BAR).all(-1).nonzero()  # the first cell
    top, left = where[0].min(), where[1].min()
    assert (blank[top + 5 : top + 30, left + 85 : left + 110] == 255).all()
    cell = marked[top + 5 : top + 30, left + 85 : left + 110]  # row 0, column 2
    beside = marked[top + 5 : top + 30, left + 45 : left + 70]
    assert (beside == 255).all() and not (cell == 255).all()


def test_rows_are_labelled_true_and_columns_predicted(monkeypatch):
    said = []
    for home in (matrix, canvas):
        monkeypatch.setattr(
            home, "write", lambda im, xy, text, *a, real=write, **k: said.append(text) or real(im, xy, text, *a, **k)
        )
    vision.confusion(random_matrix(31), ["cougar_body", "cougar_face", *(f"class {k}" for k in range(29))])
    assert {"true", "predicted", "cougar_body", "cougar_face", "Most often taken for others"} <= set(said)


def test_the_worst_pairs():
    found = vision.worst_pairs([[5, 2, 0], [2, 90, 8], [0, 1, 0]], ["a", "b", "c"], most=3)
    assert found == [("b", "c", 8, 100), ("a", "b", 2, 7), ("b", "a", 2, 100)]
    assert str(found[0]) == "b taken for c: 8 of 100"
    assert vision.worst_pairs(np.eye(4), list("abcd")) == []
    with pytest.raises(ValueError, match=r"worst_pairs: expected a matrix of shape \(2, 2\)"):
        vision.worst_pairs(np.eye(3), NAMES)
