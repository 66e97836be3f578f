//! The text below a heading of a Markdown file: `{file: CHANGELOG.md, at: 1.4.0}`.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::diagnostic::did_you_mean;

/// How many headings an error names, and how much of each.
const MAX_NAMED: usize = 12;
const MAX_NAMED_CHARS: usize = 60;

/// How many headings are kept. No changelog has as many, and every value that names one looks through them.
const MAX_HEADINGS: usize = 20_000;

/// The longest text that is looked through, in bytes: reading Markdown takes many times as much.
const MAX_BYTES: usize = 1024 * 1024;

/// How many headings are guessed from, and how long one may be: a hostile file can have any number of any length.
const MAX_GUESSED: usize = 1000;
const MAX_GUESSED_BYTES: usize = 100;

/// Characters of blank lines.
const BLANK: [char; 4] = [' ', '\t', '\r', '\n'];

/// The headings of a Markdown text. Those inside of quotes and lists are part of what they stand in.
#[derive(Debug)]
pub(super) struct Headings {
    all: Vec<Heading>,
    /// Why the text is not looked through.
    refused: Option<HeadingError>,
}

#[derive(Debug)]
struct Heading {
    /// 1 for `#` to 6.
    level: usize,
    /// As a reader sees it, in words with single blanks between.
    text: String,
    /// As it is written: with the brackets of links, which a reader of the source takes for part of the text.
    source: String,
    /// From 1.
    line: usize,
    /// What stands below it, up to the next heading of the same or a higher level.
    body: Range<usize>,
}

/// Why a text has no such section.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum HeadingError {
    /// No heading matches.
    #[error("no heading `{wanted}`")]
    NotFound {
        /// What was asked for.
        wanted: String,
        /// The heading that was probably meant.
        meant: Option<String>,
        /// The first headings that there are.
        there: Vec<String>,
        /// How many more there are.
        more: usize,
    },
    /// Several headings match equally well.
    #[error("{count} headings are `{wanted}`: lines {}", listed(lines, *count))]
    Ambiguous {
        /// What was asked for.
        wanted: String,
        /// How many match.
        count: usize,
        /// The lines of the first of them.
        lines: Vec<usize>,
    },
    /// Nobody has written that.
    #[error("more than {MAX_HEADINGS} headings")]
    TooMany,
    /// Nor that.
    #[error("longer than {} KiB", MAX_BYTES / 1024)]
    TooLong,
}

impl HeadingError {
    /// What to do.
    pub(super) fn help(&self) -> String {
        match self {
            Self::NotFound { there, .. } if there.is_empty() => "the file has no headings".to_owned(),
            Self::NotFound { meant, there, more, .. } => {
                let meant =
                    meant.as_ref().map_or_else(String::new, |meant| format!("did you mean `{meant}`? "));
                let more = if *more > 0 { format!(" and {more} more") } else { String::new() };
                format!("{meant}there is `{}`{more}", there.join("`, `"))
            }
            Self::Ambiguous { .. } => {
                "write its level too, as in `## 1.4.0`, or give each heading a text of its own".to_owned()
            }
            Self::TooMany | Self::TooLong => "name a file that people write".to_owned(),
        }
    }
}

fn listed(lines: &[usize], count: usize) -> String {
    let mut words: Vec<String> = lines.iter().map(ToString::to_string).collect();
    words.extend((lines.len() < count).then(|| "…".to_owned()));
    words.join(", ")
}

/// The ways in which a heading is what was asked for, the strictest first.
const WAYS: [fn(&Heading, &str) -> bool; 3] = [
    |heading, wanted| heading.text == wanted || heading.source == wanted,
    |heading, wanted| heading.first_word() == unbracketed(wanted),
    |heading, wanted| without_v(heading.first_word()) == without_v(unbracketed(wanted)),
];

