"""PyTorch: eager, with the fused kernels of torch for what they compute."""

import sys
import time
from contextlib import contextmanager

import numpy as np
import torch
from torch.overrides import TorchFunctionMode

from ..core import tree
from ..core.variable import Variable
from ..ops.adapters.torch import sent
from .base import Engine, Spec
from .memory import keep_freed_memory
from .torch_gradients import is_spread, taker
from .torch_scopes import flash_attention, on_device, overhear, remat
from .torch_tree import meet_layers

PATIENCE = 0.7  # seconds of computing for shapes before `meta` is worth its import

DTYPES = {str(d).removeprefix("torch."): d for d in vars(torch).values() if isinstance(d, torch.dtype)}
NAMES = {d: str(d).removeprefix("torch.") for d in DTYPES.values()}


class _OnMeta(TorchFunctionMode):
    """Runs every torch function on the `meta` device: shapes and dtypes, no data."""

    paused = False

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if self.paused:
            return func(*args, **kwargs)
        args, kwargs = tree.map(_meta, args), tree.map(_meta, kwargs)
        if kwargs.get("device") is not None:
            kwargs["device"] = "meta"
        return tree.map(_meta, func(*args, **kwargs))


def _meta(x):
    x = x.value if type(x) is Variable else x
    return x.to("meta") if isinstance(x, torch.Tensor) and x.device.type != "meta" else x


