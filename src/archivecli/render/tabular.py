"""Rows under named columns → plain text, JSON, CSV and the like, whatever the rows are about.

A view writes the rows that it counted; events with ``--fields`` are rows of their fields. ``None`` is a missing value.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from archivecli import display
from archivecli.events import texts
from archivecli.query.criteria import NONE

if TYPE_CHECKING:
    from rich.console import RenderableType

    from archivecli.render.theme import Screen

Row: TypeAlias = Mapping[str, Any]

ALL = "(all)"
"""Every value together, in the rows that hold totals."""

CHUNK = 500
"""Lines that are aligned with each other; a long answer is never held whole."""


class Table(NamedTuple):
    """Columns and rows; the rows may be read only once.

    Rows ``of_events`` hold what records say: all strings to the left, ``-`` where there is nothing. Others hold numbers.
    Without columns, the rows are whole records, for JSON.
    """

    columns: Sequence[str]
    rows: Iterable[Row]
    of_events: bool = False

    def string(self, value: Any, missing: str = "") -> str:
        """Return a value as a string; a percentage or sum without needless zeros."""
        if isinstance(value, float) and not self.of_events:
            return f"{value:.10g}"
        return cell(value) or missing


class View(NamedTuple):
    """An answer as a table and as a drawing for people.

    ``pivot`` is another table, for CSV and Markdown, where people expect one field across and one down.
    """

    table: Table
    draw: "Callable[[Screen], Iterable[RenderableType]]"
    pivot: Table | None = None


def cell(value: Any) -> str:
    """Return a value as one string: the items of a list are joined by "; ", the parts of an item by ", "."""
    if isinstance(value, str):  # nearly always
        return value
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return ", ".join(texts(value))
    if isinstance(value, list):
        return "; ".join(map(cell, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _is_number(value: Any) -> bool:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return isinstance(value, (int, float)) and not isinstance(value, bool)


# Plain text


def plain(table: Table) -> Iterator[str]:
    """Write a line for each row in aligned columns without a header; nothing is cut."""
    widths = [0] * len(table.columns)
    chunk: list[list[Any]] = []
    for row in table.rows:
        chunk.append([row[name] for name in table.columns])
        if len(chunk) == CHUNK:
            yield _aligned(table, chunk, widths)
            chunk = []
    yield _aligned(table, chunk, widths)


def _aligned(table: Table, chunk: list[list[Any]], widths: list[int]) -> str:
    """Align rows, numbers to the right; ``widths`` grows from chunk to chunk."""
    missing = "-" if table.of_events else NONE
    cells = [[display.terminal_safe(table.string(value, missing)) for value in row] for row in chunk]
    for place, column in enumerate(zip(*cells, strict=True)):
        widths[place] = max(widths[place], *map(display.width, column))
    if not table.of_events:
        for row, shown in zip(chunk, cells, strict=True):
            shown[:] = [_to_the_right(v, c, size) for v, c, size in zip(row, shown, widths, strict=True)]
    return "".join("  ".join(map(display.pad, row, widths)).rstrip() + "\n" for row in cells)


def _to_the_right(value: Any, shown: str, cells: int) -> str:
    return " " * (cells - display.width(shown)) + shown if _is_number(value) else shown


# JSON and YAML


def as_json(table: Table) -> Iterator[str]:
    """Write one list of objects; one of numbers takes one line."""
    indent = 2 if table.of_events else None
    opened = False
    for row in table.rows:
        yield ",\n" if opened else "[\n"
        opened = True
        written = display.json_safe(json.dumps(row, ensure_ascii=False, indent=indent))
        yield written if indent else f"  {written}"
    yield "\n]\n" if opened else "[]\n"


def as_jsonl(table: Table) -> Iterator[str]:
    """Write one object a line."""
    separators = (",", ":") if table.of_events else None
    for row in table.rows:
        yield display.json_safe(json.dumps(row, ensure_ascii=False, separators=separators)) + "\n"


def as_yaml(table: Table) -> Iterator[str]:
    """Write one list of mappings."""
    from archivecli.render.yaml_writer import dump

    opened = False
    for row in table.rows:
        opened = True
        yield dump([dict(row)], quote=table.of_events)
    if not opened:
        yield "[]\n"


# CSV and TSV: numbers stay numbers, and no cell can be taken for a formula (OWASP: CSV injection)


def as_csv(table: Table, bom: bool = False) -> Iterator[str]:
    """Write comma-separated values (RFC 4180): UTF-8, lines ended by CRLF, quotes where they are needed."""
    return _separated(table, ",", "\r\n", quoted, bom)


def as_tsv(table: Table, bom: bool = False) -> Iterator[str]:
    """Write tab-separated values; tabs and line breaks inside a value become spaces."""
    return _separated(table, "\t", "\n", tabbed, bom)


def _separated(
    table: Table, separator: str, ending: str, write: Callable[[str], str], bom: bool = False
) -> Iterator[str]:
    yield ("\ufeff" if bom else "") + separator.join(write(harmless(name)) for name in table.columns) + ending
    for row in table.rows:
        cells = ((table.string(row[name]), row[name]) for name in table.columns)
        yield separator.join(shown if _is_number(value) else write(harmless(shown)) for shown, value in cells) + ending


def quoted(cell: str) -> str:
    """Quote a cell with separators in it; the semicolon counts, for half of Europe's spreadsheets split at it."""
    if any(character in cell for character in ',;"\t\r\n') or cell != cell.strip():
        return '"' + cell.replace('"', '""') + '"'
    return cell


def tabbed(cell: str) -> str:
    """Return a cell of a TSV on one line, in quotes if it begins with a quotation mark.

    Spreadsheets and databases read such a cell as a quoted one, and up to the next mark would swallow whole rows.
    """
    cell = display.collapse_whitespace(cell)
    return '"' + cell.replace('"', '""') + '"' if cell.startswith('"') else cell


def harmless(shown: str) -> str:
    """Return a cell with an apostrophe before what a spreadsheet would take for a formula."""
    shown = display.escape_controls(shown)
    begin = shown.lstrip(_BEFORE_A_FORMULA)[:1]
    if not begin.isascii():
        import unicodedata  # only for what is not ASCII

        begin = unicodedata.normalize("NFKC", begin)  # full-width characters begin a formula, too
    return f"'{shown}" if begin in _FORMULA or shown[:1] in ("\t", "\n") else shown


_FORMULA = ("=", "+", "-", "@", "\u2212")
_BEFORE_A_FORMULA = " \t\n\xa0\u3000\u00ad\u061c\u200b\u200c\u200d\u200e\u200f"
"""Spaces and invisible marks that do not keep a spreadsheet from reading what follows as a formula."""


# Markdown


def as_markdown(table: Table) -> Iterator[str]:
    """Write a table of GitHub's Markdown."""
    from archivecli.render.markdown import escaped

    header = f"| {' | '.join(map(escaped, table.columns))} |\n"
    if table.of_events:
        yield f"{header}|{' --- |' * len(table.columns)}\n"
    opened = table.of_events
    for row in table.rows:
        values = [row[name] for name in table.columns]
        if not opened:
            yield f"{header}|{''.join(' ---: |' if _is_number(value) else ' --- |' for value in values)}\n"
            opened = True
        cells = (escaped(table.string(value, "" if table.of_events else NONE)) for value in values)
        yield f"| {' | '.join(cells)} |\n"
