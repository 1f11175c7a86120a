"""ONNX graphs are traced in evaluation: nothing random is in them."""
