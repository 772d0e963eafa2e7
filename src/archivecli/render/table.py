"""Events → a table for people: as wide as the terminal, titles whole, with the shortest id that ``show`` takes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from rich import box
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from archivecli import dates, display
from archivecli.events import Event, Hit
from archivecli.render import theme
from archivecli.render.screen import Screen, dotted

if TYPE_CHECKING:
    from rich.console import RenderableType

WIDE = 110
"""From this width on, place, kind and id have columns of their own."""

SMALL = 72
"""Below this width the date has no column of its own either."""


class Shortening(Protocol):
    """What knows the ids of the archive."""

    def short_id(self, event_id: str) -> str:
        """Return the shortest beginning of an id that no other id shares."""


class Words(Shortening, Protocol):
    """What knows the ids of the archive, and the stems of its words."""

    def stems(self, words: Iterable[str]) -> Mapping[str, str]:
        """Return the stem of each word, as the index cuts them."""


def table(names: Words, hits: Sequence[Hit], screen: Screen, outcome: Any = None) -> list["RenderableType"]:
    """Return the rows of a list or search and a line that says how many there are."""
    passages = _passages(names, hits, outcome)
    rows = [(hit, names.short_id(hit.event.id), passages.get(hit.event.id)) for hit in hits]
    if screen.width < SMALL:
        return [*_small(rows), _footer(hits, outcome)]
    body = _wide(rows) if screen.width >= WIDE else _narrow(rows)
    return [body, _footer(hits, outcome)]


def chosen_table(
    names: Shortening, hits: Sequence[Hit], fields: Sequence[str], screen: Screen
) -> list["RenderableType"]:
    """Return a table of the fields asked for, under their paths; below each other where the width is too small for that."""
    from archivecli.render import columns

    rows = [[_chosen(names, hit, path, columns.cell(columns.value(hit, path))) for path in fields] for hit in hits]
    if sum(_least(path, column) for path, column in zip(fields, zip(*rows, strict=True), strict=True)) > screen.width:
        from archivecli.render.card import chosen_card

        return [part for hit in hits for part in chosen_card(hit, fields)]
    body = _empty_table()
    for path in fields:
        narrow = path in _STYLES and path != "title"
        body.add_column(path, no_wrap=narrow, overflow="fold", style=_STYLES.get(path, ""))
    for row in rows:
        body.add_row(*(Text(cell) for cell in row))
    return [body]


def _chosen(names: Shortening, hit: Hit, path: str, cell: str) -> str:
    return names.short_id(hit.event.id) if path == "id" else display.terminal_safe(cell)


READABLE = 24
"""In a column narrower than this, sentences are no pleasure."""


def _least(path: str, cells: Sequence[str]) -> int:
    """Return the width below which a column is no pleasure to read, the gap included."""
    return 3 + max(display.width(path), min(max(map(display.width, cells)), READABLE))


_STYLES = {"id": theme.ID, "start": theme.DATE, "end": theme.DATE, "when": theme.DATE, "title": theme.TITLE}


def _passages(names: Words, hits: Sequence[Hit], outcome: Any) -> dict[str, Text]:
    if outcome is None or not outcome.reading.terms:
        return {
            hit.event.id: Text(display.terminal_safe("; ".join(hit.reasons)), style="not bold")
            for hit in hits
            if hit.reasons
        }
    from archivecli.render.passages import Marker

    return Marker(outcome.reading, names.stems).passages([hit.event for hit in hits])


def _empty_table() -> Table:
    return Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, expand=True, header_style=theme.LABEL)


Rows = Sequence[tuple[Hit, str, Text | None]]


def _wide(rows: Rows) -> Table:
    body = _empty_table()
    body.add_column("Date", no_wrap=True, style=theme.DATE)
    body.add_column("Title", ratio=1)
    body.add_column("Place", max_width=24)
    body.add_column("Kind", no_wrap=True)
    body.add_column("Id", no_wrap=True, style=theme.ID)
    for hit, short, passage in rows:
        event = hit.event
        title = Text(display.terminal_safe(event.title), style=theme.TITLE)
        if passage is not None:
            title = Text("\n").join((title, passage))
        place, kind = Text(display.terminal_safe(event.place), style=theme.PLACE), _kind(event)
        body.add_row(_when(event), title, place, kind, Text(short))
    return body


def _narrow(rows: Rows) -> Table:
    body = Table(box=None, show_header=False, show_edge=False, pad_edge=False, expand=True, padding=(0, 2, 0, 0))
    body.add_column(no_wrap=True, style=theme.DATE)
    body.add_column(ratio=1)
    for hit, short, passage in rows:
        event = hit.event
        parts = [Text(display.terminal_safe(event.title), style=theme.TITLE), dotted(_facts(event, short))]
        if passage is not None:
            parts.insert(1, passage)
        body.add_row(_when(event), Text("\n").join(parts))
    return body


def _small(rows: Rows) -> Iterator["RenderableType"]:
    """Yield titles over the whole width, and what belongs to them indented below."""
    for hit, short, passage in rows:
        yield Text(display.terminal_safe(hit.event.title), style=theme.TITLE)
        if passage is not None:
            yield Padding(passage, (0, 0, 0, 2))
        yield Padding(dotted([_when(hit.event), *_facts(hit.event, short)]), (0, 0, 0, 2))


def _facts(event: Event, short: str) -> list[Text]:
    """Return what stands below a title: the id, which is never broken where it comes first, the kind, the place."""
    return [Text(short, style=theme.ID), _kind(event), Text(display.terminal_safe(event.place), style=theme.PLACE)]


def _when(event: Event) -> Text:
    return Text(dates.human(event.start, event.end), style=theme.DATE)


def _kind(event: Event) -> Text:
    return Text(display.terminal_safe(event.kind), style=theme.kind(event.kind))


def _footer(hits: Sequence[Hit], outcome: Any) -> Text:
    total = outcome.total if outcome is not None else len(hits)
    count = f"{len(hits)} event{'' if len(hits) == 1 else 's'}"
    if total > len(hits):
        count = f"{len(hits)} of {total} events"
    if hits and hits[0].partial:
        count += ", none with all the words: these have most of them"
    return Text(f"\n{count} · archive show ID tells everything about one", style=theme.DIM)
