"""The same events in the hands of other programs, and the same two questions to them: find a word, count everything.

Each is used as its own people use it, and only where it is installed: ripgrep reads the catalogue itself; sqlite-utils
searches a table with FTS5, notmuch mails, papis documents with a YAML file each, khal a calendar of one file an event.
beets keeps nothing but music, so that its start is all that can be compared.
"""

import datetime
import json
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

from benchmarks.speed.generate import Writer
from benchmarks.speed.measure import Command

WORD = "border"


class Event(NamedTuple):
    """What any program can hold of an event."""

    id: str
    title: str
    day: str
    text: str


class Peer(NamedTuple):
    """How to give a program its events in a folder of its own, and how to ask it; ``most`` is how many it can take."""

    program: str
    most: int
    fill: Callable[[Path, list[Event], Mapping[str, str]], None]
    find: Callable[[Path], Command]
    count: Callable[[Path], Command]


def events(number: int) -> list[Event]:
    """Return the events that the generator writes into a catalogue."""
    return [_event(text) for text in Writer(7).events(number)]


def _event(text: str) -> Event:
    found = re.match(r"- id: (\S+)\n  title: (.*)\n(?:.*\n)*?  start: (\S+)\n", text)
    assert found is not None
    return Event(found[1], found[2], found[3], text)


def installed(number: int) -> Iterator[Peer]:
    """Yield the programs that are there and take so many events."""
    for peer in PEERS:
        if shutil.which(peer.program) and number <= peer.most:
            yield peer


def _as_text(folder: Path, found: list[Event], env: Mapping[str, str]) -> None:
    (folder / "events.yaml").write_text("events:\n" + "".join(event.text for event in found), encoding="utf-8")


def _as_table(folder: Path, found: list[Event], env: Mapping[str, str]) -> None:
    connection = sqlite3.connect(folder / "events.db")
    connection.execute("CREATE TABLE events (id TEXT PRIMARY KEY, title TEXT, day TEXT, text TEXT)")
    connection.executemany("INSERT INTO events VALUES (?,?,?,?)", found)
    connection.commit()
    connection.close()
    subprocess.run(
        ["sqlite-utils", "enable-fts", str(folder / "events.db"), "events", "title", "text"], env=env, check=True
    )


def _as_mails(folder: Path, found: list[Event], env: Mapping[str, str]) -> None:
    for part in ("cur", "new", "tmp"):
        (folder / "mail" / part).mkdir(parents=True)
    for event in found:
        mail = EmailMessage()
        mail["From"] = "archive@example.org"
        mail["Subject"] = event.title
        mail["Message-ID"] = f"<{event.id}@example.org>"
        mail["Date"] = datetime.datetime.fromisoformat(event.day)
        mail.set_content(event.text)
        (folder / "mail" / "cur" / f"{event.id}:2,S").write_bytes(mail.as_bytes())
    (folder / "notmuch.conf").write_text(
        f"[database]\npath={folder / 'mail'}\n[user]\nname=a\nprimary_email=a@example.org\n"
    )
    subprocess.run(_notmuch(folder, "new", "--quiet"), env=env, check=True, capture_output=True)


def _notmuch(folder: Path, *words: str) -> Command:
    return ["notmuch", f"--config={folder / 'notmuch.conf'}", *words]


def _as_documents(folder: Path, found: list[Event], env: Mapping[str, str]) -> None:
    for event in found:
        place = folder / "documents" / event.id
        place.mkdir(parents=True)
        about = [
            f"ref: {event.id}",
            f"title: {event.title}",
            f"year: {event.day[:4]}",
            f"abstract: {json.dumps(event.text)}",
        ]
        (place / "info.yaml").write_text("\n".join([*about, ""]), encoding="utf-8")


def _papis(folder: Path, *words: str) -> Command:
    return ["papis", "--lib", str(folder / "documents"), *words]


def _as_calendar(folder: Path, found: list[Event], env: Mapping[str, str]) -> None:
    (folder / "calendar").mkdir()
    for event in found:
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:benchmark", "BEGIN:VEVENT", f"UID:{event.id}"]
        lines += [
            "DTSTAMP:20200101T000000Z",
            f"DTSTART;VALUE=DATE:{event.day.replace('-', '')}",
            f"SUMMARY:{event.title}",
        ]
        (folder / "calendar" / f"{event.id}.ics").write_text("\r\n".join([*lines, "END:VEVENT", "END:VCALENDAR", ""]))
    (folder / "khal.conf").write_text(
        f"[calendars]\n[[archive]]\npath = {folder / 'calendar'}\n[sqlite]\npath = {folder / 'khal.db'}\n"
        "[locale]\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\ndatetimeformat = %Y-%m-%d %H:%M\n"
        "longdatetimeformat = %Y-%m-%d %H:%M\ntimeformat = %H:%M\n"
    )


def _khal(folder: Path, *words: str) -> Command:
    return ["khal", "--config", str(folder / "khal.conf"), *words]


PEERS = (
    Peer(
        "rg",
        1_000_000,
        _as_text,
        lambda folder: ["rg", "--max-count", "20", WORD, str(folder / "events.yaml")],
        lambda folder: ["rg", "--count", "^- id:", str(folder / "events.yaml")],
    ),
    Peer(
        "sqlite-utils",
        1_000_000,
        _as_table,
        lambda folder: ["sqlite-utils", "search", str(folder / "events.db"), "events", WORD, "--limit", "20"],
        lambda folder: ["sqlite-utils", str(folder / "events.db"), "SELECT count(*) FROM events"],
    ),
    Peer(
        "notmuch",
        10_000,
        _as_mails,
        lambda folder: _notmuch(folder, "search", "--limit=20", WORD),
        lambda folder: _notmuch(folder, "count"),
    ),
    Peer(
        "papis",
        1_000,
        _as_documents,
        lambda folder: _papis(folder, "list", WORD),
        lambda folder: _papis(folder, "list", "--id", "year:*"),
    ),
    Peer(
        "khal",
        1_000,
        _as_calendar,
        lambda folder: _khal(folder, "search", WORD),
        lambda folder: _khal(folder, "list", "1990-01-01", "13000d", "--format", "{title}"),
    ),
)
