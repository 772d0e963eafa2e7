"""The fields of the records of any catalogue, in one table.

Validation, the JSON Schema, the index, the card of ``show`` and the reference of the format derive from it: a new field is
one line here.
"""

from archivecli.schema import BLOCK, COUNT, DATE, FLAG, ID, NUMBER, TEXT, URL, Field, Schema, many, mapping, ref

COUNTRY, CITY, BODY, PERSON = ref("countries"), ref("cities"), ref("bodies"), ref("people")

PARTY = mapping(
    Field("body", BODY, "the body: a key or the name of one in the vocabulary", required=True),
    Field("as", TEXT, "in what capacity"),
    Field("amount", TEXT, "how much money, as printed"),
    Field("for", TEXT, "what for"),
    Field("note", TEXT, "anything else about its part"),
    shorthand="body",
)

BREAKDOWN = mapping(
    Field("count", COUNT, "how many", required=True),
    Field("of", TEXT, "of whom", required=True),
)

ATTENDANCE = mapping(
    Field("count", COUNT, "how many people, in all"),
    Field("countries", many(COUNTRY), "which countries and territories"),
    Field("bodies", many(BODY), "which bodies"),
    Field("groups", many(TEXT), "which groups of people"),
    Field("breakdown", many(BREAKDOWN), "the count in parts"),
    Field("note", TEXT, "anything else"),
)

CONCERN = mapping(
    Field("countries", many(COUNTRY), "countries and territories"),
    Field("bodies", many(BODY), "bodies"),
    Field("groups", many(TEXT), "groups of people"),
    Field("note", TEXT, "why, or how"),
)

DATED = mapping(
    Field("start", DATE, "first day", required=True),
    Field("end", DATE, "last day"),
    Field("what", TEXT, "what happened then", required=True),
)

PLACE = mapping(
    Field("venue", TEXT, "building, room or spot"),
    Field("city", CITY, "city, town or village"),
    Field("country", COUNTRY, "country or territory"),
    Field("note", TEXT, "what happened there"),
)

MEMBERSHIP = mapping(
    Field("of", BODY, "of which body", required=True),
    Field("count", COUNT, "how many members"),
    Field("countries", many(COUNTRY), "which countries"),
    Field("bodies", many(BODY), "which bodies"),
    Field("note", TEXT, "anything else"),
)

APPEARANCE = mapping(
    Field("name", PERSON, "the name, as the source gives it", required=True),
    Field("role", TEXT, "the office, as the source gives it"),
    Field("body", BODY, "of which body"),
    Field("country", COUNTRY, "of which country"),
    Field("did", TEXT, "what this person did there"),
    Field("present", FLAG, "false for somebody who is only named"),
    Field("note", TEXT, "anything else"),
)

PROJECT = mapping(
    Field("project", ref("projects"), "the project", required=True),
    Field("phase", TEXT, "which phase or part of it"),
    Field("note", TEXT, "anything else"),
    shorthand="project",
)

INSTRUMENT = mapping(
    Field("instrument", ref("instruments"), "the convention, law, strategy or agreement", required=True),
    Field("parts", many(TEXT), "chapters and articles"),
    Field("note", TEXT, "what it has to do with the event"),
    shorthand="instrument",
)

STATEMENT = mapping(
    Field("by", TEXT, "who said so", required=True),
    Field("says", TEXT, "what, in the words of the cataloguer", required=True),
)

FIGURE = mapping(
    Field("value", NUMBER, "the number", required=True),
    Field("to", NUMBER, "the upper end of a range"),
    Field("unit", TEXT, "what is counted"),
    Field("of", TEXT, "what the number is about", required=True),
    Field("printed", TEXT, "the number as printed in the source"),
)

DOCUMENT = mapping(
    Field("name", TEXT, "the title", required=True),
    Field("by", TEXT, "who made it"),
    Field("date", DATE, "when"),
    Field("url", URL, "where it can be read"),
    Field("note", TEXT, "what it has to do with the event"),
)

LINK = mapping(
    Field("page", ref("pages"), "a page of the vocabulary: its key or name"),
    Field("url", URL, "the URL; if left out, that of the page"),
    Field("name", TEXT, "what is there"),
    shorthand="page",
)

RELATED = mapping(
    Field("event", ID, "the id of the other event", required=True),
    Field("why", TEXT, "how the two belong together"),
    shorthand="event",
)

SOURCE = mapping(
    Field("page", ref("pages"), "the page or book that the record is taken from"),
    Field("url", URL, "its URL"),
    Field("entry", COUNT, "the position of the entry on the page, from 1"),
    Field("dated", TEXT, "the date as printed"),
    Field("section", TEXT, "the part of the page"),
    Field("more", FLAG, "whether the entry only points to a fuller report"),
    Field("heading_only", FLAG, "whether the entry is a heading without text"),
    Field("photos", many(TEXT), "photo credits"),
    Field("captions", many(TEXT), "what the photos show"),
    shorthand="page",
)

