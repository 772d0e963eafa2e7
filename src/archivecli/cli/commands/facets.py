"""``archive facets``: by which values a selection of events can be narrowed, and the command for each."""

from typing import Annotated

import typer

from archivecli.cli.asking import ask
from archivecli.cli.ids import STDIN, without_stdin
from archivecli.cli.options import Common, FailIfEmpty, command
from archivecli.cli.tallies import Sheet, ViewFile, ViewForce, ViewFormat, emit_view
from archivecli.cli.views import values
from archivecli.errors import nearest
from archivecli.query.criteria import Node
from archivecli.query.facets import FACETS, PERIODS

app = typer.Typer()

FIELDS = (*PERIODS, *(facet.name for facet in FACETS))
USUAL = ("year", *(facet.name for facet in FACETS if facet.option))


@app.command()
@command
def facets(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FIELD...] [WORDS...]",
            help=f"fields ({', '.join(FIELDS)}), then words that the events answer; - reads ids",
        ),
    ] = None,
    limit: Annotated[
        int,
        typer.Option(
            "--limit", "-n", min=0, metavar="N", help="at most so many values of a field at a terminal; 0 for all"
        ),
    ] = 10,
    format_: ViewFormat = None,
    output: ViewFile = None,
    force: ViewForce = False,
    fail_if_empty: FailIfEmpty = False,
    *,
    where: Node,
    common: Common,
) -> None:
    """Show the values of fields with their numbers of events, and how to narrow to each.

    Examples:  archive facets  ·  archive facets topic country --year 2009  ·  archive facets body corruption

    Events without a value of a field stand under (none), so that all events are accounted for.
    """
    typed, piped = without_stdin(words)
    fields, rest = _parted(typed)
    sheet = Sheet(format_, output, force)
    found = ask([*rest, STDIN] if piped else rest, where, common)
    near = nearest(rest[0], FIELDS, 1) if rest and rest[0].isalpha() else []
    if near and not found.total:
        found.out.remark(f"'{rest[0]}' was read as a word to look for; the field is {near[0]}")
    emit_view(found.out, values.facets(found, fields or USUAL, limit), sheet)
    found.remark_if_empty(fail_if_empty)


def _parted(words: list[str]) -> tuple[tuple[str, ...], list[str]]:
    """Part the fields from the words: what names a field is one, until the first that does not."""
    fields: list[str] = []
    for place, word in enumerate(words):
        if word not in FIELDS:
            return tuple(fields), words[place:]
        if word not in fields:
            fields.append(word)
    return tuple(fields), []
