"""The options that commands share: filters become criteria, the rest becomes a ``Common``."""

import inspect
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any, TextIO

import typer

from archivecli.archive import Archive
from archivecli.cli.output import Output, is_terminal
from archivecli.cli.output_options import OutputOptions, checked, event_parameters, view_parameters
from archivecli.errors import UsageError
from archivecli.query.criteria import HasValue, Node, conjunction
from archivecli.schema import CORE_FACETS
from archivecli.settings import COLOURS, Settings

FILTERS = "Filters (several values of one are alternatives)"
COMMON = "Common options"


class Common:
    """The settings and the output of one command."""

    def __init__(self, settings: Settings, quiet: bool = False, reads_catalogue: bool = True) -> None:
        self.settings = settings
        self.out = Output(settings, quiet, settings.catalogue.value if reads_catalogue else None)

    def open(self) -> Archive:
        """Open the catalogue, with progress on a terminal."""
        progress = _Progress(sys.stderr) if not self.out.quiet and is_terminal(sys.stderr) else None
        try:
            return Archive(self.settings.catalogue.value, progress)
        finally:
            if progress is not None:
                progress.clear()


class _Progress:
    """Prints the number of events indexed so far, on one line that is erased at the end."""

    STEP = 2000

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.printed = 0

    def __call__(self, number: int) -> None:
        if number >= self.printed + self.STEP:
            self.printed = number
            self.stream.write(f"\rreading the catalogue: {number:,} events\x1b[K")
            self.stream.flush()

    def clear(self) -> None:
        if self.printed:
            self.stream.write("\r\x1b[K")
            self.stream.flush()


def _parameter(name: str, kind: Any, default: Any, *options: str, **settings: Any) -> inspect.Parameter:
    annotation = Annotated[kind, typer.Option(*options, **settings)]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


_FILTERS = (
    ("year", "2009", "held in this year; 2009..2010 for several"),
    ("month", "MONTH", "held in this month: 12, dec, december (of any year) or 2009-12"),
    ("on", "DAY", "held on this day: 26-06, '26 june' (of any year) or 2009-06-26"),
    ("from_", "DATE", "held on or after this day, month or year"),
    ("to", "DATE", "held on or before this day, month or year"),
    *((facet.name, "NAME", facet.about) for facet in CORE_FACETS.values() if facet.option),
)
_FILTER_NAMES = {f"--{name.rstrip('_')}": name for name, _, _ in _FILTERS}


def _filter_parameters() -> list[inspect.Parameter]:
    found = []
    for name, metavar, about in _FILTERS:
        kind = str | None if name in ("from_", "to") else list[str] | None
        option = f"--{name.rstrip('_')}"
        found.append(_parameter(name, kind, None, option, metavar=metavar, help=about, rich_help_panel=FILTERS))
    return found


def parse_filters(typed: Iterable[str]) -> tuple[Node, list[str]]:
    """Return the criteria of the filters in a command line, each followed by its value, and the rest of the line."""
    values: dict[str, Any] = {}
    rest: list[str] = []
    pieces = iter(typed)
    for piece in pieces:
        name = _FILTER_NAMES.get(piece)
        if name in ("from_", "to"):
            values[name] = next(pieces)
        elif name:
            values.setdefault(name, []).append(next(pieces))
        else:
            rest.append(piece)
    return criteria(values), rest


def _common_parameters(reads_catalogue: bool) -> list[inspect.Parameter]:
    panel = {"rich_help_panel": COMMON}
    catalogue = _parameter(
        "catalogue",
        str | None,
        None,
        "--catalogue",
        "--catalog",
        metavar="PATH",
        help="catalogue to open: path or name in the settings (default: ARCHIVE_CATALOGUE, or the bundled archive)",
        **panel,
    )
    return [
        *([catalogue] if reads_catalogue else []),
        _parameter(
            "color",
            str,
            "auto",
            "--color",
            metavar="WHEN",
            help="auto (as the terminal allows), always or never",
            **panel,
        ),
        _parameter("quiet", bool, False, "--quiet", "-q", help="no remarks on stderr", **panel),
        _parameter("no_pager", bool, False, "--no-pager", help="no pager for a long answer at a terminal", **panel),
    ]