impl Headings {
    /// Reads the headings of a text.
    pub(super) fn of(text: &str) -> Self {
        if text.len() > MAX_BYTES {
            return Self { all: Vec::new(), refused: Some(HeadingError::TooLong) };
        }
        let mut found: Vec<(Heading, Range<usize>)> = Vec::new();
        let mut events = Parser::new(text).into_offset_iter();
        let (mut depth, mut line, mut counted) = (0_usize, 1, 0);
        let mut open: Option<Open> = None;
        for (event, at) in events.by_ref() {
            match event {
                Event::Start(Tag::Heading { level, .. }) if depth == 0 => {
                    open = Some(Open { level: level as usize, words: String::new(), inner: None });
                }
                Event::End(TagEnd::Heading(_)) => {}
                _ => open.iter_mut().for_each(|open| open.read(&event, &at)),
            }
            match event {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                _ => {}
            }
            if let Some(Open { level, words, inner }) = open.take_if(|_| depth == 0) {
                if found.len() == MAX_HEADINGS {
                    return Self { all: Vec::new(), refused: Some(HeadingError::TooMany) };
                }
                line += text[counted..at.start].matches('\n').count();
                counted = at.start;
                let source = spaced(inner.map_or("", |inner| &text[inner]));
                found.push((Heading { level, text: spaced(&words), source, line, body: 0..0 }, at));
            }
        }
        let mut definitions: Vec<Range<usize>> =
            events.reference_definitions().iter().map(|(_, definition)| definition.span.clone()).collect();
        definitions.sort_by_key(|span| span.end);
        Self::with_bodies(text, found, &definitions)
    }

    /// Gives each heading what stands below it. From the back, so that the next heading of every level is known.
    fn with_bodies(text: &str, found: Vec<(Heading, Range<usize>)>, definitions: &[Range<usize>]) -> Self {
        let mut ends = [text.len(); 7];
        let mut headings: Vec<Heading> = Vec::new();
        for (mut heading, at) in found.into_iter().rev() {
            heading.body = trimmed(text, at.end..ends[heading.level], definitions);
            // Also the ends of what lies deeper.
            ends[heading.level..].fill(at.start);
            headings.push(heading);
        }
        headings.reverse();
        Self { all: headings, refused: None }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.all.len()
    }

    /// The bytes that stand below a heading, up to the next one of the same or a higher level, without blank lines around
    /// and without the definitions of links at the end, which show nothing.
    ///
    /// A heading is found by its text, else by its first word without brackets (`## [1.4.0] - 2026-01-01`), else by
    /// that without the `v` of a version. `#`s before the text fix the level. `guess` says whether an error names the one
    /// that was probably meant, which takes long.
    pub(super) fn section(&self, heading: &str, guess: bool) -> Result<Range<usize>, HeadingError> {
        if let Some(refused) = &self.refused {
            return Err(refused.clone());
        }
        let (level, wanted) = level_and_text(heading);
        let at_level = || self.all.iter().filter(|heading| level.is_none_or(|level| level == heading.level));
        for is_wanted in WAYS.iter().filter(|_| !wanted.is_empty()) {
            let hits: Vec<&Heading> = at_level().filter(|heading| is_wanted(heading, &wanted)).collect();
            match hits.as_slice() {
                [] => {}
                [one] => return Ok(one.body.clone()),
                several => {
                    return Err(HeadingError::Ambiguous {
                        wanted: heading.trim().to_owned(),
                        count: several.len(),
                        lines: several.iter().take(MAX_NAMED).map(|heading| heading.line).collect(),
                    });
                }
            }
        }
        let texts =
            at_level().take(MAX_GUESSED).flat_map(|heading| [heading.text.as_str(), heading.first_word()]);
        let guesses = texts.filter(|text| (1..=MAX_GUESSED_BYTES).contains(&text.len()));
        Err(HeadingError::NotFound {
            wanted: heading.trim().to_owned(),
            meant: did_you_mean(&wanted, guesses.filter(|_| guess)).map(str::to_owned),
            there: self.all.iter().take(MAX_NAMED).map(|heading| shortened(&heading.text)).collect(),
            more: self.all.len().saturating_sub(MAX_NAMED),
        })
    }
}

/// A heading whose words are being read.
struct Open {
    level: usize,
    words: String,
    /// Where its words stand.
    inner: Option<Range<usize>>,
}

