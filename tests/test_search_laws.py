"""Laws of choosing and searching, for any filters and any text."""

import contextlib
import datetime
import json
import os
import random
import re
import shutil
from pathlib import Path

import pytest
from benchmarks.retrieval.__main__ import SETS, measure, ours, plain_fts5, same, sample
from hypothesis import given
from hypothesis import strategies as st

from archivecli import dates
from archivecli.archive import Archive
from archivecli.dates import Period
from archivecli.errors import ArchiveError
from archivecli.events import Event, facet_values
from archivecli.query.criteria import And, Annually, During, HasValue, Node, Not, Or, Query, conjunction
from archivecli.query.parser import parse
from archivecli.schema import CORE_FACETS
from archivecli.search import rank as ranking
from conftest import CATALOGUE, ROOT, events_of, tried

GRADED = ROOT / "benchmarks" / "retrieval"
EVENTS = events_of(CATALOGUE)
CHOICES = [
    (facet.name, value) for facet in CORE_FACETS.values() for event in EVENTS for value in facet_values(event, facet)
]
SOME = tried(40)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    os.environ["ARCHIVE_CACHE"] = str(tmp_path_factory.mktemp("laws"))
    return Archive(CATALOGUE)


def matches(event: Event, node: Node) -> bool:
    """Tell whether an event fits a query without words, by the plain meaning of its criteria."""
    match node:
        case And(parts):
            return all(matches(event, part) for part in parts)
        case Or(parts):
            return any(matches(event, part) for part in parts)
        case Not(part):
            return not matches(event, part)
        case During(period):
            return event.period.overlaps(period)
        case Annually(month, day):
            every = [dates.add_days(event.period.first, number) for number in range(event.period.days())]
            return any(dates.parts(one)[1] == month and day in (0, dates.parts(one)[2]) for one in every)
        case HasValue(facet, values):
            return bool(set(facet_values(event, CORE_FACETS[facet])) & set(values))
    raise ValueError(node)


