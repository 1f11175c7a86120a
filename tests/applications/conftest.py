"""What the tests of the networks share: no weights but those a test puts there, and names for pictures of noise."""

import pytest


@pytest.fixture(autouse=True)
def no_weights_around(monkeypatch, tmp_path):
    """An empty cache, and nothing given."""
    monkeypatch.setenv("LANTHORN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.delenv("LANTHORN_WEIGHTS", raising=False)


@pytest.fixture
def noise(rng):
    """Two pictures of noise of a given height and width, scaled to about -1 … 1."""
    return lambda height, width=None: rng.normal(size=(2, height, width or height, 3)).astype("float32")


@pytest.fixture
def torch_engine():
    """torch is the default engine while the test runs."""
    import lanthorn

    pytest.importorskip("torch")
    lanthorn.set_engine("torch")
    yield
    lanthorn.set_engine(None)
