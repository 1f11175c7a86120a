"""What torch's tools do to parameters: assigned, tied, computed from others, pruned, cast, frozen."""

import pytest
from torch_nets import KINDS, close, data, fit, loss_of, make, torch, train

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


# -- assigned ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", KINDS)
@native("net.dense.kernel = nn.Parameter(...)", "the next call uses it, a loop and fit train it, the model counts it")
def test_parameter_replaced(kind, xy):
    model, (x, y) = make(kind), xy
    net, new = model.torch(), torch.nn.Parameter(torch.randn(8, 3))
    net.head.kernel = new
    close(net(x), net.body(x) @ new + net.head.bias)
    first = new.detach().clone()
    train(net, x, y, 2)
    second = new.detach().clone()
    assert not torch.equal(first, second)
    fit(model, x, y, 2)
    assert net.head.kernel is new and not torch.equal(second, new)
    close(model.get_layer("head").get_weights()[0], new.detach(), atol=0)


@pytest.mark.parametrize("kind", KINDS)
@native("net.b.kernel = net.a.kernel", "a tied weight is one: counted once, its gradient is the sum of both uses")
def test_tied_weights(kind, xy):
    class Two(keras.Model):
        def __init__(self):
            super().__init__()
            self.a, self.b = layers.Dense(4, name="a"), layers.Dense(4, name="b")

        def call(self, x):
            return self.b(self.a(x))

    if kind == "subclass":
        model = Two()
    else:
        model = keras.Sequential([keras.Input((4,)), layers.Dense(4, name="a"), layers.Dense(4, name="b")])
        model = model if kind == "sequential" else keras.Model(model.input, model.output)
    x = xy[0]
    model(x)
    net = model.torch()
    net.b.kernel = net.a.kernel
    close(net(x), (x @ net.a.kernel + net.a.bias) @ net.a.kernel + net.b.bias)
    assert len(list(net.parameters())) == len(model.weights) == 3 and model.count_params() == 16 + 8
    net(x).square().sum().backward()
    kernel = net.a.kernel.detach().clone().requires_grad_()
    ((x @ kernel + net.a.bias) @ kernel + net.b.bias).square().sum().backward()
    close(net.a.kernel.grad, kernel.grad)
    model.compile("sgd", "mse")
    model.fit(x.numpy(), x.numpy(), epochs=2, verbose=0)
    assert net.b.kernel is net.a.kernel


@pytest.mark.parametrize("what", ["weight_norm", "spectral_norm", "orthogonal", "own"])
@pytest.mark.parametrize("kind", KINDS)
@native("torch.nn.utils.parametrize", "weight_norm, spectral_norm, orthogonal, own: computed, trained, removed again")
def test_parametrize(kind, what, xy):
    from torch.nn.utils import parametrizations, parametrize

    class Symmetric(torch.nn.Module):
        def forward(self, w):
            return w.tanh()

    model, (x, y) = make(kind), xy
    net = model.torch()
    raw = net.head.kernel.detach().clone()
    if what == "own":
        parametrize.register_parametrization(net.head, "kernel", Symmetric())
    else:
        getattr(parametrizations, what)(net.head, "kernel")
    computed = net.eval().head.kernel.detach()
    expected = {
        "own": lambda: raw.tanh(),
        "weight_norm": lambda: raw,
        "orthogonal": lambda: computed,
        "spectral_norm": lambda: computed,
    }[what]()
    close(net(x), net.body(x) @ expected + net.head.bias)
    if what == "orthogonal":
        close(computed.T @ computed, torch.eye(3))
    if what == "spectral_norm":
        assert not torch.allclose(computed, raw)
    names = [n for n, _ in net.named_parameters()]
    assert any("parametrizations.kernel" in n for n in names) and "head.kernel" not in names
    losses = train(net.train(), x, y, 15)
    more = fit(model, x, y, 15)
    assert more[-1] < losses[-1] < losses[0]
    kernel = net.eval().head.kernel.detach().clone()
    if what == "orthogonal":
        close(kernel.T @ kernel, torch.eye(3))
    out = net(x).detach()
    close(model.predict(x.numpy(), verbose=0), out)
    parametrize.remove_parametrizations(net.head, "kernel")
    close(net(x), out)
    close(net.head.kernel.detach(), kernel)
    assert train(net, x, y, 5)[-1] < more[0] and not torch.equal(net.head.kernel, kernel)


@pytest.mark.parametrize("kind", KINDS)
@native(
    "torch.nn.utils.prune", "l1_unstructured: zeros stay zeros in training by hand and by fit; remove() makes it plain"
)
def test_prune(kind, xy):
    from torch.nn.utils import prune

    model, (x, y) = make(kind), xy
    net = model.torch()
    prune.l1_unstructured(net.head, "kernel", amount=0.5)
    zero = net.head.kernel == 0
    assert zero.sum() == 12
    close(net(x), net.body(x) @ (net.head.kernel_orig * net.head.kernel_mask) + net.head.bias)
    before = net.head.kernel_orig.detach().clone()
    train(net, x, y)
    fit(model, x, y)
    net(x)
    assert torch.equal(net.head.kernel == 0, zero) and not torch.equal(before, net.head.kernel_orig)
    out = model.predict(x.numpy(), verbose=0)
    prune.remove(net.head, "kernel")
    close(net(x).detach(), out)
    assert isinstance(net.head.kernel, torch.nn.Parameter) and torch.equal(net.head.kernel == 0, zero)
    assert len(model.weights) == 4