impl Open {
    fn read(&mut self, event: &Event<'_>, at: &Range<usize>) {
        let start = self.inner.as_ref().map_or(at.start, |inner| inner.start);
        let end = self.inner.as_ref().map_or(at.end, |inner| inner.end.max(at.end));
        self.inner = Some(start..end);
        match event {
            Event::Text(piece) | Event::Code(piece) => self.words.push_str(piece),
            Event::SoftBreak | Event::HardBreak => self.words.push(' '),
            _ => {}
        }
    }
}

impl Heading {
    fn first_word(&self) -> &str {
        unbracketed(self.text.split(' ').next().unwrap_or_default())
    }
}

/// `1.4.0` of `[1.4.0]`, the form of <https://keepachangelog.com>.
fn unbracketed(word: &str) -> &str {
    word.strip_prefix('[').and_then(|word| word.strip_suffix(']')).unwrap_or(word)
}

/// `1.4.0` of `v1.4.0`.
fn without_v(word: &str) -> &str {
    word.strip_prefix(['v', 'V'])
        .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        .unwrap_or(word)
}

/// The level that leading `#`s say, and the text without them.
fn level_and_text(heading: &str) -> (Option<usize>, String) {
    let heading = heading.trim();
    let rest = heading.trim_start_matches('#');
    let level = heading.len() - rest.len();
    let has_level = (1..=6).contains(&level) && rest.starts_with([' ', '\t']);
    if has_level { (Some(level), spaced(rest)) } else { (None, spaced(heading)) }
}

fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_NAMED_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn trimmed(text: &str, body: Range<usize>, definitions: &[Range<usize>]) -> Range<usize> {
    let Range { start, mut end } = body;
    let blank = text[start..end].len() - text[start..end].trim_start_matches(BLANK).len();
    // The indent of the first line with content says what it is.
    let start = text[start..start + blank].rfind('\n').map_or(start, |line_end| start + line_end + 1);
    let until = |end: usize| start + text[start..end.max(start)].trim_end_matches(BLANK).len();
    end = until(end);
    let known = definitions.partition_point(|definition| definition.start < end);
    for definition in definitions[..known].iter().rev() {
        if definition.start < start || until(definition.end) != end {
            break;
        }
        end = until(definition.start);
    }
    start..end.max(start)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;

    fn section(text: &str, heading: &str) -> Result<Range<usize>, HeadingError> {
        Headings::of(text).section(heading, true)
    }

    const CHANGELOG: &str = "\
# Changelog

All notable changes.

## [Unreleased]

## [1.4.0] - 2026-01-01

### Added

- Night mode

```
## 1.3.0
# not a heading
```

### Fixed

- Crash

## v1.3.0 (2025-11-02)
First.
## 1.2.0 ##

    indented

1.1.0
-----
Set in text.

> ## 1.0.0
> quoted

- ## 0.9.0
  listed

[Unreleased]: https://example.com/compare/1.4.0...HEAD
[1.4.0]: https://example.com/1.4.0
";

    fn below<'t>(text: &'t str, heading: &str) -> &'t str {
        &text[section(text, heading).unwrap_or_else(|error| panic!("{error}; {}", error.help()))]
    }

    #[test]
    fn a_section_ends_at_the_next_heading_of_its_level() {
        let release = below(CHANGELOG, "1.4.0");
        assert!(release.starts_with("### Added\n\n- Night mode\n\n```\n## 1.3.0"), "{release}");
        assert!(release.ends_with("### Fixed\n\n- Crash"), "{release}");
        assert_eq!(below(CHANGELOG, "Fixed"), "- Crash");
        assert_eq!(below(CHANGELOG, "1.3.0"), "First.");
        assert_eq!(below(CHANGELOG, "Unreleased"), "");
        let whole = below(CHANGELOG, "Changelog");
        assert!(whole.starts_with("All notable") && whole.contains("Crash") && whole.ends_with("listed"));
    }

    #[test]
    fn blank_lines_around_go_and_an_indent_stays() {
        assert_eq!(below(CHANGELOG, "1.2.0"), "    indented");
        assert_eq!(below("# a\n \t\n\n  b\n\nc\n \n\n", "a"), "  b\n\nc");
        for empty in ["# a", "# a\n", "a\n===", "# a\n\n \n# b", "# a\r\n\r\n"] {
            assert_eq!(below(empty, "a"), "", "{empty:?}");
        }
        assert_eq!(below("# a\r\n\r\nb\r\n", "a"), "b");
    }

    #[test]
    fn an_underlined_text_is_a_heading_and_what_is_quoted_or_listed_is_none() {
        let set = below(CHANGELOG, "1.1.0");
        assert!(set.starts_with("Set in text.") && set.ends_with("## 0.9.0\n  listed"), "{set}");
        for inside in ["1.0.0", "0.9.0", "not a heading"] {
            assert!(section(CHANGELOG, inside).is_err(), "{inside}");
        }
        assert!(section("<!--\n# a\n-->\n", "a").is_err());
    }

    #[test]
    fn definitions_of_links_at_the_end_are_no_content() {
        let text = "# a\n\nb [c]\n\n[c]: https://example.com/c\n\n[d]: https://example.com/d\n  'title'\n";
        assert_eq!(below(text, "a"), "b [c]");
        assert_eq!(below("# a\n[c]: https://example.com\n", "a"), "");
        let inside = "# a\n\n[c]: https://example.com/c\n\nb [c]\n";
        assert_eq!(below(inside, "a"), "[c]: https://example.com/c\n\nb [c]");
    }

    #[test]
    fn the_exact_text_wins_over_the_first_word_and_that_over_a_version() {
        let text = "# 1.0 beta\nbeta\n# 1.0\nexact\n# v1.0\nv\n";
        assert_eq!(below(text, "1.0"), "exact");
        assert_eq!(below(text, "v1.0"), "v");
        assert_eq!(below(text, "1.0 beta"), "beta");
        assert_eq!(below("# [1.0] x\nb\n# v1.0\nv", "1.0"), "b");
        assert_eq!(below("# 1.0\nb", "v1.0"), "b");
        assert_eq!(below("# 1.0\nb", "[1.0]"), "b");
        assert!(section("# very\nb", "ery").is_err(), "only a version has a `v` to spare");
        assert!(section("# 1.0 x\nb", "1.0 y").is_err());
    }

    #[test]
    fn a_heading_is_named_as_it_is_read_or_as_it_is_written() {
        let text = "## [1.4.0] - *today* &amp;  `code`\nb\n\n[1.4.0]: https://example.com\n";
        for wanted in
            ["1.4.0 - today & code", "[1.4.0] - *today* &amp; `code`", " 1.4.0  -  today & code ", "1.4.0"]
        {
            assert_eq!(below(text, wanted), "b", "{wanted}");
        }
        assert_eq!(below("two\nlines\n===\nb", "two lines"), "b");
    }

    #[test]
    fn hashes_fix_the_level() {
        let text = "# Notes\na\n## Notes\nb\n## #1\nc\n";
        assert_eq!(below(text, "## Notes"), "b");
        assert!(below(text, "# Notes").starts_with("a\n"));
        assert_eq!(below(text, "#1"), "c");
        assert!(section(text, "### Notes").is_err());
    }

    #[test]
    fn headings_that_match_alike_are_an_error_with_their_lines() {
        let error = section("# a\n\n### Fixed\nx\n\ny\n\nFixed\n---\n", "Fixed").unwrap_err();
        assert_eq!(error.to_string(), "2 headings are `Fixed`: lines 3, 8");
        assert!(error.help().contains("level"), "{}", error.help());
        let many = section(&"# a b\n".repeat(50), "a").unwrap_err();
        assert_eq!(many.to_string(), "50 headings are `a`: lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, …");
    }

    #[test]
    fn what_is_not_there_is_said_with_what_is() {
        let error = section(CHANGELOG, "1.4.O").unwrap_err();
        assert_eq!(error.to_string(), "no heading `1.4.O`");
        assert!(error.help().starts_with("did you mean `1.4.0`? there is `Changelog`, "), "{}", error.help());
        assert_eq!(section("text", "a").unwrap_err().help(), "the file has no headings");
        assert!(section("#\n", " ").is_err());
        let many: Vec<String> = (0..20).map(|i| format!("# {i} {}\n", "x".repeat(100))).collect();
        let help = section(&many.concat(), "zebra").unwrap_err().help();
        assert!(help.ends_with("` and 8 more") && help.len() < 1000, "{help}");
    }

    #[test]
    fn more_headings_than_anybody_writes_are_an_error() {
        let many = |count: usize| (0..count).map(|i| format!("# a{i}\n")).collect::<Vec<_>>().concat();
        assert_eq!(section(&many(MAX_HEADINGS), "a7"), Ok(40..40));
        let error = section(&many(MAX_HEADINGS + 1), "a7").unwrap_err();
        assert_eq!(error.to_string(), "more than 20000 headings");
        assert!(error.help().contains("file"));
    }

    /// A few hundred milliseconds at most where time grows with length, and hours where it grows with its square.
    #[test]
    fn hostile_texts_take_no_time() {
        let piece = |piece: &str, times: usize| piece.repeat(times);
        for text in [
            piece(">", 300_000) + "# a",
            piece("- ", 100_000) + "# a",
            piece("> - ", 50_000) + "# a",
            piece("# a\n", 100_000),
            piece("#", 500_000),
            "# ".to_owned() + &piece("[", 200_000),
            "# ".to_owned() + &piece("![[](", 60_000),
            "# ".to_owned() + &piece("*a **b ", 50_000),
            "# ".to_owned() + &piece("<a ", 100_000),
            (1..600).map(|n| piece("`", n) + " ").collect::<String>() + "\n===",
            piece("[a]: b\n", 50_000),
            "# a\n".to_owned() + &piece("[x]: b\n\n", 50_000) + &piece("###### b\n", 50_000),
            "# a\n".to_owned() + &piece(" \n", 300_000) + &piece("## b\n", 2),
            "a\n".repeat(200_000) + "===",
        ] {
            let started = Instant::now();
            let _ = section(&text, "1.4.0");
            let took = started.elapsed();
            assert!(took < Duration::from_secs(20), "{took:?} for {:?}…", &text[..20]);
        }
    }

    fn pieces(most: usize) -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "#", "##", " ", " ", "\n", "\n", "\n\n", "\r\n", ">", "- ", "1. ", "```\n", "[", "]", "(", ")",
            ": ", "===", "---", "<!--", "-->", "<b>", "&amp;", "\\", "ü", "\u{feff}", "a", "v1.4.0", "\t",
            "    ", "`", "*", "![", "\0", "|",
        ]);
        prop::collection::vec(piece, 0..most).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in pieces(60), heading in pieces(6)) {
            for heading in [heading.as_str(), "a", "v1.4.0", "# a"] {
                match section(&text, heading) {
                    Ok(range) => {
                        let found = text.get(range.clone());
                        prop_assert!(found.is_some(), "{range:?} is no part of {text:?}");
                        prop_assert!(found.is_some_and(|found| !found.ends_with(BLANK)));
                    }
                    Err(error) => prop_assert!(!error.help().is_empty()),
                }
            }
        }

        #[test]
        fn every_section_is_found_whole(sections in prop::collection::vec((1..=6_usize, "[a-z .]{0,9}"), 1..9)) {
            let written = |(i, (level, body)): (usize, &(usize, String))| {
                format!("{} t{i}\n\n{}\n\n", "#".repeat(*level), body.trim())
            };
            let text: String = sections.iter().enumerate().map(written).collect();
            for (i, (level, _)) in sections.iter().enumerate() {
                let deeper = sections[i + 1..].iter().take_while(|(other, _)| other > level).count();
                let own: String = sections.iter().enumerate().skip(i).take(deeper + 1).map(written).collect();
                let body = own.split_once('\n').map_or("", |(_, body)| body.trim());
                prop_assert_eq!(&text[section(&text, &format!("t{i}")).unwrap()], body);
            }
        }
    }
}
