"""A model as its engine's own kind of object, and on another engine."""

from typing import Any

from ..core.layer import Layer


class Views(Layer):
    """The part of a Model that is native: `model.torch()`, `model.jax()`, `model.tensorflow()`, `model.to(...)`."""

    _root = True

    def to(self, *where: Any, **settings: Any) -> Any:
        """Move the model, and its optimizer's state, to another engine, in place; returns it.

        On torch it takes what a torch module's `to` takes as well: `to("cuda")`, `to(torch.bfloat16)`.

        Example:
            >>> model.to("jax").fit(x, y)
        """
        before = self.engine
        super().to(*where, **settings)
        if self.engine is not before:
            self._moved()
        return self

    def export(
        self, filepath: Any, format: str = "tf_saved_model", verbose: bool | None = None, **settings: Any
    ) -> Any:
        """Write the model for inference, as "tf_saved_model", "onnx", "openvino", "litert" or "torch".

        See `lanthorn.saving.exporting.export` for the settings.
        """
        from ..saving.exporting import export

        return export(self, filepath, format, verbose, **settings)

    def get_state_tree(self, value_format: str = "backend_tensor") -> dict[str, Any]:
        """All variables by the parts of their paths: weights, statistics, the states of optimizer and metrics.

        Args:
            value_format: "backend_tensor" or "numpy_array", the kind of arrays in it.

        Example:
            >>> model.get_state_tree("numpy_array")["trainable_variables"]
        """
        from ..saving import state_tree

        return state_tree.get(self, value_format)

    def set_state_tree(self, state_tree: dict[str, Any]) -> None:
        """Take the values of a tree as `get_state_tree` makes it, or of some of its parts."""
        from ..saving import state_tree as trees

        trees.put(self, state_tree)

    def _orbax(self, weights_only: bool) -> dict[str, Any]:
        """What a checkpoint of Orbax holds of the model."""
        from ..saving import orbax_folder

        return orbax_folder.contents(self, weights_only)

    def _view_on(self, name: str) -> Any:
        if self.engine.name != name:
            raise ValueError(
                f"{self.describe()}: lives on {self.engine.name}; "
                f"move it with model.to('{name}') before model.{name}()."
            )
        if not self.built or not all(layer.built for layer in self.flat_layers()):
            raise ValueError(f"{self.describe()}: has no weights yet; call it once on an input, then take its view.")
        return self.engine.native(self)

    def torch(self) -> Any:
        """The model as a `torch.nn.Module` that shares its weights. Needs engine "torch"."""
        return self._view_on("torch")

    def jax(self) -> Any:
        """The model as a pure function with its weights as pytrees: `.apply`, `.params`, `.state`. Needs "jax"."""
        return self._view_on("jax")

    def tensorflow(self) -> Any:
        """The model as a `tf.Module` that shares its variables. Needs engine "tensorflow"."""
        return self._view_on("tensorflow")
