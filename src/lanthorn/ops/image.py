"""`lanthorn.ops.image`: ops on pictures, channels last by default."""

from . import dispatch

globals().update(dispatch.functions("image"))
