"""The screens of the app, drawn as screenshots."""

from . import covers, font
from .canvas import Canvas, mix, rgb
from .texts import BOOKS, NOTES, OPENING, PASSAGE, UI

WIDTH, HEIGHT = 1366, 768

INK, QUIET, FAINT = rgb("#2c2a27"), rgb("#6f6a61"), rgb("#a39c90")
WALL, SIDE, DESK, PAPER = rgb("#fbf8f3"), rgb("#f2ede4"), rgb("#e9e2d6"), rgb("#fdfbf6")
ACCENT, LINE, RAIL, CARD = rgb("#2f6f6b"), rgb("#e3dccf"), rgb("#cfc6b6"), rgb("#ffffff")
MARKS = {"y": rgb("#f8e3a0"), "g": rgb("#cfe6c4"), "b": rgb("#c9dff0")}
PINS = {"y": rgb("#e0b13c"), "g": rgb("#79ad65"), "b": rgb("#6a9fc9")}
NIGHT, NIGHT_PAGE, NIGHT_INK, NIGHT_QUIET = rgb("#17191d"), rgb("#1f2226"), rgb("#cfc8bb"), rgb("#8b857b")
EMBER = rgb("#dba163")


def _window(color, ink):
    """An empty window with its title bar."""
    c = Canvas(WIDTH, HEIGHT, color)
    c.rounded(14, 11, 20, 20, 5, ACCENT)
    c.icon("open-book", 18, 27, 12, (255, 255, 255))
    c.text(44, 26, "Contoso Reader", 13, ink)
    for i, name in enumerate(("minimize", "maximize", "close")):
        c.icon(name, 1236 + 46 * i, 26, 10, ink, 0.6)
    return c


def _bar(c, x, y, width, share, color, track, knob=False):
    """A progress bar or slider."""
    c.rounded(x, y, width, 4, 2, track)
    c.rounded(x, y, max(4, round(width * share)), 4, 2, color)
    if knob:
        c.disc(x + round(width * share), y + 2, 8, color)
        c.disc(x + round(width * share), y + 2, 4, PAPER)


def _lines(paragraph, size, width, indent):
    """Breaks a paragraph into lines of (word, mark) pairs; `|` may become a hyphen."""
    words, mark = [], None
    for word in paragraph.split():
        if "{" in word:
            before, _, rest = word.partition("{")
            mark, word = rest[0], before + rest[1:]
        words.append((word, mark))
        if "}" in word:
            words[-1] = (word.replace("}", ""), mark)
            mark = None
    lines, line, used = [], [], indent
    space = font.advance(" ", True) * size / 14
    queue = words[::-1]
    while queue:
        word, mark = queue.pop()
        whole = font.width(word.replace("|", ""), size, True)
        if used + whole <= width:
            line.append((word.replace("|", ""), mark))
            used += whole + space
            continue
        parts = word.split("|")
        for cut in range(len(parts) - 1, 0, -1):
            head = "".join(parts[:cut]) + "-"
            if used + font.width(head, size, True) <= width:
                line.append((head, mark))
                queue.append(("|".join(parts[cut:]), mark))
                break
        else:
            queue.append((word, mark))
        lines.append(line)
        line, used = [], 0
    return lines + [line]


def _text(c, x, y, width, paragraphs, size, leading, ink, first_indent=0, marks=MARKS):
    """Justified paragraphs of a book page; returns the next baseline."""
    natural = font.advance(" ", True) * size / 14
    for number, paragraph in enumerate(paragraphs):
        indent = size * 1.4 if number else first_indent
        lines = _lines(paragraph, size, width, indent)
        for i, line in enumerate(lines):
            start = x + (indent if i == 0 else 0)
            spare = width - (start - x) - sum(font.width(word, size, True) for word, _ in line)
            gap = natural if i == len(lines) - 1 else spare / max(1, len(line) - 1)
            pen, places = start, []
            for word, mark in line:
                places.append((pen, word, mark))
                pen += font.width(word, size, True) + gap
            for j, (at, word, mark) in enumerate(places):
                if mark and mark in marks:
                    joined = j + 1 < len(places) and places[j + 1][2] == mark
                    end = places[j + 1][0] if joined else at + font.width(word, size, True)
                    c.rect(round(at), y - round(size * 0.95), round(end) - round(at), round(size * 1.3), marks[mark])
            for at, word, _ in places:
                c.text(at, y, word, size, ink, serif=True)
            y += leading
    return y


