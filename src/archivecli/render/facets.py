"""Facets: the values of fields, how many events have each, and the option that narrows to each."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from archivecli import display
from archivecli.dates import quarter_months
from archivecli.query.criteria import NONE, PERIODS
from archivecli.query.results import Count
from archivecli.render import theme
from archivecli.render.counts import bar, share
from archivecli.render.tabular import Row, Table, View
from archivecli.render.theme import Screen
from archivecli.schema import CORE_FACETS

if TYPE_CHECKING:
    from rich.console import RenderableType

_COLUMNS = ("field", "count", "percent", "value", "command")
_SHORTEST_BAR = 4

AsTyped = Callable[[str, str, str], str | None]
"""Returns a value of a field as people type it, given field, name and short form; None or "" if that is ambiguous."""


class Field(NamedTuple):
    """A field with the counts of its values, and the command that shows them all."""

    name: str
    counts: Sequence[Count]
    command: str


def facets_view(
    fields: Sequence[Field], total: int, limit: int, as_typed: AsTyped, listing: Callable[..., str]
) -> View:
    """Return a row for each value of each field; ``listing`` makes the command that lists the events of one.

    The drawing has at most ``limit`` values of a field, all for 0.
    """

    def rows() -> Iterator[Row]:
        for field in fields:
            for count in field.counts:
                narrowing = _narrowing(field.name, count, as_typed)
                command = listing(*narrowing) if narrowing else None
                cells = (field.name, count.number, share(count.number, total), count.name or None, command)
                yield dict(zip(_COLUMNS, cells, strict=True))

    def draw(screen: Screen) -> Iterator["RenderableType"]:
        if not total:
            return
        for field in fields:
            shown = [c for place, c in enumerate(field.counts) if not limit or place < limit or not c.name]
            values = display.plural(sum(1 for count in field.counts if count.name), "value")
            several = "; an event may have several" if sum(count.number for count in field.counts) > total else ""
            yield theme.line((field.name.capitalize(), theme.HEADING), (f"  {values}{several}", theme.DIM))
            yield from _draw_values([(count, _narrowing(field.name, count, as_typed)) for count in shown], screen)
            if len(shown) < len(field.counts):
                left = f"{len(field.counts) - len(shown):,} more: "
                yield theme.line((left, theme.DIM), (field.command, theme.COMMAND))
            yield ""
        yield theme.note(f"{display.plural(total, 'event')}. The options at the right narrow to a value:")
        named = ((field.name, count) for field in fields for count in field.counts if count.name)
        example = next(filter(None, (_narrowing(field, count, as_typed) for field, count in named)), ())
        yield theme.paragraph((listing(*example), theme.COMMAND))

    return View(Table(_COLUMNS, rows()), draw)


def _narrowing(field: str, count: Count, as_typed: AsTyped) -> tuple[str, ...]:
    """Return the option, or the part of a query, that narrows to a value; empty if its name cannot be typed."""
    if field == "quarter":
        first, last = quarter_months(count.name)
        return ("--from", first, "--to", last)
    if field in PERIODS:
        return (f"--{field}", count.name)
    typed = as_typed(field, count.name, count.short) if count.name else NONE
    if not typed:
        return ()
    if CORE_FACETS[field].option:
        return (f"--{field}", typed)
    return (f'{field}:"{typed}"' if typed == NONE else f"{field}:{typed}",)


def _draw_values(values: Sequence[tuple[Count, tuple[str, ...]]], screen: Screen) -> Iterator["RenderableType"]:
    """Yield a line for each value: its name, number, bar and option; a long option goes below."""
    options = [shlex.join(pieces) for _, pieces in values]
    last = max((wide for option in options if (wide := display.width(option)) <= screen.width // 2), default=0)
    highest = max((count.number for count, _ in values), default=1)
    digits = len(f"{highest:,}")
    names = [screen.text(count.name) or NONE for count, _ in values]
    free = max(screen.width - digits - last - _SHORTEST_BAR - 6, 12)
    widest = min(max(map(display.width, names), default=0), 40, free, max(screen.width // 3, 12))
    cells = min(max(screen.width - widest - digits - last - 6, _SHORTEST_BAR), 40)
    for (count, _), name, option in zip(values, names, options, strict=True):
        if display.width(name) > widest and count.short:
            name = screen.text(count.short)
        line = theme.line(
            (display.pad(display.truncate(name, widest), widest), "" if count.name else theme.DIM),
            (f"  {count.number:>{digits},}  ", theme.NUMBER),
            (display.pad(bar(count.number / highest, cells), cells), theme.BAR),
        )
        if display.width(option) <= last:
            yield line.append(f"  {option}", style=theme.COMMAND)
        else:
            line.rstrip()
            yield line
            yield theme.paragraph((f"    {option}", theme.COMMAND))
