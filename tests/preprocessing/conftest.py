"""The made photos of tests/data."""

import importlib.util
from pathlib import Path

_spec = importlib.util.spec_from_file_location("made_photos", Path(__file__).parents[1] / "data" / "conftest.py")
_made = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_made)
photos, photo, cut, decoder = _made.photos, _made.photo, _made.cut, _made.decoder
