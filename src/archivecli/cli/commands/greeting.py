"""What a bare ``archive`` says: what the archive holds, and what to type next."""

import os

from archivecli import dates, display, text
from archivecli.archive import Archive
from archivecli.cli.options import Common
from archivecli.cli.output import Output
from archivecli.query.criteria import Query

NEXT = (
    ("archive list --year {year}", "what happened in a year"),
    ("archive search {word}", "find words, names, dates"),
    ("archive show {id}", "everything about one event"),
    ("archive count --by {by}", "how many, by year, country, topic ..."),
    ("archive --help", "every command and option"),
)


def greet() -> None:
    """Say what the archive holds and what to type next."""
    common = Common(os.environ.get("ARCHIVE_CATALOGUE"), "auto", False)
    archive = common.open()
    out = common.output()
    title = display.terminal_safe(archive.about.get("title", str(archive.path)))
    count = f"{archive.size:,} event{'' if archive.size == 1 else 's'}"
    span = f", {dates.human(*archive.date_range)}" if archive.date_range else ""
    lines = [*_wrapped(title, out), f"{count}{span}", ""]
    about = display.collapse_whitespace(archive.about.get("about", ""))
    if about:
        lines[-1:] = ["", *_wrapped(display.terminal_safe(about), out), ""]
    examples = [
        (out.suggested(command) if named else command, purpose) for command, purpose, named in _examples(archive)
    ]
    lines += _beside(examples, out)
    out.write(line + "\n" for line in lines)


def _beside(examples: list[tuple[str, str]], out: Output) -> list[str]:
    """Return commands with their purposes beside them, or below where the terminal is narrow."""
    widest = max(display.width(command) for command, _ in examples)
    lines = [f"  {display.pad(command, widest)}  {purpose}" for command, purpose in examples]
    if not out.terminal or max(map(display.width, lines)) <= out.width:
        return lines
    return [line for command, purpose in examples for line in (f"  {command}", f"      {purpose}")]


def _wrapped(paragraph: str, out: Output) -> list[str]:
    import textwrap

    return textwrap.wrap(paragraph, out.width - 1) if out.terminal else [paragraph]


def _examples(archive: Archive) -> list[tuple[str, str, bool]]:
    """Return commands, their purposes, and whether they read the catalogue."""
    years = archive.tally("year", Query())
    topics = [tally for tally in archive.tally("topic", Query()) if tally.name]
    single = [topic for topic in topics if " " not in text.key(topic.short or topic.name)]
    newest = next(iter(archive.select(Query(limit=1))), None)
    filled = {
        "year": max(years, key=lambda tally: tally.number).name if years else "2009",
        "word": text.key((single or topics)[0].short or (single or topics)[0].name) if topics else "WORDS",
        "id": display.shell_word(archive.short_id(newest.id)) if newest else "ID",
        "by": "topic" if topics else "year",
    }
    return [(command.format(**filled), purpose, "--help" not in command) for command, purpose in NEXT]
