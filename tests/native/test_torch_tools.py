"""torch's heavy tools: compilers, exporters, processes, quantization. See test_torch_packages.py for packages."""

import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from torch_nets import KINDS, close, data, fit, loss_of, make, torch, train

import lanthorn as keras
from lanthorn import layers

HERE = Path(__file__).parent
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # what the tools warn of is their own


def native(tool, checked):
    return pytest.mark.native(tool, checked, package="torch")


@pytest.fixture(autouse=True)
def on_torch():
    keras.set_engine("torch")
    torch.compiler.reset()
    yield
    torch.compiler.reset()
    keras.set_engine(None)


@pytest.fixture
def xy():
    return data()


# -- torch.compile -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", [*KINDS, "nested"])
@native("torch.compile(fullgraph=True)", "inductor: outputs, and the losses of a loop, equal to those without")
def test_compile(kind, xy):
    net, (x, y) = make(kind).torch(), xy
    compiled = torch.compile(net, fullgraph=True)
    close(compiled(x), net(x))
    expected = train(make(kind).torch(), x, y)
    np.testing.assert_allclose(train(compiled, x, y), expected, rtol=1e-4)
    assert expected[-1] < expected[0]


@pytest.mark.parametrize("kind", KINDS)
@native("torch.compile, then a weight replaced", "what was compiled uses the new parameter")
def test_compile_then_weight(kind, xy):
    net, x = make(kind).torch(), xy[0]
    compiled = torch.compile(net, fullgraph=True)
    before = compiled(x).detach()
    net.head.kernel = torch.nn.Parameter(torch.randn(8, 3))
    close(compiled(x), net.body(x) @ net.head.kernel + net.head.bias)
    assert not torch.allclose(compiled(x), before)
    with torch.no_grad():
        net.head.bias.add_(1)
    close(compiled(x), net.body(x) @ net.head.kernel + net.head.bias)


@pytest.mark.parametrize("kind", KINDS)
@native("torch.compile, then a child replaced", "what was compiled calls the new child")
def test_compile_then_child(kind, xy):
    net, x = make(kind).torch(), xy[0]
    compiled = torch.compile(net, fullgraph=True)
    compiled(x)
    net.head = torch.nn.Linear(8, 5)
    close(compiled(x), net.head(net.body(x)))


@pytest.mark.parametrize("kind", KINDS)
@native("torch.compile of a child", "in its place: compiled, called once a step, trained by a loop and by fit")
def test_compile_child(kind, xy):
    model, (x, y) = make(kind), xy
    net, graphs = model.torch(), []

    def backend(graph, inputs):
        graphs.append(graph)
        return graph.forward

    expected = train(make(kind).torch(), x, y)
    net.head = torch.compile(net.head, backend=backend)
    np.testing.assert_allclose(train(net, x, y), expected, rtol=1e-5)
    assert graphs
    assert fit(model, x, y)[-1] < expected[-1]
    assert len(model.weights) == 4


@native("torch.compile(dynamic=True)", "one graph serves batches of many sizes")
def test_compile_dynamic(xy):
    from torch._dynamo.testing import CompileCounter

    net, counter = make("functional").torch(), CompileCounter()
    compiled = torch.compile(net, backend=counter, dynamic=True, fullgraph=True)
    for n in (3, 5, 9, 12):
        x = data(n)[0]
        close(compiled(x), net(x))
    assert counter.frame_count == 1


@native("torch.compile of a whole step", "forward, loss, backward and optimizer in one function: the same losses")
def test_compile_step(xy):
    net, (x, y) = make().torch(), xy
    optimizer, losses = torch.optim.SGD(net.parameters(), lr=0.1), []

    @torch.compile
    def step():
        optimizer.zero_grad()
        loss = loss_of(net, x, y)
        loss.backward()
        optimizer.step()
        return loss

    losses = [float(step().detach()) for _ in range(5)]
    np.testing.assert_allclose(losses, train(make().torch(), x, y), rtol=1e-4)


# -- exporters -------------------------------------------------------------------------------------------------------
def conv_net():
    """A network with convolutions, normalization and a head that was put in by hand."""
    model = keras.Sequential([
        keras.Input((8, 8, 3)), layers.Conv2D(4, 3, padding="same", activation="relu"), layers.BatchNormalization(),
        layers.MaxPooling2D(), layers.GlobalAveragePooling2D(), layers.Dense(3, name="head"),
    ])  # fmt: skip
    net = model.torch().eval()
    net.head = torch.nn.Linear(4, 2)
    return net


@pytest.mark.parametrize("kind", KINDS)
@native("torch.export.export", "with a dynamic batch: run, saved, loaded and run on other sizes")
def test_export(kind, xy):
    net, x = make(kind).torch().eval(), xy[0]
    program = torch.export.export(net, (x,), dynamic_shapes=({0: torch.export.Dim("b")},))
    file = io.BytesIO()
    torch.export.save(program, file)
    file.seek(0)
    for found in (program, torch.export.load(file)):
        for n in (2, 7):
            close(found.module()(data(n)[0]), net(data(n)[0]))
    assert set(program.state_dict) == set(net.state_dict())


@native("torch.export of convolutions", "with a head put in by hand: the graph has the new head")
def test_export_convolutions():
    net = conv_net()
    program = torch.export.export(net, (torch.randn(4, 8, 8, 3),), dynamic_shapes=({0: torch.export.Dim("b")},))
    x = torch.randn(7, 8, 8, 3)
    close(program.module()(x), net(x))
    assert program.state_dict["head.weight"].shape == (2, 4)


