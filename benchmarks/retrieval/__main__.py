"""How good the search is: graded queries against the shipped archive, beside plain FTS5 over the same records.

    python -m benchmarks.retrieval [tuned|tuned-more|tuned-last|unseen|FILE.jsonl …] [--misses]

The ranking was tuned on the three ``tuned`` sets and never on ``unseen``: the figures to quote are those of ``unseen``.
A query counts once, in the first set that contains it: repeats within a set, and queries of an earlier set, are removed
before anything is measured. Queries that differ only in case, accents, punctuation or word order are the same query.

A line is {"q": query, "kind": sort of query, "relevant": {event id: grade 1 to 3}}; without relevant events the right
answer is silence. hit@k: an event of the highest grade of the query is among the first k. nDCG@10 with gains 2^grade - 1.
"""

import argparse
import json
import math
import re
import sqlite3
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple

from anyascii import anyascii

from archivecli import files
from archivecli.archive import Archive
from archivecli.errors import ArchiveError
from archivecli.events import texts
from archivecli.query.criteria import Query
from archivecli.query.parser import parse

HERE = Path(__file__).resolve().parent
SETS = ("tuned", "tuned-more", "tuned-last", "unseen")  # in the order in which they were written
Engine = Callable[[str], list[str]]
Graded = dict[str, Any]


class Sample(NamedTuple):
    """The queries of a set that are measured, and how many were removed because they occur twice or in another set."""

    queries: list[Graded]
    repeated: int
    overlapping: int


def sample(path: Path) -> Sample:
    """Return the queries of a set without those of the sets before it; a set of the user's own comes last of all."""
    before = takewhile(lambda known: known != path.resolve(), (HERE / f"{name}.jsonl" for name in SETS))
    earlier = {form for known in before for query in _read(known) for form in same(query["q"])}
    kept: list[Graded] = []
    repeated = overlapping = 0
    own: set[str] = set()
    for query in _read(path):
        forms = same(query["q"])
        if forms & own:
            repeated += 1
        elif forms & earlier:
            overlapping += 1
        else:
            kept.append(query)
        own |= forms
    return Sample(kept, repeated, overlapping)


def same(typed: str) -> set[str]:
    """Return what identifies a query whatever its case, accents, punctuation and word order; one shared form is enough.

    Punctuation either separates words or does not: ``1,300`` is both ``1300`` and ``1 300``. The folding is not that of
    the program, so that a change of the program cannot change what is measured.
    """
    plain = anyascii(typed).casefold()
    return {" ".join(sorted(re.sub(r"[^\w\s]", between, plain).split())) for between in ("", " ")}


def _read(path: Path) -> list[Graded]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def ours(archive: Archive) -> Engine:
    """Return the search of the command."""

    def ask(typed: str) -> list[str]:
        try:
            where = parse(typed, archive.years).where
            return [hit.event.id for hit in archive.search(Query(where, limit=10)).hits]
        except ArchiveError:  # a filter for what the archive does not have is refused, and so answered with silence
            return []

    return ask


def plain_fts5(archive: Archive) -> Engine:
    """Return FTS5 as it comes: Porter stems over the whole text of each record, all words, else any."""
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE t USING fts5(id UNINDEXED, body, tokenize='porter unicode61 remove_diacritics 2')"
    )
    for event in archive.select(Query()):
        connection.execute("INSERT INTO t VALUES (?, ?)", (event.id, "\n".join(texts(dict(event.record)))))

    def ask(typed: str) -> list[str]:
        found = [f'"{word}"' for word in re.findall(r"\w+", typed)]
        for joiner in (" AND ", " OR "):
            if not found:
                return []
            sql = "SELECT id FROM t WHERE t MATCH ? ORDER BY rank, rowid LIMIT 10"
            rows = connection.execute(sql, (joiner.join(found),)).fetchall()
            if rows:
                return [row[0] for row in rows]
        return []

    return ask


def measure(engine: Engine, queries: list[Graded], misses: bool = False) -> dict[str, list[list[float]]]:
    """Return, by kind of query, [hit@1, hit@3, nDCG@10] of each, or [silent] where there is no answer."""
    scores: dict[str, list[list[float]]] = {}
    for query in queries:
        relevant: dict[str, int] = query["relevant"]
        kind, typed = str(query["kind"]), str(query["q"])
        try:
            found = engine(typed)
        except Exception as error:
            found = [f"ERROR {error}"]
        if not relevant:
            score = [float(not found)]
        else:
            best = {event for event, grade in relevant.items() if grade == max(relevant.values())}
            score = [float(bool(best & set(found[:1]))), float(bool(best & set(found[:3]))), _ndcg(found, relevant)]
        scores.setdefault(kind, []).append(score)
        if misses and (score[0] < 1 or (len(score) > 2 and score[2] < 0.7)):
            wanted = sorted(relevant.items(), key=lambda pair: -pair[1])[:4]
            print(f"{kind:9} {typed!r}\n          wanted {wanted}\n          found  {found[:4]} ndcg {score[-1]:.2f}")
    return scores


def _ndcg(found: list[str], relevant: dict[str, int]) -> float:
    gains = [2 ** relevant.get(event, 0) - 1 for event in found[:10]]
    ideal = sorted((2**grade - 1 for grade in relevant.values()), reverse=True)[:10]
    discount = [1 / math.log2(place + 2) for place in range(10)]
    reached, best = (sum(g * d for g, d in zip(row, discount, strict=False)) for row in (gains, ideal))
    return float(reached / best)


def report(name: str, results: dict[str, dict[str, list[list[float]]]]) -> None:
    """Print a table of the engines, kind by kind."""
    engines = list(results)
    print(f"\n{name}")
    if not results[engines[0]]:
        return
    print(f"{'kind':10}{'n':>5}" + "".join(f"{engine + ' hit@1':>16}{'hit@3':>7}{'nDCG':>7}" for engine in engines))
    kinds = [kind for kind in results[engines[0]] if kind != "none"]
    for label, chosen in [*((kind, [kind]) for kind in kinds), *([("answered", kinds)] if kinds else [])]:
        line = ""
        for engine in engines:
            rows = [row for kind in chosen for row in results[engine][kind]]
            line += "".join(
                f"{100 * sum(row[i] for row in rows) / len(rows):>{w}.1f}" for i, w in ((0, 16), (1, 7), (2, 7))
            )
        print(f"{label:10}{len(rows):>5}{line}")
    if "none" in results[engines[0]]:
        silent = [results[engine]["none"] for engine in engines]
        cells = "".join(f"{100 * sum(row[0] for row in rows) / len(rows):>16.1f}{'':14}" for rows in silent)
        print(f"{'silent':10}{len(silent[0]):>5}{cells}")


def main() -> None:
    """Measure both engines on the sets asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=list(SETS))
    parser.add_argument("--misses", action="store_true", help="print the queries that went wrong")
    options = parser.parse_args()
    archive = Archive(files.embedded_catalogue())
    for name in options.sets:
        path = Path(name) if name.endswith(".jsonl") else HERE / f"{name}.jsonl"
        queries, repeated, overlapping = sample(path)
        engines = {"archive": ours(archive), "FTS5": plain_fts5(archive)}
        misses = options.misses
        report(
            f"{path.stem}: {len(queries)} queries, removed {overlapping} of earlier sets and {repeated} repeated",
            {label: measure(engine, queries, misses and label == "archive") for label, engine in engines.items()},
        )


if __name__ == "__main__":
    main()
