"""An RGB picture with anti-aliased shapes and text, and its PNG file."""

import heapq
import struct
import zlib
from collections import Counter
from functools import lru_cache

from . import font

# Shades of grey at an edge: enough for the eye, few enough for a small file.
LEVELS = 5


def rgb(code):
    """`#rrggbb` as three numbers."""
    return tuple(int(code[i:i + 2], 16) for i in (1, 3, 5))


def mix(a, b, share):
    """The colour that lies `share` of the way from `a` to `b`."""
    return tuple(round(x + (y - x) * share) for x, y in zip(a, b))


@lru_cache(maxsize=None)
def _corner(radius):
    """Coverage of the upper left corner of a rounded rectangle, row by row."""
    size = int(radius + 0.999)
    rows = []
    for y in range(size):
        row = []
        for x in range(size):
            distance = ((radius - x - 0.5) ** 2 + (radius - y - 0.5) ** 2) ** 0.5
            row.append(min(1.0, max(0.0, radius - distance + 0.5)))
        rows.append(row)
    return rows


@lru_cache(maxsize=None)
def _stamp(kind, name, scale, pen_x, pen_y):
    """Coverage of a glyph or icon in steps of one in LEVELS: left, top and rows of numbers, around its origin."""
    lines = font.strokes(font.ICONS[name]) if kind == "icon" else font.outline(name, kind == "serif")[0]
    segments = []
    for points in lines:
        for (ax, ay), (bx, by) in zip(points, points[1:]):
            segments.append((ax * scale / pen_x, -ay * scale / pen_y,
                             (bx - ax) * scale / pen_x, (ay - by) * scale / pen_y))
    xs = [x * scale for points in lines for x, _ in points]
    ys = [-y * scale for points in lines for _, y in points]
    left, right = int(min(xs) - pen_x - 3), int(max(xs) + pen_x + 3)
    top, bottom = int(min(ys) - pen_y - 3), int(max(ys) + pen_y + 3)
    rows = []
    for y in range(top, bottom):
        sy = (y + 0.5) / pen_y
        row = []
        for x in range(left, right):
            sx = (x + 0.5) / pen_x
            best, near = 1e9, (0.0, 0.0)
            for ax, ay, dx, dy in segments:
                length = dx * dx + dy * dy
                t = ((sx - ax) * dx + (sy - ay) * dy) / length if length else 0.0
                t = min(1.0, max(0.0, t))
                ex, ey = sx - ax - t * dx, sy - ay - t * dy
                d = ex * ex + ey * ey
                if d < best:
                    best, near = d, (ex, ey)
            distance = best ** 0.5
            if distance > 1e-6:
                slope = ((near[0] / distance / pen_x) ** 2 + (near[1] / distance / pen_y) ** 2) ** 0.5
            else:
                slope = 1 / min(pen_x, pen_y)
            cover = min(1.0, max(0.0, 0.5 + (1 - distance) / slope))
            row.append(round(cover * LEVELS))
        rows.append(row)
    return left, top, rows


