//! The plan in the README: the real one of the example, as a picture and as text, shortened in the open.

use std::fmt::Write as _;

use super::{has_parts, is_made_of, root};
use crate::support::story::{run, storeward};

/// Changes and parts that are too long for a picture; a line stands for each.
const CUT: &[&str] = &["releaseNotes", "listing de-de"];
/// What the text below it leaves out as well.
const CUT_IN_TEXT: &[&str] = &["releaseNotes", "listing de-de", "caption"];

/// A plan of the example on a new sandbox. When the account was read is another time in each run.
fn plan(colour: &str) -> String {
    let state = tempfile::tempdir().unwrap();
    let mut command = storeward(&root().join("examples/contoso-reader"));
    command.args(["plan", "--sandbox-seed", "sandbox-seed.json", "--release", "app/contoso-reader=dist"]);
    command.arg(format!("--sandbox={}", state.path().display())).args(["--color", colour]);
    let text = run(&mut command).ended(0).stdout;
    let (before, rest) = text.split_once("live read ").unwrap();
    let (time, rest) = rest.split_once('Z').unwrap();
    assert_eq!(time.len(), "2026-09-01 09:14:07".len(), "{time}");
    format!("{before}live read 2026-09-01 09:14:07Z{rest}")
}

/// Letters that look alike.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Style {
    bold: bool,
    dim: bool,
    struck: bool,
    colour: Option<&'static str>,
}

impl Style {
    fn set(&mut self, code: &str) {
        match code {
            "0" | "" => *self = Self::default(),
            "1" => self.bold = true,
            "2" => self.dim = true,
            "9" => self.struck = true,
            "31" => self.colour = Some("r"),
            "32" => self.colour = Some("g"),
            "33" => self.colour = Some("y"),
            other => panic!("the picture knows no style {other}"),
        }
    }

