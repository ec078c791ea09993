"""What runs in a pod or under `iomt run`: one process a node, ``python -m iomt.runtime SETTINGS.json``."""
