"""Catalogues of any size for measuring: the same number and seed give the same bytes on every machine.

    python -m benchmarks.speed.generate 100000 big.yaml        one file
    python -m benchmarks.speed.generate 100000 folder --files 400

The events look like those of a real archive: about a kilobyte each, names from a vocabulary, sentences in which few
words are frequent and most are rare. About one event in a hundred holds the word ``extradition``, nearly all hold ``border``.
"""

import argparse
import datetime
import random
from collections.abc import Iterator
from pathlib import Path

COUNTRIES = (
    "Albania Austria Bosnia-and-Herzegovina Bulgaria Croatia Cyprus Czechia Estonia Finland France Germany Greece"
    " Hungary Iceland Ireland Italy Kosovo Latvia Lithuania Malta Moldova Montenegro Netherlands Norway Poland Portugal"
    " Romania Serbia Slovakia Slovenia Spain Sweden Turkey Ukraine"
).split()
KINDS = "workshop conference training mission launch seminar meeting exhibition campaign visit".split()
TOPICS = (
    "corruption trafficking border-control money-laundering prevention treatment cybercrime justice prisons youth health"
    " forensics terrorism migration piracy education statistics asset-recovery wildlife firearms"
).split()
RARE_TOPIC = "extradition"
GIVEN = "Ana Boris Carla Dejan Elena Filip Gordana Hans Irena Jovan Katarina Luka Maria Nikola Olga Petra Radu Sonja".split()
FAMILY = (
    "Marinov Kovač Novak Popescu Horvat Schmidt Rossi Dimitrov Jurić Petrov Vuković Müller Costa Ferrari Nagy".split()
)
COMMON = (
    "the of and to in for with on by from at about national regional border officers experts participants police judges"
    " prosecutors customs ministry office programme support training exchange information cooperation countries"
).split()
SYLLABLES = "ba ce di fo gu ha ke li mo nu pa re si to vu wa xe yi zo bra cle dri fro gru sta ple".split()


def vocabulary_of(number: int, rng: random.Random) -> list[str]:
    """Return ``number`` different made-up words, the frequent ones short."""
    found: dict[str, None] = {}
    while len(found) < number:
        found["".join(rng.choices(SYLLABLES, k=rng.randint(2, 5)))] = None
    return list(found)


class Writer:
    """Writes events one after the other from one source of chance."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.words = vocabulary_of(20_000, random.Random(seed))
        self.bodies = [
            f"Office for {word.title()} {kind}" for word in self.words[:200] for kind in ("Affairs", "Reform")
        ]
        self.cities = [word.title() for word in self.words[200:500]]
        self.people = [f"{given} {family}" for given in GIVEN for family in FAMILY]

    def heading(self) -> str:
        """Return the parts of a catalogue that stand before its events."""
        lines = ["catalogue:", "  title: A made-up archive", "  about: Events for measuring speed", "vocabulary:"]
        sections = {
            "kinds": KINDS,
            "countries": COUNTRIES,
            "cities": self.cities,
            "bodies": self.bodies,
            "topics": [*TOPICS, RARE_TOPIC],
        }
        for section, names in sections.items():
            lines.append(f"  {section}:")
            lines += [f"    {name.lower().replace(' ', '-')}: {name.replace('-', ' ')}" for name in names]
        return "\n".join([*lines, ""])

    def sentence(self, length: int) -> str:
        rng = self.rng
        words = [
            rng.choice(COMMON) if rng.random() < 0.5 else self.words[int(20_000 * rng.random() ** 3)]
            for _ in range(length)
        ]
        return f"{' '.join(words).capitalize()}."

    def event(self, number: int) -> str:
        """Return one event of the list below ``events:``."""
        rng = self.rng
        day = datetime.date(1990, 1, 1) + datetime.timedelta(days=rng.randrange(12_700))
        topics = rng.sample(TOPICS, rng.randint(1, 3)) + ([RARE_TOPIC] if rng.random() < 0.01 else [])
        lines = [
            f"- id: {day}-event-{number}",
            f"  title: {self.sentence(7)[:-1]}",
            f"  kind: {rng.choice(KINDS)}",
            f"  start: {day}",
        ]
        if rng.random() < 0.3:
            lines.append(f"  end: {day + datetime.timedelta(days=rng.randint(1, 4))}")
        lines += [
            "  places:",
            f"  - city: {rng.choice(self.cities).lower()}",
            f"    country: {rng.choice(COUNTRIES).lower()}",
        ]
        lines += ["  organisers:", f"  - {self.body()}", "  participants:", f"    count: {rng.randint(5, 200)}"]
        countries = ", ".join(name.lower() for name in rng.sample(COUNTRIES, 3))
        lines += [f"    countries: [{countries}]", f"    bodies: [{self.body()}]"]
        lines += ["  people:", f"  - name: {rng.choice(self.people)}", f"    role: {self.sentence(3)[:-1]}"]
        lines += [f"  topics: [{', '.join(topics)}]", "  summary: >-"]
        lines += [f"    {self.sentence(11)}" for _ in range(4)]
        lines += ["  outcomes:", f"  - {self.sentence(9)}", "  figures:", f"  - value: {rng.randint(2, 900)}"]
        lines += ["    unit: kits", f"    of: {self.sentence(4)[:-1]}"]
        lines += ["  source:", "    page: Made-up page", f"    entry: {number}"]
        return "\n".join([*lines, ""])

    def body(self) -> str:
        return self.rng.choice(self.bodies).lower().replace(" ", "-")

    def events(self, number: int) -> Iterator[str]:
        """Yield ``number`` events."""
        for place in range(1, number + 1):
            yield self.event(place)


def write_file(path: Path, number: int, seed: int = 7) -> None:
    """Write a catalogue of ``number`` events into one file."""
    writer = Writer(seed)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(writer.heading() + "events:\n")
        file.writelines(writer.events(number))


def write_folder(folder: Path, number: int, files: int, seed: int = 7) -> None:
    """Write the same catalogue into ``files`` files of a folder, the vocabulary in one of its own."""
    writer = Writer(seed)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "0-vocabulary.yaml").write_text(writer.heading(), encoding="utf-8", newline="\n")
    events = writer.events(number)
    each = -(-number // files)
    for place in range(files):
        part = [event for event, _ in zip(events, range(min(each, number - place * each)), strict=False)]
        if part:
            text = "events:\n" + "".join(part)
            (folder / f"events-{place:05}.yaml").write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a made-up catalogue.")
    parser.add_argument("number", type=int)
    parser.add_argument("path", type=Path)
    parser.add_argument("--files", type=int, default=0, help="write a folder of so many files")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    if asked.files:
        write_folder(asked.path, asked.number, asked.files, asked.seed)
    else:
        write_file(asked.path, asked.number, asked.seed)


if __name__ == "__main__":
    main()
