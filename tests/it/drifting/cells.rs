//! Every cell of the table by which a change is told, for every shape that a value can have.

use super::*;

/// What git said, what is live, and what is wanted: one of three values each, or nothing.
#[derive(Clone, Copy)]
struct Cell {
    /// The language that it is tried in, and in capitals the market.
    language: &'static str,
    earlier: Option<usize>,
    live: usize,
    wanted: usize,
    /// What is told; `None`: nothing, because nothing is to be done.
    told: Option<&'static str>,
}

const CELLS: [Cell; 6] = [
    Cell { language: "es", earlier: Some(0), live: 2, wanted: 2, told: None },
    Cell { language: "pt", earlier: None, live: 2, wanted: 2, told: None },
    Cell { language: "de", earlier: Some(0), live: 0, wanted: 2, told: Some("config") },
    Cell { language: "fr", earlier: Some(0), live: 1, wanted: 0, told: Some("drift") },
    Cell { language: "it", earlier: Some(0), live: 1, wanted: 2, told: Some("conflict") },
    Cell { language: "nl", earlier: None, live: 1, wanted: 2, told: Some("config") },
];

const TITLES: [&str; 3] = ["Harbor", "Harbour", "Notes"];
const KEYWORDS: [&[&str]; 3] = [&["ink"], &["ink", "paper"], &["paper", "ink"]];
const TEXTS: [&str; 3] = ["Before.", "Made in Partner Center.", "New words."];
const PRICES: [&str; 3] = ["Tier2", "Tier3", "NotAvailable"];
/// What is wanted last is that there are none.
const NOTES: [&str; 3] = ["Faster start.", "A hotfix.", ""];

fn shot(which: usize) -> Vec<u8> {
    let (width, height) = [(1366, 768), (1920, 1080), (2560, 1440)][which];
    things::png(width, height)
}

/// What Partner Center holds.
fn live() -> Value {
    let mut live = published(&[]);
    live["pricing"]["marketSpecificPricings"] = json!({});
    for Cell { language, live: which, .. } in CELLS {
        let content = Digest::of(&shot(which));
        let file = format!("{language}.png");
        let image = json!({
            "fileName": archive_name(&[language, "Screenshot"], Path::new(&file), &content),
            "fileStatus": "Uploaded", "id": format!("7{which}"), "imageType": "Screenshot",
        });
        let mut listing = live["listings"]["en-us"].clone();
        let base = &mut listing["baseListing"];
        base["title"] = json!("Harbor Notes");
        base["shortTitle"] = json!(TITLES[which]);
        base["keywords"] = json!(KEYWORDS[which]);
        base["description"] = json!(TEXTS[which]);
        base["releaseNotes"] = json!(NOTES[which]);
        base["features"] = json!(["Whatever stands here"]);
        base["images"] = json!([image]);
        live["listings"][language] = listing;
        live["pricing"]["marketSpecificPricings"][language.to_uppercase()] = json!(PRICES[which]);
    }
    live
}

/// Writes the manifest, and the files that it names; `then` is what git says before.
fn write(story: &Story, then: bool) {
    let (mut listings, mut markets) = (String::new(), String::new());
    for Cell { language, earlier, wanted, .. } in CELLS {
        let Some(which) = (if then { earlier } else { Some(wanted) }) else { continue };
        let notes = if NOTES[which].is_empty() { "null" } else { NOTES[which] };
        listings.push_str(&format!(
            "    {language}:\n      shortTitle: {}\n      keywords: {:?}\n      description: {{file: copy/{language}.md}}\n      \
             releaseNotes: {notes}\n      images: {{Screenshot: [{{file: shots/{language}.png}}]}}\n",
            TITLES[which], KEYWORDS[which]
        ));
        if then {
            // A key that goes is a key that nobody manages.
            listings.push_str("      features: [Once said]\n");
        }
        markets.push_str(&format!("      {}: {}\n", language.to_uppercase(), PRICES[which]));
        story.write(&format!("copy/{language}.md"), TEXTS[which]);
        story.write(&format!("shots/{language}.png"), shot(which));
    }
    story.manifest(&format!(
        "submission:\n  pricing:\n    marketSpecificPricings:\n{markets}  listings:\n{listings}"
    ));
    commit(story.repo.path(), if then { "what was applied" } else { "what this is about" });
}

