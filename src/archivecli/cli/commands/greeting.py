"""What a bare ``archive`` prints: what the archive holds, and what to type next."""

from collections.abc import Iterator

from archivecli import dates, display, text
from archivecli.archive import Archive
from archivecli.cli.options import CommonOptions
from archivecli.cli.output import Output
from archivecli.query.criteria import Query

NEXT = (
    ("archive list --year {year}", "what happened in a year"),
    ("archive search {word}", "find words, names, dates"),
    ("archive show {id}", "everything about one event"),
    ("archive count --by {by}", "how many, by year, country ..."),
    ("archive --help", "every command and option"),
)


def greet(common: CommonOptions) -> None:
    """Print what the archive holds and what to type next."""
    archive, out = common.open(), common.out
    title = display.terminal_safe(archive.about.get("title", str(archive.path)))
    count = f"{archive.size:,} event{'' if archive.size == 1 else 's'}"
    span = f", {dates.human(*archive.date_range)}" if archive.date_range else ""
    lines = [*_wrapped(title, out), f"{count}{span}", ""]
    if about := display.collapse_whitespace(archive.about.get("about", "")):
        lines += [*_wrapped(display.terminal_safe(about), out), ""]
    out.write(f"{line}\n" for line in (*lines, *_examples(archive, out)))


def _wrapped(paragraph: str, out: Output) -> list[str]:
    import textwrap

    return textwrap.wrap(paragraph, out.width - 1) if out.terminal else [paragraph]


def _examples(archive: Archive, out: Output) -> Iterator[str]:
    """Yield commands with their purposes beside them, or below where the terminal is narrow."""
    filled = _filled(archive)
    examples = [(command.format(**filled), purpose) for command, purpose in NEXT]
    examples = [(c if "--help" in c else out.suggested(c), purpose) for c, purpose in examples]
    widest = max(display.width(command) for command, _ in examples)
    lines = [f"  {display.pad(command, widest)}  {purpose}" for command, purpose in examples]
    if not out.terminal or max(map(display.width, lines)) <= out.width:
        yield from lines
    else:
        yield from (line for command, purpose in examples for line in (f"  {command}", f"      {purpose}"))


def _filled(archive: Archive) -> dict[str, str]:
    """Return values of this archive for the commands in NEXT."""
    years = archive.count_by("year", Query())
    topics = [text.key(tally.short or tally.name) for tally in archive.count_by("topic", Query()) if tally.name]
    newest = next(iter(archive.select(Query(limit=1))), None)
    return {
        "year": max(years, key=lambda tally: tally.number).name if years else "2009",
        "word": next((topic for topic in topics if " " not in topic), topics[0]) if topics else "WORDS",
        "id": display.shell_word(archive.short_id(newest.id)) if newest else "ID",
        "by": "topic" if topics else "year",
    }
