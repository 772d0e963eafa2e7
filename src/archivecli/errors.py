"""The errors: each has a message, a hint and an exit code, which only ``cli.app`` prints and returns."""

from collections.abc import Sequence
from typing import NamedTuple

MAX_MESSAGE = 300  # characters; a message may quote a million from a catalogue
MAX_PROBLEMS = 1000  # in a catalogue; loading stops after that


class ArchiveError(Exception):
    """An error for the user: the message in one sentence, and what to do next (``hint``)."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(ArchiveError):
    """The command line, the query or the settings file is invalid."""

    exit_code = 2


class EventNotFound(ArchiveError):
    """No event has an id that is or begins with what was typed."""


class AmbiguousId(ArchiveError):
    """More than one id begins with what was typed."""


class OutputError(ArchiveError):
    """A file or stream cannot be read or written."""


class Problem(NamedTuple):
    """One finding in a catalogue, with its position (line and column from 1)."""

    path: str
    line: int
    column: int
    code: str
    message: str
    hint: str = ""
    severity: str = "error"

    @property
    def place(self) -> str:
        """Return ``path:line:column``, or only the path if the line is unknown (0)."""
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" + (f"; {self.hint}" if self.hint else "")


def shortened(message: str) -> str:
    """Return a message cut to MAX_MESSAGE characters; escape its controls before, since that lengthens it."""
    return message if len(message) <= MAX_MESSAGE else message[: MAX_MESSAGE - 3] + "..."


class CatalogueError(ArchiveError):
    """A catalogue cannot be used; ``problems`` has the reasons, at most MAX_PROBLEMS."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems[:MAX_PROBLEMS])
        count = len(self.problems)
        more = " and perhaps more: the rest was not checked" if count == MAX_PROBLEMS else ""
        super().__init__(f"{count:,} problem{'' if count == 1 else 's'} in the catalogue{more}")


def similar(word: str, known: Sequence[str], limit: int = 3) -> list[str]:
    """Return up to ``limit`` known words similar to ``word``, best first."""
    if len(word) > 100:  # not a typing mistake
        return []
    from rapidfuzz import process  # 20 ms, only for errors

    found = process.extract(word.casefold(), {k: k.casefold() for k in known}, limit=limit, score_cutoff=60)
    return [key for _, _, key in found]


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Return "did you mean a, b?" or, if no known word is similar, an empty string."""
    near = similar(word, known)
    return f"did you mean {', '.join(near)}?" if near else ""
