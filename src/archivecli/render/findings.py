"""Findings in a catalogue → text for people: the place, the line of the file with a caret under it, and a suggestion."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from archivecli import text
from archivecli.errors import Problem, shortened

Lines = Mapping[tuple[str, int], str]
"""Lines of files, by path and 1-based number."""

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""Where a line ends for YAML."""

_BEFORE = 30
"""How many characters before the caret are shown, at least, of a line that is too long."""


class Piece(NamedTuple):
    """A piece of a line and what it is: place, error, warning, gutter, caret, hint, or an empty text."""

    text: str
    role: str = ""


def lines_of(problems: Iterable[Problem]) -> dict[tuple[str, int], str]:
    """Return the lines of the files that problems speak of; a file that cannot be read again gives none."""
    wanted: dict[str, set[int]] = {}
    for problem in problems:
        if problem.line:
            wanted.setdefault(problem.path, set()).add(problem.line)
    found = {}
    for path, numbers in wanted.items():
        try:
            content = Path(path).read_bytes().decode("utf-8-sig", "replace")
        except OSError:
            continue
        for number, line in enumerate(_BREAK.split(content), 1):
            if number in numbers:
                found[path, number] = line
    return found


def finding(problem: Problem, lines: Lines, width: int, fold: bool = False) -> Iterator[list[Piece]]:
    """Yield the lines of text that tell one problem, each as pieces; excerpts fit into ``width`` cells.

    With ``fold`` a suggestion fits, too, on several lines.
    """
    head = [Piece(f"{text.one_line(problem.place)}: ", "place"), Piece(problem.code, problem.severity)]
    kind = " [warning]" if problem.severity == "warning" else ""
    yield [*head, Piece(f": {shortened(text.one_line(problem.message))}{kind}")]
    gutter = f"{problem.line:>5} | "
    blank = " " * (len(gutter) - 2) + "| "
    line = lines.get((problem.path, problem.line))
    if line is not None:
        shown, caret = excerpt(line, problem.column, max(width - len(gutter) - 1, 20))
        yield [Piece(gutter, "gutter"), Piece(shown)]
        yield [Piece(blank, "gutter"), Piece(" " * caret + "^", "caret")]
    margin = blank[:-2] + "= "
    for part in _folded(shortened(text.one_line(problem.hint)), width - len(margin) - 1 if fold else 0):
        yield [Piece(margin, "gutter"), Piece(part, "hint")]
        margin = " " * len(margin)


def _folded(said: str, width: int) -> list[str]:
    import textwrap  # 2 ms, only where there is something to suggest

    if not said:
        return []
    return textwrap.wrap(said, max(width, 20), break_long_words=False, break_on_hyphens=False) if width else [said]


def excerpt(line: str, column: int, width: int) -> tuple[str, int]:
    """Return what to show of a line and how many cells stand before its ``column`` (from 1).

    Tabs and controls are shown as several characters, wide characters take two cells; a line that is longer than
    ``width`` cells is cut on both sides, never at the caret.
    """
    at, near = column - 1, 2 * width  # a line may have millions of characters, and a finding for each
    before, after = (
        text.visible(part.replace("\t", "  ")) for part in (line[max(at - near, 0) : at], line[at : at + near].rstrip())
    )
    if text.width(before) + text.width(after) > width:
        room = max(min(_BEFORE, width // 2), width - text.width(after)) - 3
        if text.width(before) > room + 3:
            before = "..." + _last_cells(before, room)
        room = width - text.width(before)
        if text.width(after) > room:
            after = _first_cells(after, room - 3) + "..."
    return before + after, text.width(before)


def _first_cells(said: str, cells: int) -> str:
    said = said[: max(cells, 0)]
    while said and text.width(said) > cells:
        said = said[:-1]
    return said


def _last_cells(said: str, cells: int) -> str:
    return _first_cells(said[::-1], cells)[::-1]


def as_data(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """Return problems as plain data: path, line, column, code, severity, message, hint."""
    names = ("path", "line", "column", "code", "severity", "message", "hint")
    return [
        {name: getattr(problem, name) for name in names}
        | {"message": shortened(problem.message), "hint": shortened(problem.hint)}
        for problem in problems
    ]
