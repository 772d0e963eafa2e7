"""Events → a table as wide as the terminal, with whole titles and the shortest id that ``show`` takes."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rich import box
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from archivecli import dates, display
from archivecli.events import Event, Hit
from archivecli.render import theme
from archivecli.render.tabular import cell
from archivecli.render.theme import dotted, safe
from archivecli.schema import Schema

if TYPE_CHECKING:
    from rich.console import RenderableType

WIDE = 110  # from here on, place, kind and id have columns of their own
SMALL = 72  # below, the date has none either
READABLE = 24  # the width that a column of sentences needs


class EventRow(NamedTuple):
    """An event with its shortest id, and what goes below its title: a passage, or why it is related."""

    hit: Hit
    short_id: str
    passage: Text | None = None


def event_table(rows: Sequence[EventRow], total: int, width: int) -> Iterator["RenderableType"]:
    """Yield the rows of a list or search, and a line with their number."""
    if width < SMALL:
        yield from _small(rows)
    else:
        yield _wide(rows) if width >= WIDE else _narrow(rows)
    count = display.plural(len(rows), "event") if total <= len(rows) else f"{len(rows):,} of {total:,} events"
    if rows and rows[0].hit.partial:
        count += ", none with all the words: these have most of them"
    yield Text(f"\n{count} · archive show ID tells everything about one", style=theme.DIM)


def field_table(schema: Schema, rows: Sequence[EventRow], fields: Sequence[str], width: int) -> list["RenderableType"]:
    """Return a table of the fields asked for under their paths; if it would not fit, the fields below each other."""
    from archivecli.render import columns

    def shown(row: EventRow, path: str) -> str:
        return row.short_id if path == "id" else display.terminal_safe(cell(columns.value(schema, row.hit, path)))

    cells = {path: [shown(row, path) for row in rows] for path in fields}
    widest = {path: min(max(map(display.width, column)), READABLE) for path, column in cells.items()}
    if sum(3 + max(display.width(path), cells_needed) for path, cells_needed in widest.items()) > width:
        from archivecli.render.card import field_card

        return [part for row in rows for part in field_card(schema, row.hit, fields)]
    body = _empty_table()
    for path in fields:
        narrow = path in _STYLES and path != "title"
        body.add_column(path, no_wrap=narrow, overflow="fold", style=_STYLES.get(path, ""))
    for row_cells in zip(*cells.values(), strict=True):
        body.add_row(*map(Text, row_cells))
    return [body]


_STYLES = {"id": theme.ID, "start": theme.DATE, "end": theme.DATE, "when": theme.DATE, "title": theme.TITLE}


def _empty_table() -> Table:
    return Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, expand=True, header_style=theme.LABEL)


def _wide(rows: Sequence[EventRow]) -> Table:
    body = _empty_table()
    body.add_column("Date", no_wrap=True, style=theme.DATE)
    body.add_column("Title", ratio=1)
    body.add_column("Place", max_width=24)
    body.add_column("Kind", no_wrap=True)
    body.add_column("Id", no_wrap=True, style=theme.ID)
    for (event, *_), short, passage in rows:
        place = safe(event.place, theme.PLACE)
        body.add_row(when(event), _under_title(event, passage), place, kind(event), Text(short))
    return body


def _narrow(rows: Sequence[EventRow]) -> Table:
    body = Table(box=None, show_header=False, show_edge=False, pad_edge=False, expand=True, padding=(0, 2, 0, 0))
    body.add_column(no_wrap=True, style=theme.DATE)
    body.add_column(ratio=1)
    for (event, *_), short, passage in rows:
        body.add_row(when(event), _under_title(event, passage, dotted(_facts(event, short))))
    return body


def _small(rows: Sequence[EventRow]) -> Iterator["RenderableType"]:
    """Yield titles over the whole width, and what belongs to them indented below."""
    for (event, *_), short, passage in rows:
        yield safe(event.title, theme.TITLE)
        if passage is not None:
            yield Padding(passage, (0, 0, 0, 2))
        yield Padding(dotted([when(event), *_facts(event, short)]), (0, 0, 0, 2))


def _under_title(event: Event, *parts: Text | None) -> Text:
    return Text("\n").join([safe(event.title, theme.TITLE), *(part for part in parts if part is not None)])


def _facts(event: Event, short: str) -> list[Text]:
    """Return what is below a title: the id, never broken because it comes first, the kind, the place."""
    return [Text(short, style=theme.ID), kind(event), safe(event.place, theme.PLACE)]


def when(event: Event) -> Text:
    """Return the dates of an event."""
    return Text(dates.human(event.start, event.end), style=theme.DATE)


def kind(event: Event) -> Text:
    """Return the kind of an event in its colour."""
    return safe(event.kind, theme.kind(event.kind))
