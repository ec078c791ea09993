"""iomt: describe cameras, models, lakes and alarms once, as a graph; check it, run it, deploy it."""

__version__ = "0.1.0"
