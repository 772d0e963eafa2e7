"""``archive show``: everything about one event or several."""

from typing import Annotated

import typer

from archivecli.cli.emit import emit_records
from archivecli.cli.form import Form
from archivecli.cli.ids import IDS_HELP, events_of
from archivecli.cli.options import Common, command

app = typer.Typer()


@app.command()
@command
def show(
    ids: Annotated[
        list[str],
        typer.Argument(metavar="ID...", help=IDS_HELP),
    ],
    *,
    form: Form,
    common: Common,
) -> None:
    """Show everything that the archive knows of an event.

    Examples:  archive show 2009-12-09  ·  archive show 2012 --format json  ·  archive search asset -f ids | archive show -
    """
    archive = common.open()
    out = common.out
    events = events_of(archive, out, ids, form.null)
    written = form if form.format == "ids" else form._replace(null=False)
    emit_records(out, archive, events, written)
