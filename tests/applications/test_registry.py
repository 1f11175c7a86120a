"""Where weights come from: given, cached or downloaded from a server on this machine; never a wrong file."""

import hashlib
import socket
from pathlib import Path

import numpy as np
import pytest

import lanthorn
from lanthorn.applications import MobileNetV2, find_weights, registry
from lanthorn.utils.download import cache_folder

PUBLISHED = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_96_no_top.h5"
NETWORK = {"alpha": 0.35, "input_shape": (96, 96, 3), "include_top": False, "engine": "numpy"}


def put(path: Path, content: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.fixture
def published(file_server, tmp_path, monkeypatch):
    """The weights of a small MobileNetV2, published at a server on this machine; (the model, the file's content)."""
    model = MobileNetV2(weights=None, **NETWORK)
    model.save_weights(tmp_path / "made.weights.h5")
    content = (tmp_path / "made.weights.h5").read_bytes()
    file_server.files[f"/{PUBLISHED}"] = content
    entry = registry.family("MobileNetV2")
    monkeypatch.setitem(entry, "address", file_server.address + "/")
    return model, content


def know(monkeypatch, kind, value):
    monkeypatch.setitem(registry.family("MobileNetV2"), kind, {PUBLISHED: value})


@pytest.mark.parametrize("kind", ["sha256", "md5"])
def test_imagenet_weights_are_downloaded_once(published, file_server, monkeypatch, kind):
    model, content = published
    know(monkeypatch, kind, hashlib.new(kind, content).hexdigest())
    for _ in range(2):
        loaded = MobileNetV2(weights="imagenet", **NETWORK)
        for ours, wanted in zip(loaded.get_weights(), model.get_weights()):
            np.testing.assert_array_equal(ours, wanted)
    assert file_server.asked == [f"/{PUBLISHED}"]
    assert [p.name for p in cache_folder("models").iterdir()] == [PUBLISHED]
    assert find_weights("mobilenet_v2", False, 0.35, 96).source == "cache"


def test_without_a_known_hash_the_seen_one_is_told_kept_and_checked(published, file_server):
    seen = hashlib.sha256(published[1]).hexdigest()
    with pytest.warns(UserWarning, match=f"no hash is known for {PUBLISHED}.*{seen}"):
        MobileNetV2(weights="imagenet", **NETWORK)
    MobileNetV2(weights="imagenet", **NETWORK)
    assert len(file_server.asked) == 1
    put(cache_folder("models", PUBLISHED), b"changed behind our back")
    with pytest.warns(UserWarning, match=seen):
        MobileNetV2(weights="imagenet", **NETWORK)
    assert len(file_server.asked) == 2


def test_another_hash_is_refused(published, monkeypatch):
    know(monkeypatch, "sha256", "0" * 64)
    with pytest.raises(ValueError, match="SHA256 .* expected 0000"):
        MobileNetV2(weights="imagenet", **NETWORK)
    assert not list(cache_folder("models").iterdir())


@pytest.mark.parametrize("trouble", ["cut", "gone", "offline"])
def test_what_cannot_be_fetched_says_what_to_put_where(published, file_server, monkeypatch, trouble):
    if trouble == "cut":
        file_server.cut.add(f"/{PUBLISHED}")
    elif trouble == "gone":
        file_server.files.clear()
    else:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        monkeypatch.setitem(registry.family("MobileNetV2"), "address", f"http://127.0.0.1:{port}/")
    with pytest.raises(FileNotFoundError) as error:
        MobileNetV2(weights="imagenet", **NETWORK)
    text = str(error.value)
    for part in ("MobileNetV2", f"/{PUBLISHED}", str(cache_folder("models", PUBLISHED)), "LANTHORN_WEIGHTS", "None"):
        assert part in text
    assert {"cut": "broke off", "gone": "404", "offline": "online"}[trouble] in text
    assert not list(cache_folder("models").iterdir())


# A folder of one's own


@pytest.mark.parametrize(
    "there, asked, wanted",
    [
        ([PUBLISHED], (False, 0.35, 96), PUBLISHED),
        ([PUBLISHED], (False, 0.35, 224), PUBLISHED),  # filters do not depend on the picture's size
        ([PUBLISHED], (True, 0.35, 96), None),  # but the top is missing
        ([PUBLISHED], (False, 0.5, 96), None),
        (["mobilenet_v2_1.0_224_imagenet.weights.h5"], (False, None, None), "mobilenet_v2_1.0_224_imagenet.weights.h5"),
        (["mobilenet_v2_1.0_224.h5", "mobilenet_v2_1.0_96.h5"], (True, 1.0, 96), "mobilenet_v2_1.0_96.h5"),
    ],
)
def test_a_given_folder_is_looked_through(monkeypatch, tmp_path, there, asked, wanted):
    for name in there:
        put(tmp_path / "given" / name)
    monkeypatch.setenv("LANTHORN_WEIGHTS", str(tmp_path / "given"))
    found = find_weights("MobileNetV2", *asked)
    assert (found.path and found.path.name) == wanted
    assert found.source == ("LANTHORN_WEIGHTS" if wanted else "download")


def test_a_given_file_is_the_one(monkeypatch, tmp_path):
    path = put(tmp_path / "mine.h5")
    monkeypatch.setenv("LANTHORN_WEIGHTS", str(path))
    assert find_weights("resnet50").path == path


def test_a_given_place_that_is_not_there_says_so(monkeypatch):
    monkeypatch.setenv("LANTHORN_WEIGHTS", "/no/such/place")
    with pytest.raises(FileNotFoundError, match="LANTHORN_WEIGHTS is '/no/such/place'"):
        find_weights("resnet50")


def test_keras_cache_serves_but_not_with_weights_of_2018(monkeypatch, tmp_path):
    """Both eras used this name; only the hash tells them apart."""
    wanted = registry.row("ResNet50", include_top=False)
    path = put(tmp_path / "keras" / "models" / wanted.file, b"of 2018")
    assert find_weights("ResNet50", include_top=False).source == "download"
    monkeypatch.setitem(registry.family("ResNet50"), "md5", {wanted.file: hashlib.md5(b"of 2018").hexdigest()})
    found = find_weights("ResNet50", include_top=False)
    assert (found.path, found.source) == (path, "Keras's cache")


# The table

LARGE = ("ResNet101", "ResNet152", "VGG16", "VGG19")  # Keras makes the whole network before it asks


def test_rows_are_whole():
    rows = registry.rows()
    packaged = [row for row in rows if row.packaged]
    assert [(row.network, row.address) for row in packaged] == [("Wick", "")]
    published = [row for row in rows if not row.packaged]
    assert len({row.address for row in published}) == len(published) == 102
    for row in published:
        assert row.address.startswith("https://") and row.address.endswith(row.file)
        assert "{" not in row.file and not any("{" in name for name in row.also)
        assert row.sha256 is None or len(row.sha256) == 64
        assert row.md5 is None or len(row.md5) == 32
    for row in rows:
        assert row.scale in ("tf", "caffe", "torch") and row.licence


def test_every_hash_in_the_table_belongs_to_a_row():
    known = {row.file for row in registry.rows()}
    for entry in registry.table()["network"]:
        assert {*entry.get("md5", {}), *entry.get("sha256", {})} <= known


@pytest.mark.parametrize(
    "name, top",
    [(name, top) for name in ("MobileNetV2", "MobileNet", "ResNet50") for top in (True, False)]
    + [pytest.param(name, top, marks=pytest.mark.slow) for name in LARGE for top in (True, False)],
)
def test_addresses_and_hashes_are_those_of_keras(keras, monkeypatch, name, top):
    """Keras asks for its file; we listen to what it asks for."""
    import importlib

    class Heard(Exception):
        pass

    asked = {}

    def listen(fname=None, origin=None, file_hash=None, md5_hash=None, **_):
        asked.update(origin=origin, md5=file_hash or md5_hash)
        raise Heard

    theirs = getattr(keras.applications, name)
    module = importlib.import_module(theirs.__module__)
    monkeypatch.setattr(module.file_utils, "get_file", listen)
    variants = [{}]
    if name.startswith("MobileNet"):
        variants = [{"alpha": a, "input_shape": (s, s, 3)} for a, s in ((0.5, 128), (1.0, 160), (0.75, 224))]
    for variant in variants:
        with pytest.raises(Heard):
            theirs(include_top=top, **variant)
        size = variant.get("input_shape", (224,))[0]
        ours = registry.row(name, top, variant.get("alpha"), size)
        assert (ours.address, ours.md5) == (asked["origin"], asked["md5"])


@pytest.mark.parametrize(
    "file, network, alpha",
    [
        ("mobilenet_v2_1.0_224_imagenet.weights.h5", "MobileNetV2", 1.0),
        (PUBLISHED, "MobileNetV2", 0.35),
        ("mobilenet_v1_0.25_224.h5", "MobileNet", 0.25),
        ("resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5", "ResNet50", None),
        ("Wick-2.safetensors", "Wick", None),
    ],
)
def test_a_file_is_known_by_its_name(file, network, alpha):
    row = registry.named_like(Path("somewhere") / file)
    assert (row.network, row.alpha) == (network, alpha)
    assert registry.named_like(Path("mine.h5")) is None


def test_an_unknown_network_lists_those_there_are():
    with pytest.raises(ValueError, match="no network is named 'resnext'. There are MobileNetV2, "):
        find_weights("resnext")


def test_preprocessing_is_data():
    found = registry.preprocessing("resnet50", (100, None))
    assert (found.size, found.scale, found.interpolation) == ((100, 224), "caffe", "bilinear")
    assert isinstance(found, lanthorn.data.Preprocessing)
