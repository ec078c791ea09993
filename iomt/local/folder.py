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
    """Broker and store files, a folder for each node, credentials of each party. Made when not there."""

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

    def credentials(self, party: str) -> Path:
        """One file a secret, as a pod gets them, for this folder's owner only."""
        self._made("credentials").chmod(0o700)
        folder = self._made("credentials", party)
        folder.chmod(0o700)
        return folder

    def broker_account(self, party: str, user: str) -> tuple[str, str]:
        """User and password of a party at our own broker: made once, then the same in every run."""
        return self._account(party, BROKER_USER, BROKER_PASSWORD, user)

    def store_account(self, party: str, access_key: str) -> tuple[str, str]:
        """Access key and secret key of a party at our own object store: made once."""
        return self._account(party, STORE_ACCESS_KEY, STORE_SECRET_KEY, access_key)

    def write_secret(self, party: str, name: str, value: str) -> None:
        """Replace one secret."""
        path = self.credentials(party) / name
        path.touch(0o600)
        path.write_text(value)

    def secret(self, party: str, name: str) -> str:
        """Read one secret. Raises OSError where there is none."""
        return (self.credentials(party) / name).read_text()

    def _account(self, party: str, name_file: str, word_file: str, name: str) -> tuple[str, str]:
        folder = self.credentials(party)
        # Another name is of a broker or store of the user's, as is the password beside it.
        known = (folder / word_file).exists() and (folder / name_file).exists()
        if not known or self.secret(party, name_file) != name:
            self.write_secret(party, name_file, name)
            self.write_secret(party, word_file, secrets.token_urlsafe(24))
        return name, self.secret(party, word_file)

    def close(self) -> None:
        """Let go; a temporary folder is removed."""
        os.close(self._lock)
        if not self.kept:
            shutil.rmtree(self.path, ignore_errors=True)

    def _made(self, *parts: str) -> Path:
        path = self.path.joinpath(*parts)
        path.mkdir(parents=True, exist_ok=True)
        return path
