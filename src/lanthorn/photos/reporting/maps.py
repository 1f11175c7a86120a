"""Where the network looked in the photos that are wrong or doubtful."""

from typing import Any

from ... import engines, vision
from ...data.decode import PictureError
from .. import quiet
from .measured import Measured
from .thumbnails import Thumbnail, encoded, picture

SIDE, QUALITY = 160, 74


def saliency_maps(model: Any, measured: Measured, numbers: list[int], bar: Any) -> tuple[dict[int, Thumbnail], str]:
    """Grad-CAM of the answer over each of these photos, by number; and why there is none, '' if there are."""
    if not numbers:
        return {}, ""
    before = model.engine.name
    if not model.engine.differentiable:
        name = engines.default_name()
        if name == "numpy" or not quiet.engine(None).differentiable:
            return {}, "Maps of where the network looked need an engine: pip install 'lanthorn[torch]'."
        model.to(name)
    found: dict[int, Thumbnail] = {}
    try:
        for done, number in enumerate(numbers):
            source = measured.evaluation.predictions.photos[number]
            try:
                found[number] = _one(model, source, int(measured.answers[number]))
            except (PictureError, OSError):
                continue  # it was there a moment ago
            bar.update(done + 1)
    except (ValueError, RuntimeError) as error:
        return {}, f"There are no maps of where the network looked: {error}"
    finally:
        if model.engine.name != before:
            model.to(before)
    return found, ""


def _one(model: Any, source: Any, target: int) -> Thumbnail:
    seen = vision.saliency(model, source, target=target)
    prepared = model.preprocessing
    if getattr(prepared, "fit", "stretch") == "stretch":  # the whole photo, at its own proportions
        image = picture(source, SIDE)
        if image is not None:
            image.thumbnail((SIDE, SIDE))
            return encoded(vision.overlay(image, seen), SIDE, QUALITY)
    return encoded(vision.overlay(source, seen, preprocessing=prepared), SIDE, QUALITY)
