"""``archive related``: the events nearest to one, each with its reasons."""

from typing import Annotated

import typer

from archivecli.cli.arguments import STDIN
from archivecli.cli.options import CommonOptions, OutputOptions, command
from archivecli.cli.writing import write_events
from archivecli.errors import UsageError
from archivecli.events import Hit


@command
def run(
    event_id: Annotated[str, typer.Argument(metavar="ID", help="id, or its beginning")],
    limit: Annotated[int, typer.Option("--limit", "-n", min=0, metavar="N", help="show at most N events")] = 10,
    *,
    options: OutputOptions,
    common: CommonOptions,
) -> None:
    """Show the events nearest to one, and what they have in common with it.

    Example:  archive related 2009-12-14
    """
    if event_id == STDIN:
        raise UsageError("related takes one id, not ids from standard input", "archive related ID")
    archive, out = common.open(), common.out
    event = archive.get(event_id)
    found = archive.related(event, limit)
    hits = [Hit(one.event, one.score, reasons=one.reasons) for one in found]
    write_events(out, archive, hits, options, scored=True)
    if not hits and limit:
        out.note(f"no other event has much in common with {event.id}")
