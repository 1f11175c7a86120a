"""torch.func, and children that were replaced, removed or wrapped: what is in the module tree is what runs."""

import numpy as np
import pytest
from torch_nets import KINDS, close, data, fit, make, plain, torch, train

import lanthorn as keras

WHOLE = [*KINDS, "nested"]


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


def holder(net):
    """Where body and head are: of a nested model the inner one."""
    return net.inner if hasattr(net, "inner") else net


# -- torch.func ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", WHOLE)
@native("torch.func.functional_call", "other weights give their output; the model keeps its own")
def test_functional_call(kind, xy):
    net, x = make(kind).torch(), xy[0]
    other, before = make(kind, seed=5).torch(), net(x)
    close(torch.func.functional_call(net, dict(other.named_parameters()), (x,)), other(x))
    assert not torch.allclose(before, other(x))
    close(net(x), before, atol=0)


@pytest.mark.parametrize("kind", WHOLE)
@native("torch.func.grad", "equal to those of backward(), none is zero")
def test_func_grad(kind, xy):
    net, (x, y) = make(kind).torch(), xy
    entropy = torch.nn.functional.cross_entropy
    grads = torch.func.grad(lambda p: entropy(torch.func.functional_call(net, p, (x,)), y))(
        dict(net.named_parameters())
    )
    entropy(net(x), y).backward()
    for name, parameter in net.named_parameters():
        assert parameter.grad.abs().sum() > 0
        close(grads[name], parameter.grad)


@pytest.mark.parametrize("kind", KINDS)
@native("torch.func.vmap", "one gradient per example: their mean is the gradient of the batch")
def test_func_vmap_of_grad(kind, xy):
    net, (x, y) = make(kind).torch(), xy

    def loss(params, one, label):
        out = torch.func.functional_call(net, params, (one[None],))
        return torch.nn.functional.cross_entropy(out, label[None])

    params = {k: v.detach() for k, v in net.named_parameters()}
    each = torch.func.vmap(torch.func.grad(loss), in_dims=(None, 0, 0))(params, x, y)
    torch.nn.functional.cross_entropy(net(x), y).backward()
    for name, parameter in net.named_parameters():
        assert each[name].std(0).sum() > 0
        close(each[name].mean(0), parameter.grad)


@native("torch.func.jacrev, jacfwd", "the Jacobian by both ways, and of the same network by hand")
def test_jacobians(xy):
    model, x = make(), xy[0][:2]
    net, hand = model.torch(), plain(model)
    by_rows, by_columns = torch.func.jacrev(net)(x), torch.func.jacfwd(net)(x)
    assert by_rows.shape == (2, 3, 2, 4) and by_rows.abs().sum() > 0
    close(by_rows, by_columns)
    close(by_rows, torch.func.jacrev(hand)(x))


@native("torch.func.hessian", "of the loss by a kernel: that of the same network by hand")
def test_hessian(xy):
    model, (x, y) = make(), xy
    hand = plain(model)

    def of(net, name):
        def loss(p):
            return torch.nn.functional.cross_entropy(torch.func.functional_call(net, {name: p}, (x,)), y)

        return torch.func.hessian(loss)(dict(net.named_parameters())[name].detach())

    found, expected = of(model.torch(), "body.kernel"), of(hand, "0.weight")
    assert found.abs().sum() > 0
    close(found, expected.permute(1, 0, 3, 2))


@native("torch.func.stack_module_state", "an ensemble in one vmap: each network's own output")
def test_ensemble(xy):
    nets, x = [make(seed=s).torch() for s in range(3)], xy[0]
    params, buffers = torch.func.stack_module_state(nets)

    def one(p, b):
        return torch.func.functional_call(nets[0], (p, b), (x,))

    close(torch.func.vmap(one)(params, buffers), torch.stack([net(x) for net in nets]))