def typed_catalogue(ctx: typer.Context) -> str | None:
    """Return the catalogue typed after the command, else the one typed before it."""
    after: str | None = ctx.params.get("catalogue")
    return after if after is not None or ctx.parent is None else ctx.parent.params.get("catalogue")


def command(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that its parameters ask for.

    ``where: Node`` asks for the filters, ``options: OutputOptions`` (``view_options`` in a view) for the options of output,
    ``common: Common`` for the rest; a command that opens no catalogue has ``out: Output`` instead of the last.
    """
    own = inspect.signature(function).parameters
    filters = _filter_parameters() if "where" in own else []
    writing = next((name for name in ("options", "view_options") if name in own), "")
    forms = event_parameters() if writing == "options" else view_parameters() if writing else []
    reads_catalogue = "common" in own
    shared = _common_parameters(reads_catalogue)
    context = inspect.Parameter("ctx", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)

    def run(ctx: typer.Context, color: str, quiet: bool, no_pager: bool, **typed: Any) -> Any:
        checked("--color", color, COLOURS)
        typed.pop("catalogue", None)
        if filters:
            typed["where"] = criteria({parameter.name: typed.pop(parameter.name) for parameter in filters})
        if forms:
            typed[writing] = OutputOptions(*(typed.pop(parameter.name) for parameter in forms))
        common = Common(Settings(typed_catalogue(ctx), color, no_pager), quiet, reads_catalogue)
        with common.out:
            return function(**{"common": common} if reads_catalogue else {"out": common.out}, **typed)

    kept = [
        parameter
        for name, parameter in own.items()
        if name not in ("where", "options", "view_options", "common", "out")
    ]
    parameters = [p.replace(kind=p.KEYWORD_ONLY) for p in (context, *kept, *forms, *filters, *shared)]
    run.__name__ = function.__name__
    run.__doc__ = function.__doc__
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def criteria(typed: Mapping[str, Any]) -> Node:
    """Return the criteria of filter options, given by name without hyphens, each with its value or values."""
    parts = [
        *_dates(typed),
        *(HasValue(facet.name, tuple(typed[facet.name])) for facet in CORE_FACETS.values() if typed.get(facet.name)),
    ]
    return conjunction(*parts)


def _dates(typed: Mapping[str, Any]) -> Sequence[Node]:
    years, months, days, low, high = (typed.get(name) for name in ("year", "month", "on", "from_", "to"))
    if not (years or months or days or low or high):
        return ()
    from archivecli.query.natural_dates import date_filters  # 2 ms, only where dates are typed

    return date_filters(years or (), months or (), days or (), low, high)


Today = Annotated[
    str | None,
    typer.Option("--today", metavar="DATE", help="day to use as today (default: ARCHIVE_TODAY, or the computer's)"),
]


def today(typed: str | None) -> str:
    """Return the ISO date of --today, ARCHIVE_TODAY or the computer; raise UsageError for anything but a day."""
    typed = os.environ.get("ARCHIVE_TODAY") or None if typed is None else typed
    if typed is None:
        import datetime  # 2 ms, only where today matters

        return datetime.date.today().isoformat()
    from archivecli.query.natural_dates import period_value

    period = period_value(typed, "--today")
    if period.first != period.last:
        raise UsageError(f"--today: '{typed[:40]}' is not a day", 'write 2009-06-26 or "26 june 2009"')
    return period.first


Limit = Annotated[int | None, typer.Option("--limit", "-n", min=0, metavar="N", help="show at most N events")]
FailIfEmpty = Annotated[
    bool,
    typer.Option("--fail-if-empty", help="exit code 1 when nothing is listed or counted", rich_help_panel=COMMON),
]
Reverse = Annotated[bool, typer.Option("--reverse", "-r", help="reverse the order")]
