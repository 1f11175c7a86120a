"""The user's names: exact ones first, scopes inside out, and no stand-ins for the library's own."""

import threading

import pytest

from lanthorn import saving
from lanthorn.core import custom_objects as registry


@pytest.fixture(autouse=True)
def clean():
    """What a test registers is gone after it."""
    before, names = dict(registry._registered), dict(registry._names)
    yield
    for known, now in ((registry._registered, before), (registry._names, names)):
        known.clear()
        known.update(now)


class Thing:
    def get_config(self):
        return {}


def test_registered_under_package_and_name():
    saving.register_keras_serializable("shop", "Gadget")(Thing)
    assert registry.registered_name(Thing) == saving.get_registered_name(Thing) == "shop>Gadget"
    assert registry.find_custom("shop>Gadget") is Thing
    assert saving.get_registered_object("shop>Gadget") is Thing
    assert registry.registered_name(test_registered_under_package_and_name) is None


def test_a_bare_name_finds_a_registered_object_only_when_asked_loosely():
    saving.register_keras_serializable("shop")(Thing)
    assert registry.find_custom("Thing") is None
    assert registry.find_custom("Thing", loose=True) is Thing
    saving.register_keras_serializable("other", "Thing")(type("Other", (Thing,), {}))
    assert registry.find_custom("Thing", loose=True) is None  # two: nobody can tell which is meant


def test_custom_objects_by_bare_name_stand_for_registered_ones():
    with saving.custom_object_scope({"Thing": Thing}):
        assert registry.find_custom("shop>Thing") is Thing


def test_inner_scope_wins_and_ends():
    with saving.custom_object_scope({"f": 1, "g": 1}), saving.custom_object_scope({"f": 2}):
        assert (registry.find_custom("f"), registry.find_custom("g")) == (2, 1)
    assert registry.find_custom("f") is None


def test_scopes_belong_to_their_thread():
    seen = []
    with saving.custom_object_scope({"f": 1}):
        thread = threading.Thread(target=lambda: seen.append(registry.find_custom("f")))
        thread.start()
        thread.join()
    assert seen == [None]


def test_get_custom_objects_can_be_changed():
    saving.get_custom_objects()["swoosh"] = Thing
    assert registry.find_custom("swoosh") is Thing


def test_a_class_without_get_config_cannot_be_registered():
    with pytest.raises(ValueError, match=r"Bare has no `get_config\(\)`"):
        saving.register_keras_serializable()(type("Bare", (), {}))


def test_a_registered_dense_does_not_stand_in_for_the_librarys():
    from lanthorn.layers import Dense
    from lanthorn.saving import library

    saving.register_keras_serializable("shop", "Dense")(Thing)
    assert library.resolve_class({"class_name": "Dense", "module": "keras.layers", "registered_name": None}) is Dense
    assert library.resolve_class({"class_name": "Dense", "registered_name": "shop>Dense"}) is Thing
