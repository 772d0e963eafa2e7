"""``archive open``, and ids from standard input for every command that takes ids."""

import webbrowser
from pathlib import Path

import pytest

from conftest import Run

CATALOGUE = """
vocabulary:
  pages:
    home: {name: Home page, url: 'https://example.org/home'}
events:
- {id: 2009-a, title: A, start: 2009, links: [{url: 'http://one/', name: First}, {url: 'ftp://two/'}]}
- {id: 2009-b, title: B, start: 2009, links: [{url: 'http://one/'}, home], source: home,
   documents: [{name: Report, url: 'https://three/'}]}
- {id: 2009-c, title: C, start: 2009, links: [{url: 'mailto:a@b.c'}]}
- {id: 2009-d, title: D, start: 2009, source: home}
"""


@pytest.fixture
def mine(run: Run, tmp_path: Path) -> Run:
    (tmp_path / "c.yaml").write_text(CATALOGUE, encoding="utf-8")
    return lambda *args, **environment: run("--catalogue", str(tmp_path / "c.yaml"), *args, **environment)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda address: not found.append(address))  # type: ignore[func-returns-value]
    return found


def test_the_only_link(mine: Run, opened: list[str]) -> None:
    result = mine("open", "2009-a")
    assert (result.code, result.out, opened) == (0, "", ["http://one/"])
    assert "opened http://one/" in result.err


def test_the_page_of_the_source(mine: Run, opened: list[str]) -> None:
    assert mine("open", "2009-d").code == 0
    assert opened == ["https://example.org/home"]


def test_several_are_listed(mine: Run, opened: list[str]) -> None:
    result = mine("open", "2009-b")
    assert (result.code, result.out, opened) == (2, "", [])
    assert "1: http://one/\n" in result.err
    assert "2: https://example.org/home (Home page)\n" in result.err
    assert "3: https://three/ (Report)\n" in result.err
    assert mine("open", "2009-b", "--link", "3").code == 0
    assert opened == ["https://three/"]
    assert mine("open", "2009-b", "--link", "4").code == 2
    assert mine("open", "2009-b", "--link", "0").code == 2


def test_print(mine: Run, opened: list[str]) -> None:
    assert mine("open", "2009-a", "2009-b", "--print").lines == [
        "http://one/",
        "http://one/",
        "https://example.org/home",
        "https://three/",
    ]
    assert not opened


def test_nothing_but_web_pages_is_opened(mine: Run, opened: list[str]) -> None:
    result = mine("open", "2009-c")
    assert (result.code, result.out, opened) == (1, "", [])
    assert "2009-c has no link" in result.err


def test_of_several_events_those_without_a_link_are_told(mine: Run, opened: list[str]) -> None:
    result = mine("open", "2009-c", "2009-a")
    assert (result.code, opened) == (0, ["http://one/"])
    assert "2009-c has no link" in result.err


def test_never_a_flood_of_pages(run: Run, tmp_path: Path, opened: list[str]) -> None:
    events = "".join(
        f"- {{id: 2009-{n:03}, title: T, start: 2009, links: [{{url: 'http://{n}/'}}]}}\n" for n in range(11)
    )
    (tmp_path / "c.yaml").write_text(f"events:\n{events}", encoding="utf-8")
    ids = [f"2009-{n:03}" for n in range(11)]
    result = run("--catalogue", str(tmp_path / "c.yaml"), "open", *ids)
    assert (result.code, opened) == (2, [])
    assert len(run("--catalogue", str(tmp_path / "c.yaml"), "open", *ids, "--print").lines) == 11


def test_no_browser(mine: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda address: False)
    result = mine("open", "2009-a")
    assert (result.code, result.out) == (1, "")
    assert "the URL is http://one/" in result.err


# Ids from standard input


@pytest.mark.parametrize("command", [["show", "--fields", "id"], ["cite"]])
def test_ids_one_a_line_or_with_nul(shell: Run, command: list[str]) -> None:
    typed = shell(*command, "2012", "2010-11").out
    assert typed
    assert shell(*command, "-", stdin="2012\n\n  2010-11  \r\n").out == typed
    assert shell(*command, "-", "-0", stdin="2012\x002010-11\x00").out == typed
    assert shell(*command, "2012", "-", stdin="2010-11").out == typed


def test_a_pipe(shell: Run) -> None:
    found = shell("search", "asset", "-f", "ids")
    assert shell("show", "-", "-f", "ids", stdin=found.out).out == found.out
    nul = shell("search", "asset", "-0")
    assert shell("show", "-", "-0", "-f", "ids", stdin=nul.out).out == nul.out
    assert shell("show", "-", "-f", "ids", stdin=shell("list").out).lines == shell("list", "-f", "ids").lines


def test_open_reads_ids(shell: Run) -> None:
    assert (
        shell("open", "-", "--print", stdin="2010-06-26\n").lines[1]
        == "http://www.hck.hr/?path=hr/novosti/opsirnije/418"
    )


@pytest.mark.parametrize("command", [["show"], ["cite"], ["open"], ["show", "-f", "json"]])
@pytest.mark.parametrize("stdin", ["", "\n \n"])
def test_no_ids_is_no_mistake(shell: Run, command: list[str], stdin: str) -> None:
    result = shell(*command, "-", stdin=stdin)
    assert (result.code, result.out) == (0, "[]\n" if "json" in command else "")
    assert result.err == "no ids on standard input\n"


def test_one_wrong_id_and_nothing_is_written(shell: Run) -> None:
    result = shell("show", "-", stdin="2012\nnonsense\n")
    assert (result.code, result.out) == (1, "")
    assert "nonsense" in result.err


def test_what_is_no_id_is_harmless_to_the_terminal(shell: Run) -> None:
    result = shell("show", "-", stdin="\x1b[31m\u2028x\n")
    assert (result.code, result.out) == (1, "")
    assert "\x1b" not in result.err


def test_standard_input_is_read_once(run: Run) -> None:
    assert run("show", "-", "-").code == 2
