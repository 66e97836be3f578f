"""Covers of books that do not exist."""

import math

from . import font
from .canvas import Canvas, mix, rgb
from .texts import BOOKS

# Ground, then the colours of the motif; one row for each book.
_COLORS = (
    ("#33475b", "#22313f", "#f3cf8a"),
    ("#e9e4d6", "#3f7478", "#8db3ae"),
    ("#a5b7c2", "#55707f", "#f1f4f3"),
    ("#f3dcb0", "#a5603f", "#d9a05f"),
    ("#34445d", "#eef2f6", "#8499b5"),
    ("#f1e9dc", "#b8553d", "#3f5f73"),
    ("#e3e7d3", "#5f7a4c", "#8a5a3c"),
    ("#41374f", "#d9b98a", "#8b7499"),
    ("#d9795a", "#7a3b47", "#fbe3b5"),
    ("#274450", "#16282f", "#7fa6a6"),
    ("#dfe9e6", "#6f8f5d", "#b9c795"),
    ("#e9eaec", "#ffffff", "#8d9cac"),
)


def _street(c, dark, light):
    """Gabled houses at dusk, with lit windows."""
    w, h = c.width, c.height
    unit = w / 12
    for radius in (0.42, 0.32, 0.23):
        c.disc(w // 2, round(h * 0.55), round(w * radius), light, 0.1)
    c.disc(w // 2, round(h * 0.55), round(w * 0.15), light)
    x = -unit * 0.4
    for i, (wide, tall) in enumerate(((2.6, 3.4), (2.2, 4.4), (2.9, 3.0), (2.3, 4.9), (2.8, 3.7))):
        left, top, width = round(x), round(h * 0.9 - tall * unit), round(wide * unit)
        shade = mix(dark, light, 0.06 * (i % 3))
        c.triangle((left, top), (left + width / 2, top - unit * 1.3), (left + width, top), shade)
        c.rect(left, top, width, h - top, shade)
        pane = max(2, round(unit * 0.42))
        for row in range(3):
            for column in range(2):
                if (row * 2 + column + i) % 3:
                    c.rect(round(left + width * (0.26 + 0.32 * column)), round(top + unit * (0.5 + row)), pane,
                           round(pane * 1.3), light)
        x += wide * unit - 1
    c.rect(0, round(h * 0.9), w, h, mix(dark, (0, 0, 0), 0.25))


def _waves(c, deep, pale):
    for i in range(6):
        level = c.height * (0.48 + i * 0.09)
        swing = c.width * 0.035
        c.hill(lambda x: level + swing * math.sin(x / c.width * 9 + i * 1.9), mix(pale, deep, i / 5))


def _rain(c, cloud, drop):
    w, h = c.width, c.height
    for cx, cy, radius in ((0.34, 0.56, 0.14), (0.52, 0.52, 0.17), (0.68, 0.57, 0.12)):
        c.disc(round(w * cx), round(h * cy), round(w * radius), cloud)
    c.rounded(round(w * 0.2), round(h * 0.57), round(w * 0.6), round(w * 0.13), round(w * 0.065), cloud)
    for i in range(15):
        x, y = round(w * (0.22 + 0.13 * (i % 5) + 0.04 * (i // 5))), round(h * (0.7 + 0.085 * (i // 5)))
        c.rounded(x, y, 3, round(h * 0.05), 1, drop)


def _hills(c, near, far):
    w, h = c.width, c.height
    c.disc(round(w * 0.68), round(h * 0.45), round(w * 0.13), mix(far, (255, 250, 235), 0.75))
    for i in range(4):
        base = h * (0.58 + i * 0.1)
        c.hill(lambda x: base + h * 0.05 * math.sin(x / w * (4 - i * 0.5) + i * 2.2), mix(far, near, i / 3))


def _peaks(c, snow, rock):
    w, h = c.width, c.height
    c.disc(round(w * 0.3), round(h * 0.42), round(w * 0.09), snow)
    for cx, top, half, color in ((0.24, 0.62, 0.5, mix(rock, snow, 0.35)), (0.72, 0.5, 0.62, rock)):
        c.triangle((w * cx, h * top), (w * (cx - half), h), (w * (cx + half), h), color)
        c.triangle((w * cx, h * top), (w * (cx - half * 0.36), h * (top + (1 - top) * 0.36)),
                   (w * (cx + half * 0.36), h * (top + (1 - top) * 0.36)), snow)


def _boats(c, red, blue):
    w, h = c.width, c.height
    for cx, cy, size, color in ((0.34, 0.6, 0.26, red), (0.68, 0.74, 0.34, blue)):
        x, y, s = w * cx, h * cy, w * size
        c.triangle((x - s / 2, y), (x + s / 2, y), (x, y + s * 0.42), color)
        c.triangle((x - s * 0.08, y - s * 0.08), (x - s * 0.08, y - s * 0.8), (x + s * 0.34, y - s * 0.08), color)
    c.rect(round(w * 0.12), round(h * 0.9), round(w * 0.76), 1, mix(blue, (255, 255, 255), 0.4))


def _trees(c, leaf, trunk):
    w, h = c.width, c.height
    for i, (cx, cy, r) in enumerate(((0.24, 0.62, 0.13), (0.52, 0.55, 0.17), (0.79, 0.64, 0.12))):
        c.rect(round(w * cx) - 1, round(h * cy), 3, round(h * 0.87 - h * cy), trunk)
        c.disc(round(w * cx), round(h * cy), round(w * r), mix(leaf, (240, 240, 210), 0.14 * i))
    c.hill(lambda x: h * 0.86 + h * 0.015 * math.sin(x / w * 5), mix(leaf, trunk, 0.35))


def _orbits(c, gold, violet):
    w, h = c.width, c.height
    cx, cy = w // 2, round(h * 0.62)
    ground = tuple(c.rows[cy][:3])
    for i, radius in enumerate((0.4, 0.3, 0.2)):
        r = round(w * radius)
        c.disc(cx, cy, r, violet)
        c.disc(cx, cy, r - 1, mix(ground, violet, 0.1 * i))
        c.disc(round(cx + r * math.cos(1.3 + 2 * i)), round(cy - r * math.sin(1.3 + 2 * i)), round(w * 0.035), gold)
    c.disc(cx, cy, round(w * 0.08), gold)


def _dusk(c, land, sun):
    w, h = c.width, c.height
    c.disc(w // 2, round(h * 0.66), round(w * 0.24), sun)
    c.hill(lambda x: h * 0.7 + h * 0.02 * math.sin(x / w * 7), land)
    for i in range(4):
        c.rounded(round(w * (0.36 + 0.02 * i)), round(h * (0.76 + 0.05 * i)), round(w * (0.28 - 0.04 * i)), 2, 1, sun)


_MOTIFS = {"street": _street, "waves": _waves, "rain": _rain, "hills": _hills, "peaks": _peaks, "boats": _boats,
           "trees": _trees, "orbits": _orbits, "dusk": _dusk}


def motif(book, width, height):
    """The picture on a cover, without words."""
    ground, first, second = (rgb(code) for code in _COLORS[book])
    canvas = Canvas(width, height, ground)
    _MOTIFS[BOOKS[book][3]](canvas, first, second)
    return canvas


def title(book, language):
    """The title of a book in a language."""
    return BOOKS[book][1 if language == "de-de" else 0]


def cover(book, width, height, language):
    """A cover with its title."""
    canvas = motif(book, width, height)
    ground, first, second = (rgb(code) for code in _COLORS[book])
    ink = (250, 246, 238) if sum(ground) < 440 else mix(min(first, second, key=sum), (20, 20, 20), 0.3)
    size = width / 9.2
    lines = _two_lines(title(book, language), size, width * 0.84)
    for i, line in enumerate(lines):
        canvas.text(width / 2, round(height * 0.15 + i * size * 1.25), line, size, ink, serif=True, bold=True,
                    tracking=0.3, align="center")
    canvas.rect(0, 0, 2, height, (255, 255, 255), 0.25)
    canvas.rect(4, 0, 1, height, (0, 0, 0), 0.12)
    return canvas


def _two_lines(text, size, room):
    """The text on one line, or broken where the two parts are most alike in length."""
    if font.width(text, size, True) <= room:
        return [text]
    words = text.split()
    parts = [(" ".join(words[:i]), " ".join(words[i:])) for i in range(1, len(words))]
    return list(min(parts, key=lambda part: max(len(line) for line in part))) if parts else [text]
