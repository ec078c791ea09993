"""A finding as data, and its printing."""
