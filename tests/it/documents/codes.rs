//! `docs/codes.md`: exit codes, guards, blockers and diagnostics, in the words of `storeward explain`.

use storeward::cli::Exit;
use storeward::manifest::{Code, Guard};
use storeward::plan::BlockerKind;

use super::markdown::{anchor, code, codes, prose, sentence, table};
use super::{has_parts, is_made_of};

const HEAD: &str = "# Codes, guards and blockers

What Storeward says, and what to do then. `storeward explain CODE` prints the same. This page is made from the program.

- [Exit codes](#exit-codes): how a command ended
- [Guards](#guards): risks that need a permit
- [Blockers](#blockers): facts that stand in the way
- [Diagnostics](#diagnostics): what is wrong in a manifest, a file or a package

";

/// What the codes of a hundred are about.
const GROUPS: &[(&str, &str)] = &[
    ("SW10", "Files and YAML"),
    ("SW11", "Keys"),
    ("SW12", "Values"),
    ("SW13", "Files that a manifest names"),
    ("SW14", "Packages"),
    ("SW15", "Products together"),
    ("SW16", "Values together"),
    ("SW20", "Against what is live"),
    ("SW21", "Advice"),
    ("SW22", "What git said before"),
];

/// The table of exit codes.
pub(super) fn exit_codes() -> String {
    let row = |exit: &Exit| vec![exit.code().to_string(), code(exit.word()), prose(exit.meaning())];
    table(&["Code", "Word", "Meaning"], &Exit::ALL.iter().map(row).collect::<Vec<_>>())
}

fn guards() -> String {
    let one = |guard: &Guard| {
        let keys = match guard.keys() {
            [] => String::new(),
            keys => format!(" Changes of {} can be this risk.", codes(keys.iter().copied())),
        };
        format!(
            "### {guard}\n\n{}{keys}\n\nPermit it: `permit: [{guard}]` in the manifest, or `--allow {guard}` for one run.\n\n",
            prose(&sentence(guard.risk()))
        )
    };
    Guard::ALL.iter().map(one).collect()
}

fn blockers() -> String {
    let one = |blocker: &BlockerKind| {
        let remedies = blocker.remedies().iter().map(|remedy| format!("- {}\n", prose(remedy)));
        format!("### {blocker}\n\n{}\n\n{}\n", prose(&sentence(blocker.fact())), remedies.collect::<String>())
    };
    BlockerKind::ALL.iter().map(one).collect()
}

fn diagnostics() -> String {
    let mut text = String::new();
    let mut group = "";
    for code in Code::ALL {
        let word = code.as_str();
        let (prefix, about) = GROUPS
            .iter()
            .find(|(prefix, _)| word.starts_with(prefix))
            .unwrap_or_else(|| panic!("{word} is in no group"));
        if *prefix != group {
            group = prefix;
            text.push_str(&format!("### {about}\n\n"));
        }
        let title = prose(&sentence(code.title()));
        text.push_str(&format!("#### {word}\n\n**{title}** {}\n\n", prose(code.explanation())));
    }
    text
}

#[test]
fn the_page_of_codes_is_fresh() {
    let exits = "Stable, also for scripts. `result` in `$GITHUB_OUTPUT` is the word.";
    let of_guards = "A guard blocks `apply` until it is permitted; it never blocks `plan`. A permit in the manifest is reviewed in the \
                     pull request. `--yes` permits none. A permit that nothing needs is a warning.";
    let of_blockers = "With a blocker, `apply` leaves that product alone and carries on with the others.";
    let of_codes =
        "Every one comes with the file, the line and what was expected. All of a run are reported together.";
    let text = format!(
        "{HEAD}## Exit codes\n\n{exits}\n\n{}\n## Guards\n\n{of_guards}\n\n{}## Blockers\n\n{of_blockers}\n\n{}## Diagnostics\n\n\
         {of_codes}\n\n{}",
        exit_codes(),
        guards(),
        blockers(),
        diagnostics()
    );
    is_made_of("docs/codes.md", &format!("{}\n", text.trim_end()));
}

#[test]
fn the_readme_tells_every_exit_code() {
    has_parts("README.md", &[("exit codes", exit_codes())]);
}

/// Others link to a guard or a code by its word.
#[test]
fn words_are_their_own_anchors() {
    let words = Guard::ALL.iter().map(|guard| guard.as_str());
    for word in words.chain(BlockerKind::ALL.iter().map(|blocker| blocker.as_str())) {
        assert_eq!(anchor(word), word);
    }
}
