//! `storeward explain`.

use crate::manifest::{Code, Guard, did_you_mean};
use crate::plan::BlockerKind;

use super::args::ExplainArgs;
use super::exit::{Exit, Failure};
use super::results::Results;

pub(super) fn run(results: &Results, args: &ExplainArgs) -> Result<Exit, Failure> {
    let wanted = args.code.trim();
    if let Some(code) = Code::parse(wanted) {
        return answer(results, &format!("{code}: {}\n\n{}\n", code.title(), code.explanation()));
    }
    if let Some(guard) = Guard::parse(wanted) {
        let keys = match guard.keys() {
            [] => String::new(),
            keys => format!("Changes of {} can be this risk.\n\n", quoted(keys)),
        };
        let text = format!(
            "guard {guard}\n\nThe risk: {}.\n\n{keys}It blocks `apply`, never `plan`, until the manifest says `permit: [{guard}]` \
             or the command line `--allow {guard}`.\n",
            guard.risk()
        );
        return answer(results, &text);
    }
    if let Some(blocker) = BlockerKind::ALL.iter().find(|blocker| blocker.as_str() == wanted) {
        let mut text = format!("blocker {blocker}\n\nThe fact: {}.\n\nWhat can be done:\n", blocker.fact());
        for remedy in blocker.remedies() {
            text.push_str(&format!("- {remedy}\n"));
        }
        return answer(results, &text);
    }
    let known = Code::ALL
        .iter()
        .map(|code| code.as_str())
        .chain(Guard::ALL.iter().map(|guard| guard.as_str()))
        .chain(BlockerKind::ALL.iter().map(|blocker| blocker.as_str()));
    let failure = Failure::new(Exit::Usage, format!("there is no code, guard or blocker `{wanted}`"));
    Err(match did_you_mean(wanted, known) {
        Some(meant) => failure.help(format!("did you mean `{meant}`?")),
        None => failure.help("codes look like SW1203, guards like price-change, blockers like foreign-draft"),
    })
}

fn quoted(keys: &[&str]) -> String {
    keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
}

fn answer(results: &Results, text: &str) -> Result<Exit, Failure> {
    results.give(|_, _, _| text.to_owned())?;
    Ok(Exit::Ok)
}
