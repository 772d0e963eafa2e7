"""Sheets for spreadsheets and databases: a heading, then a row an event.

The heading holds the paths of the fields. A cell with several values joins them by "; ". A text that a spreadsheet
would take for a formula gets an apostrophe before it (OWASP: CSV injection); numbers stay numbers.
"""

import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

from archivecli import display
from archivecli.render import columns
from archivecli.render.formats import Asked, Rows

DEFAULT = (
    *("id", "start", "end", "title", "kind", "place", "places.venue", "places.city", "places.country"),
    *("topics", "organisers.body", "hosts.body", "partners.body", "funders.body"),
    *("participants.count", "participants.countries", "people.name", "projects.project"),
    *("summary", "outcomes", "links.url", "source.page", "source.entry"),
)
"""The default columns: what fits in a cell and what one sorts, filters and counts by."""


def as_csv(rows: Rows, asked: Asked) -> Iterator[str]:
    """Comma-separated values (RFC 4180): UTF-8, lines ended by CRLF, quotes where they are needed."""
    return _sheet(rows, asked, ",", "\r\n", quoted)


def as_tsv(rows: Rows, asked: Asked) -> Iterator[str]:
    """Tab-separated values; tabs and line breaks inside a value become blanks."""
    return _sheet(rows, asked, "\t", "\n", tabbed)


def _sheet(rows: Rows, asked: Asked, separator: str, ending: str, written: Callable[[str], str]) -> Iterator[str]:
    paths = asked.fields or DEFAULT
    yield ("\ufeff" if asked.bom else "") + separator.join(paths) + ending
    for hit in rows:
        cells = (written(harmless(columns.value(hit, path))) for path in paths)
        yield separator.join(cells) + ending


def quoted(cell: str) -> str:
    """Quote a cell with separators in it; the semicolon counts, for half of Europe's spreadsheets split at it."""
    if any(sign in cell for sign in ',;"\t\r\n') or cell != cell.strip():
        return '"' + cell.replace('"', '""') + '"'
    return cell


def tabbed(cell: str) -> str:
    """Return a cell of a TSV on one line, in quotes if it begins with a quotation mark.

    Spreadsheets and databases read such a cell as a quoted one, and up to the next mark would swallow whole rows.
    """
    cell = display.collapse_whitespace(cell)
    return '"' + cell.replace('"', '""') + '"' if cell.startswith('"') else cell


def harmless(value: Any) -> str:
    """Return a cell that no spreadsheet takes for a formula, also after blanks or in full-width signs."""
    cell = display.escape_controls(columns.cell(value))
    if isinstance(value[0] if isinstance(value, list) and len(value) == 1 else value, (int, float)):
        return cell
    begin = unicodedata.normalize("NFKC", cell.lstrip(_BEFORE_A_FORMULA)[:1])
    return f"'{cell}" if begin in ("=", "+", "-", "@", "\u2212") or cell[:1] in ("\t", "\n") else cell


_BEFORE_A_FORMULA = " \t\n\xa0\u3000\u00ad\u061c\u200b\u200c\u200d\u200e\u200f"
"""Blanks and invisible marks that do not keep a spreadsheet from reading what follows as a formula."""
