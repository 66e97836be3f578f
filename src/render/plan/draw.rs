//! Draws the parts of a plan on a page: wrapped, coloured or marked, with the right-hand column.

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use crate::render::page::{DIM, GREEN, Line, PLAIN, Page, RED};
use crate::render::wrap::{Styled, columns, wrap};

use super::edit::{Piece, Stretch, TextEdit, folded};
use super::layout::{Cell, Detail, Part, Row, Side};

/// Between cells, and between a line and its right-hand column.
const GAP: usize = 2;
/// A cell that would be narrower than this goes to a line of its own.
const NARROW: usize = 24;
/// Columns for the number of a line.
const NUMBER: usize = 4;

/// Draws parts from top to bottom.
pub(super) fn draw(page: &mut Page, parts: &[Part], detail: Detail) {
    for part in parts {
        match part {
            Part::Gap => page.gap(),
            Part::Row(row) => draw_row(page, row),
            Part::Text(edit) => draw_text(page, edit, detail),
        }
    }
}

fn draw_row(page: &mut Page, row: &Row) {
    let (width, colour) = (page.look.width, page.look.colour);
    let mut head = " ".repeat(row.indent);
    let mut first: Vec<Styled> = Vec::new();
    if let Some(symbol) = row.symbol {
        first = vec![
            (PLAIN, std::mem::take(&mut head)),
            (symbol.style(), format!("{} ", symbol.text(page.look.ascii))),
        ];
    }
    if !head.is_empty() {
        first.push((PLAIN, head));
    }
    // What does not fit goes on below the first cell, a little to the right.
    let hang = columns(&first) + GAP;
    let mut lines = vec![first];
    let mut gap = 0;
    let cells = row.cells.len();
    for (at, cell) in row.cells.iter().enumerate() {
        let spans = styled(cell, colour);
        let used = columns(lines.last().map_or(&[][..], Vec::as_slice));
        let own = columns(&spans);
        let room = width.saturating_sub(used + gap);
        let moves = own > room && at > 0 && (at > 1 || room < NARROW);
        let (start, room) = if moves { (hang, width.saturating_sub(hang)) } else { (used + gap, room) };
        if moves {
            lines.push(vec![(PLAIN, " ".repeat(hang))]);
        } else if let Some(line) = lines.last_mut() {
            line.push((PLAIN, " ".repeat(gap)));
        }
        let hung = if start + NARROW > width { hang } else { start };
        for (i, piece) in wrap(&spans, room, width.saturating_sub(hung)).into_iter().enumerate() {
            if i > 0 {
                lines.push(vec![(PLAIN, " ".repeat(hung))]);
            }
            if let Some(line) = lines.last_mut() {
                line.extend(piece);
            }
        }
        let padding = cell.columns.saturating_sub(own);
        if let Some(line) = lines.last_mut().filter(|_| at + 1 < cells && padding > 0) {
            line.push((PLAIN, " ".repeat(padding)));
        }
        gap = GAP;
    }
    let mut right = row.right.clone();
    for line in lines {
        let line = line.into_iter().fold(Line::default(), |line, (style, text)| line.and(style, text));
        page.line(line.right(right.take()));
    }
}

/// The spans of a cell. Sides of an edit are marked where colours do not tell them.
fn styled(cell: &Cell, colour: bool) -> Vec<Styled> {
    let spans = cell.spans.iter();
    spans.flat_map(|span| side(span.side, span.style, &span.text, colour)).collect()
}

/// One side of an edit. Blanks and line ends at its end stay outside of the marks.
fn side(side: Side, style: Style, text: &str, colour: bool) -> Vec<Styled> {
    let (style, open, close) = match side {
        Side::Both => return vec![(style, text.to_owned())],
        Side::Old => (RED.strikethrough(), "[-", "-]"),
        Side::New => (GREEN, "{+", "+}"),
    };
    let core = text.trim_end();
    let (core, tail) = if core.is_empty() { (text, "") } else { text.split_at(core.len()) };
    let core = if colour { (style, core.to_owned()) } else { (PLAIN, format!("{open}{core}{close}")) };
    vec![core, (PLAIN, tail.to_owned())]
}

fn draw_text(page: &mut Page, edit: &TextEdit, detail: Detail) {
    let glyphs = detail.glyphs();
    let bar = glyphs.bar;
    let beside = |number: Option<usize>| {
        let number = number.map_or(String::new(), |number| number.to_string());
        format!("{}{number:>NUMBER$} {bar} ", " ".repeat(edit.indent))
    };
    for piece in &edit.pieces {
        match piece {
            Piece::Folded(lines) => {
                let head = " ".repeat(edit.indent + NUMBER + 1);
                page.line(Line::new(DIM, format!("{head}{}", folded(*lines, glyphs))));
            }
            Piece::Same { number, line } => {
                numbered(page, &[(DIM, line.clone())], &beside(Some(*number)), &beside(None));
            }
            Piece::Words { number, stretches } => {
                let spans = by_words(stretches, page.look.colour);
                numbered(page, &spans, &beside(Some(*number)), &beside(None));
            }
            Piece::Block { side, text } => {
                let (sign, style) = if *side == Side::Old { ("-", RED) } else { ("+", GREEN) };
                let head = format!("{}{sign} ", " ".repeat(edit.indent));
                numbered(page, &[(style, text.trim_end_matches('\n').to_owned())], &head, &head);
            }
        }
    }
}

/// A text that may have several lines, each with its head; what is wrapped goes on beside `rest`.
fn numbered(page: &mut Page, spans: &[Styled], first: &str, rest: &str) {
    let room = page.look.width.saturating_sub(first.width());
    for (i, line) in wrap(spans, room, room).into_iter().enumerate() {
        let head = Line::new(DIM, if i == 0 { first } else { rest });
        page.line(line.into_iter().fold(head, |line, (style, text)| line.and(style, text)));
    }
}

/// Changed lines in one text.
fn by_words(stretches: &[Stretch], colour: bool) -> Vec<Styled> {
    let mut spans = Vec::new();
    for stretch in stretches {
        match stretch {
            Stretch::Same(text) => spans.push((PLAIN, text.clone())),
            Stretch::Edit { old, new } => {
                // The end that both share is shown once, after the new text.
                let old = if new.is_empty() { old } else { old.trim_end() };
                for (of, text) in [(Side::Old, old), (Side::New, new)] {
                    if !text.is_empty() {
                        spans.extend(side(of, PLAIN, text, colour));
                    }
                }
            }
        }
    }
    spans
}
