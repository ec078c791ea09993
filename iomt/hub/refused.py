"""Why a model's files are not to be had.

NotToBeHad       what was asked for is not there, or may not be read
  Unreachable    the hub or the cache could not answer: another time or place it may
"""


class NotToBeHad(Exception):
    """``help`` says what to do."""

    def __init__(self, message: str, help_text: str) -> None:
        super().__init__(message)
        self.help = help_text


class Unreachable(NotToBeHad):
    """The surroundings are to blame, not the model."""
