"""Reading ``multipart/x-mixed-replace`` as devices write it: every part tells its length."""

from collections.abc import AsyncIterator

import httpx

_PART_MAX = 64 * 2**20


async def parts(response: httpx.Response) -> AsyncIterator[tuple[dict[str, str], bytes]]:
    """The headers and body of each part as it comes. Raises ValueError for another format."""
    buffer = bytearray()
    chunks = response.aiter_bytes()

    async def more() -> bool:
        chunk = await anext(chunks, None)
        if chunk is None:
            return False
        buffer.extend(chunk)
        return True

    while True:
        while (end := buffer.find(b"\r\n\r\n")) < 0:
            if len(buffer) > _PART_MAX:
                raise ValueError("no end of the part's headers")
            if not await more():
                return
        lines = bytes(buffer[:end]).decode("latin-1").split("\r\n")
        headers = {
            name.strip(): value.strip()
            for name, colon, value in (line.partition(":") for line in lines)
            if colon
        }
        length = next((value for name, value in headers.items() if name.lower() == "content-length"), "")
        if not length.isdigit() or int(length) > _PART_MAX:
            raise ValueError(f"part with Content-Length {length!r}, not a stream of an iomt device")
        start = end + 4
        while len(buffer) < start + int(length):
            if not await more():
                return
        yield headers, bytes(buffer[start : start + int(length)])
        del buffer[: start + int(length)]
