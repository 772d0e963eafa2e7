"""Text is folded the same way by itself and among other text, and in the thesaurus."""

import re
import sqlite3
import sys
import unicodedata
from pathlib import Path

from anyascii import anyascii
from hypothesis import given
from hypothesis import strategies as st

from archivecli import text
from archivecli.catalogue.loader import Catalogue
from archivecli.index.reader import Index
from archivecli.index.writer import build
from archivecli.search.interpret import Interpreter
from conftest import tried

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


# The thesaurus


def index_of(thesaurus: str, folder: Path) -> Index:
    """Return the index, in memory, of a thesaurus and one event with all its words."""
    path = folder / "c.yaml"
    words = " ".join(text.words(thesaurus))
    path.write_text(f"events:\n- {{id: 2009-01-01-x, title: T, start: 2009-01-01, summary: '{words}'}}\n{thesaurus}")
    connection = sqlite3.connect(":memory:", isolation_level=None)
    build(connection, Catalogue(path))
    return Index(connection)


WORDS = st.lists(st.sampled_from(["cat", "cats", "big cat", "dog", "a big cat", "cat dog", "dogs", "★"]), min_size=1)


@tried(60)
@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=6))
def test_an_expression_finds_what_a_row_for_each_would_find(
    tmp_path: Path, items: list[tuple[list[str], list[str]]]
) -> None:
    lines = [f"  - {{typed: [{', '.join(typed)}], means: [{', '.join(means)}]}}\n" for typed, means in items]
    interpreter = Interpreter(index_of("thesaurus:\n" + "".join(lines).replace("★", "'★'"), tmp_path), False)
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
