"""What a layer has to do with modules of an engine's own: where its own stands, what it answers, where it moves."""

from typing import TYPE_CHECKING, Any

from .moving import move


class Native:
    """The part of `Layer` that answers as its torch module, and that moves between engines."""

    if TYPE_CHECKING:  # what Layer brings
        engine: Any
        _view: Any
        _seats: tuple

        def describe(self) -> str: ...

    def present(self, home: Any = None) -> Any:
        """What stands where this layer's torch module was put: it, or what somebody put in its place.

        `home`: in which module to look, for a layer that is part of several; the first it was put in if None.
        """
        for place, key in self._seats:
            if home is None or place is home:
                found = place._modules.get(key)
                if found is None:
                    raise AttributeError(
                        f"{self.describe()}: was taken out of its model's torch module ({key!r} is not there any "
                        "more), but the model calls it; put a module in its place, torch.nn.Identity() for none."
                    )
                return found
        return self._view if home is None or not self._seats else self.present()

    def to(self, *where: Any, **settings: Any) -> Any:
        """Move all weights to another engine, in place, and return the layer.

        On torch it takes what a torch module's `to` takes as well: `to("cuda")`, `to(torch.bfloat16)`.

        Raises:
            ValueError: there is no such engine, or it holds a module of its engine's own, which cannot move.

        Example:
            >>> model.to("jax").fit(x, y)
        """
        from .. import engines

        engine = where[0] if len(where) == 1 and not settings else None
        if self.engine.as_module and not (isinstance(engine, engines.Engine) or engine in (*engines.NAMES, "tf")):
            self.engine.native(self).to(*where, **settings)
        else:
            move(self, engines.get(engine))
        return self

    def __getattr__(self, name: str) -> Any:
        # asked only for what the layer has not itself: on torch it answers as its module does
        from .. import engines

        engine = None if name.startswith("_") else self.__dict__.get("_engine") or engines.loaded_default()
        if engine is None or engine.as_module is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return engine.as_module(self, name)

    def may_move(self, engine: Any) -> None:
        """Asked before a model moves to another engine: raises ValueError if this layer cannot."""
