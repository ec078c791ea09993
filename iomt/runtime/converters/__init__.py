"""Converters: analyzers without a model, which turn media into other media.

What they give keeps source, frame number and capture time of what it was made of.
"""
