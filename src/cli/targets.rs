//! Which of the resources a run is about.

use std::fmt;
use std::str::FromStr;

use crate::manifest::{Address, did_you_mean};

use super::exit::{Exit, Failure};

/// An address, or a pattern of addresses such as `add-on/contoso-reader/*`; `*` stands for any characters.
#[derive(Debug, Clone)]
pub struct Target {
    text: String,
    pattern: glob::Pattern,
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let pattern =
            glob::Pattern::new(text).map_err(|error| format!("`{text}` is not a pattern: {}", error.msg))?;
        Ok(Self { text: text.to_owned(), pattern })
    }
}

impl From<&Address> for Target {
    fn from(address: &Address) -> Self {
        let text = address.as_str().to_owned();
        // Nothing in an address means something in a pattern.
        let pattern = glob::Pattern::new(&glob::Pattern::escape(&text)).unwrap_or_default();
        Self { text, pattern }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Target {
    fn matches(&self, address: &str) -> bool {
        self.pattern.matches(address)
    }
}

/// Which of the resources are selected: all where no target is named. A target that selects none is refused.
pub(super) fn selected(targets: &[Target], addresses: &[&str]) -> Result<Vec<bool>, Failure> {
    for target in targets {
        if !addresses.iter().any(|address| target.matches(address)) {
            return Err(no_such(&format!("no manifest has the address {target}"), &target.text, addresses));
        }
    }
    let is_selected = |address: &&str| targets.is_empty() || targets.iter().any(|t| t.matches(address));
    Ok(addresses.iter().map(is_selected).collect())
}

/// Refuses an address that an option names and no resource has, or none that is selected.
pub(super) fn check(option: &str, address: &Address, selected: &[&str]) -> Result<(), Failure> {
    if selected.contains(&address.as_str()) {
        return Ok(());
    }
    let message = format!("{option} names {address}, which is not among the resources of this run");
    Err(no_such(&message, address.as_str(), selected))
}

/// What is not there, with what was probably meant.
fn no_such(message: &str, written: &str, addresses: &[&str]) -> Failure {
    // The name alone, without its kind and app, is what people forget to complete.
    let by_name = addresses.iter().copied().find(|address| address.rsplit('/').next() == Some(written));
    let help = match by_name.or_else(|| did_you_mean(written, addresses.iter().copied())) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("there {}", are(addresses)),
    };
    Failure::new(Exit::Usage, message).help(help)
}

fn are(addresses: &[&str]) -> String {
    const NAMED: usize = 10;
    let more = addresses.len().saturating_sub(NAMED);
    let named = addresses.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    let are = if addresses.len() == 1 { "is" } else { "are" };
    if more == 0 { format!("{are} {named}") } else { format!("{are} {named} and {more} more") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [&str; 4] = ["app/reader", "add-on/reader/gold", "flight/reader/insiders", "app/writer"];

    fn select(targets: &[&str]) -> Result<Vec<&'static str>, String> {
        let targets: Vec<Target> = targets.iter().map(|target| target.parse().unwrap()).collect();
        let chosen = selected(&targets, &ALL).map_err(|failure| {
            assert_eq!(failure.exit, Exit::Usage);
            format!("{}; {}", failure.message, failure.help.unwrap())
        })?;
        Ok(ALL.into_iter().zip(chosen).filter(|(_, chosen)| *chosen).map(|(address, _)| address).collect())
    }

    #[test]
    fn patterns_choose() {
        assert_eq!(select(&[]).unwrap(), ALL);
        assert_eq!(select(&["app/reader"]).unwrap(), ["app/reader"]);
        assert_eq!(select(&["app/*"]).unwrap(), ["app/reader", "app/writer"]);
        assert_eq!(select(&["add-on/*", "flight/reader/ins?ders"]).unwrap(), [ALL[1], ALL[2]]);
        assert_eq!(select(&["*/reader*"]).unwrap(), ALL[..3]);
    }

    #[test]
    fn what_matches_nothing_is_told_with_what_was_meant() {
        let meant = |target: &str| select(&[target, "app/*"]).unwrap_err();
        assert!(meant("app/raeder").ends_with("did you mean `app/reader`?"));
        assert!(meant("gold").ends_with("did you mean `add-on/reader/gold`?"));
        assert!(
            meant("zzz/*")
                .ends_with("there are app/reader, add-on/reader/gold, flight/reader/insiders, app/writer")
        );
        assert!("app/[".parse::<Target>().is_err());
    }
}
