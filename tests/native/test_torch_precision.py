"""torch's tools on models of other dtypes: float64, bfloat16, mixed precision."""

import numpy as np
import pytest
from torch_nets import KINDS, close, data, fit, make, plain, torch, train

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


@pytest.mark.parametrize("kind", KINDS)
@native("net.to(torch.float64)", "computes and trains in float64, as the network by hand does")
def test_float64(kind, xy):
    model, (x, y) = make(kind), xy
    hand = plain(model).double()
    net = model.torch().to(torch.float64)
    out = net(x.double())
    assert out.dtype is torch.float64
    torch.testing.assert_close(out, hand(x.double()), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(train(net, x.double(), y), train(hand, x.double(), y), rtol=1e-12)


@native("net.to(torch.bfloat16).train()", "BatchNormalization keeps the statistics that BatchNorm1d keeps, and trains")
def test_bfloat16_with_normalization(xy):
    x = xy[0].bfloat16() * 3 + 1
    model = keras.Sequential([keras.Input((4,)), layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name="norm")])
    net, hand = model.torch().to(torch.bfloat16).train(), torch.nn.BatchNorm1d(4, momentum=0.1).bfloat16().train()
    for _ in range(3):
        ours, theirs = net(x), hand(x)
        close(ours, theirs, atol=2e-2)
    ours.square().sum().backward()
    assert ours.dtype is torch.bfloat16 and net.norm.gamma.grad.abs().sum() > 0
    assert net.norm.moving_mean.dtype is hand.running_mean.dtype is torch.bfloat16
    close(net.norm.moving_mean, hand.running_mean, atol=2e-2)
    # torch's own corrects the variance for the size of the batch, Keras's does not
    close((net.norm.moving_variance - 0.729) * 12 / 11 + 0.729, hand.running_var, atol=0.15)
    hand.load_state_dict(
        {
            "weight": net.norm.gamma,
            "bias": net.norm.beta,
            "running_mean": net.norm.moving_mean,
            "running_var": net.norm.moving_variance,
            "num_batches_tracked": hand.num_batches_tracked,
        }
    )
    close(net.eval()(x), hand.eval()(x), atol=5e-2)


@native(
    "parametrize, prune under other settings",
    "a computed kernel is penalised by its regularizer and cast by its policy",
)
@pytest.mark.parametrize("what", ["weight_norm", "prune"])
def test_computed_kernel_is_a_kernel(what, xy):
    import torch.nn.utils.prune

    (x, y), settings = xy, {"kernel_regularizer": keras.regularizers.L2(1.0), "dtype": "mixed_bfloat16"}
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="head", **settings)])
    net, before = model.torch(), float(model.losses[0].detach())
    if what == "prune":
        torch.nn.utils.prune.l1_unstructured(net.head, "kernel", amount=0.5)
    else:
        torch.nn.utils.parametrizations.weight_norm(net.head, "kernel")
    out = net(x)
    assert out.dtype is torch.bfloat16
    (penalty,) = model.losses
    close(penalty, net.head.kernel.square().sum())
    assert what == "weight_norm" or 0 < float(penalty.detach()) < before
    norm = float(net.head.kernel.detach().norm())
    fit(model, x, y, steps=20, lr=0.1)
    net(x)
    assert float(net.head.kernel.detach().norm()) < norm
    model.get_layer("head").trainable = False
    net(x)  # prune computes its kernel when the layer is called
    assert not model.losses


@native(
    "torch.compile, checkpoint, func under a policy",
    "mixed_bfloat16: a replaced kernel is used, gradients are not zero",
)
def test_mixed_precision(xy):
    from torch.utils.checkpoint import checkpoint

    (x, _), policy = xy, {"dtype": "mixed_bfloat16"}
    dense, norm = layers.Dense(8, name="body", **policy), layers.LayerNormalization(**policy)
    net = keras.Sequential([keras.Input((4,)), dense, norm, layers.Dense(3, name="head", **policy)]).torch()
    compiled = torch.compile(net, fullgraph=True, backend="aot_eager")
    close(compiled(x).float(), net(x).float(), atol=0.1)
    checkpoint(net, x, use_reentrant=False).float().square().sum().backward()
    grads = torch.func.grad(lambda p: torch.func.functional_call(net, p, (x,)).float().square().sum())(
        dict(net.named_parameters())
    )
    for name, parameter in net.named_parameters():
        assert parameter.grad.abs().sum() > 0 and parameter.dtype is torch.float32
        close(grads[name], parameter.grad)
    net.head.kernel = torch.nn.Parameter(torch.zeros(8, 3))
    torch.nn.init.constant_(net.head.bias, 2.0)
    close(compiled(x).float(), torch.full((12, 3), 2.0))
    torch.compiler.reset()
