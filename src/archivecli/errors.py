"""Everything that can go wrong, as one tree: a sentence, a hint, an exit code.

Code deep down raises; ``cli.app`` alone turns an error into words on stderr and an exit code.
"""

from collections.abc import Sequence
from typing import NamedTuple


class ArchiveError(Exception):
    """What could not be done, in one sentence, and what to do next (``hint``)."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(ArchiveError):
    """The command line or the query asks for something that does not exist."""

    exit_code = 2


class EventNotFound(ArchiveError):
    """No event has this id, nor an id that begins with it."""


class AmbiguousId(ArchiveError):
    """Several ids begin with what was typed."""


class OutputError(ArchiveError):
    """A file could not be written."""


class Problem(NamedTuple):
    """One finding in a catalogue: where (1-based line and column), what, and what is expected."""

    path: str
    line: int
    column: int
    code: str
    message: str
    hint: str = ""
    severity: str = "error"

    @property
    def place(self) -> str:
        """Return ``path:line:column``, or the path alone where no line is known."""
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" + (f"; {self.hint}" if self.hint else "")


MAX_MESSAGE = 300
"""How many characters of a message are shown; what it quotes from a catalogue may be a million long."""


def shortened(message: str) -> str:
    """Return a message cut to MAX_MESSAGE characters; escape its controls before, since that lengthens it."""
    return message if len(message) <= MAX_MESSAGE else message[: MAX_MESSAGE - 3] + "..."


MAX_PROBLEMS = 1000
"""After so many problems of a catalogue the rest is not looked for."""


class CatalogueError(ArchiveError):
    """A catalogue cannot be used; ``problems`` tells every reason, or the first MAX_PROBLEMS."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems[:MAX_PROBLEMS])
        count = len(self.problems)
        more = " and perhaps more: the rest was not looked for" if count == MAX_PROBLEMS else ""
        super().__init__(f"{count:,} problem{'' if count == 1 else 's'} in the catalogue{more}")


def similar(word: str, known: Sequence[str], limit: int = 3) -> list[str]:
    """Return up to ``limit`` of ``known`` that look most like ``word``, best first; none for a word of a mile."""
    if len(word) > 100:
        return []
    from rapidfuzz import process  # 20 ms, needed only where something is wrong

    found = process.extract(word.casefold(), {k: k.casefold() for k in known}, limit=limit, score_cutoff=60)
    return [key for _, _, key in found]


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Return "did you mean a, b?" or, where nothing is near, an empty text."""
    near = similar(word, known)
    return f"did you mean {', '.join(near)}?" if near else ""
