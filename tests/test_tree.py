"""`lanthorn.tree` against `keras.tree` on nests of every kind."""

from collections import OrderedDict, defaultdict, deque, namedtuple

import numpy as np
import pytest

import lanthorn
from lanthorn import tree

Point = namedtuple("Point", ["x", "y"])
Other = namedtuple("Point", ["x", "y"])
NESTS = [
    42,
    None,
    [],
    {},
    [1, None, [2, (3,)]],
    {"a": [2, {"c": 3, "d": None}], "b": 1},
    OrderedDict([("b", 1), ("a", (2, 3))]),
    defaultdict(list, {"y": [2], "z": 1}),
    deque([1, [2], 3]),
    Point(1, Point([2], None)),
    [{"shape": (None, 3)}, ((2, 4), [5, 6])],
]


@pytest.mark.parametrize("nest", NESTS, ids=repr)
def test_walks_are_those_of_keras(keras, nest):
    theirs = keras.tree
    assert tree.is_nested(nest) == theirs.is_nested(nest)
    assert tree.flatten(nest) == theirs.flatten(nest)
    leaves = tree.flatten(nest)
    assert [path for path, _ in tree.flatten_with_path(nest)] == [tuple(p) for p, _ in theirs.flatten_with_path(nest)]
    for ours, wanted in (
        (tree.pack_sequence_as(nest, leaves), nest),
        (tree.map_structure(str, nest), theirs.map_structure(str, nest)),
        (tree.map_structure(str, nest, none_is_leaf=False), theirs.map_structure(str, nest, none_is_leaf=False)),
        (tree.lists_to_tuples(nest), theirs.lists_to_tuples(nest)),
        (tree.map_shape_structure(str, nest), theirs.map_shape_structure(str, nest)),
    ):
        assert ours == wanted and type(ours) is type(wanted)


@pytest.mark.parametrize("top_down", [True, False])
@pytest.mark.parametrize("nest", NESTS, ids=repr)
def test_traverse_sees_what_keras_sees(keras, nest, top_down):
    seen = {}
    for module in (tree, keras.tree):
        listed = seen[module] = []

        def visit(x, module=module, listed=listed):
            listed.append(repr(x))
            if x == [2]:
                return "two"
            return module.MAP_TO_NONE if x == 3 else None

        listed.append(module.traverse(visit, nest, top_down=top_down))
    assert seen[tree] == seen[keras.tree]


PAIRS = [
    ([(0, 1)], [(2, 3)]),
    ([0, 1], (0, 1)),
    (Point(0, 1), Point(2, 3)),
    (Point(0, 1), Other(2, 3)),
    ({"a": 1, "b": 2}, OrderedDict([("b", 1), ("a", 2)])),
    ({"a": 1}, {"b": 1}),
    ([1, [2]], [1, 2]),
    ([1], [1, 2]),
    (deque([1]), [1]),
]


@pytest.mark.parametrize("a, b", PAIRS, ids=repr)
@pytest.mark.parametrize("name", ["assert_same_structure", "assert_same_paths", "map_structure"])
def test_what_matches_is_what_keras_lets_match(keras, name, a, b):
    def passes(module):
        given = ((lambda x, y: (x, y)), a, b) if name == "map_structure" else (a, b)
        try:
            return True, getattr(module, name)(*given)
        except ValueError:
            return False, None

    assert passes(tree) == passes(keras.tree)


def test_dicts_go_by_their_sorted_keys_and_keep_their_own_order():
    nest = {"b": 1, "a": [2, {"d": 3, "c": None}]}
    assert tree.flatten(nest) == [2, None, 3, 1]
    packed = tree.pack_sequence_as(nest, "wxyz")
    assert packed == {"b": "z", "a": ["w", {"d": "y", "c": "x"}]} and list(packed) == ["b", "a"]


def test_up_to_a_shallow_structure():
    assert tree.map_structure_up_to([None, [None, None]], str, [[1, 1], [2, 2]]) == ["[1, 1]", ["2", "2"]]
    with pytest.raises(ValueError, match="same nested structure"):
        tree.map_structure_up_to([[None], None], str, [1, 2])


def test_errors_say_what_is_wrong():
    with pytest.raises(TypeError, match="function"):
        tree.map_structure(1, [1])
    with pytest.raises(ValueError, match="at least one"):
        tree.map_structure(str)
    with pytest.raises(ValueError, match="2 leaves, got 3"):
        tree.pack_sequence_as([1, 2], [1, 2, 3])
    with pytest.raises(TypeError):
        tree.pack_sequence_as([1], 1)
    with pytest.warns(DeprecationWarning, match="check_types"):
        tree.assert_same_structure([1], [2], check_types=True)


def test_a_nest_of_symbolic_tensors_becomes_a_model(engine):
    inputs = {"b": lanthorn.Input((2,)), "a": lanthorn.Input((3,))}
    outputs = tree.map_structure(lambda x: lanthorn.ops.sum(x, axis=-1), inputs)
    found = lanthorn.Model(inputs, outputs)({"b": np.ones((1, 2), "float32"), "a": np.ones((1, 3), "float32")})
    assert [float(x[0]) for x in tree.flatten(found)] == [3, 2]
