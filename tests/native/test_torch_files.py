"""Copies and files of a model made by torch's own tools, with what was put into it by hand."""

import copy
import io
import pickle

import pytest
from torch_nets import close, data, make, torch, train

import lanthorn as keras


def native(tool, checked):
    return pytest.mark.native(tool, checked, package="torch")


@pytest.fixture(autouse=True)
def on_torch():
    keras.set_engine("torch")
    yield
    keras.set_engine(None)


@pytest.fixture
def xy():
    return data()


# -- copies and files ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("way", ["deepcopy", "pickle", "torch.save"])
@pytest.mark.parametrize("kind", ["sequential", "functional"])
@native("copy.deepcopy, pickle, torch.save(net)", "with a head put in by hand: the copy is whole and stands apart")
def test_copies(kind, way, xy):
    net, (x, y) = make(kind).torch(), xy
    net.head = torch.nn.Linear(8, 5)
    if way == "torch.save":
        file = io.BytesIO()
        torch.save(net, file)
        file.seek(0)
        twin = torch.load(file, weights_only=False)
    else:
        twin = copy.deepcopy(net) if way == "deepcopy" else pickle.loads(pickle.dumps(net))
    before = net(x).detach()
    close(twin(x), before)
    train(twin, x, y)
    close(net(x), before, atol=0)
    assert not torch.allclose(twin(x), before)


@native("safetensors.torch.save_model, load_model", "a file written from one network gives another its outputs")
def test_safetensors(xy, tmp_path):
    safetensors = pytest.importorskip("safetensors.torch")
    net, other, x = make().torch(), make(seed=3).torch(), xy[0]
    net.head, other.head = torch.nn.Linear(8, 2), torch.nn.Linear(8, 2)
    safetensors.save_model(net, str(tmp_path / "net.safetensors"))
    assert not torch.allclose(other(x), net(x))
    safetensors.load_model(other, str(tmp_path / "net.safetensors"))
    close(other(x), net(x), atol=0)


@native("torch.distributed.checkpoint", "save and load without a process group: another network gives the same outputs")
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_distributed_checkpoint(xy, tmp_path):
    import torch.distributed.checkpoint as dcp

    net, other, x = make().torch(), make(seed=3).torch(), xy[0]
    dcp.save(net.state_dict(), checkpoint_id=tmp_path / "saved")
    state = other.state_dict()
    dcp.load(state, checkpoint_id=tmp_path / "saved")
    other.load_state_dict(state)
    close(other(x), net(x), atol=0)