@pytest.mark.parametrize("kind", KINDS)
@native("prune.global_unstructured", "the smallest of all kernels together are zero, and the outputs those of zeros")
def test_prune_globally(kind, xy):
    from torch.nn.utils import prune

    net, x = make(kind).torch(), xy[0]
    parts, before = [(net.body, "kernel"), (net.head, "kernel")], net(x)
    prune.global_unstructured(parts, pruning_method=prune.L1Unstructured, amount=0.25)
    assert sum(int((getattr(m, n) == 0).sum()) for m, n in parts) == 14
    close(net(x), torch.tanh(x @ net.body.kernel + net.body.bias) @ net.head.kernel + net.head.bias)
    assert not torch.allclose(net(x), before)


# -- places and states
@native("torch.device('meta'), to_empty, load_state_dict", "emptied and filled again, a network gives what it gave")
def test_meta_and_to_empty(xy):
    model, x = make(), xy[0]
    net, before = model.torch(), model.torch()(x)
    state = {k: v.clone() for k, v in net.state_dict().items()}
    net.to("meta")
    assert net.body.kernel.is_meta and net(x.to("meta")).shape == (12, 3)
    net.to_empty(device="cpu")
    assert not net.body.kernel.is_meta
    net.load_state_dict(state)
    close(net(x), before)
    close(model.predict(x.numpy(), verbose=0), before.detach())


@pytest.mark.parametrize("kind", KINDS)
@native("load_state_dict(assign=True)", "the very tensors of the other state are used from then on")
def test_load_by_assignment(kind, xy):
    model, other, x = make(kind), make(kind, seed=7), xy[0]
    net, state = model.torch(), other.torch().state_dict()
    net.load_state_dict(state, assign=True)
    close(net(x), other(x))
    assert net.head.kernel.data_ptr() == state["head.kernel"].data_ptr()
    with torch.no_grad():
        state["head.bias"].add_(1)
    close(net(x), other(x))
    before = net.head.kernel.detach().clone()
    fit(model, *xy)
    assert not torch.equal(before, net.head.kernel)


# -- written into -----------------------------------------------------------------------------------------------------
@native("torch.nn.init", "what was drawn into an entry is what the next call uses")
def test_init(xy):
    model, x = make(), xy[0]
    net = model.torch()
    torch.nn.init.zeros_(net.head.kernel)
    torch.nn.init.constant_(net.head.bias, 2.0)
    close(net(x), torch.full((12, 3), 2.0))
    close(model.predict(x.numpy(), verbose=0), torch.full((12, 3), 2.0))


@pytest.mark.parametrize("kind", KINDS)
@native("parameters_to_vector, vector_to_parameters", "the vector of one network makes another its twin")
def test_vector(kind, xy):
    from torch.nn.utils import parameters_to_vector, vector_to_parameters

    net, other, x = make(kind).torch(), make(kind, seed=9).torch(), xy[0]
    vector_to_parameters(parameters_to_vector(other.parameters()).detach(), net.parameters())
    close(net(x), other(x), atol=0)


@native("torch.nn.utils.clip_grad_norm_", "gradients have the norm asked for, and the step is the clipped one")
def test_clip(xy):
    net, (x, y) = make().torch(), xy
    (100 * loss_of(net, x, y)).backward()
    before = torch.nn.utils.clip_grad_norm_(net.parameters(), 0.5)
    norm = torch.cat([p.grad.flatten() for p in net.parameters()]).norm()
    assert before > 1
    close(norm, 0.5)
    kernel = net.head.kernel.detach().clone()
    torch.optim.SGD(net.parameters(), lr=1.0).step()
    close(net.head.kernel, kernel - net.head.kernel.grad)


@pytest.mark.parametrize("kind", [*KINDS, "nested"])
@native("requires_grad_(False)", "a frozen part is left alone by fit and by a loop; the other is trained")
def test_frozen(kind, xy):
    model, (x, y) = make(kind), xy
    net = model.torch()
    body, head = (getattr(net.inner if kind == "nested" else net, name) for name in ("body", "head"))
    body.requires_grad_(False)
    kept, first = body.kernel.detach().clone(), head.kernel.detach().clone()
    assert len(model.trainable_weights) == len(model.non_trainable_weights) == 2
    fit(model, x, y)
    assert torch.equal(body.kernel, kept) and not torch.equal(head.kernel, first)
    second = head.kernel.detach().clone()
    train(net, x, y)
    assert torch.equal(body.kernel, kept) and not torch.equal(head.kernel, second)
    body.requires_grad_(True)
    fit(model, x, y)
    assert not torch.equal(body.kernel, kept)
