"""Fixtures that every test may use: an engine, the oracle (Keras 3.15.1), photos and weights."""

import importlib
import importlib.util
import os
import shutil
import signal
import sys
import tempfile
import warnings
from pathlib import Path

# Set before any engine is imported: a quiet TensorFlow, and an oracle that leaves the home folder alone.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("KERAS_HOME", tempfile.mkdtemp(prefix="keras-home-"))
os.environ.setdefault("MPLBACKEND", "agg")
os.environ["KERAS_BACKEND"] = "torch"

import numpy as np
import pytest

# A shell that starts a job in the background lets it, and every process below it, ignore Ctrl-C. The tests of Ctrl-C
# need it back; processes that they start get the system's own way with it.
signal.signal(signal.SIGINT, signal.default_int_handler)

# OpenVINO imported past Lanthorn's own guard forks a process that phones home, out of one full of engines' threads.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]

ROOT = Path(__file__).resolve().parent.parent
ENGINES = ("torch", "jax", "tensorflow")


def import_quietly(name):
    """Import a module of someone else; what it warns of while it loads is not ours to mend."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(name)


def use_engine(name):
    """Make `name` the default engine for one test; a generator, as fixtures are."""
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed")
    import_quietly(name)
    import lanthorn

    lanthorn.set_engine(name)
    yield name
    lanthorn.set_engine(None)


@pytest.fixture(params=ENGINES)
def engine(request):
    """Each trainable engine in turn; it is the default engine while the test runs."""
    yield from use_engine(request.param)


@pytest.fixture(params=(*ENGINES, "numpy"))
def any_engine(request):
    """As `engine`, with numpy (forward only) as well."""
    yield from use_engine(request.param)


@pytest.fixture
def one_engine():
    """The default engine, that is, the first of ENGINES that is installed: for what is the same on each."""
    from lanthorn.engines import default_name

    if default_name() not in ENGINES:
        pytest.skip("no engine that trains is installed")
    yield from use_engine(default_name())


@pytest.fixture
def on_torch():
    """torch is the default engine: for what is particular to it."""
    yield from use_engine("torch")


@pytest.fixture(scope="session")
def keras():
    """The oracle: Keras 3.15.1 on torch. Compare values and gradients with it; take no code from it."""
    for name in ("torch", "keras"):
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"{name} is not installed: there is no oracle to compare with")
    import_quietly("torch")
    return import_quietly("keras")


@pytest.fixture(scope="session")
def shared_data():
    """Folder of real photos and weights that lies next to the checkout. In CI its absence is a failure."""
    folder = ROOT.parent / "shared" / "data"
    if folder.is_dir():
        return folder
    reason = f"the shared photos and weights are not at {Path('..') / 'shared' / 'data'}"
    if os.environ.get("CI", "").lower() in ("1", "true", "yes"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def random_wick(tmp_path_factory):
    """A file like the one that comes with the package: a Wick in float16, with no weight at a first value of zero."""
    import lanthorn

    rng = np.random.default_rng(0)
    model = lanthorn.applications.Wick(weights=None, engine="numpy")
    model.set_weights([w + rng.uniform(0, 0.1, w.shape).astype("float32") * (w.ndim == 1) for w in model.get_weights()])
    path = tmp_path_factory.mktemp("package") / "wick.safetensors"
    model.save_weights(path, dtype="float16")
    return path


@pytest.fixture
def packaged_wick(random_wick, monkeypatch):
    """The package's own weights are `random_wick` while the test runs."""
    from lanthorn.applications import registry

    monkeypatch.setattr(registry, "PACKAGE", random_wick.parent)
    return random_wick


@pytest.fixture(scope="session")
def photos(tmp_path_factory):
    """train/ and validation/ with five classes of 8 and 3 drawn pictures. Read only: copy it to change it."""
    from lanthorn.datasets import pictures as draw_pictures

    return draw_pictures.folder(tmp_path_factory.mktemp("drawn") / "photos", train=8, validation=3)


@pytest.fixture
def own_photos(photos, tmp_path):
    return shutil.copytree(photos, tmp_path / "photos")


@pytest.fixture
def rng():
    """A NumPy generator that is the same in every run."""
    return np.random.default_rng(0)


@pytest.fixture
def file_server():
    """A web server on this machine: `server.files["/a.h5"] = b"…"`; a path in `server.cut` breaks off half-way."""
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    from threading import Thread

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            server.asked.append(self.path)
            content = server.files.get(self.path)
            if content is None:
                return self.send_error(404)
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if self.path in server.cut else content)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.files, server.cut, server.asked = {}, set(), []
        server.address = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()
