"""The options that say in what form events are written, declared once, and what they come to."""

import inspect
from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple

import typer

from archivecli.cli.output import Output
from archivecli.errors import UsageError, did_you_mean
from archivecli.render.formats import FORMATS, by_suffix
from archivecli.settings import named

TABLE = "table"
CHOICES = (TABLE, *FORMATS)
PANEL = "Form of the answer"

STDOUT = "-"


class Form(NamedTuple):
    """What was typed: a format, a file, fields, and the like; nothing of it is checked yet."""

    format: str | None = None
    output: str | None = None
    force: bool = False
    fields: str | None = None
    bom: bool = False
    null: bool = False
    """Ids end with NUL: those that are written, and those that are read from standard input."""

    @property
    def file(self) -> str | None:
        """The file to write; None for standard output."""
        return None if self.output is None or self.output == STDOUT else named("--output", self.output)

    def name(self, out: Output) -> str:
        """Return the name of the format to write; raise UsageError where the options do not fit each other."""
        found = self._name(out)
        self._check(found)
        return found

    def _name(self, out: Output) -> str:
        if self.format is None and self.file is not None:
            return _of_file(self.file)
        if self.format is None and self.null:
            return "ids"
        return chosen(self.format, out)

    def _check(self, name: str) -> None:
        if self.file is not None and name == TABLE:
            raise UsageError("a table is for a terminal, not for a file", "--format plain is its like for files")
        if self.force and self.file is None:
            raise UsageError("--force is for --output FILE")
        takes = ("fields",) if name == TABLE else FORMATS[name].takes
        for option, given in (("fields", self.fields is not None), ("bom", self.bom), ("null", self.null)):
            if given and option not in takes:
                able = [*([TABLE] if option == "fields" else []), *(n for n, f in FORMATS.items() if option in f.takes)]
                raise UsageError(f"--{option} does not go with {name}", f"it goes with {', '.join(able)}")


def checked(typed: str, choices: Sequence[str] = CHOICES) -> str:
    """Return a format's name; raise UsageError for one that does not exist."""
    if typed not in choices:
        raise UsageError(f"--format: '{typed[:40]}' is none of {', '.join(choices)}", did_you_mean(typed, choices))
    return typed


def chosen(typed: str | None, out: Output, choices: Sequence[str] = CHOICES) -> str:
    """Return the format to write on standard output; raise UsageError for one that does not exist."""
    return checked(typed, choices) if typed is not None else TABLE if out.terminal else "plain"


def _of_file(file: str) -> str:
    found = by_suffix(file)
    if found is None:
        known = ", ".join(suffix for format_ in FORMATS.values() for suffix in format_.suffixes)
        raise UsageError(f"--output: no format is known by the name '{file}'", f"--format NAME, or one of {known}")
    return found


def form_parameters() -> list[inspect.Parameter]:
    """Return the options of a command that writes events, one for each part of a Form."""
    return [_parameter(name, *found) for name, found in zip(Form._fields, _OPTIONS, strict=True)]


def _parameter(name: str, kind: Any, default: Any, option: Any) -> inspect.Parameter:
    annotation = Annotated[kind, option]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _option(*names: str, help: str, **settings: Any) -> Any:
    return typer.Option(*names, help=help, rich_help_panel=PANEL, **settings)


def complete_format() -> list[str]:
    """Offer the formats to a completing shell."""
    return list(CHOICES)


def complete_fields(incomplete: str) -> list[str]:
    """Offer the fields to a completing shell, after those that stand there already."""
    from archivecli.render import columns

    before, comma, last = incomplete.rpartition(",")
    return [f"{before}{comma}{path}" for path in columns.known(searched=True) if path.startswith(last)]


FORMAT_HELP = f"one of {', '.join(CHOICES)}; a table at a terminal and plain in a pipe unless told"

_OPTIONS: tuple[tuple[Any, Any, Any], ...] = (
    (
        str | None,
        None,
        _option("--format", "-f", metavar="FORMAT", help=FORMAT_HELP, autocompletion=complete_format),
    ),
    (
        str | None,
        None,
        _option("--output", "-o", metavar="FILE", help="write to a file, in the format of its suffix; - is stdout"),
    ),
    (bool, False, _option("--force", help="overwrite the file of --output")),
    (
        str | None,
        None,
        _option(
            "--fields",
            metavar="NAMES",
            help="these fields in this order: id,start,title,places.city",
            autocompletion=complete_fields,
        ),
    ),
    (bool, False, _option("--bom", help="begin csv and tsv with a byte-order mark, which some spreadsheets want")),
    (bool, False, _option("--null", "-0", help="ids end with NUL instead of a line break, for xargs -0")),
)