_FIELDS: tuple[Field, ...] = (
    Field("id", ID, "one word, unique and stable; best begins with the date of the event", required=True),
    Field("title", TEXT, "the title, exactly", "title", required=True),
    Field("kind", ref("kinds"), "what sort of event", "topics", "What", "Kind"),
    Field("start", DATE, "the first day, or a month or a year if no more is known", required=True),
    Field("end", DATE, "the last day, included; left out if the event lasts one day"),
    Field("dates", many(DATED), "other dates that the record mentions", "details", "When and where", "Other dates"),
    Field("series", many(ref("series")), "the runs of events that it belongs to", "topics", "What", "Series"),
    Field("places", many(PLACE), "where it was held", "places", "When and where", "Place"),
    Field("organisers", many(PARTY), "who organised it", "bodies", "Who", "Organised by"),
    Field("hosts", many(PARTY), "who received it", "bodies", "Who", "Hosted by"),
    Field("partners", many(PARTY), "who helped", "bodies", "Who", "With"),
    Field("funders", many(PARTY), "who paid, and how much", "bodies", "Who", "Funded by"),
    Field("patrons", many(PARTY), "under whose patronage", "bodies", "Who", "Patronage"),
    Field("participants", ATTENDANCE, "who took part", "attendance", "Who", "Took part"),
    Field("invited", ATTENDANCE, "who was asked to come; attendance is not stated", "attendance", "Who", "Invited"),
    Field("absent", ATTENDANCE, "who was expected and did not come", "asides", "Who", "Absent"),
    Field("members", many(MEMBERSHIP), "memberships that the source lists; not attendance", "asides", "Who", "Members"),
    Field("concerns", CONCERN, "whom it is about or meant for", "places", "What", "Concerns"),
    Field("mentioned", CONCERN, "who is only mentioned", "asides", "Who", "Mentioned"),
    Field("people", many(APPEARANCE), "who spoke, signed, opened, or is named", "people", "People"),
    Field("topics", many(ref("topics")), "what it is about", "topics", "What", "Topics"),
    Field("projects", many(PROJECT), "projects and programmes that it belongs to", "topics", "What", "Projects"),
    Field("campaigns", many(ref("campaigns")), "campaigns that it belongs to", "topics", "What", "Campaigns"),
    Field(
        "instruments",
        many(INSTRUMENT),
        "conventions, laws, strategies and agreements",
        "details",
        "What",
        "Instruments",
    ),
    Field("summary", BLOCK, "what happened, in a few sentences", "summary", "Summary"),
    Field("aims", many(TEXT), "what it was for", "details", "Aims"),
    Field("activities", many(TEXT), "what was done", "details", "Activities"),
    Field("statements", many(STATEMENT), "who said what", "details", "Statements"),
    Field("findings", many(TEXT), "what was found or observed", "details", "Findings"),
    Field("outcomes", many(TEXT), "what came of it", "details", "Outcomes"),
    Field("next_steps", many(TEXT), "what was to follow", "details", "Next steps"),
    Field("slogans", many(TEXT), "slogans, exactly", "details", "What", "Slogans"),
    Field("figures", many(FIGURE), "numbers, with what they count", "details", "Figures"),
    Field("documents", many(DOCUMENT), "reports, guidelines, publications, plays", "details", "Documents"),
    Field("links", many(LINK), "URLs that the source gives", "details", "Links"),
    Field("related", many(RELATED), "other events of the catalogue that belong to it", "", "Related"),
    Field("source", SOURCE, "where the record comes from", "asides", "Source", "Taken from"),
    Field("inferred", many(TEXT), "paths of the fields that the cataloguer inferred", "", "Source", "Inferred"),
    Field("notes", many(TEXT), "the cataloguer's notes: open questions, misprints, inferences", "asides", "Notes"),
)

_COLUMNS = {
    "title": 6.0,
    "topics": 4.0,
    "people": 3.0,
    "bodies": 2.0,
    "attendance": 1.3,
    "places": 2.5,
    "summary": 2.0,
    "details": 1.0,
    "asides": 0.4,
    "aliases": 0.8,  # the other names of whatever a record names
}

CORE = Schema(_FIELDS, _COLUMNS)

TERM = mapping(
    Field("name", TEXT, "the full name", required=True),
    Field("short", TEXT, "the acronym or short form, for narrow columns"),
    Field("also", many(TEXT), "other names: acronyms, former and local names, spellings"),
    Field("words", many(TEXT), "words that should find it, though they do not name it"),
    Field("country", COUNTRY, "the country or territory that it belongs to"),
    Field("kind", TEXT, "what kind of thing it is"),
    Field("url", URL, "where to read more"),
    Field("note", TEXT, "anything else"),
    shorthand="name",
)

SYNONYMS = mapping(
    Field("typed", many(TEXT), "words of a query", required=True),
    Field("means", many(TEXT), "the words of the archive that they find", required=True),
)

SECTIONS: dict[str, str] = {
    "kinds": "sorts of event",
    "countries": "countries and territories, named as the source names them",
    "cities": "cities, towns, villages, border crossings",
    "bodies": "organisations, offices, ministries",
    "topics": "subjects",
    "instruments": "conventions, laws, strategies, agreements",
    "projects": "projects and programmes",
    "campaigns": "campaigns",
    "series": "runs of events",
    "people": "other spellings of people's names (people who are not here are allowed)",
    "pages": "pages and publications that records point to (others are allowed)",
}

OPEN_SECTIONS = frozenset({"people", "pages"})  # which need not list every name that the events use

CATALOGUE: tuple[Field, ...] = (
    Field("title", TEXT, "the name of the archive"),
    Field("about", BLOCK, "what it holds, in a sentence or two"),
    Field("publisher", TEXT, "who made the source"),
    Field("source", TEXT, "the page or book that the records are taken from"),
    Field("url", URL, "the URL of the source"),
    Field("curator", TEXT, "who keeps the catalogue"),
    Field("licence", TEXT, "on what terms the catalogue may be used"),
    Field("notes", many(TEXT), "notes on the catalogue as a whole"),
)