@native("torch.autograd.forward_ad", "the directional derivative of a dual input is that of jvp by reverse mode")
def test_forward_mode(xy):
    net, x = make().torch(), xy[0]
    direction = torch.ones_like(x)
    with torch.autograd.forward_ad.dual_level():
        out = net(torch.autograd.forward_ad.make_dual(x, direction))
        slope = torch.autograd.forward_ad.unpack_dual(out).tangent
    assert slope.abs().sum() > 0
    close(slope, torch.autograd.functional.jvp(net, x, direction)[1])


# -- children -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", WHOLE)
@native(
    "net.head = nn.Linear(...)", "the new head is called, and trained by a loop written by hand; the old one is not"
)
def test_child_replaced_by_hand(kind, xy):
    net, (x, y) = make(kind).torch(), xy
    old, new = holder(net).head, torch.nn.Linear(8, 3)
    kept, first = old.kernel.detach().clone(), new.weight.detach().clone()
    holder(net).head = new
    close(net(x), new(holder(net).body(x)))
    body = holder(net).body.kernel.detach().clone()
    losses = train(net, x, y, steps=20)
    assert losses[-1] < 0.8 * losses[0]
    assert not torch.equal(new.weight, first) and not torch.equal(holder(net).body.kernel, body)
    assert torch.equal(old.kernel, kept)
    assert [name.split(".")[-2:] for name in net.state_dict()][-2:] == [["head", "weight"], ["head", "bias"]]


@pytest.mark.parametrize("kind", WHOLE)
@native("net.head = nn.Linear(...)", "fit, predict, summary, count_params and save_weights see the new head")
def test_child_replaced_for_lanthorn(kind, xy, tmp_path, capsys):
    model, (x, y) = make(kind), xy
    net, twin = model.torch(), make(kind).torch()
    new = torch.nn.Linear(8, 3, bias=False)
    holder(net).head, holder(twin).head = new, torch.nn.Linear(8, 3, bias=False)
    with torch.no_grad():
        holder(twin).head.weight.copy_(new.weight)
    losses = fit(model, x, y)
    np.testing.assert_allclose(losses, train(twin, x, y), rtol=1e-4)
    close(model.predict(x.numpy(), verbose=0), new(holder(net).body(x)).detach())
    assert model.count_params() == 4 * 8 + 8 + 24
    model.summary(expand_nested=True)
    assert "24" in capsys.readouterr().out
    model.save_weights(tmp_path / "w.weights.h5")
    before = new.weight.detach().clone()
    with torch.no_grad():
        new.weight.zero_()
    model.load_weights(tmp_path / "w.weights.h5")
    close(new.weight, before, atol=0)


@pytest.mark.parametrize("kind", WHOLE)
@native("net.head = a user's Module", "a head of several layers with dropout follows train() and eval()")
def test_head_of_several_layers(kind, xy):
    model, (x, y) = make(kind), xy
    net = model.torch()
    holder(net).head = torch.nn.Sequential(torch.nn.Dropout(0.5), torch.nn.Linear(8, 3))
    assert not torch.equal(net.train()(x), net(x))
    assert torch.equal(net.eval()(x), net(x))
    np.testing.assert_allclose(model.predict(x.numpy(), verbose=0), net(x).detach(), rtol=1e-5, atol=1e-6)
    losses = fit(model, x, y, steps=30)
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("kind", ["sequential", "nested"])
@native("del net.head", "a child taken out of a chain is not called any more, and its weights are gone")
def test_child_removed(kind, xy):
    model, x = make(kind), xy[0]
    net = model.torch()
    del holder(net).head
    close(net(x), holder(net).body(x), atol=0)
    assert net(x).shape == (12, 8) and len(list(net.parameters())) == 2
    assert model.predict(x.numpy(), verbose=0).shape == (12, 8) and model.count_params() == 40


@pytest.mark.parametrize("kind", WHOLE)
@native("net.head = nn.Identity()", "a network becomes its features, for loops, predict and weights")
def test_child_replaced_by_identity(kind, xy):
    model, x = make(kind), xy[0]
    net = model.torch()
    holder(net).head = torch.nn.Identity()
    close(net(x), holder(net).body(x), atol=0)
    close(model.predict(x.numpy(), verbose=0), holder(net).body(x).detach())
    assert len(model.weights) == len(net.state_dict()) == 2


