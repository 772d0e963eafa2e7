"""What ``archive`` alone prints: what the archive holds, and what to type next."""

import textwrap

from archivecli import dates, display, text
from archivecli.cli.options import CommonOptions
from archivecli.query.criteria import Query


def welcome(common: CommonOptions) -> None:
    """Print what the archive holds and what to type next."""
    archive, out = common.open(), common.out
    span = f", {dates.human(*archive.index.date_range)}" if archive.index.date_range else ""
    title = archive.index.meta["about"].get("title", str(archive.path))
    about = display.collapse_whitespace(archive.index.meta["about"].get("about", ""))

    def wrapped(paragraph: str) -> list[str]:
        safe = display.terminal_safe(paragraph)
        return textwrap.wrap(safe, out.width - 1) if out.terminal else [safe]

    years = archive.count_by("year", Query())
    topics = [text.key(count.short or count.name) for count in archive.count_by("topic", Query()) if count.name]
    newest = next(iter(archive.select(Query(limit=1))), None)
    year = max(years, key=lambda count: count.number).name if years else "2009"
    word = next((topic for topic in topics if " " not in topic), topics[0]) if topics else "WORDS"
    event_id = display.shell_word(archive.index.short_id(newest.id)) if newest else "ID"
    examples = [
        (out.suggested(f"archive list --year {year}"), "what happened in a year"),
        (out.suggested(f"archive search {word}"), "find words, names, dates"),
        (out.suggested(f"archive show {event_id}"), "everything about one event"),
        (out.suggested(f"archive count --by {'topic' if topics else 'year'}"), "how many, by year, country ..."),
        ("archive --help", "every command and option"),
    ]
    widest = max(display.width(command) for command, _ in examples)
    lines = [f"  {display.pad(command, widest)}  {purpose}" for command, purpose in examples]
    if out.terminal and max(map(display.width, lines)) > out.width:
        lines = [line for command, purpose in examples for line in (f"  {command}", f"      {purpose}")]
    head = [*wrapped(title), f"{display.plural(archive.index.size, 'event')}{span}", ""]
    out.write(f"{line}\n" for line in (*head, *([*wrapped(about), ""] if about else []), *lines))
