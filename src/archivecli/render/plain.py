"""A record → ``field: value`` lines for a pipe: nothing cut, nothing wrapped, ISO dates."""

from collections.abc import Iterator, Sequence

from archivecli import dates, display
from archivecli.events import Event, Hit
from archivecli.render.lines import lines


def plain_record(event: Event, last: bool = True, fields: Sequence[str] = ()) -> str:
    """Return a record as ``field: value`` lines, a line each value; a blank line parts it from the next."""
    said = chosen(Hit(event), fields) if fields else ((line.field.name, line.text) for line in lines(event, dates.iso))
    shown = "".join(f"{name}: {display.terminal_safe(value)}\n" for name, value in said)
    return shown if last else shown + "\n"


def chosen(hit: Hit, fields: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield every value at the paths asked for, with its path."""
    from archivecli.render import columns

    for path in fields:
        found = columns.value(hit, path)
        yield from ((path, columns.cell(item)) for item in (found if isinstance(found, list) else [found]))
