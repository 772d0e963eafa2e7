"""The shipped archive: it is all there, and every command gives all of it back."""

import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console

from archivecli import dates
from archivecli.archive import Archive
from archivecli.core_schema import CORE
from archivecli.events import Event
from archivecli.query.criteria import Query
from archivecli.render.card import card
from archivecli.render.describe import When
from archivecli.render.records import plain_record
from archivecli.render.theme import Screen
from conftest import CATALOGUE, Run


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARCHIVE_CACHE", str(tmp_path_factory.mktemp("content")))
        opened = Archive(CATALOGUE)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def events(archive: Archive) -> list[Event]:
    return list(archive.select(Query()))


def test_every_entry_of_the_page_has_one_record(events: list[Event]) -> None:
    assert sorted(event.record["source"]["entry"] for event in events) == list(range(1, 39))
    assert Counter(event.start[:4] for event in events) == {"2012": 1, "2010": 10, "2009": 26, "2008": 1}


def test_an_id_begins_with_the_date_and_then_says_something(events: list[Event]) -> None:
    for event in events:
        assert re.fullmatch(re.escape(event.start) + "-[a-z][a-z0-9-]+", event.id)


def test_three_entries_are_headings_alone_and_eight_point_to_more(events: list[Event]) -> None:
    bare = [event for event in events if event.record["source"].get("heading_only")]
    assert sorted(event.record["source"]["entry"] for event in bare) == [15, 21, 23]
    for event in bare:
        assert not {"summary", "people", "outcomes", "figures"} & set(event.record)
    assert sum(bool(event.record["source"].get("more")) for event in events) == 8


def test_two_events_of_one_day_with_one_title_are_told_apart(events: list[Event]) -> None:
    day = [event for event in events if event.start == "2009-06-26"]
    assert len(day) == 2
    assert {event.place for event in day} == {"Sofia, Bulgaria", "Belgrade, Serbia"}


def test_no_word_mixes_latin_letters_with_cyrillic_ones() -> None:
    text = CATALOGUE.read_text(encoding="utf-8")
    assert not re.findall(r"[A-Za-z][Ѐ-ӿ]|[Ѐ-ӿ][A-Za-z]", text)


def test_related_events_are_there(events: list[Event]) -> None:
    ids = {event.id for event in events}
    for event in events:
        for related in event.record.get("related", ()):
            assert related["event"] in ids - {event.id}


def test_show_takes_every_id_and_its_shortest_beginning(archive: Archive, events: list[Event], run: Run) -> None:
    for event in events:
        shortest = archive.index.short_id(event.id)
        assert event.id.startswith(shortest)
        assert archive.get(shortest) == archive.get(event.id) == event
        assert sum(other.id.startswith(shortest) for other in events) == 1
        longer_than_a_date = len(shortest) > 10
        if longer_than_a_date:
            assert sum(other.id.startswith(shortest[:-1]) for other in events) > 1
    every_id = [event.id for event in events]
    assert run("show", *every_id, "--format", "ids").lines == every_id
    assert run("show", *(archive.index.short_id(name) for name in every_id), "--format", "ids").lines == every_id


# Every field of the record


def squeezed(said: str) -> str:
    """Return a text without white space and frames, so that wrapping does not matter."""
    return re.sub(r"[\s│]", "", said)


def stated(value: Any, when: When = dates.human) -> Iterator[str]:
    """Yield what a reader must find of a value: its texts paragraph by paragraph, its numbers, its dates."""
    if isinstance(value, dict):
        for first, last in (("start", "end"), ("date", "")):
            if first in value:
                yield when(value[first], value.get(last, ""))
        for name, inner in value.items():
            if name not in ("start", "end", "date"):
                yield from stated(inner, when)
    elif isinstance(value, list):
        for inner in value:
            yield from stated(inner, when)
    elif isinstance(value, str):
        yield from value.splitlines()
    elif not isinstance(value, bool):
        yield f"{value:,}"


def on_screen(event: Event, width: int) -> str:
    console = Console(file=io.StringIO(), width=width, markup=False, emoji=False, highlight=False)
    for part in card(CORE, event, [], Screen(width)):
        console.print(part)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [40, 80, 120])
def test_the_card_holds_every_field_of_the_record_and_fits(events: list[Event], width: int) -> None:
    for event in events:
        shown = on_screen(event, width)
        found = squeezed(shown)
        assert not [said for said in stated(event.record) if squeezed(said) not in found], event.id
        assert max(map(len, shown.splitlines())) <= width


def test_the_plain_form_holds_every_field_of_the_record(events: list[Event]) -> None:
    for event in events:
        said = plain_record(CORE, event)
        found = squeezed(said)
        parts = {name: value for name, value in event.record.items() if name not in ("start", "end")}
        for wanted in [*stated(parts, dates.iso), event.start, event.end]:
            assert squeezed(wanted) in found, event.id
        fields = {line.partition(":")[0] for line in said.splitlines()}
        assert fields == set(event.record)


def test_links_can_be_clicked(archive: Archive) -> None:
    event = archive.get("2010-06-26")
    urls = [link["url"] for link in event.record["links"]]
    console = Console(file=io.StringIO(), width=80, force_terminal=True, color_system="standard", markup=False)
    for part in card(CORE, event, [], Screen(80)):
        console.print(part)
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue()
    assert urls
    for url in urls:
        assert re.search(rf"\x1b]8;[^;]*;{re.escape(url)}\x1b", shown)


# What one format says, every format says


@pytest.mark.parametrize("args", [(), ("--year", "2009"), ("--country", "serbia", "--sort", "title"), ("-n", "3")])
def test_every_format_carries_the_same_ids_in_the_same_order(run: Run, args: tuple[str, ...]) -> None:
    ids = run("list", *args, "--format", "ids").lines
    assert ids == [line.split()[0] for line in run("list", *args).lines]
    assert ids == [event["id"] for event in run("list", *args, "--format", "json").json]
    assert ids == [line.split("\t")[0] for line in run("list", *args, "--format", "tsv").lines[1:]]
    assert ids == [event["id"] for event in yaml.safe_load(run("list", *args, "--format", "yaml").out)["events"]]


def test_json_and_yaml_read_back_to_the_same_events(run: Run, tmp_path: Path, events: list[Event]) -> None:
    records = run("list", "--format", "json").json
    assert records == [event.record for event in events]
    again = tmp_path / "again.yaml"
    again.write_text(run("list", "--format", "yaml").out, encoding="utf-8")
    assert run("list", "--catalogue", str(again), "--format", "json").json == records


def test_json_has_names_not_keys(run: Run) -> None:
    (event,) = run("show", "2009-12-09", "--format", "json").json
    assert event["places"][0]["country"] == "Bulgaria"
    assert "United Nations Convention against Corruption" in [item["instrument"] for item in event["instruments"]]
