"""What is read and stored in a quick way is what the careful way gives: thesaurus, terms, folded words, tallies."""

import re
import sqlite3
import sys
import unicodedata
from pathlib import Path

import pytest
from anyascii import anyascii
from hypothesis import given
from hypothesis import strategies as st

from archivecli import text
from archivecli.catalogue import plain, reader, swift
from archivecli.catalogue.loading import _TERM, Catalogue, Root, _plain_term
from archivecli.catalogue.validation import Checker
from archivecli.catalogue.vocabulary import Vocabulary
from archivecli.events import Synonyms, Term
from archivecli.index.build import build
from archivecli.index.conditions import ALL
from archivecli.index.counts import counted
from archivecli.index.reader import Index
from archivecli.query.facets import FACETS, PERIODS
from archivecli.search.interpret import Interpreter
from conftest import CATALOGUE, tried
from test_swift_reading import LAYOUTS, TRICKY

SHIPPED = CATALOGUE.read_text(encoding="utf-8")
THESAURUS = SHIPPED[SHIPPED.index("\nthesaurus:") + 1 :]
ITEMS = re.split(r"\n(?=  - )", THESAURUS)[1:]
SCRAPS = [
    "  - ", "- ", "[", "]", "{typed: [", "], means: [", "]}", ", ", ",", "a", "b c", "null", "Yes", "y", "to", "8 March",
    "it's", 'a "b"', "é", "\xa0", "1.5", "x-y", "\n", "\n  ", "\n      ", "\n\n", "\n  # c\n", " # c", "\n# c\n",
    "vocabulary:\n  kinds: {talk: Talk}\n", "thesaurus:\n", '"thesaurus":\n', "means: [a], typed: [b]", "  - [a, b]\n",
    "  - {typed: [a], means: [b, c]}\n",
]  # fmt: skip

KINDS = "vocabulary:\n  kinds: {talk: Talk}\n"


def carefully(written: str) -> Catalogue | None:
    """Return what the full parser makes of a catalogue without events, None where it makes nothing."""
    try:
        node = reader.parse(reader.decode(written.encode(), "x"), "x")
    except (reader.Unreadable, UnicodeEncodeError):
        return None
    return Catalogue(Path("x"), [Root("x", node)]) if isinstance(node, reader.Mapping) else None


def agrees(written: str) -> bool:
    """Tell whether a text was read quickly; it must then say what the full parser says."""
    try:
        quick = swift._parted(reader.decode(written.encode(), "x"), "x")
    except (reader.Unreadable, UnicodeEncodeError):
        return False
    if quick is None:
        return False
    found, expected = Catalogue(Path("x"), [quick]), carefully(written)
    assert expected is not None
    assert bool(found.problems()) == bool(expected.problems())
    if not found.problems():
        assert found.thesaurus == expected.thesaurus
        assert found.vocabulary.sections == expected.vocabulary.sections
        assert found.about == expected.about
    return True


@st.composite
def spoilt(draw: st.DrawFn) -> str:
    """Items of the shipped thesaurus with some letters exchanged, left out or put in."""
    start = draw(st.integers(0, len(ITEMS) - 5))
    before = draw(st.sampled_from(["", "# only this\n", "catalogue: {title: T}\n", "catalogue: {title: T,\n"]))
    after = draw(
        st.sampled_from(["", "\n", "\n# end\n", "\nvocabulary:\n  kinds: {talk: Talk}\n", '\n  x"}\n', "\nx: y\n"])
    )
    written = before + "thesaurus:\n" + "\n".join(ITEMS[start : start + 5]) + after
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(written)))
        put = draw(st.sampled_from([*TRICKY, *SCRAPS]) | st.text(max_size=2))
        written = written[:at] + put + written[at + draw(st.integers(0, 4)) :]
    return written


@tried(150)
@given(spoilt())
def test_a_spoilt_thesaurus_is_read_as_the_parser_reads_it_or_not_at_all(written: str) -> None:
    agrees(written)


