"""The passages that a search shows: what is marked in them is what the index found."""

import sqlite3

import pytest

from archivecli import display, text
from archivecli.archive import Archive
from archivecli.query.criteria import Phrase, Query
from archivecli.query.parser import parse
from archivecli.render.describe import lines
from archivecli.render.highlight import TOKEN, Highlighter
from archivecli.search.rank import SearchResult, stems
from conftest import CATALOGUE

WRITTEN = """\
events:
  - id: 2001-one
    title: A meeting
    start: 2001
    summary: Two days in Niš, where Đorđe Petrović spoke of ties; the O.S.C.E. paid 400,000 euro, 17.5% of it at once.
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    path = tmp_path_factory.mktemp("passages") / "catalogue.yaml"
    path.write_text(WRITTEN, encoding="utf-8")
    return Archive(path)


def highlighter(archive: Archive, outcome: SearchResult) -> Highlighter:
    terms = [[word for one in term.alternatives for word in one.words] for term in outcome.interpretation.terms]
    return Highlighter(archive.schema, terms, archive.stems)


def marked(archive: Archive, words: str) -> list[str]:
    """Return the words that are marked in the first passage."""
    outcome = archive.search(Query(parse(words, archive.years).where))
    passages = highlighter(archive, outcome).passages([hit.event for hit in outcome.hits])
    shown = next(iter(passages.values()))
    return [shown.plain[span.start : span.end] for span in shown.spans if span.style == "bold red"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("day", ["days"]),
        ("tie", ["ties"]),
        ("nis", ["Niš"]),
        ("djordje OR dorde", ["Đorđe"]),
        ("osce", ["O.S.C.E"]),
        ("400000", ["400,000"]),
        ("17.5", ["17.5%"]),
        ("percent", ["17.5%"]),
        ("at petrovic", ["Petrović"]),
    ],
)
def test_what_the_index_found_is_marked(archive: Archive, words: str, found: list[str]) -> None:
    assert marked(archive, words) == found


@pytest.mark.parametrize(
    "words", ["corruption", "day", "2009", "costa UNODC", "percent", "traff*", "un office", "skopje"]
)
def test_no_word_is_missed(words: str) -> None:
    """Stemming every word of every line finds the same places."""
    archive = Archive(CATALOGUE)
    outcome = archive.search(Query(Phrase(words) if words.isdigit() else parse(words, archive.years).where, limit=5))
    marker = highlighter(archive, outcome)
    for event in (hit.event for hit in outcome.hits):
        said = [display.terminal_safe(line.text) for line in lines(archive.schema, event)]
        pieces = [(place, match) for place, line in enumerate(said) for match in TOKEN.finditer(line)]
        stem_of = archive.stems(word for _, match in pieces for word in text.words(match.group()))
        slow = [
            (place, *match.span())
            for place, match in pieces
            if any(stem_of[word] in marker.wanted for word in text.words(match.group()))
        ]
        assert slow == [(place, begin, end) for place, line in enumerate(said) for begin, end, _ in marker.spans(line)]
        assert slow


def test_stems_are_those_of_the_index() -> None:
    index = Archive(CATALOGUE).index
    words = [word for (word,) in index.connection.execute("SELECT word FROM words")]
    found = stems(words)
    kept = sqlite3.connect(":memory:")
    kept.execute("CREATE VIRTUAL TABLE one USING fts5(word, tokenize='porter ascii')")
    kept.executemany("INSERT INTO one (rowid, word) VALUES (?, ?)", enumerate(words))
    kept.execute("CREATE VIRTUAL TABLE terms USING fts5vocab(one, 'instance')")
    assert found == {words[doc]: term for term, doc in kept.execute("SELECT term, doc FROM terms")}
    assert stems([]) == {}
