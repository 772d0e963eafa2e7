"""Problems of a catalogue → text: position, message, the line of the file with a caret below it, and a suggestion."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from archivecli import display
from archivecli.errors import Problem, shortened
from archivecli.render import theme
from archivecli.render.theme import Segment

_LINE_BREAK = "\r\n|[\n\r\x85\u2028\u2029]"  # for YAML
_BEFORE = 30  # the least number of characters shown before the caret, in a line that is too long


def lines_of(problems: Iterable[Problem]) -> dict[tuple[str, int], str]:
    """Return the lines that problems point to, by path and number from 1; a file that cannot be read gives none."""
    wanted = {(problem.path, problem.line) for problem in problems if problem.line}
    found: dict[tuple[str, int], str] = {}
    for path in {path for path, _ in wanted}:
        with suppress(OSError):
            content = Path(path).read_bytes().decode("utf-8-sig", "replace")
            lines = enumerate(re.split(_LINE_BREAK, content), 1)
            found |= {(path, number): line for number, line in lines if (path, number) in wanted}
    return found


def report(
    problem: Problem, lines: Mapping[tuple[str, int], str], width: int, fold: bool = False
) -> Iterator[list[Segment]]:
    """Yield the lines that describe a problem, each in segments; excerpts fit into ``width`` cells.

    ``fold`` wraps suggestions to the width, too.
    """
    style, kind = {"error": (theme.ERROR, ""), "warning": (theme.WARNING, " [warning]")}[problem.severity]
    place, message, hint = map(display.terminal_safe, (problem.place, problem.message, problem.hint))
    yield [Segment(f"{place}: ", theme.TITLE), Segment(problem.code, style), Segment(f": {shortened(message)}{kind}")]
    gutter = f"{problem.line:>5} | "
    empty = " " * (len(gutter) - 2) + "| "
    line = lines.get((problem.path, problem.line))
    if line is not None:
        shown, caret = excerpt(line, problem.column, max(width - len(gutter) - 1, 20))
        yield [Segment(gutter, theme.DIM), Segment(shown)]
        yield [Segment(empty, theme.DIM), Segment(" " * caret + "^", theme.ERROR)]
    margin = empty[:-2] + "= "
    for part in _folded(shortened(hint), width - len(margin) - 1 if fold else 0):
        yield [Segment(margin, theme.DIM), Segment(part, theme.PLACE)]
        margin = " " * len(margin)


def _folded(string: str, width: int) -> list[str]:
    import textwrap  # 2 ms, only where there is something to suggest

    if not string:
        return []
    return textwrap.wrap(string, max(width, 20), break_long_words=False, break_on_hyphens=False) if width else [string]


def excerpt(line: str, column: int, width: int) -> tuple[str, int]:
    """Return an excerpt of a line and how many cells come before its ``column`` (from 1).

    Tabs and controls take more than one cell, as wide characters do; a line longer than ``width`` cells is truncated on
    both sides, never at the caret.
    """
    at, near = column - 1, 2 * width  # a line may have millions of characters, and a problem for each
    before, after = (
        display.escape_controls(part.replace("\t", "  "))
        for part in (line[max(at - near, 0) : at], line[at : at + near].rstrip())
    )
    if display.width(before) + display.width(after) > width:
        cells = max(min(_BEFORE, width // 2), width - display.width(after))
        before = display.truncate(before[::-1], cells, "...")[::-1]
        after = display.truncate(after, width - display.width(before), "...")
    return before + after, display.width(before)


def as_data(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """Return problems as plain data: path, line, column, code, severity, message, hint."""
    names = ("path", "line", "column", "code", "severity", "message", "hint")
    return [
        {name: getattr(problem, name) for name in names}
        | {"message": shortened(problem.message), "hint": shortened(problem.hint)}
        for problem in problems
    ]
