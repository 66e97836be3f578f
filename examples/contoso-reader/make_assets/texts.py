"""Every word in the pictures, by language."""

UI = {
    "en-us": {
        "library": "Library", "now": "Reading now", "finished": "Finished", "notes": "Notes",
        "collections": "Collections", "shelves": ("Book club", "Winter evenings", "Train rides"),
        "search": "Search your library", "filters": ("All", "EPUB", "PDF", "Unread"),
        "continue": "Continue reading", "added": "Recently added", "percent": "{}%",
        "chapter": "CHAPTER FOUR", "chapter title": "The Ferry Clock", "page": "Page {} of 312",
        "left": "12 min left in this chapter",
        "note count": "3 in this chapter", "export": "Export as Markdown", "page short": "p. {}",
        "display": "Display", "theme": "Theme", "themes": ("Paper", "Sepia", "Gray", "Night"),
        "size": "Text size", "warmth": "Warmth", "spacing": "Line spacing",
    },
    "de-de": {
        "library": "Bibliothek", "now": "Lese ich gerade", "finished": "Gelesen", "notes": "Notizen",
        "collections": "Sammlungen", "shelves": ("Lesekreis", "Winterabende", "Zugfahrten"),
        "search": "Bibliothek durchsuchen", "filters": ("Alle", "EPUB", "PDF", "Ungelesen"),
        "continue": "Weiterlesen", "added": "Neu hinzugefügt", "percent": "{} %",
        "chapter": "VIERTES KAPITEL", "chapter title": "Die Fähruhr", "page": "Seite {} von 312",
        "left": "Noch 12 Min. in diesem Kapitel",
        "note count": "3 in diesem Kapitel", "export": "Als Markdown exportieren", "page short": "S. {}",
    },
}

# Title in English and German, author, and the motif on the cover.
BOOKS = (
    ("Lantern Street", "Laternengasse", "Mara Aldous", "street"),
    ("Tidewater Letters", "Briefe vom Watt", "Jonna Reik", "waves"),
    ("A Field Guide to Rain", "Kleine Regenkunde", "Peter Okoro", "rain"),
    ("North of Harvest", "Nördlich der Ernte", "Ruth Castell", "hills"),
    ("Seven Winters", "Sieben Winter", "Tom Halloran", "peaks"),
    ("Paper Harbors", "Papierhäfen", "Lio Brandt", "boats"),
    ("The Quiet Orchard", "Der stille Obsthof", "Ines Valdor", "trees"),
    ("Small Orbits", "Kleine Bahnen", "Ada Voss", "orbits"),
    ("Evening Atlas", "Abendatlas", "Nils Moreau", "dusk"),
    ("Salt and Signal", "Salz und Signal", "Edda Quist", "waves"),
    ("The Long Meadow", "Die lange Wiese", "Ruth Castell", "hills"),
    ("First Snow", "Erster Schnee", "Tom Halloran", "peaks"),
)

# `|` is a place to hyphenate.
OPENING = {
    "en-us": (
        "The clock at the ferry landing had been eleven minutes slow for as long as anyone on Lantern Street could "
        "re|mem|ber. Nobody minded. The ferry was slow by the same measure, and so the two kept faith with each "
        "other, if not with the rest of the world.",
        "Ida Marrow minded, a little. She had come in the wet spring of the year the tan|nery closed, with a trunk "
        "of tools and a letter to a clock|maker who, it turned out, had died in the win|ter. The trunk stayed. So "
        "did she. By June a card in her win|dow said repairs, and under it, smaller: also advice.",
    ),
    "de-de": (
        "Die Uhr am Fähr|an|leger ging elf Minu|ten nach, so|lange man in der La|ter|nen|gasse den|ken konnte. "
        "Nie|man|den störte das. Die Fähre war um das|selbe Maß zu spät, und so hiel|ten die bei|den ein|an|der "
        "die Treue, wenn auch nicht dem Rest der Welt.",
        "Ida Marrow störte es ein wenig. Sie war im nassen Früh|ling jenes Jah|res ge|kom|men, in dem die "
        "Ger|be|rei schloss, mit einer Truhe vol|ler Werk|zeug und einem Brief an einen Uhr|ma|cher, der, wie "
        "sich zeigte, im Win|ter ge|stor|ben war. Die Truhe blieb. Sie auch. Im Juni hing ein Zettel im "
        "Fen|ster: Re|pa|ra|tu|ren, und klei|ner: auch Rat.",
    ),
}

# A passage in braces is highlighted, in the colour that its first letter names.
PASSAGE = {
    "en-us": (
        "“You could put it right in an after|noon,” she told the harbor master on the first of many morn|ings.",
        "“I could,” he agreed, and poured the tea. “And then {gforty people would miss the boat.}”",
        "She thought about that on the way home. It was the kind of answer that seemed foolish on the land|ing, and "
        "a little less so with every lamp she passed. {yA clock, she had been taught, is a promise.} But a promise "
        "to whom? She counted the lamps: {bnine|teen lit and two dark,} as always. Nobody had ever mended those "
        "either.",
    ),
    "de-de": (
        "„Das bräch|ten Sie an einem Nach|mit|tag in Ord|nung“, sagte sie am ersten von vie|len Morgen zum "
        "Ha|fen|meister.",
        "„Ge|wiss“, sagte er und goss den Tee ein. „Und dann {gver|pas|sen vier|zig Leute die Fähre.}“",
        "Auf dem Heim|weg dachte sie dar|über nach. Es war eine Ant|wort, die am An|le|ger tö|richt klang und mit "
        "jeder La|terne etwas weni|ger. {yEine Uhr, so hatte sie ge|lernt, ist ein Ver|spre|chen.} Aber wem "
        "ge|ge|ben? Sie zählte die La|ter|nen: {bneun|zehn brann|ten, zwei waren dunkel,} wie immer. Auch die "
        "hatte nie jemand re|pa|riert.",
    ),
}

# Colour, quotation, note of the reader.
NOTES = {
    "en-us": (
        ("g", "forty people would miss the boat.", "The whole book in one line."),
        ("y", "A clock … is a promise.", "For the book club: who keeps it?"),
        ("b", "nineteen lit and two dark,", "Count again in chapter nine."),
    ),
    "de-de": (
        ("g", "verpassen vierzig Leute die Fähre.", "Das ganze Buch in einem Satz."),
        ("y", "Eine Uhr … ist ein Versprechen.", "Für den Lesekreis: Wer hält es?"),
        ("b", "neunzehn brannten, zwei waren dunkel,", "In Kapitel neun nachzählen."),
    ),
}
