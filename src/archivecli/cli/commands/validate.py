"""``archive validate``: every finding in a catalogue, with its place."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from archivecli import text
from archivecli.cli.options import Common, Today, command, today
from archivecli.cli.output import Output, problem_line
from archivecli.errors import Problem, UsageError
from archivecli.settings import named, resolve_catalogue

if TYPE_CHECKING:
    from archivecli.catalogue.checking import Report

app = typer.Typer()

FORMATS = ("text", "json")
IN_A_PIPE = 120
"""How wide an excerpt is where the output is no terminal."""


@app.command()
@command
def validate(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATH...]", help="catalogues to check, each a file or a folder; the one in force unless told"
        ),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="warnings count as findings: they too give status 1")
    ] = False,
    format_: Annotated[
        str, typer.Option("--format", "-f", metavar="text|json", help="how to tell the findings")
    ] = "text",
    today_: Today = None,
    *,
    common: Common,
) -> None:
    """Check a catalogue and report every finding, with its place and a suggestion.

    Examples:  archive validate my.yaml  ·  archive validate --strict folder/  ·  archive validate --format json my.yaml

    At most 1,000 findings are shown, errors before warnings.

    Status 0: no errors; 1: errors, or warnings with --strict; 2: something could not be read.
    """
    if format_ not in FORMATS:
        raise UsageError(f"--format: '{format_}' is none of {', '.join(FORMATS)}")
    if "-" in (paths or ()):
        raise UsageError("validate reads files, not standard input", "write ./- for a file of that name")
    from datetime import date

    from archivecli.catalogue.checking import check, most_important  # with the YAML reader 20 ms, needed only here

    out = common.output()
    chosen = [named("PATH", path) for path in paths] if paths else [common.catalogue]
    day = date.fromisoformat(today(today_))
    reports = [check(path, day) for path in dict.fromkeys(map(resolve_catalogue, chosen))]
    findings = [problem for report in reports for problem in report.findings]
    unreadable = [problem for report in reports for problem in report.unreadable]
    if findings or not unreadable:
        _tell(out, most_important(findings), format_)
    for problem in unreadable:
        out.complain(problem_line(problem))
    if len(unreadable) < len(reports):
        out.remark(*_summary(reports, findings))
    errors = [problem for problem in findings if strict or problem.severity == "error"]
    raise typer.Exit(2 if unreadable else 1 if errors else 0)


def _tell(out: Output, findings: Sequence[Problem], format_: str) -> None:
    from archivecli.render import findings as render

    if format_ == "json":
        import json

        out.write_data([text.json_safe(json.dumps(render.as_data(findings), ensure_ascii=False, indent=2)) + "\n"])
        return
    lines = render.lines_of(findings)
    width = out.width if out.terminal else IN_A_PIPE
    told = (line for problem in findings for line in render.finding(problem, lines, width, fold=out.terminal))
    if out.colour:
        from archivecli.render.styled import styled  # Rich, 40 ms, only for people

        out.show(*(styled(line) for line in told))
    else:
        out.write("".join(piece.text for piece in line) + "\n" for line in told)


def _summary(reports: Sequence["Report"], findings: Sequence[Problem]) -> list[str]:
    from archivecli.catalogue.checking import MAX_SHOWN

    events = sum(report.events for report in reports)
    errors = sum(problem.severity == "error" for problem in findings)
    warnings = len(findings) - errors
    counts = [_number(errors, "error")] if errors else []
    counts += [_number(warnings, "warning")] if warnings else []
    said = [f"{_number(events, 'sound event')}, {' and '.join(counts) or 'nothing to remark'}"]
    if len(findings) > MAX_SHOWN:
        hidden = len(findings) - MAX_SHOWN
        said.append(f"{MAX_SHOWN:,} findings are shown, errors first; {hidden:,} more are not")
    if any(report.cut for report in reports):
        said.append("the check ended early: there are too many errors to tell them all")
    return said


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
