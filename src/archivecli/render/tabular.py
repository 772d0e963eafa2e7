"""Rows under named columns → plain text, JSON, YAML, CSV, TSV and Markdown.

Views are rows of numbers; events with ``--fields`` are rows of their fields. ``None`` is a missing value.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from archivecli import display
from archivecli.events import texts
from archivecli.query.criteria import NONE

if TYPE_CHECKING:
    from rich.console import RenderableType

    from archivecli.render.theme import Screen

Row: TypeAlias = Mapping[str, Any]

ALL = "(all)"  # every value together, in the rows that hold totals
CHUNK = 500  # lines that are aligned with each other; a long answer is never held in memory


class Table(NamedTuple):
    """Columns and rows; the rows can be read only once.

    Rows ``of_events`` hold values of records: aligned to the left, ``-`` for a missing one. Others hold numbers.
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

    ``pivot`` is the table for CSV, TSV and Markdown, with one field across and one down.
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
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_number(value: Any) -> bool:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return isinstance(value, (int, float)) and not isinstance(value, bool)


# Plain text


def plain(table: Table) -> Iterator[str]:
    """Write a line for each row in aligned columns without a header, numbers to the right; nothing is truncated."""
    missing = "-" if table.of_events else NONE
    widths = [0] * len(table.columns)  # grows from chunk to chunk
    rows = iter(table.rows)
    while chunk := [[row[name] for name in table.columns] for row in islice(rows, CHUNK)]:
        cells = [[display.terminal_safe(table.string(value, missing)) for value in row] for row in chunk]
        widths = [
            max(size, *map(display.width, column))
            for size, column in zip(widths, zip(*cells, strict=True), strict=True)
        ]
        for values, shown in zip(chunk, cells, strict=True):
            for place, value in enumerate(values):
                gap = " " * (widths[place] - display.width(shown[place]))
                right = not table.of_events and _is_number(value)
                shown[place] = gap + shown[place] if right else shown[place] + gap
        yield "".join("  ".join(shown).rstrip() + "\n" for shown in cells)


# JSON and YAML


def enclosed(
    parts: Iterable[str], opening: str = "[\n", separator: str = ",\n", ending: str = "\n]\n", empty: str = "[]\n"
) -> Iterator[str]:
    """Yield parts between an opening and an ending, by default those of a JSON list; ``empty`` if there are none."""
    opened = False
    for part in parts:
        yield (separator if opened else opening) + part
        opened = True
    yield ending if opened else empty


def to_json(value: Any, indent: int | None = None, separators: tuple[str, str] | None = None) -> str:
    """Return a value as JSON with control characters escaped."""
    return display.json_safe(json.dumps(value, ensure_ascii=False, indent=indent, separators=separators))


def as_json(table: Table) -> Iterator[str]:
    """Write one list of objects; a row of numbers takes one line."""
    return enclosed(to_json(row, indent=2) if table.of_events else f"  {to_json(row)}" for row in table.rows)


def as_jsonl(table: Table) -> Iterator[str]:
    """Write one object a line."""
    return (f"{to_json(row, separators=(',', ':') if table.of_events else None)}\n" for row in table.rows)


def as_yaml(table: Table) -> Iterator[str]:
    """Write one list of mappings."""
    return enclosed((to_yaml(row, quote=table.of_events) for row in table.rows), "", "", "")


def to_yaml(row: Row, quote: bool = True) -> str:
    """Return a list of one mapping as YAML; ``quote`` all strings that YAML 1.1, 1.2 or Psych reads as other values."""
    import yaml

    dumper = _dumper() if quote else yaml.SafeDumper
    written: str = yaml.dump([dict(row)], Dumper=dumper, allow_unicode=True, sort_keys=False, width=100, indent=2)
    return display.json_safe(re.sub(r"\\(?:\\|U([0-9A-F]{8}))", _unescaped, written) if "\\U" in written else written)


def _unescaped(match: re.Match[str]) -> str:
    """Return a character beyond U+FFFF in place of the escape that libyaml makes of each, also of an emoji."""
    character = chr(int(match[1], 16)) if match[1] else ""
    return character if character.isprintable() and character else match.group()