days = st.dates(min_value=datetime.date(2008, 1, 1), max_value=datetime.date(2013, 1, 1))
filters: st.SearchStrategy[Node] = st.one_of(
    st.sampled_from(CHOICES).map(lambda choice: HasValue(choice[0], (choice[1],))),
    st.tuples(days, days).map(lambda pair: During(Period(min(pair).isoformat(), max(pair).isoformat()))),
    days.map(lambda day: Annually(day.month, day.day)),  # no other day can be typed
    st.integers(1, 12).map(lambda month: Annually(month, 0)),
)
trees: st.SearchStrategy[Node] = st.recursive(
    filters,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Or(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=6,
)


@SOME
@given(where=trees)
def test_the_index_chooses_as_a_plain_scan_does(archive: Archive, where: Node) -> None:
    scanned = {event.id for event in EVENTS if matches(event, where)}
    assert {event.id for event in archive.select(Query(where))} == scanned
    assert archive.count(Query(where)) == len(scanned)


@SOME
@given(parts=st.lists(filters, min_size=2, max_size=4), seed=st.integers())
def test_the_order_of_filters_does_not_matter(archive: Archive, parts: list[Node], seed: int) -> None:
    shuffled = parts[:]
    random.Random(seed).shuffle(shuffled)
    orders = [[event.id for event in archive.select(Query(conjunction(*order)))] for order in (parts, shuffled)]
    assert orders[0] == orders[1]


@SOME
@given(where=filters, words=st.sampled_from(["corruption", "sofia drugs", "traf*", "minister", '"human trafficking"']))
def test_hits_satisfy_the_filters(archive: Archive, where: Node, words: str) -> None:
    free = {hit.event.id for hit in archive.search(Query(parse(words).where)).hits}
    for hit in archive.search(Query(conjunction(parse(words).where, where))).hits:
        assert matches(hit.event, where)
        assert hit.partial or hit.event.id in free


PIECES = [
    "corruption", "drugs", "sofia", "traf*", "corupton", "the", "FIU", "Anti", "Mafia", "Law", "2009", "may",
    '"human trafficking"', "-serbia", "NOT", "OR", "topic:corruption", "-country:serbia", "nowhere",
    "title:conference", "kids", "(", ")", "-traffick*",
]  # fmt: skip


@pytest.mark.parametrize("most", [3, 5000], ids=["asked again", "listed"])
@tried(80)
@given(
    typed=st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map(" ".join),
    by=st.sampled_from(["country", "year"]),
)
def test_what_is_counted_is_what_is_found(
    archive: Archive, typed: str, by: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        query = Query(parse(typed, archive.years).where)
        hits = archive.search(query).hits
        patch.setattr(ranking, "BROAD", most)
        assert archive.count(query) == archive.selection(query).count() == len(hits)
        assert {event.id for event in archive.select(query)} == {hit.event.id for hit in hits}
        counted = {tally.name: tally.number for tally in archive.count_by(by, query)}
        for facet in [CORE_FACETS["country"]] if by == "country" else ():
            for name, number in counted.items():
                assert number == sum(name in (facet_values(hit.event, facet) or [""]) for hit in hits)


@tried(80)
@given(
    typed=st.one_of(
        st.text(max_size=60),
        st.lists(
            st.sampled_from('AND OR NOT ( ) " - * title: year: 2009 a..b corruption NEAR( ^x {y}: \0 &'.split(" ")),
            max_size=12,
        ).map(" ".join),
    )
)
def test_any_text_is_a_query(archive: Archive, typed: str) -> None:
    with contextlib.suppress(ArchiveError):
        archive.search(Query(parse(typed, archive.years).where, limit=5))


def test_deleting_the_index_changes_nothing_but_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARCHIVE_CACHE", str(tmp_path / "cache"))
    queries = ["corruption", "kids 2009", "corupton sofia", "minister OR police -serbia", "trafficking november"]

    def answers() -> list[list[tuple[str, float]]]:
        archive = Archive(CATALOGUE)
        found = [[(h.event.id, h.score) for h in archive.search(Query(parse(q).where)).hits] for q in queries]
        archive.close()
        return found

    built = answers()
    assert answers() == built
    shutil.rmtree(tmp_path / "cache")
    assert answers() == built
    monkeypatch.setenv("ARCHIVE_CACHE", "/dev/null/nowhere")
    assert answers() == built


def test_the_graded_queries_are_answered_no_worse_than_they_were(archive: Archive) -> None:
    scores = measure(ours(archive), sample(GRADED / "tuned.jsonl").queries)
    answered = [row for kind, rows in scores.items() if kind != "none" for row in rows]
    assert sum(row[0] for row in answered) / len(answered) >= 0.94
    assert sum(row[0] for row in scores["none"]) / len(scores["none"]) >= 0.93


def test_the_page_on_queries_reports_the_figures_of_the_benchmark(archive: Archive) -> None:
    page = " ".join((ROOT / "docs/queries.md").read_text(encoding="utf-8").split())
    queries, repeated, overlapping = sample(GRADED / "unseen.jsonl")
    columns = []
    for engine in (ours(archive), plain_fts5(archive)):
        scores = measure(engine, queries)
        silent = scores.pop("none")
        answered = [row for rows in scores.values() for row in rows]
        shares = [sum(row[place] for row in answered) / len(answered) for place in range(3)]
        columns.append([*shares, sum(row[0] for row in silent) / len(silent)])
    documented = re.findall(r"\| (\d+\.\d) % \| (\d+\.\d) % \|", page)
    assert documented == [(f"{100 * first:.1f}", f"{100 * second:.1f}") for first, second in zip(*columns, strict=True)]
    assert f"| {len(queries)} unseen queries |" in page
    assert f"({len(answered)} queries with an answer)" in page
    assert f"({len(silent)} queries without an answer)" in page
    whole = len(queries) + repeated + overlapping
    assert f"never on the other {whole}. But {repeated + overlapping} of the {whole} also occur" in page
    total = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in GRADED.glob("*.jsonl"))
    assert f"holds {total} graded queries" in page
    assert f"tuned on {total - whole} of them" in page


def test_no_query_is_measured_in_two_sets() -> None:
    seen: set[str] = set()
    for name in SETS:
        for query in sample(GRADED / f"{name}.jsonl").queries:
            assert seen.isdisjoint(same(query["q"])), (name, query["q"])
            seen |= same(query["q"])


@pytest.mark.parametrize(
    "other",
    [
        "1,300 STUDENTS, Perišić!",
        "perisic students 1300",
        "Peris\u030cic\u0301: 1 300 students",
    ],
)
def test_a_query_that_is_written_otherwise_is_removed(tmp_path: Path, other: str) -> None:
    mine = tmp_path / "mine.jsonl"
    typed = ["1,300 students Perišić", "a query of nobody else", other, "Tuzla"]
    mine.write_text("".join(json.dumps({"q": q, "kind": "words", "relevant": {}}) + "\n" for q in typed))
    kept, repeated, overlapping = sample(mine)
    assert [query["q"] for query in kept] == typed[:2]
    assert (repeated, overlapping) == (1, 1)  # the last is one of the tuned queries
