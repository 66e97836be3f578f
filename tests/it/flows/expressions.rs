//! The expressions of GitHub Actions, as far as workflows of ours use them.

use serde_json::Value;

/// What an expression may ask beside its contexts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Status {
    /// Whether a step or job before has failed.
    pub(super) failed: bool,
}

/// Whether a condition holds. One that asks for no status holds only where nothing has failed.
pub(super) fn holds(condition: &Value, contexts: &Value, status: Status) -> bool {
    let Some(text) = condition.as_str() else { return !status.failed };
    let inner = text.trim().strip_prefix("${{").and_then(|text| text.strip_suffix("}}")).unwrap_or(text);
    let asks = ["success()", "failure()", "always()", "cancelled()"].iter().any(|word| inner.contains(word));
    (asks || !status.failed) && is_true(&evaluate(inner, contexts, status))
}

/// A text with the values of its expressions in their places.
pub(super) fn filled(text: &str, contexts: &Value) -> String {
    let mut whole = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("${{") {
        let (expression, after) = behind.split_once("}}").expect("an expression has an end");
        whole += before;
        whole += &shown(&evaluate(expression, contexts, Status { failed: false }));
        rest = after;
    }
    whole + rest
}

/// How a value is written.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn is_true(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false)) && *value != "" && *value != 0
}

fn evaluate(text: &str, contexts: &Value, status: Status) -> Value {
    let mut parser = Parser { rest: text.trim(), contexts, status };
    let value = parser.or();
    assert_eq!(parser.rest.trim(), "", "in `{text}`");
    value
}

struct Parser<'p> {
    rest: &'p str,
    contexts: &'p Value,
    status: Status,
}

impl Parser<'_> {
    fn takes(&mut self, word: &str) -> bool {
        let rest = self.rest.trim_start();
        rest.strip_prefix(word).inspect(|rest| self.rest = rest).is_some()
    }

    fn or(&mut self) -> Value {
        let mut value = self.and();
        while self.takes("||") {
            let other = self.and();
            value = if is_true(&value) { value } else { other };
        }
        value
    }

    fn and(&mut self) -> Value {
        let mut value = self.equal();
        while self.takes("&&") {
            let other = self.equal();
            value = if is_true(&value) { other } else { value };
        }
        value
    }

    fn equal(&mut self) -> Value {
        let value = self.one();
        let wants_equal = if self.takes("==") {
            true
        } else if self.takes("!=") {
            false
        } else {
            return value;
        };
        let other = self.one();
        Value::from((shown(&value) == shown(&other)) == wants_equal)
    }

    fn one(&mut self) -> Value {
        if self.takes("!") {
            return Value::from(!is_true(&self.one()));
        }
        if self.takes("(") {
            let value = self.or();
            assert!(self.takes(")"), "at `{}`", self.rest);
            return value;
        }
        if self.takes("'") {
            let (text, rest) = self.rest.split_once('\'').expect("a text has an end");
            self.rest = rest;
            return Value::from(text);
        }
        let rest = self.rest.trim_start();
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-' || c == '.';
        let end = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
        let (path, rest) = rest.split_at(end);
        self.rest = rest;
        if self.takes("()") {
            return Value::from(match path {
                "success" => !self.status.failed,
                "failure" => self.status.failed,
                "always" => true,
                "cancelled" => false,
                other => panic!("{other}() is not known"),
            });
        }
        let mut keys = path.split('.');
        let context = keys.next().unwrap_or_default();
        let known = self.contexts.get(context).unwrap_or_else(|| panic!("there is no context `{context}`"));
        keys.fold(known, |value, key| value.get(key).unwrap_or(&Value::Null)).clone()
    }
}

#[test]
fn they_mean_what_they_mean_on_github() {
    let contexts = serde_json::json!({ "steps": { "a": { "outputs": { "found": "true", "if-busy": "" } } }, "inputs": {} });
    let on = |text: &str, failed| holds(&Value::from(text), &contexts, Status { failed });
    assert!(on("steps.a.outputs.found == 'true'", false) && !on("steps.a.outputs.found == 'true'", true));
    assert!(on("${{ !cancelled() && steps.a.outputs.found == 'true' }}", true));
    assert!(!on("steps.b.outputs.found != ''", false) && on("always() || (failure() && 'x' == 'y')", true));
    assert!(holds(&Value::Null, &contexts, Status { failed: false }));
    assert_eq!(
        filled("a ${{ inputs.x || steps.a.outputs.found }} b ${{ inputs.x }}c", &contexts),
        "a true b c"
    );
}
