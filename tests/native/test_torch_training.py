"""torch's own ways to train a model: checkpoints, averages, half precision, groups, optimizers."""

import numpy as np
import pytest
from torch_nets import KINDS, close, data, fit, loss_of, make, plain, torch, train

import lanthorn as keras
from lanthorn import layers


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


def gradients(net):
    return [p.grad.clone() for p in net.parameters()]


# -- memory, averages, halves ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("reentrant", [False, True])
@pytest.mark.parametrize("kind", [*KINDS, "nested"])
@native("torch.utils.checkpoint.checkpoint", "gradients equal to those without, and forward is run again for them")
def test_checkpoint(kind, reentrant, xy):
    from torch.utils.checkpoint import checkpoint

    (x, y), net, calls = xy, make(kind).torch(), []
    loss_of(net, x, y).backward()
    before = gradients(net)
    net.zero_grad()
    net.register_forward_pre_hook(lambda *given: calls.append(1))
    out = checkpoint(net, x.clone().requires_grad_(), use_reentrant=reentrant)
    torch.nn.functional.cross_entropy(out, y).backward()
    for grad, now in zip(before, gradients(net), strict=True):
        close(now, grad)
    assert len(calls) == 2 and before[0].abs().sum() > 0


@native("torch.utils.checkpoint with dropout", "the second run draws what the first drew: gradients of one mask")
@pytest.mark.parametrize("reentrant", [False, True])
def test_checkpoint_with_dropout(reentrant, xy):
    from torch.utils.checkpoint import checkpoint

    model = keras.Sequential([keras.Input((4,)), layers.Dense(64, name="a"), layers.Dropout(0.5), layers.Dense(1)])
    net, x = model.torch().train(), torch.ones(3, 4, requires_grad=True)
    out = checkpoint(torch.nn.Sequential(net.a, net[1]), x, use_reentrant=reentrant)
    out.sum().backward()
    alive = (out != 0).float() * 2
    close(net.a.bias.grad, alive.sum(0))


@pytest.mark.parametrize("kind", KINDS)
@native(
    "torch.optim.swa_utils.AveragedModel", "EMA: the mean of the steps by hand, and its outputs are those of that mean"
)
def test_ema(kind, xy):
    from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

    net, (x, y) = make(kind).torch(), xy
    averaged = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(0.5))
    mean = None
    for _ in range(3):
        train(net, x, y, 1)
        averaged.update_parameters(net)
        now = [p.detach().clone() for p in net.parameters()]
        mean = now if mean is None else [0.5 * m + 0.5 * n for m, n in zip(mean, now, strict=True)]
    for p, m in zip(averaged.module.parameters(), mean, strict=True):
        close(p.detach(), m)
    assert not torch.allclose(averaged(x), net(x))
    close(averaged(x), torch.tanh(x @ mean[0] + mean[1]) @ mean[2] + mean[3])


@pytest.mark.parametrize("kind", KINDS)
@native("torch.autocast, GradScaler", "bfloat16 inside, float32 weights, losses of the same network by hand")
def test_autocast(kind, xy):
    model, (x, y) = make(kind), xy
    losses = []
    for net in (model.torch(), plain(make(kind))):
        optimizer, scaler, found = torch.optim.SGD(net.parameters(), lr=0.1), torch.amp.GradScaler("cpu"), []
        for _ in range(5):
            with torch.autocast("cpu", torch.bfloat16):
                out = net(x)
                assert out.dtype is torch.bfloat16
                loss = torch.nn.functional.cross_entropy(out, y)
            optimizer.zero_grad()
            scaler.scale(loss).backward()
            scaler.step(optimizer)
            scaler.update()
            found.append(loss.item())
        losses.append(found)
    assert model.torch().head.kernel.dtype is torch.float32 and losses[0][-1] < losses[0][0]
    np.testing.assert_allclose(*losses, rtol=2e-2)


# -- optimizers and loops ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", KINDS)
@native("parameter groups", "per-layer learning rates: a rate of 0 leaves a layer, ten times the rate moves ten times")
def test_groups(kind, xy):
    (x, y), moved = xy, []
    for rate in (0.01, 0.1):
        net = make(kind).torch()
        body, head = net.body.kernel.detach().clone(), net.head.kernel.detach().clone()
        groups = [{"params": net.body.parameters(), "lr": 0.0}, {"params": net.head.parameters(), "lr": rate}]
        train(net, x, y, 1, parameters=groups)
        assert torch.equal(body, net.body.kernel)
        moved.append(net.head.kernel - head)
    close(moved[1], 10 * moved[0], atol=1e-6)
    assert moved[0].abs().sum() > 0


@pytest.mark.parametrize("name", ["Adam", "AdamW", "RMSprop", "Adagrad", "NAdam", "Muon"])
@native("torch.optim.*", "Adam, AdamW, RMSprop, Adagrad, NAdam, Muon: the losses of the same network by hand")
def test_optimizers(name, xy):
    (x, y), model = xy, make()
    losses = []
    for net in (model.torch(), plain(make())):
        params = [p for p in net.parameters() if p.ndim == 2] if name == "Muon" else net.parameters()
        optimizer, found = getattr(torch.optim, name)(params, lr=0.02), []
        for _ in range(10):
            optimizer.zero_grad()
            loss = loss_of(net, x, y)
            loss.backward()
            optimizer.step()
            found.append(loss.item())
        losses.append(found)
    assert losses[0][-1] < losses[0][0]
    np.testing.assert_allclose(*losses, rtol=5e-2 if name == "Muon" else 1e-4)


