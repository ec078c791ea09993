"""The data folder of a run: what is where, one run at a time, kept or removed at the end."""

import fcntl
import os
import secrets
import shutil
import tempfile
from pathlib import Path

from iomt.contract.settings import BROKER_PASSWORD, BROKER_USER, STORE_ACCESS_KEY, STORE_SECRET_KEY


class FolderInUse(Exception):
    """Another run works in this folder."""


class DataFolder:
    """Broker and store files, a folder for each node, credentials. Made when it is not there."""

    def __init__(self, path: Path | None) -> None:
        self.kept = path is not None
        if path is None:
            path = Path(tempfile.mkdtemp(prefix="iomt-"))
        path.mkdir(parents=True, exist_ok=True)
        self.path = path.absolute()
        self._lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            raise FolderInUse(str(path)) from error

    @property
    def broker(self) -> Path:
        """JetStream's files and the broker's configuration."""
        return self._made("broker")

    @property
    def store(self) -> Path:
        """The object store's files."""
        return self._made("store")

    def node(self, name: str) -> Path:
        """Settings, ledger and log of one node."""
        return self._made("nodes", name)

    def credentials(self) -> Path:
        """One file a secret, as a pod gets them; made once, for this folder's owner only."""
        folder = self._made("credentials")
        folder.chmod(0o700)
        for name, value in (
            (BROKER_USER, "iomt"),
            (BROKER_PASSWORD, secrets.token_urlsafe(24)),
            (STORE_ACCESS_KEY, "iomt" + secrets.token_hex(8)),
            (STORE_SECRET_KEY, secrets.token_urlsafe(24)),
        ):
            if not (folder / name).exists():
                self.write_secret(name, value)
        return folder

    def write_secret(self, name: str, value: str) -> None:
        """Replace one secret."""
        path = self._made("credentials") / name
        path.touch(0o600)
        path.write_text(value)

    def secret(self, name: str) -> str:
        """Read one secret."""
        return (self.credentials() / name).read_text()

    def close(self) -> None:
        """Let go; a temporary folder is removed."""
        os.close(self._lock)
        if not self.kept:
            shutil.rmtree(self.path, ignore_errors=True)

    def _made(self, *parts: str) -> Path:
        path = self.path.joinpath(*parts)
        path.mkdir(parents=True, exist_ok=True)
        return path
