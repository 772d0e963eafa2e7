"""Questions whose cost must not grow with the catalogue are answered from an index of SQLite, without sorting or scanning."""

import sqlite3
from collections.abc import Callable, Iterator

import pytest
from benchmarks.speed.generate import write_file

from archivecli import dates
from archivecli.archive import Archive
from archivecli.catalogue.loader import Catalogue
from archivecli.core_schema import CORE
from archivecli.events import Event, Hit
from archivecli.index import reader
from archivecli.index.conditions import ALL
from archivecli.index.counts import Selection, count_by
from archivecli.index.reader import ORDERS, Index
from archivecli.index.writer import build
from archivecli.query.criteria import NONE, PERIODS, And, Annually, During, HasValue, Node, Not, Or, Query
from archivecli.query.parser import parse
from archivecli.render import FORMATS, FormatContext
from archivecli.schema import CORE_FACETS
from archivecli.search import rank
from conftest import Run


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    path = tmp_path_factory.mktemp("plans") / "made-up.yaml"
    write_file(path, 300)
    connection = sqlite3.connect(":memory:", isolation_level=None)
    build(connection, Catalogue(path))
    return Index(connection)


def plan(index: Index, sql: str, values: list[object]) -> str:
    return " / ".join(row[3] for row in index.connection.execute(f"EXPLAIN QUERY PLAN {sql}", values))


def traced(index: Index, ask: Callable[[], object]) -> list[str]:
    asked: list[str] = []
    index.connection.set_trace_callback(asked.append)
    ask()
    index.connection.set_trace_callback(None)
    return asked


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("reverse", [False, True])
def test_a_list_is_read_in_order_from_an_index(index: Index, order: str, reverse: bool) -> None:
    steps = plan(index, index._select_sql(Query(sort=order, reverse=reverse), "1"), [])
    assert "USING INDEX" in steps
    assert "TEMP B-TREE FOR ORDER BY" not in steps


@pytest.mark.parametrize("filters", [(), (HasValue("country", ("serbia",)),)], ids=["alone", "with a value"])
def test_a_list_of_a_year_looks_only_at_events_within_reach(index: Index, filters: tuple[Node, ...]) -> None:
    where, values = index.conditions.condition(And((During(dates.period("2009")), *filters)), per_row=True)
    steps = plan(index, index._select_sql(Query(), where), values)
    assert "SEARCH e USING INDEX event_dates (first>? AND first<?)" in steps


SERBIA = HasValue("country", ("serbia",))
BOTH = And((SERBIA, HasValue("kind", ("workshop", "visit"))))
CRITERIA: list[Node] = [
    SERBIA,
    BOTH,
    HasValue("topic", ("extradition",)),
    HasValue("topic", ("corruption", "piracy")),
    HasValue("series", (NONE,)),
    HasValue("topic", ("piracy", NONE)),
    And((SERBIA, During(dates.period("2009")))),
    And((HasValue("topic", ("youth",)), During(dates.period("1991", "2020")))),
    Not(SERBIA),
    Or((SERBIA, Annually(12))),
    Annually(12),
    Annually(2, 29),
    Annually(6, 26),
    And((Annually(12), HasValue("involving", ("malta",)))),
    During(dates.period("2009-12"), other=True),
    And(()),
]


