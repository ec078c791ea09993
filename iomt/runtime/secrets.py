"""The secrets that options refer to: read once, put in their places, and kept out of everything told."""

from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from iomt.contract.secret import reference, references
from iomt.contract.settings import BadSettings, Settings

_HIDDEN = "***"
_SHORTEST = 4
"""Characters: a shorter text is no secret, and is part of other words."""


class Secrets:
    """Those of one device. Raises `BadSettings` where one is not there."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._texts = {
            str(ref): self._read(ref.file, str(ref))
            for _, value in references(settings.options)
            if (ref := reference(value))
        }
        parts = {part for text in self._texts.values() for part in _parts(text) if len(part) >= _SHORTEST}
        self._hidden = sorted(parts, key=len, reverse=True)

    def options(self) -> dict[str, Any]:
        """The options with each reference replaced by its text."""
        revealed: dict[str, Any] = self._reveal(self._settings.options)
        return revealed

    def hide(self, text: str) -> str:
        """A text for people or programs, with stars where a secret was."""
        for part in self._hidden:
            text = text.replace(part, _HIDDEN)
        return text

    def _reveal(self, value: Any) -> Any:
        if ref := reference(value):
            return self._texts[str(ref)]
        if isinstance(value, dict):
            return {key: self._reveal(inner) for key, inner in value.items()}
        return [self._reveal(inner) for inner in value] if isinstance(value, list) else value

    def _read(self, file: str, name: str) -> str:
        path = Path(self._settings.credentials, file)
        try:
            return path.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no text"
            raise BadSettings(f"the secret {name} cannot be read at {path}: {reason}") from error


def _parts(text: str) -> set[str]:
    """The text, how a URL writes it, and the password where it is itself a URL."""
    parts = {text, quote(text, safe="")}
    try:
        password = urlsplit(text).password
    except ValueError:
        password = None
    return parts | ({password, unquote(password)} if password else set())
