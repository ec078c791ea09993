"""The monitor: a web page with every camera live, boxes and labels drawn over it."""

from iomt.runtime.actuators.monitor.monitor import Monitor

__all__ = ["Monitor"]