@pytest.mark.parametrize("where", CRITERIA, ids=str)
@pytest.mark.parametrize("order", ORDERS)
def test_however_events_are_sought_they_are_the_same(
    index: Index, where: Node, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for steps in (0, 250, 10**6):
        monkeypatch.setattr(reader, "SCAN_LIMIT", steps)
        for limit in (0, 1, 5, 20, None):
            for reverse in (False, True):
                query = Query(where, order, reverse, limit)
                sorted_ = [event.id for event in index.select(query, index.condition(where))]
                assert [event.id for event in index.select(query)] == sorted_


@pytest.mark.parametrize("order", ORDERS)
def test_the_first_events_of_a_frequent_value_are_met_in_order(index: Index, order: str) -> None:
    where, values = index.conditions.condition(BOTH, per_row=True)
    steps = plan(index, index._select_sql(Query(BOTH, order, limit=20), where), values)
    assert "SCAN e USING INDEX event_" in steps
    assert "SEARCH v USING COVERING INDEX event_facets (event=? AND facet=? AND name=?)" in steps
    assert "TEMP B-TREE" not in steps


def test_rare_values_are_found_and_sorted(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "SCAN_LIMIT", 100)
    assert index._is_frequent(Query(HasValue("topic", ("corruption",)), limit=1))
    assert not index._is_frequent(Query(HasValue("topic", ("extradition",)), limit=20))


@pytest.mark.parametrize("where", CRITERIA, ids=str)
def test_however_events_are_counted_there_are_as_many(index: Index, where: Node) -> None:
    assert index.count(where) == index.count_where(index.condition(where))


@pytest.mark.parametrize("where", [SERBIA, BOTH], ids=str)
def test_no_event_is_read_to_count_those_of_values(index: Index, where: Node) -> None:
    steps = [plan(index, sql, []) for sql in traced(index, lambda: index.count(where)) if "count" in sql]
    assert steps
    for step in " / ".join(steps).split(" / "):
        assert not step.startswith("SCAN e ")
        assert "events" not in step
        assert "INTEGER PRIMARY KEY" not in step


def test_values_of_some_events_are_found_by_the_event(index: Index) -> None:
    found = Selection(index, index.condition(SERBIA), SERBIA)
    asked = traced(index, lambda: found.count_by("topic"))
    asked += traced(index, lambda: found.cross(["country", "kind"]))
    steps = [plan(index, sql, []) for sql in asked if "GROUP BY" in sql]
    assert len(steps) == 2
    assert all("COVERING INDEX event_facets (event=? AND facet=?)" in step for step in steps)


def test_the_few_events_without_a_day_have_an_index(index: Index) -> None:
    asked = traced(index, Selection(index, ALL).imprecise)
    assert "USING INDEX imprecise_events" in plan(index, asked[-1], [])


def test_the_ends_of_the_archive_are_looked_up(index: Index) -> None:
    asked = traced(index, lambda: index.date_range)
    assert all("SEARCH events USING INDEX event_dates" in plan(index, sql, []) for sql in asked if "start" in sql)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("words", ["border", "police training", "extradition"])
def test_equally_good_events_are_told_apart_alike(
    index: Index, words: str, reverse: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = parse(words, range(1900, 2100)).where
    every = [hit.event.id for hit in rank.search(index, Query(where, reverse=reverse)).hits]
    scores = dict.fromkeys(range(1, 301), 1.0) | {7: 2.0, 9: 0.5}
    query = Query(where, limit=30, reverse=reverse)
    read = rank._best(index, scores, query)
    monkeypatch.setattr(rank, "MAX_TIED", 0)
    assert rank._best(index, scores, query) == read
    assert [hit.event.id for hit in rank.search(index, query).hits] == every[:30]


@pytest.mark.parametrize(
    "words", ["border -police", "training NOT officers NOT police", "extradition -border", "border -the"]
)
def test_an_unwanted_word_leaves_the_same_events_however_it_is_sought(
    index: Index, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = parse(words, range(1900, 2100)).where
    quick = rank.search(index, Query(where))
    monkeypatch.setattr(rank, "BROAD", 20)
    bounded = rank.search(index, Query(where, limit=1000))
    monkeypatch.setattr(rank, "_unwanted", lambda *_: None)
    slow = rank.search(index, Query(where))
    assert [(hit.event.id, hit.score) for hit in quick.hits] == [(hit.event.id, hit.score) for hit in slow.hits]
    assert bounded.total == slow.total


def test_a_catalogue_is_written_while_it_is_read() -> None:
    read = []

    def rows() -> Iterator[Hit]:
        for number in range(5):
            read.append(number)
            record = {"id": f"2000-{number}", "title": "A meeting", "start": "2000"}
            yield Hit(Event(record["id"], "A meeting", "2000", "", "", "", record))

    pieces = FORMATS["yaml"].write(rows(), FormatContext(CORE))
    assert "2000-0" in next(pieces)
    assert read == [0]
    assert "".join(pieces).count("id:") == 4


@pytest.mark.parametrize("period", ["2009", "2009-10", "1990", "2024-12", "0001", "9999"])
def test_the_reach_loses_no_event(index: Index, period: str) -> None:
    wanted = dates.period(period)
    where, values = index.condition(During(wanted))
    found = {row[0] for row in index.connection.execute(f"SELECT id FROM events e WHERE {where}", values)}
    everything = index.connection.execute("SELECT id, first, last FROM events")
    assert found == {name for name, first, last in everything if dates.Period(first, last).overlaps(wanted)}


@pytest.mark.parametrize("field", [*PERIODS, *CORE_FACETS])
def test_counts_that_are_kept_are_those_that_are_counted(index: Index, field: str) -> None:
    assert index.stored_counts(field) == count_by(index, field, ALL)


def test_a_search_in_a_pipe_does_not_look_for_the_places_of_its_words(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Archive, "matched", lambda *_: pytest.fail("nobody asked for them"))
    assert run("search", "corruption").lines


def test_places_of_words_are_those_of_the_full_text_index(index: Index) -> None:
    outcome = rank.search(index, Query(parse('police OR "exchange information" OR affairs').where))
    found = rank.matched_columns(index, outcome.interpretation, [hit.event for hit in outcome.hits])
    numbers = index.numbers_of(found)
    for column in index.schema.columns:
        expected = set(index.match(f"{{{column}}} : ({outcome.interpretation.terms[0].expression})"))
        assert {numbers[event_id] for event_id, columns in found.items() if column in columns} == expected