@tried(150)
@given(st.lists(st.sampled_from([*SCRAPS, *TRICKY]), max_size=12))
def test_scraps_of_a_thesaurus_are_read_as_the_parser_reads_them_or_not_at_all(scraps: list[str]) -> None:
    agrees("thesaurus:\n  - " + "".join(scraps))
    agrees("thesaurus:\n  - [a, b]\n  - [" + "".join(scraps) + "]\n  - {typed: [c], means: [d]}\n")


@pytest.mark.parametrize(
    "written",
    [
        THESAURUS,
        "thesaurus:\n- [a, b]\n- {typed: [c, d], means: [e f]}\n",
        "# the words\n\nthesaurus: # all\n\n  # first\n  - [a, b]\n  - [c, d]\n",
        "catalogue: {title: T}\nthesaurus:\n  - [a,\n    b  c]\n  - {typed: [a\n      b], means: [ć d]}\n" + KINDS,
        "thesaurus:\n  - [to, yes men, no man]\n  - [8 March, women's day]\n  - [alone]\n",
    ],
)
def test_a_plain_thesaurus_is_read_quickly(written: str) -> None:
    assert agrees(written)


def test_hardly_any_item_of_the_shipped_thesaurus_needs_nodes() -> None:
    parted = plain.parted(THESAURUS)
    assert parted is not None
    assert sum(not isinstance(item, Synonyms) for item in parted[1]) < len(ITEMS) / 50


@pytest.mark.parametrize(
    "written",
    [
        "thesaurus: [[a, b]]\n",
        "thesaurus:\n  - [a, yes]\n  - [b, 'c\n",
        "thesaurus:\n  - [a, b]\n 'thesaurus': x\n",
        'thesaurus:\n  - [a, b]\n"thesaurus":\n  - [c, d]\n',
        "thesaurus:\n  - [a, b]\nthesaurus:\n  - [c, d]\n",
        'catalogue: {title: "x\nthesaurus:\n  - [a, b]\ny"}\n',
        "thesaurus:\n  - [a\n  # c\n    b]\n",
        "thesaurus:\n  - [a, b]\n  c\n",
    ],
)
def test_a_thesaurus_in_doubt_is_left_to_the_parser(written: str) -> None:
    assert not agrees(written)


# Terms

VALUES = [
    "A Name",
    "a",
    "yes",
    "~",
    "''",
    "' '",
    "12",
    "x\\ny",
    "[]",
    "[a, b]",
    "[a, no]",
    "[[a]]",
    "{a: b}",
    "e é",
    '"1"',
]


@tried(150)
@given(
    st.sampled_from(VALUES)
    | st.dictionaries(st.sampled_from([*Term._fields, "other"]), st.sampled_from(VALUES), max_size=5)
)
def test_a_plain_term_is_what_the_checker_makes_of_it(written: str | dict[str, str]) -> None:
    term = (
        written if isinstance(written, str) else f"{{{', '.join(f'{key}: {value}' for key, value in written.items())}}}"
    )
    root = reader.parse(f"k: {term}", "x")
    assert isinstance(root, reader.Mapping)
    checker = Checker("x", Vocabulary())
    found, expected = _plain_term(root.entries[0][1]), checker.value(root.entries[0][1], _TERM, "k")
    if found is not None:
        assert found == expected
        assert not checker.problems


def test_terms_of_the_shipped_vocabulary_are_plain() -> None:
    root = reader.parse(SHIPPED[SHIPPED.index("\nvocabulary:") : SHIPPED.index("\nevents:")], "x")
    assert isinstance(root, reader.Mapping)
    sections = root.entries[0][1]
    assert isinstance(sections, reader.Mapping)
    terms = [
        node for _, section in sections.entries if isinstance(section, reader.Mapping) for _, node in section.entries
    ]
    assert sum(_plain_term(node) is not None for node in terms) > 0.9 * len(terms)


# Words

