"""Configs of every layer, loss, metric, optimizer and initializer are read by Keras, and Keras's by us."""

import inspect
import json
from importlib import import_module

import numpy as np
import pytest

import lanthorn
from lanthorn import layers, saving

ARGUMENTS = {
    "Dense": (3,), "EinsumDense": ("ab,bc->ac", 4), "Activation": ("relu",), "Embedding": (5, 3), "Reshape": ((2, -1),),
    "Permute": ((2, 1),), "RepeatVector": (3,), "Dropout": (0.3,), "Dot": (1,), "Rescaling": (2.0,),
    "MultiHeadAttention": (2, 3), "Resizing": (4, 4), "CenterCrop": (4, 4), "GaussianNoise": (0.1,),
    "GaussianDropout": (0.1,), "AlphaDropout": (0.1,), "ReversibleEmbedding": (5, 3),
    "Constant": (1.0,), "MeanIoU": (3,), "IoU": (3, [0]), "OneHotIoU": (3, [0]),
    "OneHotMeanIoU": (3,), "BinaryIoU": ([0],), "PrecisionAtRecall": (0.5,), "RecallAtPrecision": (0.5,),
    "SensitivityAtSpecificity": (0.5,), "SpecificityAtSensitivity": (0.5,), "InputLayer": ((3,),),
    "CategoryEncoding": (3,), "Discretization": ([0.0, 1.5],), "Hashing": (3,), "HashedCrossing": (3,),
    "MaxNumBoundingBoxes": (5,), "RandomPosterization": (4,), "RandomCrop": (4, 4, 7),
    **{f"Random{kind}": (0.2,) for kind in (
        "Brightness", "ColorDegeneration", "Contrast", "Hue", "Rotation", "Saturation", "Sharpness", "Zoom")},
    "RandomTranslation": (0.2, 0.1),
    **dict.fromkeys(("LSTM", "GRU", "SimpleRNN", "LSTMCell", "GRUCell", "SimpleRNNCell"), (4,)),
    **{f"SpatialDropout{r}D": (0.1,) for r in (1, 2, 3)},
    **{f"{kind}{r}D": (4, 3) for kind in ("Conv", "SeparableConv", "ConvLSTM") for r in (1, 2, 3)},
    **{f"Conv{r}DTranspose": (4, 3) for r in (1, 2, 3)},
    **{f"DepthwiseConv{r}D": (3,) for r in (1, 2, 3)},
    **{f"AveragePooling{r}D": (2,) for r in (1, 2, 3)},
    **{f"MaxPooling{r}D": (2,) for r in (1, 2, 3)},
    **{f"Adaptive{kind}Pooling{r}D": (2,) for kind in ("Average", "Max") for r in (1, 2, 3)},
}  # fmt: skip
HOLDING = {
    "RNN": lambda L: L.RNN(L.LSTMCell(3)),
    "StackedRNNCells": lambda L: L.StackedRNNCells([L.LSTMCell(3), L.GRUCell(3)]),
    "Bidirectional": lambda L: L.Bidirectional(L.LSTM(3)),
    "TimeDistributed": lambda L: L.TimeDistributed(L.Dense(3)),
    "SpectralNormalization": lambda L: L.SpectralNormalization(L.Dense(3)),
    "Pipeline": lambda L: L.Pipeline([L.RandomFlip(), L.Rescaling(2.0)]),
    "Wrapper": lambda L: L.Wrapper(L.Dense(3)),
}
NOT_MADE = ("Layer", "InputSpec", "Lambda", "Input")
LAYERS = [
    n for n in dir(layers)
    if n[:1].isupper() and n not in NOT_MADE and getattr(layers, n).__name__ == n
    and not getattr(layers, n).__module__.startswith("lanthorn.old")
]  # fmt: skip
BASES = {"Loss", "Metric", "Optimizer", "Initializer", "Regularizer", "Constraint", "LossFunctionWrapper",
         "MeanMetricWrapper", "LossScaleOptimizer", "MultiOptimizer", "OptimizerMap"}  # fmt: skip
KINDS = ("losses", "metrics", "optimizers", "initializers", "regularizers", "constraints")


@pytest.fixture(autouse=True)
def plain_engine():
    lanthorn.set_engine("numpy")
    yield
    lanthorn.set_engine(None)


def made(module, name):
    return HOLDING[name](module) if name in HOLDING else getattr(module, name)(*ARGUMENTS.get(name, ()))


