"""The stems of words, as the index has them."""

import sqlite3
from collections.abc import Iterable


def stems(words: Iterable[str]) -> dict[str, str]:
    """Return the stem of each folded word: what FTS5, in a table of its own for this moment, keeps of it."""
    different = list(dict.fromkeys(words))
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE held USING fts5(words, content='', tokenize='porter ascii')")
        connection.execute("CREATE VIRTUAL TABLE kept USING fts5vocab(held, 'instance')")
        connection.execute("INSERT INTO held (rowid, words) VALUES (1, ?)", (" ".join(different),))
        return {different[place]: stem for stem, place in connection.execute('SELECT term, "offset" FROM kept')}
    finally:
        connection.close()
