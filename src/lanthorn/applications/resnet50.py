"""`lanthorn.applications.resnet50`, the name of 2018 for what lives in `resnet`."""

from .resnet import ResNet50, decode_predictions, preprocess_input

__all__ = ["ResNet50", "decode_predictions", "preprocess_input"]