/// What is told at each path.
fn table() -> Vec<(String, String)> {
    let mut table = Vec::new();
    for Cell { language, told, .. } in CELLS {
        let market = format!("pricing.marketSpecificPricings.{}", language.to_uppercase());
        let below = ["shortTitle", "keywords", "description", "releaseNotes", "images.Screenshot.1"];
        let below = below.map(|key| format!("listings.{language}.{key}"));
        let paths = below.into_iter().chain([market]);
        table.extend(paths.filter_map(|path| Some((path, told?.to_owned()))));
    }
    table.sort();
    table
}

fn told(plan: &Value) -> Vec<(String, String)> {
    let mut told = origins(plan);
    told.sort();
    told
}

#[test]
fn every_cell_is_told_for_every_shape_on_a_branch_and_on_the_default_branch() {
    let story = repository(&live(), "");
    let root = story.repo.path();
    write(&story, true);
    git(root, &["checkout", "--quiet", "-b", "topic"]);
    write(&story, false);
    let on_branch = story.plan(&[]);
    assert_eq!(codes(&on_branch), Vec::<&str>::new());
    assert_eq!(told(&on_branch), table());
    git(root, &["checkout", "--quiet", "main"]);
    git(root, &["merge", "--quiet", "--ff-only", "topic"]);
    let on_default = story.plan(&[]);
    assert_eq!(told(&on_default), table());

    // Each with what git said, which is not always what is there or what comes.
    let changes = on_default["resources"][0]["changes"].as_array().unwrap();
    let baseline = |path: &[&str]| {
        let change = changes.iter().find(|change| change["path"] == json!(path));
        change.unwrap_or_else(|| panic!("no change at {path:?}"))["baseline"].clone()
    };
    for language in ["de", "fr", "it"] {
        assert_eq!(baseline(&["listings", language, "shortTitle"]), TITLES[0]);
        assert_eq!(baseline(&["listings", language, "keywords"]), json!(KEYWORDS[0]));
        assert_eq!(baseline(&["listings", language, "description"]), TEXTS[0]);
        assert_eq!(baseline(&["listings", language, "releaseNotes"]), NOTES[0]);
        let market = language.to_uppercase();
        assert_eq!(baseline(&["pricing", "marketSpecificPricings", &market]), PRICES[0]);
    }
    assert_eq!(baseline(&["listings", "nl", "shortTitle"]), Value::Null);

    // What is done is the same, whosever it is; so is its hash.
    let untold = story.plan(&["--baseline", "none"]);
    assert_eq!(untold["fingerprints"], on_default["fingerprints"]);
    assert_eq!(on_branch["fingerprints"], on_default["fingerprints"]);

    let json = story.run(&["drift", "--detailed-exitcode", "--output", "json"]).ended(2).json();
    assert_eq!(json["counts"], json!({ "drift": 6, "conflicts": 6 }));
    let all = json["resources"][0]["changes"].as_array().unwrap();
    assert!(all.iter().all(|change| change["origin"] == "drift" || change["origin"] == "conflict"));

    // The hash approves what is done, not that it is done to somebody else's work.
    let hash = on_default["fingerprints"]["plan"].as_str().unwrap();
    let others = ["--allow", "price-change", "--allow", "market-removed"];
    let approved = [&["apply", "--expect", hash, "--wait", "published"], &others[..]].concat();
    story.run(&approved).ended(6).says("reverts-drift needs a permit");
    assert_eq!(story.mutations(), Vec::<String>::new());
    story.run(&[&approved[..], &["--allow", "reverts-drift"]].concat()).ended(0);
    story.run(&["plan", "--detailed-exitcode"]).ended(0).says("No changes.");
    let published = story.published();
    for language in ["fr", "it"] {
        let listing = &published["listings"][language]["baseListing"];
        assert_eq!(listing["features"], json!(["Whatever stands here"]), "nobody manages it");
    }
}