class TorchEngine(Engine):
    name = "torch"
    flash_attention, on_device, overhear, remat = flash_attention, on_device, overhear, remat
    normalizes_halves = True
    computes_shapes = True

    def __init__(self):
        super().__init__()
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        meet_layers()
        if self.device.type == "cpu":
            keep_freed_memory()
        self._mode: _OnMeta | None = None
        self._seconds_on_shapes = 0.0

    # -- arrays --------------------------------------------------------------------------------------------------
    def array(self, x, dtype=None):
        if not isinstance(x, torch.Tensor):
            x = np.asarray(x)
            if x.dtype == np.float64 and dtype is None:
                dtype = "float32"
            if not x.flags.writeable or any(s < 0 for s in x.strides):
                x = x.copy()  # torch shares memory with NumPy, and only with writeable arrays
            half = x.dtype.kind == "V"  # bfloat16 (asking for the name takes 6 us)
            x = torch.from_numpy(x.astype(np.float32)).bfloat16() if half else torch.from_numpy(x)
        dtype = DTYPES[dtype] if dtype else x.dtype
        if x.dtype is dtype and x.device == self.device:
            return x
        return x if x.device.type == "meta" and x.dtype is dtype else sent(x, self._place(x), dtype)

    def _place(self, x):
        return x.device if x.device.type == "meta" else self.device

    def to_numpy(self, x):
        x = x.detach()
        x = (x.full_tensor() if is_spread(x) else x).cpu()  # FSDP: every process asks for the whole
        return (x.float() if x.dtype is torch.bfloat16 else x).numpy().copy()

    def is_storage(self, x):
        return isinstance(x, torch.Tensor) and x.is_leaf

    def variable(self, array, dtype, trainable):
        if array.ndim in (4, 5):  # output channels outermost in memory: what torch's convolutions read without a copy
            array = np.moveaxis(np.ascontiguousarray(np.moveaxis(array, -1, 0)), 0, -1)
        else:  # row by row: a matrix that was drawn transposed is no matrix that fused optimizers take
            array = np.asarray(array, order="C")
        value = torch.tensor(array, dtype=DTYPES[dtype], device=self.device) if array.ndim not in (4, 5) else (
            torch.from_numpy(array).to(self.device, DTYPES[dtype])
        )  # fmt: skip
        if not trainable:
            return value
        return torch.nn.Parameter(value, requires_grad=value.is_floating_point())

    def assign(self, variable, value):
        if self.abstract:
            return
        target = variable.value
        if not isinstance(value, torch.Tensor):
            value = self.array(value)
        if value.shape != target.shape:
            raise ValueError(
                f"Variable '{variable.path}': expected a value of shape {variable.shape}, got {tuple(value.shape)}."
            )
        target.detach().copy_(value.detach())

    def swappable(self, value, dtype):
        return self.array(value).clone()  # a clone passes gradients on to the value it was made from

    def assign_add(self, variable, value):
        if not self.abstract:
            variable.value.detach().add_(value.detach() if isinstance(value, torch.Tensor) else value)

    def set_trainable(self, variable, flag):
        variable.value.requires_grad_(flag and variable.value.is_floating_point())

    def dtype_of(self, value):
        return NAMES[value.dtype]

    # -- modules (see `torch_module.py`) ----------------------------------------------------------------------------
    def trains(self, value):
        return value.requires_grad

    def call_module(self, module, args, kwargs, asked=False):
        from .torch_tree import call, told

        if asked and kwargs.get("training") is None and not told(module):
            kwargs["training"] = False  # as for any layer that is called the Keras way
        return call(module, args, kwargs)

    def mode(self, modules, training):
        from .torch_tree import mode

        return mode(torch.nn.ModuleList(modules), training)

    def entries(self, module):
        from .torch_tree import entries

        return entries(module)

    def present_children(self, module, held):
        from .torch_tree import present_children

        return present_children(module, held)

    def swap_entry(self, variable):
        home, key = variable.home, variable.key
        place = next((d for d in (home._parameters, home._buffers) if key in d), home.__dict__)

        def swap(value):
            before, place[key] = place[key], value
            return before

        return swap

    def present(self, module, layer):
        from .torch_tree import present

        return present(module, layer)

    def named_children(self, module):
        from .torch_tree import named_children

        return named_children(module)

    def as_module(self, layer, name):
        from .torch_module import as_module

        return as_module(layer, name)

    # -- running ------------------------------------------------------------------------------------------------
    @contextmanager
    def outside(self):
        mode = self._mode
        if mode is None:
            yield
            return
        mode.paused = True
        try:
            yield
        finally:
            mode.paused = False

    def no_grad(self):
        return torch.no_grad()

    def seed(self, seed):
        torch.manual_seed(seed)

    def devices(self):
        found = [f"cuda:{i} ({torch.cuda.get_device_name(i)})" for i in range(torch.cuda.device_count())]
        return [*found, "cpu"]

    def version(self):
        return torch.__version__

    def _eval_concrete(self, fn, args):
        """Shapes by running on small real arrays, or without data on the device `meta`.

        torch imports its compiler (1.5 s) at the first operation on `meta`. Most models are drawn in less time by
        computing, so that is what is done until the computing has cost as much as the import; with empty arrays
        always, because each operation on `meta` costs twice as much as on those.
        """
        empty = any(0 in spec.shape for spec in tree.leaves(args))
        real = empty or "torch._dynamo" not in sys.modules and self._seconds_on_shapes < PATIENCE
        with torch.no_grad():
            if real or self._mode is not None:
                start = time.perf_counter()
                device = self.device if self._mode is None else "meta"
                values = tree.map(lambda s: torch.zeros(s.shape, dtype=DTYPES[s.dtype], device=device), args)
                result = fn(*values)
                self._seconds_on_shapes += time.perf_counter() - start
            else:
                result = self._on_meta(fn, args)
        return tree.map(lambda x: Spec(tuple(x.shape), NAMES[x.dtype]), result)

    def _on_meta(self, fn, args):
        self._mode = _OnMeta()
        try:
            values = tree.map(lambda s: torch.empty(s.shape, dtype=DTYPES[s.dtype], device="meta"), args)
            with self._mode:
                return fn(*values)
        finally:
            self._mode = None

    # -- training -----------------------------------------------------------------------------------------------
    def compile_train(self, step):
        to_device, loss_of = self.array, self._compiled(step.loss) if step.jit_compile else step.loss
        gradients = taker(step)

        def train(x, y, w):
            x, y, w = tree.map(to_device, x), tree.map(to_device, y), tree.map(to_device, w)
            loss, outputs = loss_of(x, y, w, training=True)
            grads = gradients(step.scaled(loss))
            with torch.no_grad():
                step.update(grads)
                step.measure(y, outputs, w, loss)

        return train

    def gradient_of(self, function, x):
        with torch.inference_mode(False), torch.enable_grad():
            leaf = self.array(x).detach().clone().requires_grad_(True)
            values = function(leaf * 1)  # a module that works in place may not write into a leaf
            (gradient,) = torch.autograd.grad(values.sum(), leaf, allow_unused=True)
        return values.detach(), torch.zeros_like(leaf) if gradient is None else gradient

    def gradients(self, function, arrays):
        again = torch.is_grad_enabled()
        with torch.inference_mode(False), torch.enable_grad():
            arrays = [x if x.requires_grad else x.detach().clone().requires_grad_(True) for x in arrays]
            found = torch.autograd.grad(
                function([x * 1 for x in arrays]), arrays, create_graph=again, allow_unused=True
            )
        return [torch.zeros_like(x) if g is None else g for x, g in zip(arrays, found)]

    def _compiled(self, fn):
        """`fn` by torch's compiler; on a GPU as a CUDA graph, which the processor starts in one call."""
        return torch.compile(fn, mode="reduce-overhead" if self.device.type == "cuda" else "default")

    def compile_eval(self, step):
        def evaluate(x, y, w):
            x, y, w = tree.map(self.array, x), tree.map(self.array, y), tree.map(self.array, w)
            with torch.no_grad():
                loss, outputs = step.loss(x, y, w, training=False)
                step.measure(y, outputs, w, loss)

        return evaluate

    def compile_predict(self, model):
        def predict(x):
            with torch.no_grad():
                return model(tree.map(self.array, x), training=False)

        return predict

    def fused_clip(self, kind, grads, limit):
        from .torch_foreach import clip

        return clip(kind, grads, limit)

    def fused_update(self, optimizer, grads, variables):
        from .torch_fused import fused_update

        return fused_update(optimizer, grads, variables)

    def native(self, model):
        from .torch_module import view

        return view(model)


ENGINE = TorchEngine()
