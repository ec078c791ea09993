"""The alarm that writes a line to the log."""

from iomt.runtime.actuators.alarm import Alarm
from iomt.runtime.actuators.event import Event


class Log(Alarm):
    """Option ``message`` is what the line says; the condition without it."""

    async def act(self, event: Event) -> None:
        """Write a warning with source, capture time and what was found."""
        about: dict[str, object] = {
            "event": event.id,
            "source": event.source,
            "captured_ns": event.captured_ns,
            "found": event.found(),
        }
        if event.condition:
            about["condition"] = event.condition
        if event.result:
            about["analyzer"], about["frame"] = event.result.node, event.result.frame
        message = self.context.options.get("message") or event.condition or "result"
        self.context.log.warning("%s", message, extra=about)
