"""Rows of numbers and names → data for other programs: what the views write in a pipe or a file.

Every row has the same columns. ``None`` is a value that the events do not have: ``(none)`` in plain text and Markdown,
empty in sheets, ``null`` in JSON and YAML. A list of values, or of numbers under names, is one cell where there are no
lists, joined by "; " or ", ".
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from archivecli import display
from archivecli.query.facets import NONE

Row: TypeAlias = Mapping[str, Any]
Rows: TypeAlias = Iterable[Row]

ALL = "(all)"
"""Stands for every value together, in the rows that hold totals."""

NOT_ADDED = frozenset({"%"})
"""Units whose numbers are told, but never added up."""

CHUNK = 500
"""So many lines are aligned with each other; a long answer is never held whole."""


def cell(value: Any, none: str = NONE) -> str:
    """Return one value as text."""
    if value is None or value == "":
        return none
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {inner}" for name, inner in value.items()) or none
    if isinstance(value, list):
        return "; ".join(str(item) for item in value) or none
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def plain(rows: Rows, columns: Sequence[str]) -> Iterator[str]:
    """One line a row in aligned columns without a heading; numbers stand to the right, nothing is cut."""
    chunk: list[list[tuple[str, bool]]] = []
    widths = [0] * len(columns)
    for row in rows:
        chunk.append(
            [(display.terminal_safe(cell(row[name])), isinstance(row[name], (int, float))) for name in columns]
        )
        if len(chunk) == CHUNK:
            yield _aligned(chunk, widths)
            chunk = []
    yield _aligned(chunk, widths)


def _aligned(chunk: list[list[tuple[str, bool]]], widths: list[int]) -> str:
    for place in range(len(widths)):
        widths[place] = max([widths[place], *(display.width(row[place][0]) for row in chunk)])
    return "".join("  ".join(_padded(row, widths)).rstrip() + "\n" for row in chunk)


def _padded(row: list[tuple[str, bool]], widths: list[int]) -> Iterator[str]:
    for (shown, number), size in zip(row, widths, strict=True):
        yield " " * (size - display.width(shown)) + shown if number else display.pad(shown, size)


def as_json(rows: Rows, columns: Sequence[str]) -> Iterator[str]:
    """One list of objects."""
    opened = False
    for row in rows:
        yield ",\n" if opened else "[\n"
        opened = True
        yield f"  {display.json_safe(json.dumps(row, ensure_ascii=False))}"
    yield "\n]\n" if opened else "[]\n"


def as_jsonl(rows: Rows, columns: Sequence[str]) -> Iterator[str]:
    """One object a line."""
    for row in rows:
        yield display.json_safe(json.dumps(row, ensure_ascii=False)) + "\n"


def as_yaml(rows: Rows, columns: Sequence[str]) -> Iterator[str]:
    """One list of mappings."""
    import yaml

    empty = True
    for row in rows:
        empty = False
        yield yaml.safe_dump([dict(row)], allow_unicode=True, sort_keys=False, width=100)
    if empty:
        yield "[]\n"


def as_csv(rows: Rows, columns: Sequence[str]) -> Iterator[str]:
    """Comma-separated values with a heading (RFC 4180)."""
    return _sheet(rows, columns, ",", "\r\n")


def as_tsv(rows: Rows, columns: Sequence[str]) -> Iterator[str]:
    """Tab-separated values with a heading."""
    return _sheet(rows, columns, "\t", "\n")


def _sheet(rows: Rows, columns: Sequence[str], separator: str, ending: str) -> Iterator[str]:
    from archivecli.render.formats.sheets import harmless, quoted, tabbed

    written = quoted if separator == "," else tabbed
    yield separator.join(written(harmless(name)) for name in columns) + ending
    for row in rows:
        values = (row[name] for name in columns)
        yield separator.join(cell(v) if _is_number(v) else written(harmless(cell(v, ""))) for v in values) + ending


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def as_markdown(rows: Rows, columns: Sequence[str]) -> Iterator[str]:
    """A table of GitHub's Markdown."""
    from archivecli.render.formats.markdown import escaped

    opened = False
    for row in rows:
        if not opened:
            yield f"| {' | '.join(escaped(name) for name in columns)} |\n"
            yield f"|{''.join(' ---: |' if _is_number(row[name]) else ' --- |' for name in columns)}\n"
            opened = True
        yield f"| {' | '.join(escaped(cell(row[name])) for name in columns)} |\n"


FORMATS: dict[str, tuple[Callable[[Rows, Sequence[str]], Iterator[str]], tuple[str, ...]]] = {
    "plain": (plain, (".txt",)),
    "json": (as_json, (".json",)),
    "jsonl": (as_jsonl, (".jsonl", ".ndjson")),
    "csv": (as_csv, (".csv",)),
    "tsv": (as_tsv, (".tsv", ".tab")),
    "yaml": (as_yaml, (".yaml", ".yml")),
    "markdown": (as_markdown, (".md", ".markdown")),
}
"""Every format of a view by name, with the suffixes of files that are written so."""
