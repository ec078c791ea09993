"""Cameras, microphones and files: where media enters a graph."""
