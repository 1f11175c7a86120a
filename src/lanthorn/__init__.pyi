# Written by tools/make_stubs.py: names that are loaded when they are used. Do not edit.

from typing import Any

from . import activations as activations
from . import applications as applications
from . import backend as backend
from . import callbacks as callbacks
from . import config as config
from . import constraints as constraints
from . import data as data
from . import datasets as datasets
from . import distillation as distillation
from . import dtype_policies as dtype_policies
from . import engines as engines
from . import export as export
from . import initializers as initializers
from . import layers as layers
from . import losses as losses
from . import metrics as metrics
from . import mixed_precision as mixed_precision
from . import models as models
from . import ops as ops
from . import optimizers as optimizers
from . import photos as photos
from . import preprocessing as preprocessing
from . import random as random
from . import regularizers as regularizers
from . import saving as saving
from . import training as training
from . import tree as tree
from . import utils as utils
from . import vision as vision
from . import visualization as visualization
from . import wrappers as wrappers
from .core.dtypes import DTypePolicy as DTypePolicy
from .core.dtypes import FloatDTypePolicy as FloatDTypePolicy
from .core.dtypes import dtype_policy as dtype_policy
from .core.dtypes import set_dtype_policy as set_dtype_policy
from .core.function import Function as Function
from .core.function import Operation as Operation
from .core.functional_call import functional_call as functional_call
from .core.input_spec import InputSpec as InputSpec
from .core.layer import Layer as Layer
from .core.naming import name_scope as name_scope
from .core.remat import RematScope as RematScope
from .core.seeds import set_random_seed as set_random_seed
from .core.stateless import StatelessScope as StatelessScope
from .core.symbolic import SymbolicTensor as KerasTensor
from .core.symbolic import SymbolicTensor as SymbolicTensor
from .core.variable import Variable as Variable
from .engines import SymbolicScope as SymbolicScope
from .engines import device as device
from .engines import get_engine as get_engine
from .engines import remat as remat
from .engines import set_engine as set_engine
from .initializers.base import Initializer as Initializer
from .losses.base import Loss as Loss
from .metrics.base import Metric as Metric
from .models.input_layer import Input as Input
from .models.model import Model as Functional
from .models.model import Model as Model
from .models.sequential import Sequential as Sequential
from .optimizers.base import Optimizer as Optimizer
from .photos.checking import check as check
from .photos.evaluation import evaluate as evaluate
from .photos.naming import predict as predict
from .photos.reporting.making import report as report
from .photos.training import train as train
from .regularizers import Regularizer as Regularizer
from .saving.api import load_model as load_model

__version__: str
def version(*args: Any, **kwargs: Any) -> Any: ...

__all__ = [
    "DTypePolicy",
    "FloatDTypePolicy",
    "Function",
    "Functional",
    "Initializer",
    "Input",
    "InputSpec",
    "KerasTensor",
    "Layer",
    "Loss",
    "Metric",
    "Model",
    "Operation",
    "Optimizer",
    "Regularizer",
    "RematScope",
    "Sequential",
    "StatelessScope",
    "SymbolicScope",
    "SymbolicTensor",
    "Variable",
    "__version__",
    "activations",
    "applications",
    "backend",
    "callbacks",
    "check",
    "config",
    "constraints",
    "data",
    "datasets",
    "device",
    "distillation",
    "dtype_policies",
    "dtype_policy",
    "engines",
    "evaluate",
    "export",
    "functional_call",
    "get_engine",
    "initializers",
    "layers",
    "load_model",
    "losses",
    "metrics",
    "mixed_precision",
    "models",
    "name_scope",
    "ops",
    "optimizers",
    "photos",
    "predict",
    "preprocessing",
    "random",
    "regularizers",
    "remat",
    "report",
    "saving",
    "set_dtype_policy",
    "set_engine",
    "set_random_seed",
    "train",
    "training",
    "tree",
    "utils",
    "version",
    "vision",
    "visualization",
    "wrappers",
]
