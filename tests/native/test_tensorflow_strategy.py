"""`tf.distribute` on two logical processors, each case in a process of its own (see strategy_cases.py)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("tensorflow")


def run(*case, file="strategy_cases.py"):
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow"}
    command = [sys.executable, str(Path(__file__).with_name(file)), *map(str, case)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.stdout.strip().endswith("done"), done.stderr[-3000:]


def native(tool, checked):
    return pytest.mark.native(tool, checked, package="tensorflow")


pytestmark = pytest.mark.slow


@native(
    "MirroredStrategy, fit in the scope", "both replicas work; losses, metrics, weights, slots of one device to 1e-5"
)
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_inside_the_scope(optimizer):
    run("inside", optimizer)


@native("MirroredStrategy, fit outside the scope", "the same, the last batch shorter than there are replicas")
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_outside_the_scope(optimizer):
    run("outside", optimizer)


@native(
    "strategy.run in a loop of one's own", "losses, weights and metrics of one device; optimizer and metrics add up"
)
def test_custom_loop():
    run("custom_loop")


@native("BatchNormalization under a strategy", "statistics of each replica's part, kept as their mean, equal on both")
def test_normalization():
    run("normalization")


@native("BatchNormalization(synchronized=True)", "statistics of the whole batch: losses and weights of one device")
def test_synchronized_normalization():
    run("synchronized_normalization", file="strategy_kin.py")


@native("OneDeviceStrategy, MirroredStrategy of one, the default strategy", "what comes without one, on that device")
def test_other_strategies():
    run("other_strategies")


@pytest.mark.parametrize("case", ["late", "eagerly", "weights_made_elsewhere", "dropout", "refusals"])
def test_kin(case):
    run(case)


@pytest.mark.parametrize("case", ["masks", "several_inputs_and_outputs", "ways_to_train"])
def test_other_models_and_ways_to_train(case):
    run(case, file="strategy_kin.py")


def test_weights_are_set_on_every_replica(tmp_path):
    run("weights", tmp_path, file="strategy_kin.py")
