"""What every broker of ours is told, on a laptop and in a cluster."""

MAX_PAYLOAD = 8 * 2**20
"""Bytes of one message: a large JPEG and its headers."""
