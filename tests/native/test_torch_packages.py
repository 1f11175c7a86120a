"""Packages around torch on a model of Lanthorn's: each test looks at the effect. Installed by the extra `native`."""

import numpy as np
import pytest
from torch_nets import KINDS, close, data, fit, make, plain, torch, train

import lanthorn as keras
from lanthorn import layers

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # what the packages warn of is their own


@pytest.fixture(autouse=True)
def on_torch():
    keras.set_engine("torch")
    yield
    keras.set_engine(None)


@pytest.fixture
def xy():
    return data()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.native(
    "torch.onnx.export", "dynamo, dynamic batch, a head put in by hand: run by onnx", package="onnxscript"
)
def test_onnx(kind, tmp_path):
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("onnxscript")
    from onnx.reference import ReferenceEvaluator

    net = make(kind).torch().eval()
    net.head = torch.nn.Linear(8, 2)
    settings = {"dynamo": True, "dynamic_shapes": ({0: torch.export.Dim("b")},), "verbose": False}
    torch.onnx.export(net, (data(3)[0],), tmp_path / "net.onnx", **settings)
    x = data(7)[0]
    (out,) = ReferenceEvaluator(onnx.load(tmp_path / "net.onnx")).run(None, {net.names[0]: x.numpy()})
    assert out.shape == (7, 2)
    close(out, net(x).detach())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.native("Trainer.fit", "the losses of a loop written by hand", package="pytorch-lightning")
def test_lightning(kind, xy, tmp_path):
    lightning = pytest.importorskip("pytorch_lightning")
    losses = []

    class Lit(lightning.LightningModule):
        def __init__(self, net):
            super().__init__()
            self.net = net

        def training_step(self, batch, i):
            loss = torch.nn.functional.cross_entropy(self.net(batch[0]), batch[1])
            losses.append(loss.item())
            return loss

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), lr=0.1)

    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(*xy), batch_size=12)
    quiet = {"logger": False, "enable_progress_bar": False, "enable_model_summary": False, "accelerator": "cpu"}
    trainer = lightning.Trainer(max_epochs=5, default_root_dir=tmp_path, enable_checkpointing=False, **quiet)
    lit = Lit(make(kind).torch())
    trainer.fit(lit, loader)
    np.testing.assert_allclose(losses, train(make(kind).torch(), *xy), rtol=1e-5)
    trainer.save_checkpoint(tmp_path / "lit.ckpt")
    other = Lit.load_from_checkpoint(tmp_path / "lit.ckpt", net=make(kind, seed=8).torch(), weights_only=False)
    close(other.net(xy[0]), lit.net(xy[0]))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.native(
    "Accelerator.prepare", "the losses of a loop written by hand; unwrap gives our module", package="accelerate"
)
def test_accelerate(kind, xy):
    accelerate = pytest.importorskip("accelerate")
    accelerator, net = accelerate.Accelerator(cpu=True), make(kind).torch()
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(*xy), batch_size=12)
    prepared, optimizer, loader = accelerator.prepare(net, torch.optim.SGD(net.parameters(), lr=0.1), loader)
    losses = []
    for _ in range(5):
        for x, y in loader:
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(prepared(x), y)
            accelerator.backward(loss)
            optimizer.step()
            losses.append(loss.item())
    np.testing.assert_allclose(losses, train(make(kind).torch(), *xy), rtol=1e-5)
    assert accelerator.unwrap_model(prepared) is net


@pytest.mark.native(
    "init_empty_weights, dispatch", "offloaded to the disk and fetched for each call", package="accelerate"
)
def test_accelerate_offload(xy, tmp_path):
    accelerate = pytest.importorskip("accelerate")
    net, x = make().torch(), xy[0]
    before = net(x).detach()
    accelerate.disk_offload(net, str(tmp_path), execution_device=torch.device("cpu"))
    assert net.head.kernel.is_meta
    close(net(x).detach(), before)


@pytest.mark.native(
    "NeuralNetClassifier", "fit, predict and score in scikit-learn's way: as a loop by hand", package="skorch"
)
def test_skorch():
    skorch = pytest.importorskip("skorch")
    x, y = data(60)
    net = make().torch()
    wrapped = skorch.NeuralNetClassifier(
        net, criterion=torch.nn.CrossEntropyLoss, optimizer=torch.optim.SGD, lr=0.3, max_epochs=30, batch_size=60,
        train_split=None, iterator_train__shuffle=False, verbose=0,
    )  # fmt: skip
    wrapped.fit(x.numpy(), y.numpy())
    twin = make().torch()
    losses = train(twin, x, y, 30, 0.3)
    np.testing.assert_allclose(wrapped.history[:, "train_loss"], losses, rtol=1e-4)
    assert np.array_equal(wrapped.predict(x.numpy()), twin(x).argmax(1).numpy())
    assert wrapped.score(x.numpy(), y.numpy()) > 0.6


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.native(
    "IntegratedGradients", "sum to the difference of outputs; as of the network by hand", package="captum"
)
def test_captum(kind, xy):
    attr = pytest.importorskip("captum.attr")
    model, x = make(kind), xy[0]
    net = model.torch()
    found, gap = attr.IntegratedGradients(net).attribute(x, target=1, return_convergence_delta=True, n_steps=64)
    close(found.sum(1), (net(x) - net(torch.zeros_like(x)))[:, 1].detach(), atol=1e-3)
    assert gap.abs().max() < 1e-3 and found.abs().sum() > 0
    close(found, attr.IntegratedGradients(plain(model)).attribute(x, target=1, n_steps=64))


