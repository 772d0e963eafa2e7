"""``archive validate``: every problem in a catalogue, with its position."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from archivecli import display
from archivecli.cli.options import CommonOptions, TextOrJson, Today, checked, command, today
from archivecli.cli.output import Output, problem_line
from archivecli.errors import Problem, UsageError
from archivecli.settings import named

if TYPE_CHECKING:
    from archivecli.catalogue.report import ValidationReport


@command
def run(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATH...]", help="catalogues to check, files or folders (default: that of --catalogue)"
        ),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="exit code 1 for warnings, too")] = False,
    format_: TextOrJson = "text",
    today_: Today = None,
    *,
    common: CommonOptions,
) -> None:
    """Check a catalogue and report every problem, with its position and a suggestion.

    Examples:  archive validate my.yaml  ·  archive validate --strict folder/  ·  archive validate --format json my.yaml

    At most 1,000 findings are shown, errors before warnings.

    Status 0: no errors; 1: errors, or warnings with --strict; 2: something could not be read.
    """
    checked("--format", format_, ("text", "json"))
    if "-" in (paths or ()):
        raise UsageError("validate reads files, not standard input", "write ./- for a file of that name")
    from datetime import date

    from archivecli.catalogue.report import most_important, validate  # with the YAML reader 20 ms

    out, settings = common.out, common.settings
    catalogues = [settings.catalogue_path(named("PATH", path)) for path in paths or ()] or [settings.catalogue.value]
    day = date.fromisoformat(today(today_))
    reports = [validate(path, day) for path in dict.fromkeys(catalogues)]
    findings = [problem for report in reports for problem in report.findings]
    unreadable = [problem for report in reports for problem in report.unreadable]
    if findings or not unreadable:
        _write(out, most_important(findings), format_)
    for problem in unreadable:
        out.warn(problem_line(problem))
    if len(unreadable) < len(reports):
        out.note(*_summary(reports, findings))
    failed = any(strict or problem.severity == "error" for problem in findings)
    raise typer.Exit(2 if unreadable else int(failed))


def _write(out: Output, findings: Sequence[Problem], format_: str) -> None:
    from archivecli.render import problems as render

    if format_ == "json":
        import json

        out.write_data([display.json_safe(json.dumps(render.as_data(findings), ensure_ascii=False, indent=2)) + "\n"])
        return
    excerpts = render.lines_of(findings)
    width = out.width if out.terminal else 120
    lines = (line for problem in findings for line in render.report(problem, excerpts, width, fold=out.terminal))
    if out.colour:
        from archivecli.render.theme import paragraph

        out.show(*(paragraph(*line) for line in lines))
    else:
        out.write("".join(segment.text for segment in line) + "\n" for line in lines)


def _summary(reports: Sequence["ValidationReport"], findings: Sequence[Problem]) -> Iterator[str]:
    from archivecli.catalogue.report import MAX_SHOWN

    errors = sum(problem.severity == "error" for problem in findings)
    counts = [display.plural(n, what) for n, what in ((errors, "error"), (len(findings) - errors, "warning")) if n]
    events = display.plural(sum(report.events for report in reports), "valid event")
    yield f"{events}, {' and '.join(counts) or 'no findings'}"
    if len(findings) > MAX_SHOWN:
        yield f"{MAX_SHOWN:,} findings are shown, errors first; {len(findings) - MAX_SHOWN:,} more are not"
    if any(report.cut for report in reports):
        yield "the check ended early: there are too many errors to show them all"
