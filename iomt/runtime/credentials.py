"""Secrets of a device: a folder with one file each, as a Secret is mounted into a pod."""

from pathlib import Path

from iomt.contract.settings import BadSettings, Settings


def secret(settings: Settings, name: str) -> str:
    """The secret's text, empty where the node was given no credentials. Raises `BadSettings`."""
    if not settings.credentials:
        return ""
    path = Path(settings.credentials, name)
    try:
        return path.read_text().strip()
    except OSError as error:
        raise BadSettings(f"secret {path}: {error.strerror}") from error
