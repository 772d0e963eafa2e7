"""Validate a catalogue: errors and warnings together in one report."""

from datetime import date
from pathlib import Path
from typing import NamedTuple

from archivecli.catalogue.codes import CODES, UNREADABLE
from archivecli.catalogue.lint import lint
from archivecli.catalogue.loader import Catalogue
from archivecli.errors import MAX_PROBLEMS, CatalogueError, Problem
from archivecli.files import too_little_memory

MAX_SHOWN = 1000
"""The limit for the findings that a report shows: each takes up to a kilobyte or so."""


class ValidationReport(NamedTuple):
    """The findings by place, what could not be read, the number of valid events, and whether the validation ended early
    because there were too many errors."""

    findings: list[Problem]
    unreadable: list[Problem]
    events: int
    cut: bool


def validate(path: Path, today: date | None = None) -> ValidationReport:
    """Return every finding in the catalogue at ``path``; ``today`` is the day from which the future is counted."""
    problems: list[Problem] = []
    warnings: list[Problem] = []
    events = 0
    try:
        catalogue = Catalogue(path, whole=True)
        events = catalogue.check_events()
        problems += catalogue.problems
        warnings = lint(catalogue, today or date.today())
    except CatalogueError as error:
        problems += error.problems
    except MemoryError:
        problems += too_little_memory(str(path)).problems
    unreadable = [problem for problem in problems if _kept_from_reading(problem)]
    errors = [problem for problem in problems if not _kept_from_reading(problem)]
    findings = sorted(errors + warnings, key=lambda problem: problem[:4])
    return ValidationReport(findings, unreadable, events, len(problems) >= MAX_PROBLEMS)


def most_important(findings: list[Problem]) -> list[Problem]:
    """Return the findings that a report shows, in their order; if there are too many, errors before warnings."""
    if len(findings) <= MAX_SHOWN:
        return findings
    ranked = sorted(range(len(findings)), key=lambda number: findings[number].severity != "error")
    return [findings[number] for number in sorted(ranked[:MAX_SHOWN])]


def _kept_from_reading(problem: Problem) -> bool:
    return CODES[problem.code].severity == UNREADABLE or not problem.line
