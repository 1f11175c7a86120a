"""Layers that change pictures, mostly at random: one family per file, `base.py` is what they share."""