@native("torch.jit.trace", "saved, loaded, and run on another batch: the outputs of the network with the new head")
def test_jit_trace(xy):
    net = conv_net()
    file = io.BytesIO()
    torch.jit.save(torch.jit.trace(net, torch.randn(4, 8, 8, 3)), file)
    file.seek(0)
    x = torch.randn(2, 8, 8, 3)
    close(torch.jit.load(file)(x), net(x))


@pytest.mark.parametrize("kind", KINDS)
@native("make_fx", "the operations of a call as a graph of aten, which gives the same and can be changed")
def test_make_fx(kind, xy):
    from torch.fx.experimental.proxy_tensor import make_fx

    net, x = make(kind).torch(), xy[0]
    graph = make_fx(net)(x)
    close(graph(x), net(x))
    tanh = next(node for node in graph.graph.nodes if "tanh" in str(node.target))
    tanh.target = torch.ops.aten.relu.default
    graph.recompile()
    hand = (x @ net.body.kernel + net.body.bias).relu() @ net.head.kernel + net.head.bias
    close(graph(x), hand)


@pytest.mark.parametrize("kind", KINDS)
@native("torch.fx.Tracer", "around our networks as leaves: the graph calls them, and their outputs are changed in it")
def test_fx(kind, xy):
    net, x = make(kind).torch(), xy[0]

    class Tracer(torch.fx.Tracer):
        def is_leaf_module(self, module, name):
            return module is net or super().is_leaf_module(module, name)

    whole = torch.nn.Sequential(net, torch.nn.Tanh())
    graph = torch.fx.GraphModule(whole, Tracer().trace(whole))
    close(graph(x), net(x).tanh())
    graph.set_submodule("1", torch.nn.ReLU())
    close(graph(x), net(x).relu())
    net.head = torch.nn.Linear(8, 2)
    close(graph(x), net(x).relu())


@pytest.mark.parametrize("kind", KINDS)
@native("torch.fx.symbolic_trace", "into a network of ours: refused by torch's own error, never a wrong graph")
def test_symbolic_trace(kind):
    with pytest.raises(torch.fx.proxy.TraceError, match="control flow"):
        torch.fx.symbolic_trace(make(kind).torch())


# -- quantization ----------------------------------------------------------------------------------------------------
@native("torch.ao.quantization.quantize_dynamic", "on the nn.Linear in our network: replaced, near, and not the same")
def test_quantize_dynamic(xy):
    net, x = make().torch().eval(), xy[0]
    net.head = torch.nn.Linear(8, 3)
    small = torch.ao.quantization.quantize_dynamic(net, {torch.nn.Linear}, dtype=torch.qint8)
    assert "quantized" in type(small.head).__module__ and type(net.head) is torch.nn.Linear
    error = (small(x) - net(x)).abs().max()
    assert 0 < error < 0.05


# -- processes -------------------------------------------------------------------------------------------------------
def two_processes(tool, kind, folder):
    env = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(HERE.parents[1] / "src"), str(HERE)]),
        "OMP_NUM_THREADS": "1",
    }
    run = [sys.executable, str(HERE / "torch_processes.py"), tool, kind]
    started = [
        subprocess.Popen(
            [*run, str(rank), str(folder / "meeting")], env=env, stdout=-1, stderr=subprocess.STDOUT, text=True
        )
        for rank in range(2)
    ]
    said = [process.communicate(timeout=240)[0] for process in started]
    assert [p.returncode for p in started] == [0, 0], "\n".join(said)
    (line,) = (line for line in said[0].splitlines() if line.startswith("LOSSES"))
    return [float(word) for word in line.split()[1:]]


@pytest.mark.parametrize("kind", [*KINDS, "nested"])
@native("DistributedDataParallel", "two gloo processes, half of the batch each: the losses of one process")
def test_ddp(kind, tmp_path):
    expected = train(make(kind).torch(), *data(16), steps=6, lr=0.3)
    np.testing.assert_allclose(two_processes("ddp", kind, tmp_path), expected, atol=1e-5)


@pytest.mark.parametrize("kind", [*KINDS, "nested"])
@native("FSDP2 fully_shard", "each child and the whole, two gloo processes: the losses of one process, to 1e-4")
def test_fsdp(kind, tmp_path):
    expected = train(make(kind).torch(), *data(16), steps=6, lr=0.3)
    assert expected[-1] < 0.8 * expected[0]
    np.testing.assert_allclose(two_processes("fsdp", kind, tmp_path), expected, atol=1e-4)


@native("FSDP2 MixedPrecisionPolicy", "computes in bfloat16, keeps float32: near the losses of one process")
def test_fsdp_half(tmp_path):
    expected = train(make("functional").torch(), *data(16), steps=6, lr=0.3)
    found = two_processes("fsdp bf16", "functional", tmp_path)
    np.testing.assert_allclose(found, expected, rtol=2e-2)
    assert not np.allclose(found, expected, rtol=1e-6)


@native("share_memory, torch.multiprocessing", "another process trains the weights that this one reads")
def test_shared_memory(xy):
    net, (x, y) = make().torch().share_memory(), xy
    before = net(x).detach()
    process = torch.multiprocessing.get_context("spawn").Process(target=train, args=(net, x, y, 1))
    process.start()
    process.join(120)
    assert process.exitcode == 0
    twin = make().torch()
    train(twin, x, y, 1)
    assert not torch.allclose(net(x), before)
    close(net(x), twin(x))
