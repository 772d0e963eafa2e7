"""The catalogue that ``archive init`` starts: it validates as it is, and its comments tell how to go on."""

SCHEMA_NAME = "catalogue.schema.json"
POINTER = f"# yaml-language-server: $schema={SCHEMA_NAME}\n"
"""The first line, by which editors find the schema that lies beside the catalogue."""

_STARTER = """\
# A catalogue of dated events, for the command 'archive':
#   archive validate {name}              checks it and tells every finding
#   archive --catalogue {name} list      lists its events
#
# Every field and all the rules stand in the schema ('archive schema'). In short:
#   - dates are 2024-05-17, 2024-05 or 2024, without quotes, as precise as is known
#   - leave a field out where nothing is known; nothing may be empty
#   - text that looks like a number, a date, yes or no goes into quotes: "2024", "No"
#   - long text stands below '>-', indented; a blank line begins a new paragraph
#   - indent with blanks, never with tabs

catalogue:
  title: {title}
  about: >-
    What this catalogue holds, in a sentence or two.
  # curator: who keeps it
  # licence: on what terms it may be used

# The names that events use, each once, under a key. A section that is listed here must hold every
# name that its events use (people and pages may be missing); leave a section out and any name goes.
# Other sections: cities, instruments, projects, campaigns, series, people, pages.
vocabulary:
  kinds:
    meeting: Meeting
    # conference:
    #   name: Conference
    #   also: [congress, symposium]      # other names, which find it too
  countries:
    austria:
      name: Austria
      also: [Republic of Austria, Österreich]
  topics:
    archives: Archives
  bodies:
    example-society:
      name: Society for Examples
      short: SfE

# One record an event, newest first by custom. id, title and start are required.
events:
  - id: 2024-05-17-first-meeting         # the date, then words of your choice; it never changes
    title: A first meeting, to be replaced by an event of your own
    kind: meeting
    start: 2024-05-17
    # end: 2024-05-18                    # the last day, included
    places:
      - city: Vienna
        country: austria
    organisers: [example-society]
    participants:
      count: 12
    # people:
    #   - name: Ada Example
    #     role: Chair
    topics: [archives]
    summary: >-
      What happened, in your own words.
    # outcomes:
    #   - What came of it.
    # links:
    #   - url: https://example.org/first-meeting
"""


def starter(name: str, title: str) -> str:
    """Return the text of a new catalogue; ``name`` is its file's, ``title`` the archive's."""
    return _STARTER.format(name=name, title=_quoted(title))


def _quoted(title: str) -> str:
    import json  # a JSON string is a YAML string, too

    return json.dumps(title, ensure_ascii=False)
