"""The pictures of the documents show what the commands print today."""

import importlib.util
import re
from types import ModuleType

import pytest

from conftest import ROOT

FOLDER = ROOT / "docs" / "pictures"


def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_pictures", ROOT / "docs" / "make_pictures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MAKER = maker()


def said(svg: str) -> list[str]:
    """Return the texts of a picture; how they are drawn may differ from one version of Rich to the next."""
    return [text for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg) if text.strip()]


@pytest.mark.parametrize("name", MAKER.PICTURES)
def test_a_picture_shows_what_is_printed(name: str, cache: object) -> None:
    kept = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    assert said(kept) == said(MAKER.picture(name, str(cache))), "python docs/make_pictures.py draws it anew"


def test_there_are_no_other_pictures() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(MAKER.PICTURES)


def test_a_picture_needs_nothing_from_elsewhere() -> None:
    for path in FOLDER.iterdir():
        drawn = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?:|<script|@font-face|@import", drawn), path.name