@native("torch.optim.LBFGS", "its closure calls the network many times a step: the losses of the network by hand")
def test_lbfgs(xy):
    (x, y), found = xy, []
    for net in (make().torch(), plain(make())):
        optimizer = torch.optim.LBFGS(net.parameters(), lr=0.5, max_iter=5)

        def closure(net=net, optimizer=optimizer):
            optimizer.zero_grad()
            loss = loss_of(net, x, y)
            loss.backward()
            return loss

        found.append([float(optimizer.step(closure).detach()) for _ in range(3)])
    assert found[0][-1] < 0.8 * found[0][0]
    np.testing.assert_allclose(*found, rtol=1e-3)


@native("lr_scheduler, Optimizer.state_dict", "a loop that is stopped, saved and gone on with is the loop that was not")
def test_schedule_and_going_on(xy):
    x, y = xy

    def start(net):
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
        return optimizer, torch.optim.lr_scheduler.StepLR(optimizer, 2, 0.5)

    def run(net, optimizer, schedule, steps):
        for _ in range(steps):
            optimizer.zero_grad()
            loss_of(net, x, y).backward()
            optimizer.step()
            schedule.step()

    whole, first, second = (make().torch() for _ in range(3))
    run(whole, *start(whole), 6)
    before = start(first)
    run(first, *before, 3)
    after = start(second)
    second.load_state_dict(first.state_dict())
    for new, old in zip(after, before, strict=True):
        new.load_state_dict(old.state_dict())
    run(second, *after, 3)
    close(second(x), whole(x))
    assert not torch.allclose(first(x), whole(x))


@native("torch.utils.data.DataLoader", "a loop over its batches, and fit on the same loader, learn")
def test_dataloader(xy):
    x, y = data(64)
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=16)
    model, twin = make(), make()
    net, optimizer, losses = model.torch(), torch.optim.SGD(model.torch().parameters(), lr=0.1), []
    for _ in range(3):
        for a, b in loader:
            optimizer.zero_grad()
            loss_of(net, a, b).backward()
            optimizer.step()
        losses.append(float(loss_of(net, x, y).detach()))
    assert losses[-1] < losses[0]
    twin.compile(keras.optimizers.SGD(0.1), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    twin.fit(loader, epochs=3, verbose=0)
    close(twin(x), net(x))


@native("torch.profiler", "each operation of a call is recorded, with the hooks of a record_function around a child")
def test_profiler(xy):
    from torch.profiler import profile, record_function

    net, x = make().torch(), xy[0]
    forward = net.head.forward

    def named(*args, **kwargs):
        with record_function("our head"):
            return forward(*args, **kwargs)

    net.head.forward = named
    with profile(activities=[torch.profiler.ProfilerActivity.CPU]) as seen:
        net(x)
    names = {event.key: event.count for event in seen.key_averages()}
    assert names["our head"] == 1 and sum(names.get(k, 0) for k in ("aten::addmm", "aten::mm", "aten::linear")) >= 2


# -- the model itself -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", KINDS)
@native("torch.optim.Adam(model.parameters())", "a loop on the Lanthorn model itself, as Keras on torch allows, learns")
def test_model_as_its_module(kind, xy):
    model, (x, y) = make(kind), xy
    optimizer, losses = torch.optim.Adam(model.parameters(), lr=0.05), []
    for _ in range(20):
        model.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.8 * losses[0]
    assert list(model.state_dict()) == ["body.kernel", "body.bias", "head.kernel", "head.bias"]
    other = make(kind, seed=4)
    other.load_state_dict(model.state_dict())
    close(other(x), model(x), atol=0)


@native("model.train(), eval(), to(), named_modules()", "on the model itself: modes, dtypes and names of its module")
def test_modes_of_the_model(xy):
    x = xy[0]
    model = keras.Sequential([keras.Input((4,)), layers.Dense(8, name="a"), layers.Dropout(0.5), layers.Dense(3)])
    assert model.train() is model and model.training
    assert not torch.equal(model.torch()(x), model.torch()(x))
    assert model.eval() is model and not model.training and torch.equal(model.torch()(x), model.torch()(x))
    assert model.to(torch.float64) is model
    assert model(x.double()).dtype is torch.float64 and "a" in dict(model.named_modules())
    assert model.predict(x.numpy(), verbose=0).dtype == np.float64
    model.to(torch.float32).requires_grad_(False)
    assert not model.trainable_weights


@pytest.mark.parametrize("kind", KINDS)
@native("nn.Module around a model", "a user's Module holds the model: its parameters are found, trained, and moved")
def test_inside_a_users_module(kind, xy):
    class Whole(torch.nn.Module):
        def __init__(self, model):
            super().__init__()
            self.net, self.last = model.torch(), torch.nn.Linear(3, 3)

        def forward(self, x):
            return self.last(self.net(x).relu())

    model, (x, y) = make(kind), xy
    whole, before = Whole(model), model.get_weights()[0]
    losses = train(whole, x, y, 20, 0.3)
    assert losses[-1] < losses[0] and not np.array_equal(before, model.get_weights()[0])
    assert "net.body.kernel" in whole.state_dict()
    assert whole.double()(x.double()).dtype is torch.float64
    fit(model, x.double(), y, 1)
