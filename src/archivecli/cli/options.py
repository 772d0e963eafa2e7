"""The options that commands share: filters become criteria, the others ``OutputOptions`` and ``CommonOptions``."""

import contextlib
import inspect
import os
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from keyword import iskeyword
from typing import Annotated, Any, NamedTuple

import typer

from archivecli.archive import Archive
from archivecli.cli.output import Output, is_terminal
from archivecli.errors import ArchiveError, UsageError, did_you_mean
from archivecli.index import store
from archivecli.query.criteria import HasValue, Node, conjunction
from archivecli.render import FORMATS, ROW_FORMATS, Format, by_suffix
from archivecli.schema import CORE_FACETS
from archivecli.settings import COLOURS, Settings, named

TABLE = "table"
FORM = "Form of the answer"
FILTERS = "Filters (several values of one are alternatives)"
COMMON = "Common options"

Today = Annotated[
    str | None,
    typer.Option("--today", metavar="DATE", help="day to use as today (default: ARCHIVE_TODAY, or the computer's)"),
]
TextOrJson = Annotated[str, typer.Option("--format", "-f", metavar="text|json", help="output format")]
Limit = Annotated[int | None, typer.Option("--limit", "-n", min=0, metavar="N", help="show at most N events")]
Reverse = Annotated[bool, typer.Option("--reverse", "-r", help="reverse the order")]


class CommonOptions:
    """The settings and the output of one command."""

    def __init__(self, settings: Settings, quiet: bool = False, reads_catalogue: bool = True) -> None:
        self.settings = settings
        self.out = Output(settings, quiet, settings.catalogue.value if reads_catalogue else None)

    def open(self) -> Archive:
        """Open the catalogue, with progress on a terminal."""
        printed = 0

        def progress(number: int) -> None:
            nonlocal printed
            if number >= printed + 2000:
                printed = number
                print(f"\rreading the catalogue: {number:,} events\x1b[K", end="", file=sys.stderr, flush=True)

        shown = not self.out.quiet and is_terminal(sys.stderr)
        try:
            return Archive(self.settings.catalogue.value, progress if shown else None)
        finally:
            if printed:  # erase the line
                print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Finish the output at the end; if the index is damaged, discard it."""
        try:
            with self.out:
                yield
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
            store.discard(self.settings.catalogue.value)
            what = f"the index of the catalogue is damaged ({error}) and has been deleted"
            hint = "run the command again to build a new one; the catalogue itself is unchanged"
            raise ArchiveError(what, hint) from None


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    """Return whether a byte of the index has changed; Python itself reports strings that are no longer UTF-8."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return str(error).startswith("Could not decode")
    return code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR)


class OutputOptions(NamedTuple):
    """The options for the form of the answer as typed, not yet checked."""

    format: str | None = None
    output: str | None = None
    force: bool = False
    fields: str | None = None
    bom: bool = False
    null: bool = False  # ids end with NUL, both those that are written and those that are read from standard input

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


def _option(
    panel: str, kind: Any, flags: str, help: str, metavar: str | None = None, default: Any = None
) -> inspect.Parameter:
    """Return a parameter of a function that Typer takes for an option."""
    names = flags.split()
    name = names[0][2:].replace("-", "_")
    annotation = Annotated[kind, typer.Option(*names, metavar=metavar, help=help, rich_help_panel=panel)]
    name = f"{name}_" if iskeyword(name) else name
    default = False if kind is bool else default
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _form_options(formats: Mapping[str, Format], shown: str) -> list[inspect.Parameter]:
    choices = f"one of {', '.join((TABLE, *formats))}; by default {shown} at a terminal and plain in a pipe"
    output = "write to a file, in the format of its suffix; - is stdout"
    return [
        _option(FORM, str | None, "--format -f", choices, "FORMAT"),
        _option(FORM, str | None, "--output -o", output, "FILE"),
        _option(FORM, bool, "--force", "overwrite the file of --output"),
    ]


# for the first or all of the fields of OutputOptions
_VIEW_FORM = _form_options(ROW_FORMATS, "a drawing")
_EVENT_FORM = [
    *_form_options(FORMATS, "a table"),
    _option(FORM, str | None, "--fields", "these fields in this order: id,start,title,places.city", "NAMES"),
    _option(FORM, bool, "--bom", "begin csv and tsv with a byte-order mark, which some spreadsheets want"),
    _option(FORM, bool, "--null -0", "ids end with NUL instead of a line break, for xargs -0"),
]
_VALUES = list[str] | None
_FILTERS = [
    _option(FILTERS, _VALUES, "--year", "held in this year; 2009..2010 for several", "2009"),
    _option(FILTERS, _VALUES, "--month", "held in this month: 12, dec, december (of any year) or 2009-12", "MONTH"),
    _option(FILTERS, _VALUES, "--on", "held on this day: 26-06, '26 june' (of any year) or 2009-06-26", "DAY"),
    _option(FILTERS, str | None, "--from", "held on or after this day, month or year", "DATE"),
    _option(FILTERS, str | None, "--to", "held on or before this day, month or year", "DATE"),
    *(_option(FILTERS, _VALUES, f"--{one.name}", one.about, "NAME") for one in CORE_FACETS.values() if one.option),
]
_FAIL_IF_EMPTY = _option(COMMON, bool, "--fail-if-empty", "exit code 1 when nothing is listed or counted")
_CATALOGUE = _option(
    COMMON,
    str | None,
    "--catalogue --catalog",
    "catalogue to open: path or name in the settings (default: ARCHIVE_CATALOGUE, or the bundled archive)",
    "PATH",
)
_COMMON = [
    _option(COMMON, str, "--color", "auto (as the terminal allows), always or never", "WHEN", default="auto"),
    _option(COMMON, bool, "--quiet -q", "no notes on stderr"),
    _option(COMMON, bool, "--no-pager", "no pager for a long answer at a terminal"),
]


