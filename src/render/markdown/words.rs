//! Text from outside as Markdown that GitHub shows as what it is.
//!
//! Nothing is escaped piece by piece: Markdown has no escape for what GitHub adds to it, such as mentions, issues, commits
//! and bare links. What is not plainly a word stands in code, where none of that exists.

use crate::render::hygiene::visible_line;

/// Longer texts are cut where they stand in a line.
const MAX_CHARS: usize = 300;
/// Longer names are cut.
const MAX_NAME_CHARS: usize = 80;
/// GitHub makes a link of as many hex digits where they are those of a commit.
const COMMIT_DIGITS: usize = 7;

/// What stands right before and right after words, and means nothing else.
const STARTS: [char; 5] = ['(', '"', '“', '„', '‘'];
const ENDS: [char; 12] = ['.', ',', ';', ':', '!', '?', ')', '"', '”', '’', '…', '%'];

/// A text as code, in one line.
pub(super) fn code(text: &str) -> String {
    let text = clipped(&visible_line(text), MAX_CHARS);
    let fence = "`".repeat(longest_run(&text, '`') + 1);
    // The blanks of both sides belong to the fence where there is one on both sides and something else between.
    let pad =
        if text.is_empty() || text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A name: as it is where it is made of plain words, else as code.
pub(super) fn name(text: &str) -> String {
    let shown = clipped(&visible_line(text), MAX_NAME_CHARS);
    if is_plain_name(&shown) { shown } else { code(&shown) }
}

/// A name inside of an HTML block, where Markdown does not hold.
pub(super) fn name_in_html(text: &str) -> String {
    let shown = clipped(&visible_line(text), MAX_NAME_CHARS);
    if is_plain_name(&shown) {
        return shown;
    }
    let escaped: String = shown
        .chars()
        .map(|c| if c.is_ascii_punctuation() { format!("&#{};", u32::from(c)) } else { c.to_string() })
        .collect();
    format!("<code>{escaped}</code>")
}

/// Words in one line: what is plainly one stays as it is, all else is code. What stands between backticks already is one
/// piece.
pub(super) fn prose(text: &str) -> String {
    let text = clipped(&visible_line(text), MAX_CHARS);
    let parts: Vec<&str> = text.split('`').collect();
    // A mark without a partner is text.
    let parts = if parts.len() % 2 == 1 { parts } else { vec![text.as_str()] };
    let mut prose = Pieces::default();
    for (number, part) in parts.iter().enumerate() {
        if number % 2 == 1 && !part.trim().is_empty() {
            prose.add(&code(part.trim()));
            continue;
        }
        prose.is_apart |= part.starts_with(' ');
        for word in part.split_whitespace() {
            if is_plain(word) {
                prose.add(word);
            } else {
                // Punctuation around it is none of it, and harmless.
                let tail = word.trim_end_matches(ENDS).len();
                let (rest, end) = if tail == 0 { (word, "") } else { word.split_at(tail) };
                prose.add(&code(rest));
                prose.add(end);
            }
            prose.is_apart = true;
        }
        prose.is_apart = part.ends_with(' ');
    }
    prose.text
}

/// Pieces of a line in the making.
#[derive(Debug, Default)]
struct Pieces {
    text: String,
    /// Whether a blank comes before the next piece.
    is_apart: bool,
}

impl Pieces {
    fn add(&mut self, piece: &str) {
        if piece.is_empty() {
            return;
        }
        // Code beside code would be other code.
        let would_join = self.text.ends_with('`') && piece.starts_with('`');
        if !self.text.is_empty() && (self.is_apart || would_join) {
            self.text.push(' ');
        }
        self.text.push_str(piece);
        self.is_apart = false;
    }
}

/// Makes a finished piece of Markdown fit a table: no pipe ends its cell.
pub(super) fn cell(markdown: &str) -> String {
    // A backslash right before the mark would take it for itself.
    markdown.replace("\\|", "\\\u{200B}|").replace('|', "\\|")
}

/// Lines in a fence that none of them ends. An empty fence is none.
pub(super) fn fenced(language: &str, lines: &str) -> String {
    let fence = "`".repeat(longest_run(lines, '`').max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n", lines.trim_end_matches('\n'))
}

/// At most so many characters; where there are more, an ellipsis says so.
pub(super) fn clipped(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn longest_run(text: &str, of: char) -> usize {
    text.split(|c| c != of).map(str::len).max().unwrap_or(0)
}

fn is_plain_name(name: &str) -> bool {
    !name.is_empty() && name.split(' ').all(|word| !word.is_empty() && is_core(word))
}

/// Whether a word means nothing but itself to GitHub, whatever stands beside it.
fn is_plain(word: &str) -> bool {
    if matches!(word, "→" | "–" | "—" | "·" | "/") {
        return true;
    }
    let core = word.trim_start_matches(STARTS).trim_end_matches(ENDS);
    core.is_empty() || is_core(core) || is_hyphenated(core) || is_number(core)
}

/// Letters and digits, and no commit.
fn is_core(word: &str) -> bool {
    !word.is_empty()
        && word.chars().all(char::is_alphanumeric)
        && !(word.len() >= COMMIT_DIGITS && word.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Such as `price-change` or `manifest's`; `GH-1` would be an issue.
fn is_hyphenated(word: &str) -> bool {
    word.split(['-', '\'', '’']).all(|part| !part.is_empty() && part.chars().all(char::is_alphabetic))
}

/// Such as `1.4.0.0` or `1,204`.
fn is_number(word: &str) -> bool {
    word.len() <= 40
        && word.split(['.', ',']).all(|part| {
            !part.is_empty() && part.len() < COMMIT_DIGITS && part.bytes().all(|byte| byte.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_longer_than_what_it_holds() {
        assert_eq!(code("app/contoso"), "`app/contoso`");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code(" a "), "`  a  `");
        assert_eq!(code(""), "`  `");
        assert_eq!(code("a\nb\u{202e}"), "`a⏎b<U+202E>`");
    }

    #[test]
    fn plain_words_stay_and_all_else_is_code() {
        assert_eq!(prose("Tier1012 → Tier1020, (see 1.4.0.0)."), "Tier1012 → Tier1020, (see 1.4.0.0).");
        assert_eq!(
            prose("the app's price-change is read-only: 25 %"),
            "the app's price-change is read-only: 25 %"
        );
        assert_eq!(
            prose("write `openRollout: finalize` or `halt`, then run"),
            "write `openRollout: finalize` or `halt`, then run"
        );
        assert_eq!(prose("(`a`) x`b`y `c`."), "(`a`) x`b`y `c`.");
        assert_eq!(prose("a ` b `c` d"), "a `` ` `` b `` `c` `` d", "a mark without a partner is text");
        assert_eq!(prose("`a``b`"), "`a` `b`");
        assert_eq!(prose("see http://x, (or @y)."), "see `http://x`, (or `@y`).");
        for word in [
            "@someone", "#1", "GH-1", "www.example.com", "http://x", "a@b.c", "<img", "![x](y)", ":tada:",
            "*a*", "_a_", "~~a~~", "$x$", "&amp;", "[^1]", "\\", "deadbeef1", "1152921505700", "o/r#1", "-",
            "+", "#", ">", "|", "^a", "a^",
        ] {
            assert!(prose(word).starts_with('`') && !prose(word).ends_with(char::is_alphanumeric), "{word}");
            assert_eq!(name(word), code(word), "{word}");
        }
        assert_eq!((name("Contoso Reader 2").as_str(), name("読書").as_str()), ("Contoso Reader 2", "読書"));
        assert_eq!((name("").as_str(), name("a  b").as_str()), ("`  `", "`a  b`"));
        assert_eq!(name(&"x".repeat(99)), format!("`{}…`", "x".repeat(80)));
    }

    #[test]
    fn html_holds_no_html() {
        assert_eq!(name_in_html("Contoso Reader"), "Contoso Reader");
        assert_eq!(name_in_html("</details>@a"), "<code>&#60;&#47;details&#62;&#64;a</code>");
    }

    #[test]
    fn no_line_ends_its_fence() {
        assert_eq!(fenced("diff", "+ a\n"), "```diff\n+ a\n```\n");
        assert_eq!(fenced("", "`````\n```"), "``````\n`````\n```\n``````\n");
    }
}
