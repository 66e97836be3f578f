//! Texts of the Store and of manifests that try to be something else, in every place where a plan shows them.

use std::fs;

use serde_json::{Value, json};

use crate::support::github::{Page, page};
use crate::support::story::{Ran, Story, run};
use crate::support::things;

/// What a text can try to be: to a terminal, a CI service, Markdown, HTML, and what GitHub adds to them.
const HOSTILE: &[&str] = &[
    "\u{1b}[2J\u{1b}[31mred", "a\u{202e}b\u{200b}c\u{feff}d\u{e0041}", "::error::x", "::add-mask::x",
    "##vso[task.setvariable variable=x]y", "##VSO[x]", "##[error]z", "`", "``", "```", "````", "~~~",
    "</details>", "</summary><h1>x</h1>", "-->", "--!>", "<!--", "@someone", "@org/team",
    "![x](http://evil.example/x.png)", "[x](javascript:alert(1))", "[x]: http://evil.example",
    "<img src=x onerror=alert(1)>", "a|b", "a\\|b", "|", "\\", "#1", "GH-1", "owner/repo#2",
    "http://evil.example", "www.evil.example", "someone@evil.example", "<http://evil.example>", ":tada:",
    "**b**", "_i_", "~~s~~", "$x$", "$`x`$", "&lt;b&gt;", "&#64;someone", "[^1]", "[^1]: x", "> [!NOTE]",
    "# h", "- [ ] x", "---", "0123456789abcdef0123456789abcdef01234567", "=x", "%0A::error::x", "]##vso[x]",
    "x<<EOF", "EOF",
];

/// What nobody sees.
const HIDDEN: [char; 4] = ['\u{202e}', '\u{200b}', '\u{feff}', '\u{e0041}'];

/// What is not a word to GitHub, and must not stand outside of code.
const NOT_OUTSIDE_OF_CODE: &[&str] =
    &["@", "://", "www.", "#1", "#2", "GH-", "0123456789abcdef", ":tada:", "evil"];

fn first(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}

/// A story in which every text is `text`, or with `lines` between the lines of it where it may have several.
fn story(line: &str, lines: &str) -> Story {
    let mut published = things::app_submission();
    published["friendlyName"] = json!(line);
    published["visibility"] = json!(line);
    published["applicationCategory"] = json!(line);
    let listing = &mut published["listings"]["en-us"]["baseListing"];
    listing["description"] = json!(lines);
    listing["releaseNotes"] = json!(format!("{line}\n{lines}"));
    listing["keywords"] = json!([line, "notes"]);
    listing["images"][0]["fileName"] = json!(line);
    listing["images"][0]["description"] = json!(line);
    published["listings"][line] = published["listings"]["en-us"].clone();
    published["pricing"]["marketSpecificPricings"][line] = json!(line);
    published["applicationPackages"][0]["fileName"] = json!(format!("{line}.msix"));
    let mut seed = things::account();
    seed["applications"][0]["application"]["primaryName"] = json!(line);
    seed["applications"][0]["published"] = published.clone();
    let mut draft = published;
    draft["id"] = json!("1152921500000000777");
    draft["status"] = json!("PendingCommit");
    draft["fileUploadUrl"] = json!("https://storage.example/x?sig=y");
    draft["visibility"] = json!("Hidden");
    seed["applications"][0]["pending"] = draft;
    // A manifest may not hold what cannot be seen.
    let seen = |text: &str| -> String {
        let hidden = |c: &char| *c != '\n' && (c.is_control() || HIDDEN.contains(c));
        text.chars().filter(|c| !hidden(c)).collect()
    };
    let (line, lines) = (seen(line), seen(lines));
    // JSON is YAML.
    let image = format!("{}.png", first(&line.replace('/', "-"), 60));
    let manifest = json!({
        "visibility": "Private",
        "applicationCategory": "Productivity",
        "pricing": { "marketSpecificPricings": { "$others": "remove", "BR": "Tier1012" } },
        "listings": {
            "$others": "remove",
            "en-us": {
                "description": format!("{lines}\nmore"), "releaseNotes": lines, "keywords": [first(&line, 30), "more"],
                "features": lines.lines().take(15).map(|line| first(line, 150)).collect::<Vec<_>>(),
                "images": { "Screenshot": [
                    { "file": image, "description": first(&line, 190) },
                    { "file": format!("new {image}") },
                ] },
            },
        },
    });
    let story = Story::with_seed(&seed, &format!("permit: [deletes-flight]\nsubmission: {manifest}\n"));
    story.write(&image, things::png(1366, 768));
    story.write(&format!("new {image}"), things::png(1920, 1080));
    story
}