PIECES = [
    "U.N.", "e.g.", "a.b", "1.5", "400.000", "1,5", "2nd", "it's", "don`t", "$5", "€", "%", "é", "Đ", "ı", "–", "“x”", "Скопје",
    "арргоvе", "日本", "\x01", "\n", " ", "-", "e-learning", "and/or", "K", "a", "B", ".", "0", "\u0301", "☂", "",
]  # fmt: skip


@tried(150)
@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=6).map("".join) | st.text(max_size=6), max_size=6))
def test_many_texts_are_folded_as_each_by_itself(texts: list[str]) -> None:
    assert [found.split() for found in text.words_all(texts)] == [text.words(one) for one in texts]
    assert text.keys(texts) == [text.key(one) for one in texts]


def transliterated(written: str) -> str:
    """Return a text folded by the table of every script."""
    composed = unicodedata.normalize("NFKC", written).replace("đ", "d").replace("Đ", "D")
    return anyascii(re.sub(r"[^\W\d_]+", text._latinise, composed)).lower()


def test_letters_of_europe_are_folded_as_the_table_of_every_script_folds_them() -> None:
    letters = [chr(code) for code in range(0x20, 0x2600) if unicodedata.category(chr(code)) not in ("Cc", "Cn")]
    assert [text.fold(letter) for letter in letters] == [transliterated(letter) for letter in letters]
    marked = [chr(code) + chr(mark) for code in (*range(0x41, 0x7B), 0xE9, 0xF8, 0x131) for mark in range(0x2F0, 0x380)]
    assert [text.fold(pair) for pair in marked] == [transliterated(pair) for pair in marked]
    rare = [chr(code) for code in range(0x2600, sys.maxunicode, 97) if not 0xD800 <= code < 0xE000]
    assert [text.fold(letter) for letter in rare] == [transliterated(letter) for letter in rare]


# The index


def index_of(catalogue: Catalogue) -> Index:
    """Return the index of a catalogue, in memory."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    build(connection, catalogue)
    return Index(connection)


def catalogue_of(thesaurus: str, folder: Path) -> Catalogue:
    """Return a catalogue of a thesaurus and one event that holds all its words."""
    path = folder / "c.yaml"
    words = " ".join(text.words(thesaurus))
    path.write_text(f"events:\n- {{id: 2009-01-01-x, title: T, start: 2009-01-01, summary: '{words}'}}\n{thesaurus}")
    return Catalogue(path)


@tried(60)
@given(
    st.lists(
        st.tuples(
            *[
                st.lists(
                    st.sampled_from(["cat", "cats", "big cat", "dog", "a big cat", "cat dog", "dogs", "★"]), min_size=1
                )
            ]
            * 2
        ),
        min_size=1,
        max_size=6,
    )
)
def test_an_expression_finds_what_a_row_for_each_would_find(
    tmp_path: Path, items: list[tuple[list[str], list[str]]]
) -> None:
    lines = [f"  - {{typed: [{', '.join(typed)}], means: [{', '.join(means)}]}}\n" for typed, means in items]
    index = index_of(catalogue_of("thesaurus:\n" + "".join(lines).replace("★", "'★'"), tmp_path))
    interpreter = Interpreter(index, False)
    stems = {"cats": "cat", "dogs": "dog"}

    def stemmed(words: str) -> list[str]:
        return [stems.get(word, word) for word in text.words(words)]

    for asked in ("cat", "cats", "big cat", "big cats", "dog", "a big cat", "cat dog", "a big", "cat big cat"):
        expected = dict.fromkeys(
            " ".join(text.words(other))
            for typed, means in items
            for word in typed
            if stemmed(word) == stemmed(asked)
            for other in means
            if other not in (word, "★")
        )
        assert [found.label for found in interpreter._synonyms(asked.split())] == list(expected)


@pytest.mark.parametrize("layout", ["events last", "the shipped one"])
def test_tallies_that_are_kept_are_those_that_are_counted(layout: str, tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(LAYOUTS[layout], encoding="utf-8")
    index = index_of(Catalogue(path))
    for field in (*PERIODS, *(facet.name for facet in FACETS)):
        assert index.tallies(field) == counted(index, field, ALL)
