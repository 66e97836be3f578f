//! The expressions of workflows, as far as ours need them.

use serde_json::Value;

/// What names in an expression stand for.
pub(super) type Context = Value;

/// A text with its `${{ … }}` replaced by what they say.
pub(super) fn filled(text: &str, context: &Context) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${{") {
        let (expression, behind) = after.split_once("}}").unwrap();
        filled.push_str(before);
        filled.push_str(&value(expression, context));
        rest = behind;
    }
    filled + rest
}

/// Whether a condition holds.
pub(super) fn holds(condition: &str, context: &Context) -> bool {
    let condition = condition.trim();
    let inner = condition.strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}")).unwrap_or(condition);
    is_true(&value(inner, context))
}

fn is_true(value: &str) -> bool {
    !value.is_empty() && value != "false"
}

fn value(expression: &str, context: &Context) -> String {
    let mut reading = Reading { rest: expression.trim(), context };
    let value = reading.any();
    assert_eq!(reading.rest, "", "in `{expression}`");
    value
}

struct Reading<'r> {
    rest: &'r str,
    context: &'r Context,
}

impl Reading<'_> {
    fn takes(&mut self, word: &str) -> bool {
        match self.rest.strip_prefix(word) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn any(&mut self) -> String {
        let mut left = self.all();
        while self.takes("||") {
            let right = self.all();
            left = if is_true(&left) { left } else { right };
        }
        left
    }

    fn all(&mut self) -> String {
        let mut left = self.comparison();
        while self.takes("&&") {
            let right = self.comparison();
            left = if is_true(&left) { right } else { left };
        }
        left
    }

    fn comparison(&mut self) -> String {
        let left = self.one();
        if self.takes("==") {
            return (left == self.one()).to_string();
        }
        if self.takes("!=") {
            return (left != self.one()).to_string();
        }
        left
    }

    fn one(&mut self) -> String {
        if self.takes("!cancelled()") {
            return "true".to_owned();
        }
        if self.takes("!") {
            return (!is_true(&self.one())).to_string();
        }
        if let Some(rest) = self.rest.strip_prefix('\'') {
            let (text, behind) = rest.split_once('\'').unwrap();
            self.rest = behind.trim_start();
            return text.to_owned();
        }
        let end =
            self.rest.find(|c: char| !(c.is_alphanumeric() || "._-".contains(c))).unwrap_or(self.rest.len());
        let (name, behind) = self.rest.split_at(end);
        assert!(!name.is_empty(), "at `{}`", self.rest);
        self.rest = behind.trim_start();
        if matches!(name, "true" | "false") {
            return name.to_owned();
        }
        match name.split('.').fold(self.context, |found, key| &found[key]) {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }
}

#[test]
fn expressions_say_what_they_say_on_github() {
    let context = serde_json::json!({ "a": { "b": "x" }, "n": 7, "no": "false" });
    for (expression, expected) in [
        ("a.b", "x"),
        ("n", "7"),
        ("missing.key", ""),
        ("a.b == 'x' && n != '8'", "true"),
        ("missing || a.b", "x"),
        ("!cancelled() && a.b != ''", "true"),
        ("!no", "true"),
    ] {
        assert_eq!(value(expression, &context), expected, "{expression}");
    }
    assert_eq!(filled("at ${{ a.b }}/${{ n }}", &context), "at x/7");
    assert!(holds("${{ a.b == 'x' }}", &context) && !holds("missing", &context));
}
