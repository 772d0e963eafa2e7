"""Exports as other programs read them: each test is skipped, with the reason, where its program is missing.

``.ci/install-readers FOLDER`` installs the programs; ``TEST_NODE_MODULES=FOLDER/node_modules`` shows where npm's are.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archivecli.catalogue.json_schema import catalogue_schema
from conftest import CATALOGUE, Run
from test_formats import NASTY, straight

NODE_MODULES = Path(os.environ.get("TEST_NODE_MODULES", "no such folder"))

Export = Callable[[str], str]


@pytest.fixture
def export(run: Run, tmp_path: Path) -> Export:
    """Write the nasty catalogue in a format and return the text."""
    catalogue = tmp_path / "nasty.yaml"
    catalogue.write_text(NASTY, encoding="utf-8")

    def write(format_: str) -> str:
        file = tmp_path / "export"
        assert run("--catalogue", str(catalogue), "list", "-f", format_, "-o", str(file), "--force", "-q").code == 0
        return file.read_bytes().decode()

    return write


def program(name: str, *arguments: str, read: str = "", **environment: str) -> str:
    """Run another program on some text and return what it prints; skip the test where there is no such program."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    done = subprocess.run(
        [path, *arguments], input=read.encode(), capture_output=True, env={**os.environ, **environment}, timeout=600
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def node(package: str, script: str, read: str) -> Any:
    """Return what a script prints, as JSON: it has what is to be read as ``text`` and the npm package as ``library``."""
    if not (NODE_MODULES / package).is_dir():
        pytest.skip(f"the npm package {package} is not installed: see .ci/install-readers")
    opening = f"const library = require('{package}'), text = require('fs').readFileSync(0, 'utf8');"
    answer = program("node", "-e", opening + script, read=read, NODE_PATH=str(NODE_MODULES))
    return json.loads(answer)


def titles(export: Export, without_formulas: bool = False) -> list[str]:
    """The titles as JSON has them; a sheet has an apostrophe before what would be a formula."""
    found = [event["title"] for event in json.loads(export("json"))]
    return ["'" * title.startswith(("=", "@", "-", "＝")) + title for title in found] if without_formulas else found


@pytest.mark.parametrize("format_", ["csv", "tsv"])
def test_sqlite3_imports_every_row(export: Export, tmp_path: Path, format_: str) -> None:
    (tmp_path / "rows").write_text(export(format_), encoding="utf-8", newline="")
    mode = {"csv": ".mode csv", "tsv": ".mode tabs"}[format_]
    script = f"{mode}\n.import {tmp_path / 'rows'} events\n.mode json\nSELECT title FROM events;\n"
    assert [row["title"] for row in json.loads(program("sqlite3", ":memory:", read=script))] == titles(export, True)


@pytest.mark.parametrize("format_", ["csv", "tsv"])
def test_papa_parse_reads_every_row(export: Export, format_: str) -> None:
    script = "console.log(JSON.stringify(library.parse(text, {header: true, skipEmptyLines: true})))"
    found = node("papaparse", script, export(format_))
    assert found["errors"] == []
    assert [row["title"] for row in found["data"]] == titles(export, True)


@pytest.mark.parametrize("package", ["js-yaml", "yaml"])
def test_readers_of_yaml_1_2_read_the_same(export: Export, package: str) -> None:
    script = "console.log(JSON.stringify((library.load || library.parse)(text)))"
    assert node(package, script, export("yaml"))["events"] == json.loads(export("json"))


def test_ruby_reads_the_same(export: Export) -> None:
    script = "require 'yaml'; require 'json'; puts YAML.safe_load(STDIN.read).to_json"
    found = json.loads(program("ruby", "-Eutf-8", "-e", script, read=export("yaml")))
    assert found["events"] == json.loads(export("json"))


@pytest.mark.slow
def test_ical_js_reads_the_same(export: Export) -> None:
    script = """
        const ICAL = library.default || library, calendar = new ICAL.Component(ICAL.parse(text));
        const events = calendar.getAllSubcomponents('vevent').map(one => new ICAL.Event(one));
        const days = one => [one.startDate.toString(), one.endDate.toString()];
        console.log(JSON.stringify({titles: events.map(one => one.summary), last: events.map(days)[0]}))"""
    found = node("ical.js", script, export("ics"))
    assert found["titles"] == titles(export)
    assert found["last"] == ["9999-12-31", "10000-01-01"]


@pytest.mark.slow
def test_ajv_takes_the_schema_and_the_answers(export: Export, run: Run) -> None:
    script = """
        const {schema, data} = JSON.parse(text), ajv = new library({logger: false});
        ajv.addSchema(schema, 'archive');
        const check = ajv.getSchema('archive#/definitions/answer');
        console.log(JSON.stringify(data.map(one => check(one))))"""
    shipped = run("--catalogue", str(CATALOGUE), "list", "-f", "json").json
    wrong = [{"id": "2009-x", "title": "t", "start": "2009", "links": [{"url": "javascript:x"}]}]
    read = json.dumps({"schema": catalogue_schema(), "data": [shipped, json.loads(export("json")), wrong]})
    assert node("ajv", script, read) == [True, True, False]


def test_every_pattern_of_the_schema_is_one_of_ecma_262() -> None:
    """With the flag u, as validators compile them."""
    import regress

    patterns = set(_patterns(catalogue_schema()))
    assert len(patterns) >= 3
    for pattern in patterns:
        regress.Regex(pattern, "u")
    with pytest.raises(regress.RegressError):
        regress.Regex(r"\"", "u")


def _patterns(schema: Any) -> list[str]:
    if isinstance(schema, list):
        return [found for item in schema for found in _patterns(item)]
    if not isinstance(schema, dict):
        return []
    own = [schema["pattern"]] if isinstance(schema.get("pattern"), str) else []
    return own + [found for item in schema.values() for found in _patterns(item)]


@pytest.mark.parametrize("format_", ["bibtex", "csljson"])
def test_pandoc_reads_the_titles_and_names_the_author_once(export: Export, format_: str) -> None:
    written = export({"bibtex": "bibtex", "csljson": "csl-json"}[format_])
    items = json.loads(program("pandoc", "-f", format_, "-t", "csljson", read=written))
    ids = [event["id"] for event in json.loads(export("json"))]
    said = {item["id"]: straight(item["title"]) for item in items}
    assert [said[one].rstrip(".") for one in ids] == [title.rstrip(".") for title in titles(export)]
    lines = program("pandoc", "-f", format_, "-t", "plain", "--wrap=none", "--citeproc", read=written).splitlines()
    assert max(line.count("Ministry of") for line in lines) == 1


def test_pyld_expands_linked_data(export: Export) -> None:
    """The context of schema.org, which is on the network, is replaced by its essence: names are those of schema.org."""
    from pyld import jsonld

    context = {"contextUrl": None, "documentUrl": "x", "document": {"@context": {"@vocab": "https://schema.org/"}}}
    graph = jsonld.expand(json.loads(export("jsonld")), {"documentLoader": lambda url, options: context, "base": "x:"})
    assert [node["https://schema.org/name"][0]["@value"] for node in graph] == titles(export)
    assert {kind for node in graph for kind in node["@type"]} == {"https://schema.org/Event"}