    fn classes(&self) -> String {
        let words =
            [self.bold.then_some("b"), self.dim.then_some("d"), self.struck.then_some("s"), self.colour];
        words.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// A line of a terminal.
type Line = Vec<(char, Style)>;

/// What a terminal makes of a text: letters with their looks.
fn lines(text: &str) -> Vec<Line> {
    let mut style = Style::default();
    let mut all = Vec::new();
    for line in text.lines() {
        let mut letters = Vec::new();
        let mut rest = line.chars();
        while let Some(c) = rest.next() {
            if c != '\u{1b}' {
                letters.push((c, style.clone()));
                continue;
            }
            assert_eq!(rest.next(), Some('['), "{line:?}");
            let codes: String = rest.by_ref().take_while(|c| *c != 'm').collect();
            codes.split(';').for_each(|code| style.set(code));
        }
        all.push(letters);
    }
    all
}

fn text_of(line: &Line) -> String {
    line.iter().map(|(c, _)| c).collect()
}

fn indent(text: &str) -> usize {
    text.chars().take_while(|c| *c == ' ').count()
}

/// The lines without the changes and parts of these names: a line for each says how much is left out.
fn shortened(all: Vec<Line>, cut: &[&str]) -> Vec<Line> {
    let mut kept: Vec<Line> = Vec::new();
    let mut rest = all.into_iter().peekable();
    while let Some(line) = rest.next() {
        let text = text_of(&line);
        let name = text.trim_start_matches([' ', '~', '+', '-', '±', '↕']);
        // A picture's place stands before what changes of it.
        let name = name.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
        let Some(cut) = cut.iter().find(|cut| name.starts_with(**cut)) else {
            kept.push(line);
            continue;
        };
        let own = indent(&text);
        let mut left_out = 1;
        while rest.peek().is_some_and(|next| indent(&text_of(next)) > own) {
            rest.next();
            left_out += 1;
        }
        let lines = if left_out == 1 { "line" } else { "lines" };
        let words = format!("{}⋯ {cut}: {left_out} {lines}", " ".repeat(own));
        let dim = Style { dim: true, ..Style::default() };
        kept.push(words.chars().map(|c| (c, dim.clone())).collect());
    }
    kept
}

/// Runs of letters that look alike, each with its column.
fn runs(line: &Line) -> Vec<(usize, String, &Style)> {
    let mut runs: Vec<(usize, String, &Style)> = Vec::new();
    for (column, (c, style)) in line.iter().enumerate() {
        match runs.last_mut() {
            Some((_, text, known)) if *known == style => text.push(*c),
            _ => runs.push((column, c.to_string(), style)),
        }
    }
    runs
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

const COLUMN: usize = 8;
const ROW: usize = 18;
const MARGIN: usize = 20;

/// A picture with a ground of its own, so that it can be read on a light page and on a dark one. Every run of letters has
/// its place and its width, whatever font there is.
fn svg(lines: &[Line]) -> String {
    let columns = lines.iter().map(Vec::len).max().unwrap_or_default();
    let (width, height) = (columns * COLUMN + 2 * MARGIN, lines.len() * ROW + 2 * MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\">\n<title>The output of storeward plan for the example</title>\n<style>\n\
         text {{ font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #e6edf3; \
         white-space: pre; }}\n\
         .b {{ font-weight: bold; }} .d {{ fill: #9198a1; }} .s {{ text-decoration: line-through; }}\n\
         .r {{ fill: #ff7b72; }} .g {{ fill: #7ee787; }} .y {{ fill: #e3b341; }}\n</style>\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"#0d1117\"/>\n"
    );
    for (row, line) in lines.iter().enumerate() {
        let y = MARGIN + row * ROW + ROW * 3 / 4;
        for (column, text, style) in runs(line) {
            let shown = text.trim_matches(' ');
            if shown.is_empty() {
                continue;
            }
            let x = MARGIN + (column + indent(&text)) * COLUMN;
            let long = shown.chars().count() * COLUMN;
            let classes = style.classes();
            let class = if classes.is_empty() { String::new() } else { format!(" class=\"{classes}\"") };
            writeln!(
                svg,
                "<text x=\"{x}\" y=\"{y}\" textLength=\"{long}\" lengthAdjust=\"spacingAndGlyphs\"{class}>{}</text>",
                escaped(shown)
            )
            .unwrap();
        }
    }
    svg.push_str("</svg>\n");
    svg
}

#[test]
fn the_picture_of_the_plan_is_the_plan_of_the_example() {
    let coloured = lines(&plan("always"));
    // Of a long text colours stand for marks; the last line says that both are one plan.
    assert_eq!(text_of(coloured.last().unwrap()), plan("never").lines().last().unwrap());
    is_made_of("docs/plan.svg", &svg(&shortened(coloured, CUT)));
}

#[test]
fn the_plan_in_the_readme_is_the_plan_of_the_example() {
    let short = shortened(lines(&plan("never")), CUT_IN_TEXT);
    let text: Vec<String> = short.iter().map(text_of).collect();
    has_parts("README.md", &[("plan", format!("```text\n{}\n```", text.join("\n")))]);
}

#[test]
fn what_is_cut_is_counted() {
    let text = "head\n\n  listing en-us\n    ~ title  a → b\n    ~ description  1 → 2\n         7 │ x\n         8 │ y\n\n  listing de-de\n    ~ title\n\n1 product";
    let short = shortened(lines(text), &["description", "listing de-de"]);
    let short: Vec<String> = short.iter().map(text_of).collect();
    assert_eq!(
        short.join("\n"),
        "head\n\n  listing en-us\n    ~ title  a → b\n    ⋯ description: 3 lines\n\n  ⋯ listing de-de: 2 lines\n\n1 product"
    );
}

#[test]
fn letters_of_a_plan_are_none_of_the_picture() {
    let picture = svg(&lines("\u{1b}[31m<script>&\u{1b}[0m ok"));
    assert!(picture.contains("<text x=\"20\" y=\"33\" textLength=\"72\" lengthAdjust=\"spacingAndGlyphs\" class=\"r\">&lt;script&gt;&amp;</text>"), "{picture}");
    assert!(!picture.contains("<script"));
}