def plain(data):
    """Through JSON, as a file does it; a copy, for Keras takes configs apart."""
    return json.loads(json.dumps(data), parse_float=lambda text: float(np.float32(text)))  # Keras rounds some so


@pytest.mark.parametrize("name", LAYERS)
def test_each_layers_config_goes_both_ways(keras, name):
    if not hasattr(keras.layers, name):
        pytest.skip("Keras has no such layer")
    ours = made(layers, name)
    config = plain(saving.serialize_keras_object(ours))
    theirs = keras.saving.deserialize_keras_object(plain(config))
    assert type(theirs).__name__ == name and theirs.name == ours.name
    back = saving.deserialize_keras_object(plain(keras.saving.serialize_keras_object(theirs)))
    assert type(back) is type(ours)
    assert plain(saving.serialize_keras_object(back)) == config  # nothing was lost on the way


def classes(kind):
    module = import_module(f"lanthorn.{kind}")
    found = {n for n in dir(module) if inspect.isclass(getattr(module, n)) and not n.startswith("_")}
    return sorted(n for n in found - BASES if getattr(module, n).__module__.startswith(f"lanthorn.{kind}"))


@pytest.mark.parametrize("kind", KINDS)
def test_other_classes_configs_go_both_ways(keras, kind):
    theirs, ours = getattr(keras, kind), import_module(f"lanthorn.{kind}")
    names = [name for name in classes(kind) if inspect.isclass(getattr(theirs, name, None))]
    assert len(names) >= 3
    for name in names:
        config = plain(saving.serialize_keras_object(made(ours, name)))
        read = keras.saving.deserialize_keras_object(plain(config))
        back = saving.deserialize_keras_object(plain(keras.saving.serialize_keras_object(read)))
        assert type(back) is getattr(ours, name), name
        assert plain(saving.serialize_keras_object(back)) == config, name


def test_schedules(keras):
    ours = lanthorn.optimizers.schedules.CosineDecay(0.1, 100, alpha=0.2)
    config = plain(saving.serialize_keras_object(ours))
    assert keras.saving.deserialize_keras_object(plain(config)).alpha == pytest.approx(0.2)
    assert saving.deserialize_keras_object(config).get_config() == pytest.approx(ours.get_config())


def test_structures_arrays_and_odd_values():
    data = {
        "numbers": [1, 2.5, True, None, np.float32(3.5)],
        "array": np.array([[1, 2]], "int16"),
        "slice": slice(1, None, 2),
        "dots": Ellipsis,
        "bytes": b"abc",
        "inner": {"shape": (1, 2)},
    }
    back = saving.deserialize_keras_object(plain(saving.serialize_keras_object(data)))
    assert back["numbers"] == [1, 2.5, True, None, 3.5] and back["slice"] == slice(1, None, 2)
    assert back["dots"] is Ellipsis and back["bytes"] == b"abc" and back["inner"] == {"shape": [1, 2]}
    np.testing.assert_array_equal(back["array"], [[1, 2]])
    assert back["array"].dtype == np.int16


def test_what_cannot_be_written_says_so():
    with pytest.raises(TypeError, match="a lambda has no name .*register_keras_serializable"):
        saving.serialize_keras_object(lambda x: x)
    with pytest.raises(TypeError, match=r"has no `get_config\(\)`"):
        saving.serialize_keras_object(object())


def test_shared_objects_are_made_once():
    from lanthorn.saving.serialize import reading_file

    config = {"module": "keras.initializers", "class_name": "Zeros", "config": {}, "shared_object_id": 7}
    with reading_file():
        first, second = saving.deserialize_keras_object([config, dict(config)])
    assert first is second
    first, second = saving.deserialize_keras_object([config, dict(config)])
    assert first is not second


@pytest.mark.parametrize(
    "policy", ["mixed_bfloat16", "float16", {"class_name": "Policy", "config": {"name": "float64"}}]
)
def test_dtype_policies(policy):
    config = {"class_name": "Dense", "config": {"units": 2, "dtype": policy}}
    dense = saving.deserialize_keras_object(config)
    written = plain(saving.serialize_keras_object(dense))["config"]["dtype"]["config"]["name"]
    assert written == (policy if isinstance(policy, str) else "float64")


def test_an_unknown_policy_is_refused():
    policy = {"class_name": "DTypePolicy", "config": {"name": "int8_from_float32"}}
    with pytest.raises(ValueError, match="dtype policy 'int8_from_float32'"):
        saving.deserialize_keras_object({"class_name": "Dense", "config": {"units": 2, "dtype": policy}})