fn on_github(story: &Story, arguments: &[&str]) -> Ran {
    let mut command = story.command(arguments);
    command.env("GITHUB_ACTIONS", "true").env("GITHUB_OUTPUT", story.path("outputs"));
    run(command.env("GITHUB_STEP_SUMMARY", story.path("summary.md")))
}

#[track_caller]
fn is_harmless(what: &str, text: &str) {
    for c in text.chars().filter(|c| *c != '\n') {
        let breaks_a_command = c == '\u{200B}';
        assert!(!c.is_control() && (breaks_a_command || !HIDDEN.contains(&c)), "{what}: {c:?}");
    }
    for line in text.lines() {
        let command = line.trim_start().to_lowercase();
        let is_ours = command.starts_with("::error ")
            || command.starts_with("::warning ")
            || command.starts_with("::notice ");
        assert!(!command.starts_with("::") || is_ours, "{what}: {line}");
        let azure = command.strip_prefix("##vso[task.logissue type=").unwrap_or(&command);
        assert!(!azure.contains("##vso[") && !azure.contains("##["), "{what}: {line}");
    }
}

/// Every form of one plan.
struct Told {
    ran: Ran,
    forms: Vec<(&'static str, String)>,
    comment: Page,
    summary: Page,
    outputs: Vec<String>,
}

const FORMS: [&str; 6] = ["text", "json", "markdown", "github", "azure", "gitlab"];

fn told(line: &str, lines: &str) -> Told {
    let story = story(line, lines);
    let files: Vec<String> = FORMS.iter().map(|form| format!("{form}=told.{form}")).collect();
    let mut arguments = vec!["plan"];
    arguments.extend(files.iter().flat_map(|file| ["--out", file]));
    let ran = on_github(&story, &arguments).ended(0);
    let read = |name: &str| fs::read_to_string(story.path(name)).unwrap();
    let forms: Vec<(&str, String)> =
        FORMS.iter().map(|form| (*form, read(&format!("told.{form}")))).collect();
    let comment = page(&forms[2].1);
    let outputs = read("outputs");
    let names = outputs.lines().map(|line| line.split_once('=').unwrap().0.to_owned());
    Told { comment, summary: page(&read("summary.md")), outputs: names.collect(), forms, ran }
}

#[track_caller]
fn is_as_harmless_as_its_twin(line: &str, lines: &str, twin: &Told) {
    let hostile = told(line, lines);
    is_harmless("standard output", &hostile.ran.stdout);
    let (region, rest) = hostile.ran.stderr.split_once('\n').unwrap();
    let region = region.strip_prefix("::stop-commands::").unwrap();
    is_harmless("standard error", rest.strip_suffix(&format!("::{region}::\n")).unwrap());
    for (form, text) in &hostile.forms {
        is_harmless(form, text);
    }
    for (what, own, harmless) in
        [("comment", &hostile.comment, &twin.comment), ("summary", &hostile.summary, &twin.summary)]
    {
        assert_eq!(own.elements, harmless.elements, "{what}: {line}\n{}", hostile.forms[2].1);
        for sign in NOT_OUTSIDE_OF_CODE {
            assert!(!own.text.contains(sign), "{what}: `{sign}` in {}", own.text);
        }
    }
    assert_eq!(hostile.outputs, twin.outputs);
    let plan: Value = serde_json::from_str(&hostile.forms[1].1).unwrap();
    assert_eq!(plan["resources"][0]["name"], line, "programs get the text as it is");
}

#[test]
fn no_text_is_anything_but_text() {
    let twin = told("harmless", "harmless\nwords");
    assert!(twin.comment.elements.iter().any(|tag| tag == "<details>"), "{:?}", twin.comment.elements);
    for text in HOSTILE {
        is_as_harmless_as_its_twin(text, &format!("{text}\nwords"), &twin);
    }
}
