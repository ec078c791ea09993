"""Device declarations: built in, the user's own, and those that follow from a model folder."""
