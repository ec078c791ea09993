"""Counts that survive kill -9: named 64-bit integers in a memory-mapped file.

The kernel keeps what a process wrote into a shared mapping after the process is gone, so that a
restarted device goes on counting where the dead one stopped, and a supervisor reads the counts of
a process that no longer answers. One process writes a ledger; any number read it.
"""

import mmap
import os
import struct
import time
from pathlib import Path

from iomt.contract.metrics import STATE_EPOCH

_RECORD = 256  # value (8 bytes), length of the key (2 bytes), key
_VALUE = struct.Struct("<q")
_LENGTH = struct.Struct("<H")
_KEY_MAX = _RECORD - 10
_GROWTH = 64 * _RECORD
FILE_NAME = "ledger"


class Ledger:
    """The writing side. Values start at 0; ``epoch`` is the time of its creation in ns."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        size = os.fstat(self._file).st_size
        if size < _GROWTH:
            os.ftruncate(self._file, _GROWTH)
        self._map = mmap.mmap(self._file, 0)
        self._offsets = {key: offset for key, offset, _ in _records(self._map)}
        self.epoch = self.get(STATE_EPOCH)
        if not self.epoch:
            self.epoch = time.time_ns()
            self.set(STATE_EPOCH, self.epoch)

    def get(self, key: str) -> int:
        """The value, 0 where nothing was written yet."""
        offset = self._offsets.get(key)
        return _VALUE.unpack_from(self._map, offset)[0] if offset is not None else 0

    def set(self, key: str, value: int) -> None:
        """Write a value; a new key takes the next record."""
        offset = self._offsets.get(key)
        if offset is None:
            offset = self._append(key)
        _VALUE.pack_into(self._map, offset, value)

    def add(self, key: str, count: int = 1) -> None:
        """Count up."""
        self.set(key, self.get(key) + count)

    def items(self) -> dict[str, int]:
        """A copy of all values."""
        return {key: self.get(key) for key in self._offsets}

    def close(self) -> None:
        """Let go of the file; the counts stay."""
        self._map.close()
        os.close(self._file)

    def _append(self, key: str) -> int:
        encoded = key.encode()
        if len(encoded) > _KEY_MAX:
            raise ValueError(f"ledger key of {len(encoded)} bytes, at most {_KEY_MAX}: {key}")
        offset = len(self._offsets) * _RECORD
        if offset + _RECORD > len(self._map):
            self._map.resize(len(self._map) + _GROWTH)
        self._map[offset + 10 : offset + 10 + len(encoded)] = encoded
        # The length makes the record visible, so it is written last.
        _LENGTH.pack_into(self._map, offset + 8, len(encoded))
        self._offsets[key] = offset
        return offset


def read(path: Path) -> dict[str, int]:
    """The values of a ledger that another process writes; empty when there is none yet."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return {}
    return {key: value for key, _, value in _records(data)}


def _records(data: mmap.mmap | bytes) -> list[tuple[str, int, int]]:
    records = []
    for offset in range(0, len(data) - _RECORD + 1, _RECORD):
        (length,) = _LENGTH.unpack_from(data, offset + 8)
        if not length:
            break
        key = bytes(data[offset + 10 : offset + 10 + length]).decode()
        records.append((key, offset, _VALUE.unpack_from(data, offset)[0]))
    return records
