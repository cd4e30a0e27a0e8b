"""Turns a trained Keras model into the quantised bundle that the device runs."""
