"""``archive schema``: the JSON Schema of a catalogue."""

from archivecli.cli.options import command
from archivecli.cli.output import Output


@command
def run(*, out: Output) -> None:
    """Print the JSON Schema of a catalogue, for editors and for readers of the JSON output.

    Examples:  archive schema > catalogue.schema.json
    """
    from archivecli.catalogue.json_schema import schema_text

    out.write([schema_text()])
