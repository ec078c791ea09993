"""What the broker takes."""

MAX_PAYLOAD = 8 * 2**20
"""Bytes of one message with its headers, in every broker that iomt sets up itself."""
HEADER_ROOM = 4096
"""Bytes kept free for the headers."""
