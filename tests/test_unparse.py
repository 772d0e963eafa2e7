"""Criteria → query text and command lines, and back."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from archivecli.cli.options import parse_filters
from archivecli.errors import UsageError
from archivecli.query.criteria import Node, conjunction, conjuncts
from archivecli.query.parser import parse
from archivecli.query.unparse import arguments, query_text
from conftest import tried

PIECES = re.findall(
    r'(?:[^\s"]|"[^"]*")+',
    """
    corruption sofia traf* may may jun 26 june first late week of december 2009 2010 q4 2009-12-05 2009-2011 since from to and or
    AND OR NOT ( ) ( ) - -( -sofia "mutual legal" -"asset recovery" title:traf* title:"mutual legal" notes:a,b people:"x y*"
    country:serbia country:serbia,"x" -topic:"human trafficking" topic:a,b body:"a,b" campaign:"(none)" kind:AND year:2009
    year:2009..2010 year:2009,2012 year:..2010 month:12 month:dec month:2009-12 month:"december 2009" on:26-06 on:"26 june"
    on:2009-12-05 on:2009-2011 on:"dec '09" during:2009-10..2010-03 during:"q4 2009" during:2009 from:2009-10 to:"may 2010"
""",
)
queries = st.lists(st.sampled_from(PIECES), max_size=9).map(" ".join)


def parsed(typed: str) -> Node:
    try:
        return parse(typed).where
    except UsageError:
        assume(False)
        raise


@tried(500)
@given(queries)
def test_what_is_unparsed_asks_for_the_same(typed: str) -> None:
    wanted = parsed(typed)
    assert repr(parse(query_text(wanted)).where) == repr(wanted)  # not ==, as And(parts) == Or(parts)
    words, options = arguments(wanted)
    read_back = conjunction(parse(" ".join(words)).where, parse_filters(options)[0])
    assert set(map(repr, conjuncts(read_back))) == set(map(repr, conjuncts(wanted)))


@pytest.mark.parametrize(
    ("typed", "words", "options"),
    [
        ("corruption 2009", "corruption 2009", ""),
        ("year:2009 country:serbia,croatia corruption", "corruption", "--year 2009 --country serbia --country croatia"),
        ("topic:a topic:b", "topic:b", "--topic a"),
        ("year:2009,2010 on:26-06 from:2009-12", "", "--year 2009 --year 2010 --on 26-06 --from 2009-12"),
        ('campaign:x -sofia "asset recovery"', 'campaign:x -sofia "asset recovery"', ""),
        ("a OR b", "a OR b", ""),
        ("country:serbia (a OR b)", "a OR b", "--country serbia"),
    ],
)
def test_the_command_line_is_as_people_type_it(typed: str, words: str, options: str) -> None:
    found = arguments(parse(typed).where)
    assert tuple(map(" ".join, found)) == (words, options)


def test_options_read_as_text_have_the_same_meaning() -> None:
    options = [*"--from 2009-10 --to 2010 --topic".split(), "human trafficking", "--topic", "x"]
    where, _ = parse_filters(options)
    assert query_text(where) == 'from:2009-10 to:2010 (topic:"human trafficking" OR topic:x)'
    assert arguments(where) == ([], options)