def command(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that its parameters ask for.

    ``where: Node`` asks for the filters and --fail-if-empty (then the command returns whether it found any event),
    ``options: OutputOptions`` (``view_options`` in a view) for the form of the answer, ``common: CommonOptions`` for the
    rest; a command without a catalogue has ``out: Output`` instead.
    """
    own = inspect.signature(function).parameters
    reads_catalogue = "common" in own
    filters = _FILTERS if "where" in own else []
    form = _EVENT_FORM if "options" in own else _VIEW_FORM if "view_options" in own else []

    def call(ctx: typer.Context, color: str, quiet: bool, no_pager: bool, **typed: Any) -> None:
        checked("--color", color, COLOURS)
        typed.pop("catalogue", None)
        if filters:
            typed["where"] = criteria({parameter.name: typed.pop(parameter.name) for parameter in filters})
        if form:
            written = OutputOptions(*(typed.pop(parameter.name) for parameter in form))
            typed["options" if "options" in own else "view_options"] = written
        fail_if_empty = typed.pop("fail_if_empty", False)
        common = CommonOptions(Settings(typed_catalogue(ctx), color, no_pager), quiet, reads_catalogue)
        with common.running():
            found = function(**{"common": common} if reads_catalogue else {"out": common.out}, **typed)
            if fail_if_empty and not found:
                raise typer.Exit(1)

    context = inspect.Parameter("ctx", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    made = ("where", "options", "view_options", "common", "out")
    kept = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for name, one in own.items() if name not in made]
    parameters = [context, *kept, *form, *filters, *([_FAIL_IF_EMPTY] if filters else [])]
    parameters += [*([_CATALOGUE] if reads_catalogue else []), *_COMMON]
    call.__name__ = function.__name__
    call.__doc__ = function.__doc__
    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    call.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return call


def typed_catalogue(ctx: typer.Context) -> str | None:
    """Return the catalogue typed after the command, else the one typed before it."""
    after: str | None = ctx.params.get("catalogue")
    return after if after is not None or ctx.parent is None else ctx.parent.params.get("catalogue")


def today(typed: str | None) -> str:
    """Return the ISO date of --today, ARCHIVE_TODAY or the computer; raise UsageError if it is not a day."""
    typed = os.environ.get("ARCHIVE_TODAY") or None if typed is None else typed
    if typed is None:
        import datetime  # 2 ms, only where today matters

        return datetime.date.today().isoformat()
    from archivecli.query.natural_dates import period_value

    period = period_value(typed, "--today")
    if period.first != period.last:
        raise UsageError(f"--today: '{typed[:40]}' is not a day", 'write 2009-06-26 or "26 june 2009"')
    return period.first


def criteria(typed: Mapping[str, Any]) -> Node:
    """Return the criteria of filter options, given by parameter name, each with its value or values."""
    parts: list[Node] = []
    years, months, days, low, high = (typed.get(name) for name in ("year", "month", "on", "from_", "to"))
    if years or months or days or low or high:
        from archivecli.query.natural_dates import date_filters  # 2 ms, only where dates are typed

        parts += date_filters(years or (), months or (), days or (), low, high)
    parts += [HasValue(facet.name, tuple(typed[facet.name])) for facet in CORE_FACETS.values() if typed.get(facet.name)]
    return conjunction(*parts)


def parse_filters(arguments: Iterable[str]) -> tuple[Node, list[str]]:
    """Return the criteria of the filters in a command line, each followed by its value, and the other arguments."""
    parameters = {f"--{parameter.name.rstrip('_')}": parameter for parameter in _FILTERS}
    typed: dict[str, Any] = {}
    rest: list[str] = []
    remaining = iter(arguments)
    for argument in remaining:
        if argument not in parameters:
            rest.append(argument)
            continue
        parameter, value = parameters[argument], next(remaining)
        if parameter.name in ("from_", "to"):
            typed[parameter.name] = value
        else:
            typed.setdefault(parameter.name, []).append(value)
    return criteria(typed), rest
