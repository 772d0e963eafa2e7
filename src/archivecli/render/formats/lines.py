"""One line an event: for pipes, for people, for xargs."""

from collections.abc import Iterator, Sequence

from archivecli import display
from archivecli.events import Hit
from archivecli.render.formats import Asked, Rows

CHUNK = 500
"""So many lines are aligned with each other; a long list is never held whole."""


def ids(rows: Rows, asked: Asked) -> Iterator[str]:
    """One id a line, or each ended by NUL."""
    ending = "\0" if asked.null else "\n"
    for hit in rows:
        yield hit.event.id + ending


def plain(rows: Rows, asked: Asked) -> Iterator[str]:
    """One line an event in aligned columns: id, date, kind, place, title, or the fields asked for."""
    chunk: list[Sequence[str]] = []
    widths = [0] * (len(asked.fields or _COLUMNS) - 1)
    for hit in rows:
        chunk.append(_row(hit, asked.fields))
        if len(chunk) == CHUNK:
            yield _aligned(chunk, widths)
            chunk = []
    yield _aligned(chunk, widths)


_COLUMNS = ("id", "when", "kind", "place", "title")


def _row(hit: Hit, fields: Sequence[str]) -> list[str]:
    if fields:
        from archivecli.render import columns  # 2 ms, and most lists need it not

        return [columns.cell(columns.value(hit, path)) or "-" for path in fields]
    row = [getattr(hit.event, name) or "-" for name in _COLUMNS]
    return [*row[:-1], f"{row[-1]} ({'; '.join(hit.reasons)})"] if hit.reasons else row


def _aligned(rows: Sequence[Sequence[str]], widths: list[int]) -> str:
    """Align rows; ``widths`` grows from chunk to chunk."""
    cleaned = [[display.terminal_safe(cell) for cell in row] for row in rows]
    for place in range(len(widths)):
        widths[place] = max([widths[place], *(display.width(row[place]) for row in cleaned)])
    return "".join(
        "  ".join([*(display.pad(cell, size) for cell, size in zip(row, widths, strict=False)), row[-1]]) + "\n"
        for row in cleaned
    )
