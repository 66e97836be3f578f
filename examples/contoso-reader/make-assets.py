#!/usr/bin/env python3
"""Draws the screenshots, builds the package and brings the digests in `sandbox-seed.json` up to date.

Needs Python 3 and nothing else. Two runs write the same bytes (another version of zlib may pack the pictures
differently; the digests in the seed then follow them). The results are kept in the repository, so that nobody
has to run this before trying the example.
"""

import hashlib
import re
import sys
from pathlib import Path

sys.dont_write_bytecode = True
from make_assets import package, screens  # noqa: E402

HERE = Path(__file__).resolve().parent
SHOTS = {
    "en-us": {"library": screens.library, "reading": screens.reading, "notes": screens.notes, "night": screens.night},
    "de-de": {"library": screens.library, "reading": screens.reading, "notes": screens.notes},
}
VERSION, PUBLISHED = "1.4.0.0", "1.3.2.0"


def digest(data):
    """What Storeward puts into the name of a file that it uploads."""
    return hashlib.sha256(data).hexdigest()[:12]


def write(path, data):
    """Writes a file below the example and reports it."""
    path = HERE / path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    print(f"{len(data):>7} bytes  {path.relative_to(HERE)}")


def published_shot(language, name, shots):
    """The screenshot that went out with the published version: only `reading` looked different then."""
    if name == "reading":
        return screens.reading(language, time_left=False).png()
    return shots.get((language, name)) or shots["en-us", name]


def main():
    shots = {}
    for language, names in SHOTS.items():
        for name, draw in names.items():
            shots[language, name] = draw(language).png()
    for (language, name), data in shots.items():
        write(f"storeward/shots/{language}/{name}.png", data)
    write(f"dist/ContosoReader_{VERSION}_x64.msix", package.build(VERSION))

    # Text is replaced in place: reading and writing the numbers in it as JSON would not leave them as they are.
    seed = (HERE / "sandbox-seed.json").read_text(encoding="utf-8")
    seed = re.sub(
        r"([a-z]{2}-[a-z]{2})\.Screenshot\.(\w+)\.[0-9a-f]{12}\.png",
        lambda m: f"{m[1]}.Screenshot.{m[2]}.{digest(published_shot(m[1], m[2], shots))}.png",
        seed,
    )
    seed = re.sub(
        rf"ContosoReader_{re.escape(PUBLISHED)}_x64\.[0-9a-f]{{12}}\.msix",
        f"ContosoReader_{PUBLISHED}_x64.{digest(package.build(PUBLISHED))}.msix",
        seed,
    )
    write("sandbox-seed.json", seed.encode())


if __name__ == "__main__":
    main()
