"""The names of `lanthorn.utils`: all there, none loaded before it is used."""

import subprocess
import sys

import numpy as np
import pytest

import lanthorn
from lanthorn import utils


@pytest.mark.parametrize("name", utils.__all__)
def test_every_name_is_there(name):
    assert getattr(utils, name) is not None
    assert name in dir(utils)


def test_an_unknown_name_says_so():
    with pytest.raises(AttributeError, match="plot_modle"):
        _ = utils.plot_modle


def test_nothing_heavy_is_loaded():
    code = (
        "import sys, lanthorn.utils, lanthorn.applications, lanthorn.backend, lanthorn.utils.data_utils;"
        "heavy = {'torch', 'jax', 'tensorflow', 'h5py', 'PIL', 'cv2', 'matplotlib'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_data_set_of_ones_own(rng):
    class Halves(utils.PyDataset):
        def __len__(self):
            return 2

        def __getitem__(self, index):
            return np.full((4, 2), index), np.zeros(4)

    data = Halves(workers=2)
    assert [batch[0][0, 0] for batch in data] == [0, 1]
    assert (data.num_batches, data.workers, utils.Sequence) == (2, 2, utils.PyDataset)


def test_a_data_set_without_its_methods_says_what_to_define():
    class Empty(utils.PyDataset):
        pass

    with pytest.raises(TypeError, match="Empty: define __len__"):
        len(Empty())
    with pytest.raises(TypeError, match="Empty: define __getitem__"):
        Empty()[0]


def test_count_params_counts_a_shared_weight_once(engine):
    v = lanthorn.Variable(np.zeros((3, 4), "float32"))
    assert utils.layer_utils.count_params([v, v]) == 12
