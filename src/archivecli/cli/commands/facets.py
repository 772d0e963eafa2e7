"""``archive facets``: the values of fields, and the command that narrows to each."""

from itertools import dropwhile, takewhile
from typing import Annotated

import typer

from archivecli.cli.arguments import STDIN, without_stdin
from archivecli.cli.options import CommonOptions, OutputOptions, command
from archivecli.cli.views import select
from archivecli.errors import similar
from archivecli.query.criteria import PERIODS, Node
from archivecli.render.facets import Field, facets_view
from archivecli.schema import CORE_FACETS

FIELDS = (*PERIODS, *CORE_FACETS)
USUAL = ("year", *(facet.name for facet in CORE_FACETS.values() if facet.option))


@command
def run(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FIELD...] [WORDS...]",
            help=f"fields ({', '.join(FIELDS)}), then words that the events match; - reads ids",
        ),
    ] = None,
    limit: Annotated[
        int,
        typer.Option(
            "--limit", "-n", min=0, metavar="N", help="show at most N values of a field at a terminal; 0: all"
        ),
    ] = 10,
    *,
    view_options: OutputOptions,
    where: Node,
    common: CommonOptions,
) -> bool:
    """Show the values of fields with their numbers of events, and how to narrow to each.

    Examples:  archive facets  ·  archive facets topic country --year 2009  ·  archive facets body corruption

    Events without a value of a field are under (none), so that all events are accounted for.
    """
    typed, piped = without_stdin(words)
    fields = list(dict.fromkeys(takewhile(FIELDS.__contains__, typed)))
    rest = list(dropwhile(FIELDS.__contains__, typed))
    found = select([*rest, STDIN] if piped else rest, where, common)
    near = similar(rest[0], FIELDS, 1) if rest and rest[0].isalpha() else []
    if near and not found.total:
        found.out.note(f"'{rest[0]}' was read as a word to look for; the field is {near[0]}")
    shown = [
        Field(field, found.selection.count_by(field), found.view("facets", field, "--limit", "0"))
        for field in fields or USUAL
    ]
    view = facets_view(shown, found.total, limit, found.archive.index.as_typed, found.listing)
    return found.write(view, view_options)
