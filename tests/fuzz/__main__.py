"""Fuzz one target for some time: ``python -m fuzz query 60`` in ``tests/``; guided by coverage where Atheris is installed.

Without Atheris (``pip install 'archivecli[fuzz]'``) the seeds are changed at random. An input that breaks a target is
printed and kept as ``fuzz-TARGET.bin``.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random


def mutated(random: Random, seeds: list[bytes]) -> bytes:
    """Return a seed with some bytes changed, doubled, dropped, or exchanged with those of another."""
    data = bytearray(random.choice(seeds))
    for _ in range(random.randint(1, 12)):
        at = random.randrange(len(data) + 1)
        match random.randrange(5):
            case 0:
                data[at:at] = bytes([random.randrange(256)])
            case 1:
                del data[at : at + random.randint(1, 20)]
            case 2:
                data[at:at] = data[at : at + random.randint(1, 30)] * random.randint(1, 20)
            case 3:
                data[at:at] = random.choice(
                    [b"\n", b": ", b"- ", b'"', b"(", b"..", b"\xff", b"\xe2\x80\xae", b"OR ", b"*"]
                )
            case _:
                other = random.choice(seeds)
                start = random.randrange(len(other) + 1)
                data[at : at + 20] = other[start : start + random.randint(1, 60)]
    return bytes(data)


def at_random(target: Callable[[bytes], object], seeds: list[bytes], random: Random) -> None:
    """Try a target with one input."""
    _try(target, mutated(random, seeds))


def _try(target: Callable[[bytes], object], data: bytes) -> None:
    try:
        target(data)
    except Exception:
        kept = Path(f"fuzz-{target.__name__}.bin")
        kept.write_bytes(data)
        print(f"{kept}: {data!r}", file=sys.stderr)
        raise


def main() -> None:
    """Fuzz the target named first, for as many seconds as named second."""
    name, seconds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 60
    try:
        import atheris
    except ImportError:
        from fuzz.targets import SEEDS, TARGETS

        random, end, count = Random(), time.monotonic() + seconds, 0
        while time.monotonic() < end:
            at_random(TARGETS[name], SEEDS[name], random)
            count += 1
        print(f"{count:,} runs, without guidance")
        return
    with atheris.instrument_imports(include=["archivecli"]):
        from fuzz.targets import SEEDS, TARGETS
    corpus = Path(f"fuzz-{name}-corpus")
    corpus.mkdir(exist_ok=True)
    for number, seed in enumerate(SEEDS[name]):
        (corpus / f"seed-{number}").write_bytes(seed)
    TARGETS[name](SEEDS[name][0])  # the index is made before the clock starts
    atheris.Setup([sys.argv[0], f"-max_total_time={seconds}", "-timeout=20", str(corpus)], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
