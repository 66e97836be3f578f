//! Shows plans, events and diagnostics.
//!
//! Everything here turns data into text and computes no difference. Text from manifests and from the Store is
//! hostile: it passes through [`visible`] before it is shown.

mod age;
mod annotations;
mod checked;
mod diagnostics;
mod difference;
mod events;
mod format;
mod github_output;
mod glyphs;
mod hygiene;
mod json;
mod markdown;
mod page;
mod plan;
mod pulled;
mod standing;
mod status;
mod totals;
mod updated;
mod validation;
mod value_diff;

pub use annotations::{Annotation, Level, Places, annotations_of_plan, azure, github, gitlab};
pub use checked::{Checked, Mark, checked};
pub use diagnostics::diagnostics;
pub use difference::difference;
pub use events::EventLines;
pub use format::{Format, form_of_files, forms_of};
pub use github_output::github_output;
pub use hygiene::{visible, visible_line, without_commands};
pub use json::{json, json_line};
pub use markdown::{
    Applied, Ending, MAX_COMMENT_BYTES, Setting, applied_markdown, drift_markdown, ended_markdown,
    plan_markdown,
};
pub use page::Look;
pub use plan::{View, drift_text, plan_text};
pub use pulled::{PulledFrom, PulledProduct, PulledReport, pulled_text};
pub use standing::{left, live_line, live_words, still};
pub use status::{rollout_line, status_text};
pub use totals::Totals;
pub use updated::{UpdatedField, UpdatedFile, UpdatedReport, updated_text};
pub use validation::{counts, validation};

/// A size for people: `118.2 MB`, in steps of 1,000 as Partner Center shows it.
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];
    if count < 1000 {
        return format!("{count} bytes");
    }
    let mut tenths = count / 100;
    let mut unit = 0;
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths /= 1000;
        unit += 1;
    }
    if tenths.is_multiple_of(10) {
        format!("{} {}", tenths / 10, UNITS[unit])
    } else {
        format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
    }
}

/// A count for people: `1,204`.
pub fn count(count: usize) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 file`, `2 files`.
pub fn plural(count: usize, one: &str) -> String {
    // `day` and `key` keep their letter.
    let stem = one.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u']));
    let many = stem.map_or_else(|| format!("{one}s"), |stem| format!("{stem}ies"));
    format!("{} {}", self::count(count), if count == 1 { one } else { many.as_str() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_people() {
        assert_eq!(
            (bytes(999), bytes(1000), bytes(118_240_000)),
            ("999 bytes".into(), "1 KB".into(), "118.2 MB".into())
        );
        assert_eq!(
            (count(999), count(1204), count(1_234_567)),
            ("999".into(), "1,204".into(), "1,234,567".into())
        );
        assert_eq!(plural(2, "product"), "2 products");
        assert_eq!((plural(2, "day"), plural(1200, "entry")), ("2 days".into(), "1,200 entries".into()));
    }
}
