"""Property tests: the same examples on every run by default, other examples on request, and no test decides by itself."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import PROFILE, tried

TESTS = Path(__file__).parent


def test_the_default_profile_is_repeatable() -> None:
    default, at_random = settings.get_profile("repeatable"), settings.get_profile("random")
    assert default.derandomize
    assert default.deadline is None
    assert default.database is None
    assert not at_random.derandomize
    assert at_random.print_blob
    assert at_random.max_examples == 5 * default.max_examples


def test_the_number_of_examples_follows_the_profile() -> None:
    assert tried(40).max_examples == 40 * (5 if PROFILE == "random" else 1)
    assert tried(40).derandomize is (PROFILE != "random")


@pytest.mark.parametrize("path", sorted(TESTS.rglob("*.py")), ids=lambda path: path.name)
def test_no_test_overrides_the_profile(path: Path) -> None:
    if path.name not in ("conftest.py", "test_profiles.py"):
        assert not re.search(r"\b(max_examples|derandomize|deadline)=", path.read_text(encoding="utf-8")), "use @tried"


@given(st.booleans())
def test_property_tests_are_marked(request: pytest.FixtureRequest, either: bool) -> None:
    assert request.node.get_closest_marker("property"), either


def test_other_tests_are_not_marked(request: pytest.FixtureRequest) -> None:
    assert not request.node.get_closest_marker("property")
