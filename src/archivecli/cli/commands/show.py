"""``archive show``: everything about one or more events."""

from archivecli.cli.arguments import Ids, events_of
from archivecli.cli.options import CommonOptions, OutputOptions, command
from archivecli.cli.writing import write_records


@command
def run(ids: Ids, *, options: OutputOptions, common: CommonOptions) -> None:
    """Show everything that the archive knows about an event.

    Examples:  archive show 2009-12-09  ·  archive show 2012 --format json  ·  archive search asset -f ids | archive show -
    """
    archive, out = common.open(), common.out
    events = events_of(archive, out, ids, options.null)
    written = options if options.format == "ids" else options._replace(null=False)
    write_records(out, archive, events, written)
