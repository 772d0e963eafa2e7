"""What the views have in common: words and filters → a selection of events, and commands that lead on from it."""

from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

import typer

from archivecli.archive import Archive
from archivecli.cli.hyphens import is_option
from archivecli.cli.ids import STDIN, only_these, without_stdin
from archivecli.cli.messages import report_no_match
from archivecli.cli.options import CommonOptions, parse_filters
from archivecli.cli.output import Output
from archivecli.index.counts import Selection
from archivecli.query.criteria import EVERYTHING, Node, Query, conjunction, conjuncts, has_words
from archivecli.query.natural_dates import check_order
from archivecli.query.parser import parse
from archivecli.query.unparse import arguments

if TYPE_CHECKING:
    from archivecli.search.interpret import Interpretation


class ViewContext(NamedTuple):
    """A selection of events, where it came from, and where it leads on."""

    archive: Archive
    out: Output
    query: Query
    selection: Selection
    total: int
    onward: "Onward"
    interpretation: "Interpretation | None" = None

    def narrowed(self, more: Node) -> "ViewContext":
        """Return the question for those of the events that match one more criterion."""
        query = Query(conjunction(self.query.where, more))
        selection = self.archive.selection(query)
        return self._replace(query=query, selection=selection, total=selection.count(), interpretation=None)

    def remark_if_empty(self, fail: bool = False) -> None:
        """Say why no event matches, if none does; ``fail`` ends with exit code 1 then."""
        if not self.total:
            outcome = self.archive.search(self.query, self.interpretation) if has_words(self.query.where) else None
            report_no_match(self.out, self.archive, self.query, outcome)
            if fail:
                raise typer.Exit(1)


class Onward(NamedTuple):
    """Builds the commands that a view suggests, for its events or some of them."""

    where: Node
    years: range
    out: Output

    def listing(self, *narrowing: str) -> str:
        """Return the command that lists the events, narrowed by options or query words: ``--month 2009-12``."""
        filters, rest = parse_filters(narrowing)
        words, options = self._arguments(parse(" ".join(rest), self.years).where, filters)
        return self._command(["search" if set(words) - {STDIN} else "list"], words, options)

    def view(self, command: str, *more: str) -> str:
        """Return a view of the events, narrowed by options; ``more`` can also be fields, and options of the view."""
        filters, rest = parse_filters(more)
        fields = list(takewhile(lambda piece: not piece.startswith("-"), rest))
        words, options = self._arguments(EVERYTHING, filters)
        return self._command([command, *fields], words, [*options, *rest[len(fields) :]])

    def _arguments(self, words: Node, filters: Node) -> tuple[list[str], list[str]]:
        parts = dict.fromkeys(part for node in (words, self.where, filters) for part in conjuncts(node))
        return arguments(conjunction(*parts), self.years)

    def _command(self, start: list[str], words: list[str], options: list[str]) -> str:
        import shlex  # 2 ms, only where a command is suggested

        rest = [*options, "--", *words] if any(map(is_option, words)) else [*words, *options]
        return self.out.suggested(shlex.join(["archive", *start, *rest]))


def ask(words: list[str] | None, where: Node, common: CommonOptions) -> ViewContext:
    """Open the catalogue and select the events that match words and filters; say how the words were read."""
    rest, piped = without_stdin(words)
    archive = common.open()
    out = common.out
    if rest:
        parsed = parse(" ".join(rest), archive.years)
        check_order(parsed.where, where)
        out.note(*parsed.remarks)
        where = conjunction(parsed.where, where)
    if piped:
        where = conjunction(where, only_these(archive, out))
    query = Query(where)
    interpretation = archive.interpret(query)
    selection = archive.selection(query, interpretation)
    out.note(*(interpretation.remarks if interpretation else ()))
    onward = Onward(where, archive.years, out)
    return ViewContext(archive, out, query, selection, selection.count(), onward, interpretation)
