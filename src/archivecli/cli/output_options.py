"""The options for the form of an answer: declared once, for commands that write events and for views."""

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


class OutputOptions(NamedTuple):
    """The options as typed, not yet checked.

    ``null``: ids end with NUL, both those that are written and those that are read from standard input.
    """

    format: str | None = None
    output: str | None = None
    force: bool = False
    fields: str | None = None
    bom: bool = False
    null: bool = False

    @property
    def file(self) -> str | None:
        """The file to write; None for standard output."""
        return None if self.output in (None, "-") else named("--output", self.output)

    def name(self, out: Output, formats: Mapping[str, Format] = FORMATS) -> str:
        """Return the name of the format to write; raise UsageError if the options contradict each other."""
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
        if self.file is None:
            return "ids" if self.null else TABLE if out.terminal else "plain"
        name = by_suffix(self.file, formats)
        if name is None:
            known = ", ".join(suffix for format_ in formats.values() for suffix in format_.suffixes)
            hint = f"--format NAME, or one of {known}"
            raise UsageError(f"--output: no format is known by the name '{self.file}'", hint)
        return name

    def show_matches(self, out: Output) -> bool:
        """Return whether the output will name the fields in which a search found its words."""
        name = self.name(out)
        return self.fields is not None or (name != TABLE and FORMATS[name].shows_matches)


def checked(option: str, typed: str, choices: Sequence[str]) -> str:
    """Return the value of an option; raise UsageError if it is not one of the choices."""
    if typed not in choices:
        raise UsageError(f"{option}: '{typed[:40]}' is not one of {', '.join(choices)}", did_you_mean(typed, choices))
    return typed


def option(name: str, kind: Any, default: Any, *flags: str, **settings: Any) -> inspect.Parameter:
    """Return a parameter of a function that Typer takes for an option."""
    annotation = Annotated[kind, typer.Option(*flags, **settings)]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def event_options() -> list[inspect.Parameter]:
    """Return the options of a command that writes events, one for each field of OutputOptions."""
    panel = {"rich_help_panel": PANEL}
    fields = "these fields in this order: id,start,title,places.city"
    bom = "begin csv and tsv with a byte-order mark, which some spreadsheets want"
    null = "ids end with NUL instead of a line break, for xargs -0"
    return [
        *_form_options(FORMATS, "a table"),
        option("fields", str | None, None, "--fields", metavar="NAMES", help=fields, **panel),
        option("bom", bool, False, "--bom", help=bom, **panel),
        option("null", bool, False, "--null", "-0", help=null, **panel),
    ]


def view_options() -> list[inspect.Parameter]:
    """Return the options of a command that writes a view: the first fields of OutputOptions."""
    return _form_options(ROW_FORMATS, "a drawing")


def _form_options(formats: Mapping[str, Format], shown: str) -> list[inspect.Parameter]:
    panel = {"rich_help_panel": PANEL}
    choices = f"one of {', '.join((TABLE, *formats))}; by default {shown} at a terminal and plain in a pipe"
    output = "write to a file, in the format of its suffix; - is stdout"
    force = "overwrite the file of --output"
    return [
        option("format", str | None, None, "--format", "-f", metavar="FORMAT", help=choices, **panel),
        option("output", str | None, None, "--output", "-o", metavar="FILE", help=output, **panel),
        option("force", bool, False, "--force", help=force, **panel),
    ]