def _reader_bar(c, title, ink, quiet, ground):
    """The tools above a page."""
    c.icon("back", 30, 66, 16, ink)
    c.text(WIDTH / 2, 64, title, 14, quiet, align="center")
    for i, name in enumerate(("search", "notes", "bookmark")):
        c.icon(name, 1322 - 44 * i, 66, 16, ink)
    c.text(1188, 66, "Aa", 19, ink, serif=True)
    c.rect(0, 82, WIDTH, 1, mix(ground, quiet, 0.18))


def _foot(c, x, width, words, page, rest, ink=QUIET, color=ACCENT, track=RAIL):
    """Where the reader is in the book, below the page."""
    _bar(c, x, 714, width, page / 312, color, track, knob=True)
    c.text(x, 746, words["page"].format(page), 14, ink)
    c.text(x + width, 746, rest, 14, ink, align="right")


def library(language):
    """The shelf: what is being read, and what was added lately."""
    words = UI[language]
    c = _window(WALL, QUIET)
    c.rect(0, 42, 236, HEIGHT, SIDE)
    c.rounded(12, 62, 212, 40, 8, rgb("#e2dacb"))
    c.rounded(12, 72, 4, 20, 2, ACCENT)
    for i, (icon, label, count) in enumerate((
        ("library", "library", "48"), ("open-book", "now", "2"), ("check", "finished", "21"), ("notes", "notes", "64"),
    )):
        y = 88 + 44 * i
        c.icon(icon, 30, y + 2, 17, ACCENT if i == 0 else QUIET)
        c.text(62, y, words[label], 15, INK, bold=i == 0)
        c.text(208, y, count, 13, FAINT, align="right")
    c.text(30, 276, words["collections"], 13, FAINT)
    for i, shelf in enumerate(words["shelves"]):
        c.icon("folder", 30, 312 + 40 * i, 15, QUIET)
        c.text(62, 310 + 40 * i, shelf, 15, INK)

    c.text(276, 92, words["library"], 30, INK, bold=True)
    c.ring(1020, 62, 306, 38, 19, LINE, CARD)
    c.icon("search", 1038, 88, 14, QUIET)
    c.text(1064, 86, words["search"], 14, FAINT)
    x = 560
    for i, label in enumerate(words["filters"]):
        wide = round(font.width(label, 14)) + 30
        if i == 0:
            c.rounded(x, 65, wide, 32, 16, ACCENT)
        else:
            c.ring(x, 65, wide, 32, 16, LINE, WALL)
        c.text(x + wide / 2, 86, label, 14, (255, 255, 255) if i == 0 else QUIET, align="center")
        x += wide + 8

    c.text(276, 146, words["continue"], 17, INK, bold=True)
    for i, share in enumerate((28, 71)):
        x = 276 + 537 * i
        c.shadow(x, 162, 513, 120, 10, 9, 0.12)
        c.rounded(x, 162, 513, 120, 10, CARD)
        c.paste(covers.motif(i, 68, 96), x + 14, 174, 4)
        c.text(x + 102, 200, covers.title(i, language), 18, INK, serif=True, bold=True, tracking=0.3)
        c.text(x + 102, 222, BOOKS[i][2], 14, QUIET)
        _bar(c, x + 102, 250, 320, share / 100, ACCENT, LINE)
        c.text(x + 490, 257, words["percent"].format(share), 14, QUIET, align="right")

    c.text(276, 322, words["added"], 17, INK, bold=True)
    for i in range(10):
        x, y = 276 + 216 * (i % 5), 342 + 304 * (i // 5)
        book = (2, 3, 4, 5, 8, 6, 7, 9, 10, 11)[i]
        c.shadow(x, y, 186, 240, 6, 10, 0.2)
        c.paste(covers.cover(book, 186, 240, language), x, y, 6)
    return c


def reading(language, time_left=True):
    """The first pages of a chapter. Before 1.4 the foot showed a percentage and not the time left."""
    words = UI[language]
    c = _window(DESK, QUIET)
    _reader_bar(c, covers.title(0, language), INK, QUIET, DESK)
    x, y, w, h = 123, 104, 1120, 588
    c.shadow(x, y, w, h, 8, 18, 0.22)
    c.rounded(x, y, w, h, 8, PAPER)
    middle = x + w // 2
    for i in range(30):
        share = 0.16 * (1 - i / 30) ** 2
        c.rect(middle - 1 - i, y, 1, h, mix(PAPER, rgb("#7a6a50"), share))
        c.rect(middle + i, y, 1, h, mix(PAPER, rgb("#7a6a50"), share))

    c.paste(covers.motif(0, 440, 330), x + 56, y + 56, 6)
    c.text(x + 276, y + 448, words["chapter"], 12, QUIET, tracking=2.4, align="center")
    c.text(x + 276, y + 496, words["chapter title"], 36, INK, serif=True, align="center")
    c.rect(x + 252, y + 522, 48, 1, FAINT)

    opening = OPENING[language]
    c.text(middle + 58, y + 98, opening[0][0], 42, ACCENT, serif=True)
    indent = font.width(opening[0][0], 42, True) + 3
    _text(c, middle + 58, y + 98, 446, (opening[0][1:], *opening[1:]), 19, 34, INK, first_indent=indent)

    _foot(c, x, w, words, 87, words["left"] if time_left else words["percent"].format(28))
    return c


def notes(language):
    """A page with highlights, and the notes beside it."""
    words = UI[language]
    c = _window(DESK, QUIET)
    _reader_bar(c, covers.title(0, language), INK, QUIET, DESK)
    x, y, w, h = 104, 104, 724, 588
    c.shadow(x, y, w, h, 8, 18, 0.22)
    c.rounded(x, y, w, h, 8, PAPER)
    _text(c, x + 72, y + 78, 580, PASSAGE[language], 21, 45, INK)
    _foot(c, x, w, words, 88, words["left"])

    c.rect(936, 83, 430, HEIGHT - 83, WALL)
    c.rect(936, 83, 1, HEIGHT - 83, LINE)
    c.text(964, 130, words["notes"], 22, INK, bold=True)
    c.text(964, 154, words["note count"], 13, QUIET)
    for i, mark in enumerate("ygb"):
        c.disc(1326 - 32 * i, 126, 9, PINS[mark])
    for i, (mark, quotation, remark) in enumerate(NOTES[language]):
        top = 178 + 150 * i
        c.shadow(964, top, 374, 132, 10, 8, 0.1)
        c.rounded(964, top, 374, 132, 10, CARD)
        c.rounded(964, top + 14, 4, 104, 2, PINS[mark])
        wide = round(font.width(quotation, 15, True))
        c.rect(986, top + 23, wide + 6, 22, MARKS[mark])
        c.text(988, top + 39, quotation, 15, INK, serif=True)
        c.text(988, top + 77, remark, 15, INK)
        c.text(988, top + 111, words["page short"].format(88), 13, FAINT)
        c.icon("bookmark", 1308, top + 112, 12, FAINT)
    c.rounded(964, 650, 374, 46, 8, ACCENT)
    wide = font.width(words["export"], 15, False)
    c.icon("export", round(1151 - wide / 2 - 26), 681, 15, (255, 255, 255))
    c.text(1151 - wide / 2 + 2, 679, words["export"], 15, (255, 255, 255))
    return c


def night(language):
    """The page after dark, with the display settings open."""
    words = UI[language]
    c = _window(NIGHT, NIGHT_QUIET)
    _reader_bar(c, covers.title(0, language), NIGHT_INK, NIGHT_QUIET, NIGHT)
    x, y, w, h = 104, 104, 724, 588
    c.rounded(x, y, w, h, 8, NIGHT_PAGE)
    _text(c, x + 72, y + 78, 580, PASSAGE[language], 21, 45, NIGHT_INK, marks={})
    _foot(c, 104, 724, words, 88, words["percent"].format(28), NIGHT_QUIET, EMBER, rgb("#34373c"))

    panel = rgb("#272b30")
    c.rounded(900, 104, 400, 468, 12, panel)
    c.icon("moon", 928, 148, 20, EMBER)
    c.text(962, 146, words["display"], 20, NIGHT_INK, bold=True)
    c.text(928, 192, words["theme"], 14, NIGHT_QUIET)
    swatches = (PAPER, rgb("#efdfc4"), rgb("#8d8f92"), NIGHT)
    for i, (color, label) in enumerate(zip(swatches, words["themes"])):
        left = 928 + 88 * i
        if i == 3:
            c.rounded(left - 3, 205, 86, 66, 11, EMBER)
        c.rounded(left, 208, 80, 60, 8, color)
        c.text(left + 40, 247, "Aa", 24, NIGHT_INK if i == 3 else INK, serif=True, align="center")
        c.text(left + 40, 292, label, 13, NIGHT_INK if i == 3 else NIGHT_QUIET, align="center")
    for i, (label, share) in enumerate((("size", 0.45), ("spacing", 0.6), ("warmth", 0.7))):
        top = 342 + 76 * i
        c.text(928, top, words[label], 14, NIGHT_QUIET)
        _bar(c, 932, top + 22, 336, share, EMBER, rgb("#3f444a"), knob=True)
    return c
