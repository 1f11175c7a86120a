"""Lanthorn: you write Keras, and your model is native on PyTorch, JAX and TensorFlow."""
