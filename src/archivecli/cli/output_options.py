"""The options that say how an answer is written: declared once, for commands that write events and for views."""

import inspect
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

import typer

from archivecli.cli.output import Output
from archivecli.errors import UsageError, did_you_mean
from archivecli.render import FORMATS, ROW_FORMATS, Format, by_suffix
from archivecli.settings import named

TABLE = "table"
PANEL = "Form of the answer"
STDOUT = "-"


class OutputOptions(NamedTuple):
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

    def name(self, out: Output, formats: Mapping[str, Format] = FORMATS) -> str:
        """Return the name of the format to write; raise UsageError where the options do not fit each other."""
        name = self._name(out, formats)
        if self.file is not None and name == TABLE:
            raise UsageError("a table is for a terminal, not for a file", "--format plain is its like for files")
        if self.force and self.file is None:
            raise UsageError("--force is for --output FILE")
        takes = ("fields",) if name == TABLE else FORMATS[name].takes
        for option, given in (("fields", self.fields is not None), ("bom", self.bom), ("null", self.null)):
            if given and option not in takes:
                able = [*([TABLE] if option == "fields" else []), *(n for n, f in FORMATS.items() if option in f.takes)]
                raise UsageError(f"--{option} does not go with {name}", f"it goes with {', '.join(able)}")
        return name

    def _name(self, out: Output, formats: Mapping[str, Format]) -> str:
        if self.format is not None:
            return checked("--format", self.format, (TABLE, *formats))
        if self.file is not None:
            return _of_file(self.file, formats)
        if self.null:
            return "ids"
        return TABLE if out.terminal else "plain"

    def show_matches(self, out: Output) -> bool:
        """Tell whether it will be written in which fields a search found its words."""
        name = self.name(out)
        return self.fields is not None or (name != TABLE and FORMATS[name].shows_matches)


def checked(option: str, typed: str, choices: Sequence[str]) -> str:
    """Return the value of an option; raise UsageError where it is none of the choices."""
    if typed not in choices:
        raise UsageError(f"{option}: '{typed[:40]}' is none of {', '.join(choices)}", did_you_mean(typed, choices))
    return typed


def _of_file(file: str, formats: Mapping[str, Format]) -> str:
    name = by_suffix(file, formats)
    if name is None:
        known = ", ".join(suffix for format_ in formats.values() for suffix in format_.suffixes)
        raise UsageError(f"--output: no format is known by the name '{file}'", f"--format NAME, or one of {known}")
    return name


# The options themselves


def event_parameters() -> list[inspect.Parameter]:
    """Return the options of a command that writes events, one for each part of OutputOptions."""
    fields = _option(
        "--fields",
        metavar="NAMES",
        help="these fields in this order: id,start,title,places.city",
    )
    bom = _option("--bom", help="begin csv and tsv with a byte-order mark, which some spreadsheets want")
    null = _option("--null", "-0", help="ids end with NUL instead of a line break, for xargs -0")
    return [
        *_parameters(FORMATS, "a table"),
        _parameter("fields", str | None, None, fields),
        _parameter("bom", bool, False, bom),
        _parameter("null", bool, False, null),
    ]


def view_parameters() -> list[inspect.Parameter]:
    """Return the options of a command that writes a view: the first parts of OutputOptions."""
    return _parameters(ROW_FORMATS, "a drawing")


def _parameters(formats: Mapping[str, Format], shown: str) -> list[inspect.Parameter]:
    choices = (TABLE, *formats)
    format_ = _option(
        "--format",
        "-f",
        metavar="FORMAT",
        help=f"one of {', '.join(choices)}; by default {shown} at a terminal and plain in a pipe",
    )
    output = _option("--output", "-o", metavar="FILE", help="write to a file, in the format of its suffix; - is stdout")
    force = _option("--force", help="overwrite the file of --output")
    return [
        _parameter("format", str | None, None, format_),
        _parameter("output", str | None, None, output),
        _parameter("force", bool, False, force),
    ]


def _parameter(name: str, kind: Any, default: Any, option: Any) -> inspect.Parameter:
    annotation = Annotated[kind, option]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _option(*names: str, help: str, **settings: Any) -> Any:
    return typer.Option(*names, help=help, rich_help_panel=PANEL, **settings)
