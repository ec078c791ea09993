"""What options say of rates and sizes: a device's schema marks them with ``x-means``."""

from iomt.catalogue.declaration import Device
from iomt.catalogue.resolved import ResolvedNode
from iomt.contract.quantity import BadQuantity, seconds, size

SAMPLE_BYTES = 2
"""Sound is 16 bits a sample, one channel."""


class Meanings:
    """The options of nodes by what they mean; each device's schema is looked at once.

    ``rate`` is messages per second, ``period`` the time from one message to the next, ``window`` the
    time that one message is of, ``samples`` sound samples per second, ``retain`` how long is kept and
    ``size`` how much.
    """

    def __init__(self) -> None:
        self._options: dict[str, dict[str, str]] = {}

    def option(self, device: Device, meaning: str) -> str:
        """The name of the option with this meaning, empty where the device has none."""
        if device.name not in self._options:
            self._options[device.name] = {
                str(schema["x-means"]): name
                for name, schema in device.options.get("properties", {}).items()
                if isinstance(schema, dict) and "x-means" in schema
            }
        return self._options[device.name].get(meaning, "")

    def number(self, node: ResolvedNode, meaning: str) -> float | None:
        """A plain number, None where it is not told or is none."""
        value = node.options.get(self.option(node.device, meaning))
        if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
            return float(value)
        return None

    def duration(self, node: ResolvedNode, meaning: str) -> float | None:
        """Seconds, None where they are not told or cannot be read (`bad_quantity` tells of it)."""
        value = node.options.get(self.option(node.device, meaning))
        try:
            return (seconds(value) or None) if isinstance(value, str) else None
        except BadQuantity:
            return None

    def size(self, node: ResolvedNode, meaning: str) -> int | None:
        """Bytes, None where they are not told or cannot be read."""
        value = node.options.get(self.option(node.device, meaning))
        try:
            return (size(value) or None) if isinstance(value, str) else None
        except BadQuantity:
            return None

    def message_rate(self, node: ResolvedNode) -> float | None:
        """Messages per second that a sensor gives: what its options say, or else its profile."""
        period = self.duration(node, "period") or self.duration(node, "window")
        return self.number(node, "rate") or (1 / period if period else node.profile.rate)

    def message_bytes(self, node: ResolvedNode) -> float | None:
        """The size of one message: a window of sound is reckoned, the rest is the profile's."""
        samples, window = self.number(node, "samples"), self.duration(node, "window")
        return samples * window * SAMPLE_BYTES if samples and window else node.profile.bytes
