"""Counts → stdout: a number, or values with numbers (and bars at a terminal)."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from archivecli import text
from archivecli.cli.form import chosen
from archivecli.cli.output import Output
from archivecli.index.reader import Tally

CHOICES = ("table", "plain", "json", "jsonl", "csv", "tsv", "yaml")

CountFormat = Annotated[
    str | None,
    typer.Option("--format", "-f", metavar="FORMAT", help=f"one of {', '.join(CHOICES)}"),
]


def emit_count(out: Output, total: int, format_: str | None) -> None:
    """Write how many events there are."""
    name = chosen(format_, out, CHOICES)
    if name in ("table", "plain"):
        out.write([f"{total}\n"])
    else:
        _emit_rows(out, name, [{"count": total}])


def emit_tally(out: Output, field: str, tallies: Sequence[Tally], total: int, format_: str | None) -> None:
    """Write the values of a field with their numbers of events."""
    name = chosen(format_, out, CHOICES)
    if name == "table":
        from archivecli.render.bars import bars

        out.show(*bars(field, tallies, total, out))
    elif name == "plain":
        widest = max((len(str(tally.number)) for tally in tallies), default=0)
        out.write(f"{tally.number:>{widest}}  {text.one_line(tally.name) or '(none)'}\n" for tally in tallies)
    else:
        _emit_rows(out, name, [{field: tally.name or None, "count": tally.number} for tally in tallies])


def _emit_rows(out: Output, name: str, rows: list[dict[str, Any]]) -> None:
    if name == "json":
        out.write_data([json.dumps(rows, ensure_ascii=False, indent=2) + "\n"])
    elif name == "jsonl":
        out.write_data(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    elif name == "yaml":
        import yaml

        out.write_data([yaml.safe_dump(rows, allow_unicode=True, sort_keys=False)])
    else:
        out.write_data([_separated(rows, "," if name == "csv" else "\t")])


def _separated(rows: list[dict[str, Any]], delimiter: str) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n" if delimiter == "," else "\n")
    if rows:
        writer.writerow(rows[0])
    writer.writerows(row.values() for row in rows)
    return buffer.getvalue()