@cache
def _dumper() -> Any:
    import yaml

    base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # the same text, ten times as fast

    class Dumper(base):  # type: ignore[misc]
        """Writes no aliases, and every string that is not clearly a word in quotes."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

        def represent_string(self, data: str) -> Any:
            return self.represent_scalar("tag:yaml.org,2002:str", data, style=_yaml_quotes(data))

        def represent_number(self, data: float) -> Any:
            written = repr(data)  # a catalogue takes no exponents, and its numbers have at most six decimals
            return self.represent_scalar("tag:yaml.org,2002:float", f"{data:.6f}" if "e" in written else written)

    Dumper.add_representer(str, Dumper.represent_string)
    Dumper.add_representer(float, Dumper.represent_number)
    return Dumper


_RESERVED = frozenset("null true false yes no on off y n".split())  # no strings for some reader, in any capitals
_WORD = r"(?:[0-9]{4}(?:-[0-9]{2}){0,2}-)?[^\W\d_]"  # begins with a letter, or as an id: no number, date or symbol


def _yaml_quotes(value: str) -> str | None:
    if display.json_safe(value) != value or "\\U" in value:
        return '"'  # the only style that has escapes; JSON's are among them
    return None if re.match(_WORD, value) and value.lower() not in _RESERVED else "'"


# CSV and TSV: numbers stay numbers, and no cell can be read as a formula (OWASP: CSV injection)


def as_csv(table: Table, bom: bool = False) -> Iterator[str]:
    """Write comma-separated values (RFC 4180): lines end with CRLF, cells are quoted if necessary."""
    return _separated(table, ",", "\r\n", quoted, bom)


def as_tsv(table: Table, bom: bool = False) -> Iterator[str]:
    """Write tab-separated values; tabs and line breaks inside a value become spaces."""
    return _separated(table, "\t", "\n", tabbed, bom)


def _separated(table: Table, separator: str, ending: str, write: Callable[[str], str], bom: bool) -> Iterator[str]:
    yield ("\ufeff" if bom else "") + separator.join(write(harmless(name)) for name in table.columns) + ending
    for row in table.rows:
        cells = ((table.string(row[name]), row[name]) for name in table.columns)
        yield separator.join(shown if _is_number(value) else write(harmless(shown)) for shown, value in cells) + ending


def quoted(cell: str) -> str:
    """Quote a cell that contains a separator, also a semicolon, at which half of Europe's spreadsheets split."""
    if any(character in cell for character in ',;"\t\r\n') or cell != cell.strip():
        return '"' + cell.replace('"', '""') + '"'
    return cell


def tabbed(cell: str) -> str:
    """Return a cell of a TSV on one line; quote one that begins with a quotation mark, which is read as quoted."""
    cell = display.collapse_whitespace(cell)
    return '"' + cell.replace('"', '""') + '"' if cell.startswith('"') else cell


def harmless(shown: str) -> str:
    """Return a cell with an apostrophe before what a spreadsheet would read as a formula."""
    shown = display.escape_controls(shown)
    begin = shown.lstrip(" \t\n\xa0\u3000\u00ad\u061c\u200b\u200c\u200d\u200e\u200f")[:1]  # spaces and invisible marks
    if not begin.isascii():
        import unicodedata  # only for what is not ASCII

        begin = unicodedata.normalize("NFKC", begin)  # full-width characters begin a formula, too
    return f"'{shown}" if begin in ("=", "+", "-", "@", "\u2212") or shown[:1] in ("\t", "\n") else shown


# Markdown


def as_markdown(table: Table) -> Iterator[str]:
    """Write a table of GitHub's Markdown; numbers are aligned to the right."""
    header = f"| {' | '.join(map(escaped, table.columns))} |\n"
    if table.of_events:
        yield f"{header}|{' --- |' * len(table.columns)}\n"
    for number, row in enumerate(table.rows):
        values = [row[name] for name in table.columns]
        if not number and not table.of_events:
            yield f"{header}|{''.join(' ---: |' if _is_number(value) else ' --- |' for value in values)}\n"
        cells = (escaped(table.string(value, "" if table.of_events else NONE)) for value in values)
        yield f"| {' | '.join(cells)} |\n"


def escaped(value: str) -> str:
    """Return a string as one line of Markdown that shows it unchanged."""
    value = re.sub(r"([\\`*_\[\]<>|~&$])", r"\\\1", display.terminal_safe(value).strip())
    value = re.sub(r"(?<=\s)(#*)#$", r"\1\\#", value)  # would close a heading and vanish
    value = re.sub(r"^(#+|[-+=])", r"\\\1", value)
    return re.sub(r"^(\d+)(?=[.)])", r"\1\\", value)
