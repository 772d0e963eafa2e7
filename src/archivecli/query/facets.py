"""The fields by which events are chosen and counted, in one table.

An option of every command that reads many events, a ``field:value`` in a query, a choice of ``count --by`` and a facet
all derive from it: a new filter is one line here.
"""

from typing import NamedTuple

from archivecli import text
from archivecli.events import Event, values_at


class Facet(NamedTuple):
    """A way to group events: its name, the section of the vocabulary that names its values, and where they stand."""

    name: str
    section: str
    paths: tuple[str, ...]
    about: str
    option: bool = True


_ROLES = ("organisers", "hosts", "partners", "funders", "patrons")
_GROUPS = ("participants", "invited", "absent", "concerns", "mentioned")

FACETS: tuple[Facet, ...] = (
    Facet("country", "countries", ("places.country",), "country or territory where it was held"),
    Facet(
        "involving",
        "countries",
        ("participants.countries", "concerns.countries", "people.country"),
        "country that took part or that it is about",
    ),
    Facet("city", "cities", ("places.city",), "city where it was held"),
    Facet("kind", "kinds", ("kind",), "kind of event: workshop, conference, mission ..."),
    Facet("topic", "topics", ("topics",), "what it is about"),
    Facet(
        "body",
        "bodies",
        (
            *(f"{role}.body" for role in _ROLES),
            *(f"{group}.bodies" for group in _GROUPS),
            "people.body",
            "members.of",
            "members.bodies",
        ),
        "organisation, in any role",
    ),
    Facet("person", "people", ("people.name",), "person who spoke, signed, opened or is named"),
    Facet("project", "projects", ("projects.project",), "project or programme", False),
    Facet("campaign", "campaigns", ("campaigns",), "campaign", False),
    Facet("instrument", "instruments", ("instruments.instrument",), "convention, law or agreement", False),
    Facet("series", "series", ("series",), "run of events", False),
    Facet("organiser", "bodies", ("organisers.body",), "organiser", False),
    Facet("host", "bodies", ("hosts.body",), "host", False),
    Facet("partner", "bodies", ("partners.body",), "partner", False),
    Facet("funder", "bodies", ("funders.body",), "funder", False),
    Facet("patron", "bodies", ("patrons.body",), "patron", False),
    Facet("participant", "bodies", ("participants.bodies",), "body that took part", False),
)

BY_NAME = {facet.name: facet for facet in FACETS}

NONE = "(none)"
"""Asks for the events that have no value of a facet: ``--country '(none)'``."""

PERIODS = ("year", "quarter", "month")
"""Groupings by date: an event counts in each period that it overlaps."""


def facet_values(event: Event, facet: Facet) -> list[str]:
    """Return the different values of an event for a facet, in the order of its record, their letters composed."""
    found: dict[str, None] = {}
    for path in facet.paths:
        for value in values_at(event.record, path):
            found[text.composed(value)] = None
    return list(found)
