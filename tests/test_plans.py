"""Questions whose cost must not grow with the catalogue are answered from an index of SQLite, without sorting or scanning."""

import sqlite3
from pathlib import Path

import pytest
from benchmarks.speed.generate import write_file

from archivecli import dates
from archivecli.archive import Archive
from archivecli.catalogue.loading import Catalogue
from archivecli.index import search
from archivecli.index.build import build
from archivecli.index.reader import ORDERS, Index
from archivecli.query.criteria import During, Query
from archivecli.query.facets import FACETS, PERIODS
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


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("reverse", [False, True])
def test_a_list_is_read_in_order_from_an_index(index: Index, order: str, reverse: bool) -> None:
    steps = plan(index, index._select_sql(Query(sort=order, reverse=reverse), "1"), [])
    assert "USING INDEX" in steps
    assert "TEMP B-TREE FOR ORDER BY" not in steps


def test_a_list_of_a_year_looks_only_at_events_within_reach(index: Index) -> None:
    where, values = index.clause(During(dates.period("2009")))
    steps = plan(index, index._select_sql(Query(), where), values)
    assert "SEARCH e USING INDEX event_dates (first>? AND first<?)" in steps


@pytest.mark.parametrize("period", ["2009", "2009-10", "1990", "2024-12", "0001", "9999"])
def test_the_reach_loses_no_event(index: Index, period: str) -> None:
    wanted = dates.period(period)
    where, values = index.clause(During(wanted))
    found = {row[0] for row in index.connection.execute(f"SELECT id FROM events e WHERE {where}", values)}
    everything = index.connection.execute("SELECT id, first, last FROM events")
    assert found == {name for name, first, last in everything if dates.Period(first, last).overlaps(wanted)}


@pytest.mark.parametrize("field", [*PERIODS, *(facet.name for facet in FACETS)])
def test_counts_that_are_kept_are_those_that_are_counted(index: Index, field: str) -> None:
    assert index.tally(field, ("1", [])) == index.counted(field, ("e.n > 0", []))


def test_a_search_in_a_pipe_does_not_look_for_the_places_of_its_words(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Archive, "matched", lambda *_: pytest.fail("nobody asked for them"))
    assert run("search", "corruption").lines


def test_places_of_words_are_told_where_they_are_shown(run: Run) -> None:
    found = run("search", "corruption", "--format", "json", "--limit", "3").json
    assert all("title" in event["hit"]["fields"] or event["hit"]["fields"] for event in found)


def test_few_and_many_hits_are_looked_up_alike(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "LARGE", 0)
    path = tmp_path / "made-up.yaml"
    write_file(path, 300)
    few = run("--catalogue", str(path), "search", "police", "--format", "json", "--limit", "20").json
    many = run("--catalogue", str(path), "search", "police", "--format", "json").json
    assert len(many) > 100
    assert [event["hit"]["fields"] for event in few] == [event["hit"]["fields"] for event in many[:20]]
