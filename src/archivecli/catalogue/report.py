"""Validate a catalogue: errors and warnings in one report, each with a code that is explained here."""

from datetime import date
from pathlib import Path
from typing import NamedTuple

from archivecli.catalogue.lint import lint
from archivecli.catalogue.loader import Catalogue
from archivecli.errors import MAX_PROBLEMS, CatalogueError, Problem
from archivecli.files import too_little_memory

MAX_SHOWN = 1000  # findings in a report; each takes up to a kilobyte

ERROR, WARNING, UNREADABLE = "error", "warning", "unreadable"


class Code(NamedTuple):
    """A kind of finding: an ``error`` keeps a catalogue from being opened, a ``warning`` does not."""

    severity: str
    about: str


CODES: dict[str, Code] = {
    "unreadable": Code(UNREADABLE, "the file or folder does not exist, or may not be read"),
    "not-a-file": Code(UNREADABLE, "neither a regular file nor a folder"),
    "no-files": Code(UNREADABLE, "a folder without .yaml or .yml files"),
    "memory": Code(UNREADABLE, "there is not enough memory to read the file"),
    "changing": Code(UNREADABLE, "the file kept changing while it was read"),
    "size": Code(ERROR, "a file or a value beyond the limits"),
    "encoding": Code(ERROR, "the file is not UTF-8"),
    "character": Code(ERROR, "a control character that a catalogue must not contain"),
    "syntax": Code(ERROR, "the text is not YAML"),
    "depth": Code(ERROR, "lists and mappings nested too deeply"),
    "documents": Code(ERROR, "more than one YAML document in a file"),
    "plain-data": Code(ERROR, "anchors, aliases, tags and merge keys, which a catalogue does not use"),
    "key": Code(ERROR, "a list or mapping as a key"),
    "duplicate-key": Code(ERROR, "the same key twice in one mapping"),
    "type": Code(ERROR, "a list instead of a string, a string instead of a mapping, and the like"),
    "unknown-field": Code(ERROR, "an unknown field, section or part"),
    "missing": Code(ERROR, "a required field is missing"),
    "empty": Code(ERROR, "a field without a value"),
    "implicit-type": Code(ERROR, "a string that YAML reads as a number, a date or a boolean unless it is quoted"),
    "date": Code(ERROR, "not a day that exists, a month or a year"),
    "order": Code(ERROR, "the end is before the start"),
    "number": Code(ERROR, "not a number, not a whole number, or too large"),
    "flag": Code(ERROR, "neither true nor false"),
    "url": Code(ERROR, "not a valid URL"),
    "id": Code(ERROR, "not an id: white space, a control character, a hyphen at the beginning, or too long"),
    "duplicate-id": Code(ERROR, "two events share an id"),
    "duplicate-name": Code(ERROR, "two terms of a section of the vocabulary share a name"),
    "unknown-name": Code(ERROR, "a name that is not in its section of the vocabulary"),
    "ambiguous-name": Code(ERROR, "a name that multiple terms of a section of the vocabulary have"),
    "unknown-event": Code(ERROR, "a related event that is not in the catalogue"),
    "no-events": Code(WARNING, "a catalogue without events"),
    "near-duplicate": Code(WARNING, "two events with nearly the same title at the same time and place"),
    "similar-name": Code(WARNING, "a name that differs from another one only in case, accents or punctuation"),
    "unused-term": Code(WARNING, "a term of the vocabulary that nothing uses"),
    "empty-text": Code(WARNING, "a placeholder: a dash, dots, TODO, n/a"),
    "repeated-value": Code(WARNING, "the same value twice in one list"),
    "mixed-script": Code(WARNING, "a word with letters of two scripts, such as a Cyrillic о among Latin letters"),
    "invisible-character": Code(
        WARNING, "an invisible character that is not needed: zero-width, soft hyphen, text direction, control"
    ),
    "white-space": Code(
        WARNING, "white space that is lost: a tab or line break in text of one line, a no-break space at an end"
    ),
    "dropped-text": Code(WARNING, "what YAML drops: a comment right after an unquoted value, a lone ! before a value"),
    "undated-id": Code(WARNING, "an id that does not begin with the date of its event"),
    "far-future": Code(WARNING, "an event more than two years from now"),
    "long-event": Code(WARNING, "an event that lasts longer than a year"),
    "lone-year": Code(WARNING, "an event many years away from all others"),
}


class ValidationReport(NamedTuple):
    """The findings in order, what could not be read, the number of valid events; ``cut`` if there are too many errors."""

    findings: list[Problem]
    unreadable: list[Problem]
    events: int
    cut: bool


def validate(path: Path, today: date | None = None) -> ValidationReport:
    """Return every finding in the catalogue at ``path``; ``today`` is where the future begins."""
    problems: list[Problem] = []
    warnings: list[Problem] = []
    events = 0
    try:
        catalogue = Catalogue(path, whole=True)
        events = sum(batch.number for batch in catalogue.batches(len))
        catalogue.check_references()
        problems += catalogue.problems
        warnings = lint(catalogue, today or date.today())
    except CatalogueError as error:
        problems += error.problems
    except MemoryError:
        problems += too_little_memory(str(path)).problems
    unreadable = [found for found in problems if CODES[found.code].severity == UNREADABLE or not found.line]
    errors = [found for found in problems if found not in unreadable]
    findings = sorted(errors + warnings, key=lambda problem: problem[:4])
    return ValidationReport(findings, unreadable, events, len(problems) >= MAX_PROBLEMS)


def most_important(findings: list[Problem]) -> list[Problem]:
    """Return at most MAX_SHOWN findings in their order, leaving out warnings before errors."""
    if len(findings) <= MAX_SHOWN:
        return findings
    ranked = sorted(range(len(findings)), key=lambda number: findings[number].severity != "error")
    return [findings[number] for number in sorted(ranked[:MAX_SHOWN])]