class Canvas:
    """A picture; coordinates are pixels from the upper left corner."""

    def __init__(self, width, height, color=(255, 255, 255)):
        self.width, self.height = width, height
        self.rows = [bytearray(bytes(color) * width) for _ in range(height)]

    def _blend(self, x, y, color, share):
        if 0 <= x < self.width and 0 <= y < self.height:
            row, i = self.rows[y], x * 3
            for k in range(3):
                row[i + k] = round(row[i + k] + (color[k] - row[i + k]) * share)

    def rect(self, x, y, w, h, color, share=1.0):
        """A filled rectangle."""
        left, right = max(0, x), min(self.width, x + w)
        for py in range(max(0, y), min(self.height, y + h)):
            if share == 1.0:
                self.rows[py][left * 3:right * 3] = bytes(color) * max(0, right - left)
            else:
                for px in range(left, right):
                    self._blend(px, py, color, share)

    def rounded(self, x, y, w, h, radius, color, share=1.0):
        """A filled rectangle with rounded corners; half the side makes a disc."""
        corner = _corner(radius)
        size = len(corner)
        for dy in range(h):
            from_edge = min(dy, h - 1 - dy)
            if from_edge >= size:
                self.rect(x, y + dy, w, 1, color, share)
                continue
            for dx in range(size):
                cover = corner[from_edge][dx] * share
                self._blend(x + dx, y + dy, color, cover)
                self._blend(x + w - 1 - dx, y + dy, color, cover)
            self.rect(x + size, y + dy, w - 2 * size, 1, color, share)

    def shadow(self, x, y, w, h, radius, spread, share):
        """A soft shadow around a rounded rectangle, a little lower than it."""
        y += spread // 3
        for py in range(y - spread, y + h + spread):
            above = max(y + radius - py, py - (y + h - 1 - radius), 0)
            for px in range(x - spread, x + w + spread):
                if above == 0 and px == x + radius:
                    break
                self._shade(px, py, x, w, radius, above, spread, share)
            if above == 0:
                for px in range(x + w - radius, x + w + spread):
                    self._shade(px, py, x, w, radius, above, spread, share)

    def _shade(self, px, py, x, w, radius, above, spread, share):
        beside = max(x + radius - px, px - (x + w - 1 - radius), 0)
        distance = (above * above + beside * beside) ** 0.5 - radius
        if distance < spread:
            strength = 1 - max(0.0, distance) / spread
            self._blend(px, py, (40, 30, 20), round(share * strength * strength * 32) / 32)

    def ring(self, x, y, w, h, radius, color, inside):
        """The outline of a rounded rectangle, one pixel wide."""
        self.rounded(x, y, w, h, radius, color)
        self.rounded(x + 1, y + 1, w - 2, h - 2, radius - 1, inside)

    def triangle(self, a, b, c, color):
        """A filled triangle."""
        top, bottom = min(a[1], b[1], c[1]), max(a[1], b[1], c[1])
        for y in range(int(top), int(bottom) + 1):
            xs = []
            for (x1, y1), (x2, y2) in ((a, b), (b, c), (c, a)):
                if min(y1, y2) <= y + 0.5 <= max(y1, y2) and y1 != y2:
                    xs.append(x1 + (x2 - x1) * (y + 0.5 - y1) / (y2 - y1))
            if len(xs) >= 2:
                self._span(min(xs), max(xs), y, color)

    def _span(self, left, right, y, color):
        """Part of one row, with soft ends."""
        first, last = int(left), int(right)
        self._blend(first, y, color, min(1.0, first + 1 - left))
        self._blend(last, y, color, right - last)
        self.rect(first + 1, y, last - first - 1, 1, color)

    def hill(self, height_at, color):
        """Everything below a curve, `height_at(x)` pixels from the top."""
        for x in range(self.width):
            level = height_at(x)
            first = int(level)
            self._blend(x, first, color, first + 1 - level)
            for y in range(first + 1, self.height):
                self.rows[y][x * 3:x * 3 + 3] = bytes(color)

    def disc(self, cx, cy, radius, color, share=1.0):
        """A filled circle."""
        self.rounded(cx - radius, cy - radius, 2 * radius, 2 * radius, radius, color, share)

    def paste(self, other, x, y, radius):
        """Another picture, with rounded corners."""
        corner = _corner(radius)
        size = len(corner)
        for dy, source in enumerate(other.rows):
            if not 0 <= y + dy < self.height:
                continue
            from_edge = min(dy, other.height - 1 - dy)
            left = size if from_edge < size else 0
            right = other.width - left
            self.rows[y + dy][(x + left) * 3:(x + right) * 3] = source[left * 3:right * 3]
            for dx in range(left):
                for px in (dx, other.width - 1 - dx):
                    self._blend(x + px, y + dy, source[px * 3:px * 3 + 3], corner[from_edge][dx])

    def _place(self, stamp, x, y, color):
        left, top, rows = stamp
        for dy, row in enumerate(rows):
            for dx, cover in enumerate(row):
                if cover:
                    self._blend(x + left + dx, y + top + dy, color, cover / LEVELS)

    def icon(self, name, x, y, size, color, weight=0.75):
        """An icon whose lower left corner is at `x`, `y`."""
        pen = weight * max(1.0, size / 18)
        self._place(_stamp("icon", name, size / 10, pen, pen), x, y, color)

    def text(self, x, y, text, size, color, serif=False, bold=False, tracking=0.0, align="left"):
        """One line of text with its baseline at `y`; returns its width."""
        width = font.width(text, size, serif, tracking)
        if align != "left":
            x -= width if align == "right" else width / 2
        scale = size / 14
        pen_x = scale * (0.62 if serif else 0.56) * (1.45 if bold else 1.0)
        pen_y = scale * (0.36 if serif else 0.54) * (1.35 if bold else 1.0)
        for char in text:
            if char != " ":
                kind = "serif" if serif else "plain"
                self._place(_stamp(kind, char, scale, pen_x, pen_y), round(x + scale), y, color)
            x += (font.advance(char, serif) + tracking) * scale
        return width

    def png(self):
        """The picture as a PNG file with a palette of 256 colours."""
        pixels = [[bytes(row[i:i + 3]) for i in range(0, len(row), 3)] for row in self.rows]
        palette, index = _palette(Counter(pixel for row in pixels for pixel in row))
        lines = [bytes(index[pixel] for pixel in row) for row in pixels]
        data = min((zlib.compress(filtered, 9) for filtered in _filtered(lines)), key=len)
        header = struct.pack(">IIBBBBB", self.width, self.height, 8, 3, 0, 0, 0)
        return b"\x89PNG\r\n\x1a\n" + b"".join((
            _chunk(b"IHDR", header), _chunk(b"PLTE", b"".join(palette)), _chunk(b"IDAT", data), _chunk(b"IEND", b""),
        ))


def _palette(counts):
    """At most 256 colours, and for every colour counted the place of the one that stands for it."""
    boxes = [_box(sorted(counts), counts)]
    while len(boxes) < 256 and boxes[0][0] < 0:
        _, axis, colors = heapq.heappop(boxes)
        middle = (min(c[axis] for c in colors) + max(c[axis] for c in colors)) / 2
        for half in ([c for c in colors if c[axis] <= middle], [c for c in colors if c[axis] > middle]):
            heapq.heappush(boxes, _box(half, counts))
    groups = sorted((max(colors, key=lambda c: (counts[c], c)), colors) for _, _, colors in boxes)
    index = {color: i for i, (_, colors) in enumerate(groups) for color in colors}
    return [color for color, _ in groups], index


def _box(colors, counts):
    """Similar colours with what it would cost to let one stand for all (negative), and where they differ most."""
    spreads = [max(c[k] for c in colors) - min(c[k] for c in colors) for k in range(3)]
    axis = max(range(3), key=lambda k: spreads[k])
    return -spreads[axis] * sum(counts[c] for c in colors) ** 0.25, axis, colors


def _filtered(lines):
    """The rows in two forms that PNG knows: as they are, and each as its difference to the one above."""
    above = bytes(len(lines[0]))
    plain, up = bytearray(), bytearray()
    for line in lines:
        plain += b"\0" + line
        up += b"\2" + bytes((a - b) & 255 for a, b in zip(line, above))
        above = line
    return plain, up


def _chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
