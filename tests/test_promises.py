"""The page of promises names the tests that guard them: those exist, and the suites of hostile input are all on it."""

import ast
import re

import pytest

from conftest import ROOT

PAGE = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
GUARDS = re.findall(r"`(tests/\w+\.py)::(\w+)`", PAGE)
SUITES = (
    "test_formats",
    "test_own_catalogue",
    "test_hostile_catalogue",
    "test_hostile_text",
    "test_hostile_arguments",
    "test_environment",
    "test_index_states",
    "test_update",
)


def names_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


@pytest.mark.parametrize("path", sorted({path for path, _ in GUARDS}))
def test_every_guard_of_a_promise_exists(path: str) -> None:
    assert {name for other, name in GUARDS if other == path} <= names_in(path)


def test_every_promise_has_a_guard() -> None:
    promised = PAGE.partition("## What is not promised")[0]
    for promise in re.split(r"^- ", promised, flags=re.MULTILINE)[1:]:
        assert "`tests/" in promise, promise


def test_every_suite_guards_something() -> None:
    assert {f"tests/{suite}.py" for suite in SUITES} <= {path for path, _ in GUARDS}


def test_the_limits_are_those_of_the_program() -> None:
    from archivecli import errors, files
    from archivecli.catalogue import validator as validation
    from archivecli.cli import output
    from archivecli.index import store
    from archivecli.query import parser
    from archivecli.readers import yaml as reader

    assert f"{reader.MAX_DEPTH} levels" in PAGE
    assert reader.MAX_TEXT == 1_000_000
    assert f"a line {files.MAX_LINE // 1024**2} MiB" in PAGE
    assert f"a file {files.MAX_BYTES // 1024**3} GiB" in PAGE
    assert f"{errors.MAX_PROBLEMS:,} problems" in PAGE
    assert f"{errors.MAX_MESSAGE} characters" in PAGE
    assert f"{output.MAX_LINE:,} characters" in PAGE
    assert f"{validation.MAX_ID} characters" in PAGE
    assert f"{parser.MAX_TOKENS} words and {parser.MAX_CHARACTERS:,} characters" in PAGE
    assert f"{store.KEEP_DAYS} days" in PAGE
    assert f"which {store.KEEP_CATALOGUES} others" in PAGE
