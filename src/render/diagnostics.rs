//! Diagnostics with their snippets.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::manifest::{Diagnostics, Severity, Sources};

use super::hygiene::visible;
use super::page::Look;

/// More are counted, not shown.
const MAX_SHOWN: usize = 50;
/// Lines above and below that are looked at for a snippet; whole files would be slow to render.
const CONTEXT_BYTES: usize = 400;

/// Every finding with its snippet, sorted by position; very many are counted, not shown.
pub fn diagnostics(diagnostics: &Diagnostics, sources: &Sources, look: Look) -> String {
    let renderer = if look.colour { Renderer::styled() } else { Renderer::plain() };
    let decor = if look.ascii { DecorStyle::Ascii } else { DecorStyle::Unicode };
    let renderer = renderer.decor_style(decor).term_width(look.width);
    let sorted = diagnostics.sorted();
    let mut text = String::new();
    for diagnostic in sorted.iter().take(MAX_SHOWN) {
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let message = visible(&diagnostic.message);
        let label = diagnostic.label.as_deref().map(visible);
        let help = diagnostic.help.as_deref().map(visible);
        let code = diagnostic.code.as_str();
        let mut group = Group::with_title(level.primary_title(message).id(code));
        if let Some(span) = diagnostic.span.filter(|_| diagnostic.hides_text) {
            let at = sources.location(span);
            group = group.element(Origin::path(visible(&at.file)).line(at.line).char_column(at.column));
        } else if let Some(span) = diagnostic.span {
            let source = sources.get(span.source);
            let start = source.text[..span.start].rfind('\n').map_or(0, |at| at + 1);
            let mut end = source.text[span.end..].find('\n').map_or(source.text.len(), |at| span.end + at);
            end = floor(&source.text, end.min(span.start + CONTEXT_BYTES)).max(start);
            let shown = one_width(&source.text[start..end]);
            let stop = span.end.min(end).max(span.start);
            let mut annotation = AnnotationKind::Primary.span(span.start - start..stop - start);
            if let Some(label) = label {
                annotation = annotation.label(label);
            }
            let line = sources.location(span).line;
            let snippet = Snippet::source(shown).line_start(line).path(visible(&source.name));
            group = group.element(snippet.annotation(annotation));
        }
        if let Some(help) = help {
            group = group.element(Level::HELP.message(help));
        }
        text.push_str(&renderer.render(&[group]));
        text.push_str("\n\n");
    }
    if let Some(more) = sorted.len().checked_sub(MAX_SHOWN).filter(|more| *more > 0) {
        let are = if more == 1 { "is" } else { "are" };
        text.push_str(&format!(
            "{} {are} not shown here; `--output json` names them all\n",
            super::plural(more, "finding").replacen(' ', " more ", 1)
        ));
    }
    text
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The text with every invisible character replaced by one of the same length in bytes, so that positions hold.
fn one_width(text: &str) -> String {
    text.chars()
        .map(|c| {
            if visible(c.encode_utf8(&mut [0; 4])) == c.to_string() {
                c.to_string()
            } else {
                "?".repeat(c.len_utf8())
            }
        })
        .collect()
}
