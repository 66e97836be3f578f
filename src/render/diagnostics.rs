//! Diagnostics with their snippets.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::manifest::{Diagnostic, Diagnostics, Location, Severity, Sources, Span};

use super::hygiene::{is_invisible, visible, without_commands};
use super::page::Look;

/// More are counted, not shown; warnings before errors.
const MAX_SHOWN: usize = 50;
/// How much is shown before and behind the start of a span; whole files, or lines of megabytes, would be slow to render.
const CONTEXT_BYTES: usize = 400;

/// Every finding with its snippet, sorted by position; very many are counted, not shown.
pub fn diagnostics(diagnostics: &Diagnostics, sources: &Sources, look: Look) -> String {
    let renderer = if look.colour { Renderer::styled() } else { Renderer::plain() };
    let decor = if look.ascii { DecorStyle::Ascii } else { DecorStyle::Unicode };
    let renderer = renderer.decor_style(decor).term_width(look.width);
    let mut text = String::new();
    for diagnostic in diagnostics.foremost(MAX_SHOWN) {
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let code = diagnostic.code.as_str();
        let mut group = Group::with_title(level.primary_title(visible(&diagnostic.message)).id(code));
        if let Some(span) = diagnostic.span {
            let at = sources.location(span);
            if diagnostic.hides_text {
                group = group.element(origin(&at));
            } else {
                let stretch = Stretch::around(span, sources);
                let snippet = stretch.snippet(diagnostic, diagnostics, sources, look);
                let snippet = snippet.line_start(at.line);
                group = if stretch.starts_line {
                    group.element(snippet.path(visible(&at.file)))
                } else {
                    group.element(origin(&at)).element(snippet)
                };
            }
        }
        let explain = format!("storeward explain {code}");
        let separator = if look.ascii { "-" } else { "·" };
        let help = match &diagnostic.help {
            Some(help) => format!("{} {separator} {explain}", visible(help)),
            None => explain,
        };
        text.push_str(&renderer.render(&[group.element(Level::HELP.message(help))]));
        text.push_str("\n\n");
    }
    let kept = diagnostics.sorted().len();
    if kept > MAX_SHOWN {
        let more = super::plural(kept - MAX_SHOWN + diagnostics.left_out(), "more finding");
        let which = if diagnostics.left_out() > 0 { "the first ones" } else { "them all" };
        text.push_str(&format!("{more} not shown here; `--output json` names {which}\n"));
    }
    // Source text keeps its columns, so what a CI service would obey is still in it.
    without_commands(&text)
}

fn origin(at: &Location) -> Origin<'static> {
    Origin::path(visible(&at.file)).line(at.line).char_column(at.column)
}

/// The part of a source that is shown for a span.
struct Stretch {
    span: Span,
    shown: Range<usize>,
    starts_line: bool,
}

impl Stretch {
    fn around(span: Span, sources: &Sources) -> Self {
        let text = &sources.get(span.source).text;
        let line = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        let start = text.ceil_char_boundary(line.max(span.start.saturating_sub(CONTEXT_BYTES)));
        let end = text[span.end..].find('\n').map_or(text.len(), |at| span.end + at);
        let end = text.floor_char_boundary(end.min(span.start + CONTEXT_BYTES)).max(span.start);
        Self { span, shown: start..end, starts_line: start == line }
    }

    fn snippet(
        &self,
        diagnostic: &Diagnostic,
        diagnostics: &Diagnostics,
        sources: &Sources,
        look: Look,
    ) -> Snippet<'static, Annotation<'static>> {
        let text = &sources.get(self.span.source).text;
        let secrets =
            diagnostics.secrets_within(Span { start: self.shown.start, end: self.shown.end, ..self.span });
        let blank = if look.ascii { '*' } else { '•' };
        // One character for each, so that columns hold.
        let piece = |range: Range<usize>| -> String {
            let shown = text[range.clone()].char_indices().map(|(at, c)| match c {
                '\n' => c,
                _ if secrets.iter().any(|secret| secret.contains(&(range.start + at))) => blank,
                _ if is_invisible(c) => '?',
                _ => c,
            });
            shown.collect()
        };
        let marked = self.span.start..self.span.end.min(self.shown.end).max(self.span.start);
        let before = piece(self.shown.start..marked.start);
        let within = piece(marked.clone());
        let behind = piece(marked.end..self.shown.end);
        let mut annotation = AnnotationKind::Primary.span(before.len()..before.len() + within.len());
        if let Some(label) = &diagnostic.label {
            annotation = annotation.label(visible(label));
        }
        Snippet::source(before + &within + &behind).annotation(annotation)
    }
}