@pytest.mark.parametrize("how", ["del", "None"])
@pytest.mark.parametrize("kind", ["functional", "subclass"])
@native("del net.head, net.head = None", "where the model calls it: an error that names the layer and what to do")
def test_child_missing(kind, how, xy):
    net = make(kind).torch()
    if how == "del":
        del net.head
    else:
        net.head = None
    with pytest.raises(AttributeError, match="'head': was taken out .* torch.nn.Identity"):
        net(xy[0])
    net.head = torch.nn.Identity()
    assert net(xy[0]).shape == (12, 8)


class LoRA(torch.nn.Module):
    """What users write: a frozen layer with a small trained product beside it."""

    def __init__(self, base, inside, outside, rank=2):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.down = torch.nn.Parameter(torch.randn(inside, rank) * 0.3)
        self.up = torch.nn.Parameter(torch.zeros(rank, outside))

    def forward(self, x):
        return self.base(x) + x @ self.down @ self.up


@pytest.mark.parametrize("how", ["fit", "by hand"])
@pytest.mark.parametrize("kind", WHOLE)
@native("LoRA written by hand", "around each child: starts as the network, trains the small products and nothing else")
def test_lora(kind, how, xy):
    model, (x, y) = make(kind), xy
    net = model.torch()
    before, frozen = net(x).detach(), [w.copy() for w in model.get_weights()]
    inner = holder(net)
    inner.body, inner.head = LoRA(inner.body, 4, 8), LoRA(inner.head, 8, 3)
    close(net(x), before)
    assert [v.trainable for v in model.weights].count(True) == len(model.trainable_variables) == 4
    losses = fit(model, x, y, 20, 0.3) if how == "fit" else train(net, x, y, 20, 0.3)
    assert losses[-1] < 0.97 * losses[0] and inner.head.up.abs().sum() > 0 and inner.body.up.abs().sum() > 0
    for part, (kernel, bias) in zip((inner.body, inner.head), (frozen[:2], frozen[2:]), strict=True):
        assert np.array_equal(part.base.kernel, kernel) and np.array_equal(part.base.bias, bias)


@pytest.mark.parametrize("kind", KINDS)
@native("checkpoint_wrapper", "around children: the same losses, and the children's forward is run twice a step")
def test_checkpoint_wrapper(kind, xy):
    from torch.distributed.algorithms._checkpoint.checkpoint_wrapper import checkpoint_wrapper

    (x, y), net = xy, make(kind).torch()
    expected, calls = train(make(kind).torch(), x, y), []
    inner = net.body
    inner.register_forward_pre_hook(lambda *given: calls.append(1))
    net.body, net.head = checkpoint_wrapper(inner), checkpoint_wrapper(net.head)
    np.testing.assert_allclose(train(net, x, y), expected, rtol=1e-5)
    assert len(calls) == 10


@pytest.mark.parametrize("kind", KINDS)
@native("torch.nn.Sequential(net, ...)", "a network is a part of another, and a child of two")
def test_part_of_another(kind, xy):
    (x, y), net = xy, make(kind).torch()
    whole = torch.nn.Sequential(net, torch.nn.Linear(3, 3))
    before = net.body.kernel.detach().clone()
    losses = train(whole, x, y, 20)
    assert losses[-1] < losses[0] and not torch.equal(before, net.body.kernel)


@native(
    "ModuleDict, add_module, get_submodule, apply", "what was put in by any of them is found by name and applied to"
)
def test_by_name(xy):
    net, x = make().torch(), xy[0]
    net.add_module("head", torch.nn.Linear(8, 5))
    assert net(x).shape == (12, 5) and net.get_submodule("head") is net.head
    net.apply(lambda m: torch.nn.init.zeros_(m.weight) if isinstance(m, torch.nn.Linear) else None)
    close(net(x), net.head.bias.expand(12, 5))
    net._modules["head"] = torch.nn.Linear(8, 2)
    assert net(x).shape == (12, 2)
