"""Hooks of torch: they see, and change, inputs, outputs and gradients of a model."""

import pytest
from torch_nets import KINDS, close, data, fit, loss_of, make, torch

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


def gradients(net):
    return [p.grad.clone() for p in net.parameters()]


# -- hooks ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", KINDS)
@native(
    "register_forward_pre_hook, register_forward_hook", "inputs and outputs of a child changed: for loops and predict"
)
def test_hooks_that_change(kind, xy):
    model, x = make(kind), xy[0]
    net = model.torch()
    body, head, before = net.body(x), net.head, net(x)
    first = head.register_forward_pre_hook(lambda m, args: (args[0] * 2,))
    second = head.register_forward_hook(lambda m, args, out: out + 7)
    expected = (body * 2) @ head.kernel + head.bias + 7
    close(net(x), expected)
    close(model.predict(x.numpy(), verbose=0), expected.detach())
    close(model(x), expected)
    first.remove()
    second.remove()
    close(net(x), before)


@pytest.mark.parametrize("kind", KINDS)
@native("hooks with_kwargs, prepend, always_call", "what is called by name reaches the hook and is changed there")
def test_hooks_with_names(kind, xy):
    net, x, seen = make(kind).torch(), xy[0], []
    expected = net(x * 3)

    def triple(module, args, kwargs):
        seen.append(sorted(kwargs))
        name = next(iter(kwargs))
        return args, {**kwargs, name: kwargs[name] * 3}

    net.register_forward_pre_hook(triple, with_kwargs=True)
    close(net(**{net.names[0]: x}), expected)
    assert seen == [[net.names[0]]]


@pytest.mark.parametrize("kind", KINDS)
@native("register_full_backward_hook, _pre_hook", "gradients changed on their way are those that arrive below")
def test_backward_hooks(kind, xy):
    net, (x, y) = make(kind).torch(), xy
    loss_of(net, x, y).backward()
    before = gradients(net)
    net.zero_grad()
    net.head.register_full_backward_hook(lambda m, into, out: (into[0] * 2,))
    loss_of(net, x, y).backward()
    for name, grad, now in zip([n for n, _ in net.named_parameters()], before, gradients(net), strict=True):
        close(now, grad * 2 if name.startswith("body") else grad)
    net.zero_grad()
    net.head.register_full_backward_pre_hook(lambda m, out: (out[0] * 0,))
    loss_of(net, x, y).backward()
    assert all(p.grad.abs().sum() == 0 for p in net.parameters())


@native(
    "register_module_forward_hook", "a global hook sees every module, in the order of the call, and changes outputs"
)
def test_global_hooks(xy):
    net, x, seen = make().torch(), xy[0], []
    before = net(x)

    def watch(module, args, out):
        seen.append(type(module).__name__ if module is net else next(n for n, m in net.named_modules() if m is module))
        return out + 1 if module is net.head else None

    handle = torch.nn.modules.module.register_module_forward_hook(watch)
    try:
        out = net(x)
    finally:
        handle.remove()
    assert seen[:2] == ["body", "head"] and len(seen) == 3
    close(out, before + 1)


@pytest.mark.parametrize("kind", KINDS)
@native(
    "Tensor.register_hook, retain_grad",
    "on an entry: the gradient is changed before the step; a child's output keeps its",
)
def test_hooks_on_tensors(kind, xy):
    net, (x, y) = make(kind).torch(), xy
    kept = {}

    def keep(module, args, out):
        out.retain_grad()
        kept["out"] = out

    net.body.register_forward_hook(keep)
    net.head.kernel.register_hook(lambda grad: grad * 0 + 5)
    loss_of(net, x, y).backward()
    close(net.head.kernel.grad, torch.full((8, 3), 5.0))
    assert kept["out"].grad.abs().sum() > 0


@pytest.mark.parametrize("kind", KINDS)
@native("hooks on gradients, in fit", "of children, entries and after accumulation: called, and they change the step")
def test_gradient_hooks_in_fit(kind, xy):
    model, (x, y) = make(kind), xy
    net, seen = model.torch(), []
    kept, moved = net.head.kernel.detach().clone(), net.head.bias.detach().clone()
    net.head.register_full_backward_hook(lambda *given: seen.append("child"))
    net.head.kernel.register_hook(lambda grad: grad * 0)
    net.head.bias.register_post_accumulate_grad_hook(lambda p: seen.append(tuple(p.grad.shape)))
    net.body.bias.grad = torch.ones(8)  # what a loop has gathered stays
    fit(model, x, y, steps=2)
    assert sorted(map(str, seen)) == ["(3,)", "(3,)", "child", "child"]
    assert torch.equal(kept, net.head.kernel) and not torch.equal(moved, net.head.bias)
    assert torch.equal(net.body.bias.grad, torch.ones(8)) and net.head.bias.grad is None
