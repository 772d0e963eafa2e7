"""What the documents claim: every session is what happens, every command has its page, every link leads somewhere."""

import re
import shutil
import sys
from pathlib import Path

import pytest

from archivecli.cli.app import COMMANDS
from conftest import ROOT
from documents import REFERENCE, documents, environment, rewritten
from documents import agrees as as_written

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the sessions are those of a Unix shell")


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_every_session_prints_what_the_document_says(path: Path, tmp_path: Path) -> None:
    if not shutil.which("archive", path=environment(tmp_path)["PATH"]):
        pytest.skip("the command 'archive' is not installed beside this interpreter")
    cwd, home = tmp_path / "work", tmp_path / "home"
    cwd.mkdir()
    home.mkdir()
    for command, printed, actual in rewritten(path.read_text(encoding="utf-8"), cwd, home):
        assert as_written(printed, actual), f"$ {command}\n{actual}\n(python tests/documents.py writes it anew)"


def test_every_command_has_its_help_in_the_reference() -> None:
    reference = REFERENCE.read_text(encoding="utf-8")
    assert re.findall(r"^## archive (\S+)$", reference, re.MULTILINE) == list(COMMANDS)
    for name in COMMANDS:
        assert f"\n$ archive {name} --help\n" in reference


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_every_link_between_documents_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_every_path_of_the_tour_of_the_code_is_there() -> None:
    tour = (ROOT / "docs" / "code.md").read_text(encoding="utf-8")
    paths = re.findall(r"`([a-z_]+(?:/[a-z_]*)*(?:\.py|/))`", tour)
    assert len(paths) > 20
    for path in paths:
        assert (ROOT / "src" / "archivecli" / path).exists() or (ROOT / path).exists(), path


def test_every_page_is_linked_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for page in sorted((ROOT / "docs").glob("*.md")):
        assert f"(docs/{page.name})" in readme


def test_a_session_that_is_not_true_is_seen() -> None:
    assert as_written("a\nb\n", "a\nb\n\n")
    assert as_written("a\n…\nz\n", "a\nb\nc\nz\n")
    assert as_written("a\n…\nz\n", "a\nz\n")
    assert not as_written("a\n", "a\nb\n")
    assert not as_written("a\n…\ny\n", "a\nb\nz\n")


def test_exit_codes_are_documented() -> None:
    import archivecli.errors as errors

    page = (ROOT / "docs" / "exit-codes.md").read_text(encoding="utf-8")
    codes = {int(code) for code in re.findall(r"^\| `([0-9]+)` \|", page, re.MULTILINE)}
    used = {kind.exit_code for kind in vars(errors).values() if isinstance(kind, type) and hasattr(kind, "exit_code")}
    assert used <= codes
    assert {0, 1, 2, 130} <= codes
