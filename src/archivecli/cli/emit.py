"""An answer of events → stdout or a file, in the format that was asked for, or that suits a terminal or a pipe."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from archivecli import text
from archivecli.archive import Archive
from archivecli.cli.form import TABLE, Form
from archivecli.cli.output import Output
from archivecli.events import Event, Hit
from archivecli.render.formats import FORMATS, Asked

if TYPE_CHECKING:
    from archivecli.index.search import Outcome


def emit(
    out: Output,
    archive: Archive,
    hits: Iterable[Hit],
    form: Form,
    outcome: "Outcome | None" = None,
    scored: bool = False,
) -> bool:
    """Write events one a line or row; return whether there were any. ``scored``: the hits have more than their events."""
    name = form.name(out)
    asked = _asked(form, archive, scored or outcome is not None)
    in_ascii = not out.unicode and (name == TABLE or (name == "plain" and out.terminal and form.file is None))
    counted = _Counted(map(_in_ascii, hits) if in_ascii else hits)
    if name != TABLE:
        _deliver(out, form, name, FORMATS[name].write(counted, asked))
    elif found := list(counted):
        from archivecli.render.table import chosen_table, table  # Rich, 40 ms, only for people

        shown = chosen_table(archive, found, asked.fields, out) if asked.fields else table(archive, found, out, outcome)
        out.show(*shown)
    _say_written(out, form, counted.number)
    return counted.number > 0


def _in_ascii(hit: Hit) -> Hit:
    """Return a hit as it is printed, so that columns are as wide as that."""
    return hit._replace(event=hit.event.in_ascii(), reasons=tuple(map(text.ascii_only, hit.reasons)))


def _say_written(out: Output, form: Form, number: int) -> None:
    if form.file is not None:
        out.remark(f"{number:,} event{'' if number == 1 else 's'} written to {form.file}")


class _Counted:
    """Passes hits on and counts them."""

    def __init__(self, hits: Iterable[Hit]) -> None:
        self.hits = hits
        self.number = 0

    def __iter__(self) -> Iterator[Hit]:
        for hit in self.hits:
            self.number += 1
            yield hit


def emit_records(out: Output, archive: Archive, events: Sequence[Event], form: Form) -> None:
    """Write whole events: a card each at a terminal, ``field: value`` lines in a pipe, or a data format."""
    name = form.name(out)
    asked = _asked(form, archive)
    if name == TABLE and not out.unicode:
        events = [event.in_ascii() for event in events]
    if name == TABLE:
        from archivecli.render.card import cards, chosen_card  # Rich, 40 ms, only for people

        if asked.fields:
            out.show(*(part for event in events for part in chosen_card(Hit(event), asked.fields)))
        else:
            out.show(*cards(archive, events, out))
    elif name == "plain":
        from archivecli.render.plain import plain_record

        _deliver(out, form, name, (plain_record(event, event is events[-1], asked.fields) for event in events))
    else:
        _deliver(out, form, name, FORMATS[name].write((Hit(event) for event in events), asked))
    _say_written(out, form, len(events))


def _asked(form: Form, archive: Archive, searched: bool = False) -> Asked:
    fields: tuple[str, ...] = ()
    if form.fields is not None:
        from archivecli.render import columns

        fields = columns.chosen(form.fields, searched)
    return Asked(fields, form.bom, form.null, archive.about, lambda page: archive.term("pages", page).url)


def _deliver(out: Output, form: Form, name: str, pieces: Iterable[str]) -> None:
    """Write to a file, whole, or to standard output."""
    if form.file is not None:
        out.write_file(form.file, pieces, form.force)
    elif name == "plain" and out.terminal:
        out.write(pieces)
    else:
        out.write_data(pieces)