@pytest.mark.native(
    "LayerGradCam", "of a convolution of ours: as activation times mean gradient by hand", package="captum"
)
def test_captum_layer(xy):
    attr = pytest.importorskip("captum.attr")
    model = keras.Sequential([keras.Input((4,)), layers.Dense(8, "relu", name="body"), layers.Dense(3, name="head")])
    net, x = model.torch(), xy[0]
    found = attr.LayerActivation(net, net.body).attribute(x)
    close(found, net.body(x))
    inner = attr.LayerGradientXActivation(net, net.body).attribute(x, target=2)
    close(inner, net.body(x) * net.head.kernel[:, 2])
    assert inner.abs().sum() > 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.native(
    "summary", "each child with its output's shape; the parameters of the new head", package="torchinfo"
)
def test_torchinfo(kind):
    torchinfo = pytest.importorskip("torchinfo")
    net = make(kind).torch()
    net.head = torch.nn.Linear(8, 5)
    found = torchinfo.summary(net, input_size=(2, 4), verbose=0)
    assert found.total_params == found.trainable_params == 40 + 45
    rows = {row.var_name: row.output_size for row in found.summary_list}
    assert rows["body"] == [2, 8] and rows["head"] == [2, 5]


@pytest.mark.native("Accuracy", "of our outputs, batch by batch: what evaluate says", package="torchmetrics")
def test_torchmetrics():
    torchmetrics = pytest.importorskip("torchmetrics")
    model, (x, y) = make(), data(64)
    fit(model, x, y, 20)
    metric, net = torchmetrics.classification.MulticlassAccuracy(3, average="micro"), model.torch()
    for a, b in zip(x.split(16), y.split(16), strict=True):
        metric.update(net(a), b)
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    found = model.evaluate(x.numpy(), y.numpy(), verbose=0)[1]
    assert 0.3 < found < 1
    close(metric.compute(), found)


@pytest.mark.native("create_supervised_trainer", "the losses of a loop written by hand", package="pytorch-ignite")
def test_ignite(xy):
    engine = pytest.importorskip("ignite.engine")
    net, losses = make().torch(), []
    trainer = engine.create_supervised_trainer(
        net, torch.optim.SGD(net.parameters(), lr=0.1), torch.nn.functional.cross_entropy
    )
    trainer.add_event_handler(engine.Events.ITERATION_COMPLETED, lambda e: losses.append(e.state.output))
    trainer.run([xy], max_epochs=5)
    np.testing.assert_allclose(losses, train(make().torch(), *xy), rtol=1e-5)


@pytest.mark.native(
    "quantize_", "int8 weights of the nn.Linear in our network: near, and not the same", package="torchao"
)
def test_torchao(xy):
    quantization = pytest.importorskip("torchao.quantization")
    model, x = make(), xy[0]
    net = model.torch().eval()
    net.head = torch.nn.Linear(8, 3)
    before = net(x).detach()
    quantization.quantize_(net, quantization.Int8WeightOnlyConfig())
    assert type(net.head.weight).__name__ != "Parameter" or type(net.head.weight.data).__name__ != "Tensor"
    error = (net(x) - before).abs().max()
    assert 0 < error < 0.05
    close(model.predict(x.numpy(), verbose=0), net(x).detach())


@pytest.mark.native("PT2E", "x86: the nn.Linear in our exported net is int8, ours stays float", package="torchao")
def test_pt2e(xy):
    pt2e = pytest.importorskip("torchao.quantization.pt2e.quantize_pt2e")
    from torchao.quantization.pt2e.quantizer import x86_inductor_quantizer as x86

    net, x = make("functional").torch().eval(), xy[0]
    net.head = torch.nn.Linear(8, 3)  # this quantizer knows torch's own modules by their class
    quantizer = x86.X86InductorQuantizer().set_global(x86.get_default_x86_inductor_quantization_config())
    prepared = pt2e.prepare_pt2e(torch.export.export(net, (x,)).module(), quantizer)
    prepared(x)
    found = pt2e.convert_pt2e(prepared)
    assert "quantize_per" in str(found.graph)
    error = (found(x) - net(x)).abs().max()
    assert 0 < error < 0.2


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.native(
    "LoraConfig, get_peft_model", "adapters in the nn.Linear put in by hand: only they train", package="peft"
)
def test_peft(kind, xy):
    peft = pytest.importorskip("peft")
    model, (x, y) = make(kind), xy
    net = model.torch()
    net.head = torch.nn.Linear(8, 3)
    before, kernel, body = net(x).detach(), net.head.weight.detach().clone(), net.body.kernel.detach().clone()
    wrapped = peft.get_peft_model(net, peft.LoraConfig(r=2, target_modules=["head"], init_lora_weights=True))
    close(wrapped(x), before)
    losses = train(wrapped, x, y, 20, 0.3, [p for p in wrapped.parameters() if p.requires_grad])
    assert losses[-1] < losses[0] and torch.equal(net.body.kernel, body)
    assert torch.equal(net.head.base_layer.weight, kernel)
    more = fit(model, x, y, 20, 0.3)
    assert more[-1] < losses[-1] and torch.equal(net.head.base_layer.weight, kernel)
    out = wrapped(x).detach()
    close(wrapped.merge_and_unload()(x), out)
