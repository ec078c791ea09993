"""What webhook, log and command share: decide by `when` and `every`, then act, at least once."""

import time
import uuid
from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from iomt.contract import http, metrics, names
from iomt.contract.condition import BadCondition, Condition, parse
from iomt.contract.envelope import Envelope
from iomt.contract.media import accepts
from iomt.contract.quantity import BadQuantity, seconds
from iomt.contract.results import Result
from iomt.contract.watch import Watch
from iomt.runtime.actuators.event import Event
from iomt.runtime.actuators.pending import Pending
from iomt.runtime.device import Context, Device, Failed, GaveUp, Message, PermanentFault, Rejected

_RESULT_TYPE = "application/*"
_LARGEST_BODY = 1_000_000


class Alarm(Device):
    """A device that acts on results.

    An event that fired stays pending until `act` returned: when the same message comes again
    (after a failure, or after this process was killed) it acts again, whatever newer results said.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.condition: Condition | None = None
        self._watch = Watch(None)
        self._prepared = False
        self._attempts = int(context.options.get("attempts", 1))
        self._pending = Pending(context.state_dir / "pending-events")

    async def prepare(self) -> None:
        """Read `when` and `every`. A subclass calls it when its own preparation is done."""
        self.condition = self._condition()
        self._watch = Watch(self.condition, self._every())
        self._prepared = True

    async def act(self, event: Event) -> None:
        """Do the effect once. Raises `Failed` when a later attempt may help, `GaveUp` when not."""
        raise NotImplementedError

    async def handle(self, message: Message) -> None:
        """Take one result; act when it fires."""
        result = _decode(message)
        identity = _identity(message.envelope)
        firing = self._watch.update(result)
        if firing is not None:
            since_ns = firing.since_ns
            self._fired()
        elif identity in self._pending:
            since_ns = result.captured_ns
        else:
            return
        self._pending.add(identity)
        try:
            await self.act(self._event(identity, result, since_ns))
        except GaveUp:
            self._pending.remove(identity)
            raise
        except Failed as error:
            if message.attempt < self._attempts:
                raise
            self._pending.remove(identity)
            raise GaveUp(f"gave up after {message.attempt} attempts: {error}") from error
        self._pending.remove(identity)

    def routes(self) -> Sequence[BaseRoute]:
        """``POST /actuate`` acts at once, with a result as its JSON body or with nothing."""
        return (Route(http.ACTUATE, self._actuate, methods=["POST"]),)

    async def _actuate(self, request: Request) -> Response:
        if not _same_origin(request):
            return _refusal(403, "a page of another site may not start this")
        if not self._prepared:
            return _refusal(503, "not ready yet")
        body = await _body(request)
        if body is None:
            return _refusal(413, f"the body is larger than {_LARGEST_BODY} bytes")
        result = None
        if body.strip():
            try:
                result = Result.from_json(body)
            except ValueError as error:
                return _refusal(400, f"expected a result as JSON, or an empty body: {error}")
        event = self._event(request.headers.get("idempotency-key") or uuid.uuid4().hex, result)
        self._fired()
        try:
            await self.act(event)
        except (Failed, GaveUp) as error:
            self.context.log.warning("asked to act, failed: %s", error, extra={"source": event.source})
            return _refusal(502, str(error))
        return JSONResponse({"acted": True, "id": event.id})

    def _event(self, identity: str, result: Result | None, since_ns: int = 0) -> Event:
        captured_ns = result.captured_ns if result else time.time_ns()
        return Event(
            id=identity,
            graph=self.context.settings.graph,
            node=self.context.settings.node,
            source=result.source if result else "",
            condition=self.condition.text if self.condition else "",
            captured_ns=captured_ns,
            since_ns=since_ns or captured_ns,
            result=result,
        )

    def _fired(self) -> None:
        self.context.ledger.add(metrics.FIRED)

    def _condition(self) -> Condition | None:
        text = self.context.options.get("when")
        if text is None:
            return None
        try:
            return parse(text)
        except BadCondition as error:
            raise PermanentFault(f"option `when`, character {error.offset + 1}: {error.message}") from error

    def _every(self) -> float | None:
        text = self.context.options.get("every")
        if text is None:
            return None
        try:
            return seconds(text)
        except BadQuantity as error:
            raise PermanentFault(f"option `every`: {error}") from error


def _decode(message: Message) -> Result:
    media_type = message.envelope.media_type
    if not accepts(_RESULT_TYPE, media_type):
        raise Rejected(f"{media_type} is no result: expected {_RESULT_TYPE}")
    try:
        return Result.from_json(message.body)
    except ValueError as error:
        raise Rejected(str(error)) from error


def _identity(envelope: Envelope) -> str:
    return envelope.message_id or names.message_id(
        envelope.node, envelope.port, envelope.epoch, envelope.sequence
    )


def _same_origin(request: Request) -> bool:
    # A browser says from which site a page posts; programs send no Origin at all.
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


async def _body(request: Request) -> bytes | None:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_BODY:
            return None
    return body


def _refusal(status: int, text: str) -> Response:
    return JSONResponse({"acted": False, "error": text}, status_code=status)
