"""What the views have in common: words and filters → a selection of events, and commands that lead on from it."""

from typing import TYPE_CHECKING, NamedTuple

from archivecli.archive import Archive
from archivecli.cli.ids import STDIN, only_these, without_stdin
from archivecli.cli.options import Asked, Common
from archivecli.cli.output import Output
from archivecli.cli.remarks import nothing_found
from archivecli.index.counts import Selection
from archivecli.query.criteria import Node, Query, conjunction, has_words
from archivecli.query.natural_dates import check_order
from archivecli.query.parser import parse

if TYPE_CHECKING:
    from archivecli.search.interpret import Interpretation


class Question(NamedTuple):
    """A selection of events, where it came from, and where it leads on."""

    archive: Archive
    out: Output
    query: Query
    selection: Selection
    total: int
    onward: "Onward"
    interpretation: "Interpretation | None" = None

    def narrowed(self, more: Node) -> "Question":
        """Return the question for those of the events that fit one more criterion."""
        query = Query(conjunction(self.query.where, more))
        selection = self.archive.selection(query)
        return self._replace(query=query, selection=selection, total=selection.count(), interpretation=None)

    def remark_if_empty(self, fail: bool = False) -> None:
        """Say so where no event fits, and why; ``fail`` ends with exit code 1 then."""
        if not self.total:
            outcome = self.archive.search(self.query, self.interpretation) if has_words(self.query.where) else None
            nothing_found(self.out, self.archive, self.query, outcome, fail)


class Onward(NamedTuple):
    """Builds the commands that list a part of what a view shows: the words and filters of the view, and one more."""

    words: tuple[str, ...]
    asked: Asked
    catalogue: str = ""
    piped: bool = False
    """The view is of the events whose ids are on standard input."""

    def listing(self, *more: str) -> str:
        """Return the command that lists the events of the view narrowed by options or words: ``--month 2009-12``."""
        words, options = self._narrowed(more)
        return self._command(*(["search", *words] if words else ["list"]), *self._stdin(), *options)

    def view(self, verb: str, *more: str) -> str:
        """Return a view of the same events, narrowed or otherwise changed by options and words."""
        words, options = self._narrowed(more)
        return self._command(verb, *words, *self._stdin(), *options)

    def _stdin(self) -> list[str]:
        return [STDIN] if self.piped else []

    def _narrowed(self, more: tuple[str, ...]) -> tuple[list[str], list[str]]:
        """Return words and options with more of them.

        Values of one option are alternatives, so that another value of an option that was typed goes into the query.
        """
        typed = {name for name, _ in self.asked}
        terms: list[str] = []
        options = [piece for pair in self.asked for piece in pair]
        pieces = list(more)
        while pieces:
            piece = pieces.pop(0)
            if pieces and self.asked.count((piece, pieces[0])) == [name for name, _ in self.asked].count(piece) == 1:
                pieces.pop(0)  # the view is narrowed to just that already
            elif piece in typed:
                terms.append(f"{piece.lstrip('-')}:{_quoted(pieces.pop(0))}")
            elif piece.startswith("--"):
                options.append(piece)
                if pieces and piece not in _FLAGS:
                    options.append(pieces.pop(0))
            elif piece not in self.words:
                terms.append(piece)
        return [*terms, *self._words_beside(terms)], options

    def _words_beside(self, terms: list[str]) -> tuple[str, ...]:
        """Return the words, in brackets where they are alternatives and something else stands beside them."""
        alternatives = terms and any(word in ("OR", "|", "||") for typed in self.words for word in typed.split())
        return (f"({' '.join(self.words)})",) if alternatives else self.words

    def _command(self, *pieces: str) -> str:
        import shlex  # 2 ms, only where a command is suggested

        catalogue = ["--catalogue", self.catalogue] if self.catalogue else []
        return shlex.join(["archive", *pieces, *catalogue])


_FLAGS = frozenset({"--days"})


def _quoted(value: str) -> str:
    return value if value.replace("-", "").isalnum() else f'"{value}"'


def ask(words: list[str] | None, where: Node, asked: Asked, common: Common) -> Question:
    """Open the catalogue and choose the events that fit words and filters; say how the words were read."""
    rest, piped = without_stdin(words)
    archive = common.open()
    out = common.output()
    if rest:
        parsed = parse(" ".join(rest), archive.years)
        check_order(parsed.where, where)
        out.remark(*parsed.remarks)
        where = conjunction(parsed.where, where)
    if piped:
        where = conjunction(where, only_these(archive, out))
    query = Query(where)
    interpretation = archive.interpret(query)
    selection = archive.selection(query, interpretation)
    out.remark(*(interpretation.remarks if interpretation else ()))
    onward = Onward(tuple(rest), asked, common.named, piped)
    return Question(archive, out, query, selection, selection.count(), onward, interpretation)
