//! What a stranger can put into a repository, through the real binary: a clear error, at once, in little memory.

use std::fs;

use serde_json::Value;

use super::recipe;
use super::workspace::measured;
use crate::support::png::{chunk, header_chunk};
use crate::support::raw_zip::{deflated, raw_zip};

const HEAD: &str = "kind: App\nname: reader\nid: 9NBLGGH4R315\n";

/// A workspace of these files, in which the recipe is followed.
struct Stranger(tempfile::TempDir);

impl Stranger {
    fn new(files: &[(&str, &str)], made: &str) -> Self {
        let stranger = Self(tempfile::tempdir().unwrap());
        fs::create_dir_all(stranger.folder().join(".git")).unwrap();
        for (name, content) in files {
            stranger.write(name, content.as_bytes());
        }
        recipe::follow(made, &stranger.folder());
        stranger
    }

    /// An app with these blocks.
    fn app(blocks: &str, made: &str) -> Self {
        Self::new(&[("app.yaml", &format!("{HEAD}{blocks}\n"))], made)
    }

    fn folder(&self) -> std::path::PathBuf {
        self.0.path().join("workspace")
    }

    fn write(&self, name: &str, content: &[u8]) {
        let path = self.folder().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// A finding must have this code, and words in its message.
    #[track_caller]
    fn is_told(&self, what: &str, arguments: &[&str], code: &str, words: &str) {
        let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let told = measured(what, &self.folder(), &arguments);
        assert_eq!(told.code, 3, "{what}");
        let findings: Value = serde_json::from_str(&told.json).unwrap();
        let findings = findings["findings"].as_array().unwrap();
        let message = |finding: &Value| finding["message"].as_str().unwrap().to_owned();
        let is_it = |finding: &&Value| finding["code"] == code && message(finding).contains(words);
        assert!(
            findings.iter().any(|finding| is_it(&finding)),
            "{what}: {:#?}",
            &findings[..findings.len().min(3)]
        );
        assert!(findings.iter().all(|finding| message(finding).len() < 5000), "{what}");
    }
}

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).fold(String::new(), |text, line| text + &line)
}

const DESCRIPTION: &str = "submission:\n  listings:\n    en-us:\n      description: {file: text.md}";

#[test]
fn yaml_that_grows_nests_or_never_ends() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for i in 1..9 {
        let items = vec![format!("*a{}", i - 1); 10].join(", ");
        bomb.push_str(&format!("a{i}: &a{i} [{items}]\n"));
    }
    Stranger::app(&bomb, "").is_told("alias bomb", &[], "SW1008", "more than 100000 values");
    let brackets = |pair: &str| format!("submission: {}", pair.repeat(100_000));
    Stranger::app(&brackets("["), "").is_told("100,000 brackets", &[], "SW1008", "48 levels deep");
    Stranger::app(&brackets("{a: "), "").is_told("100,000 braces", &[], "SW1008", "48 levels deep");
    Stranger::app(&brackets("- "), "").is_told("100,000 dashes", &[], "SW1006", "not valid YAML");
    Stranger::new(&[], "sparse app.yaml 1073741824").is_told(
        "manifest of 1 GB",
        &["app.yaml"],
        "SW1002",
        "larger than 4 MiB",
    );
    let long = format!("{HEAD}# {}\n", "x".repeat(5_000_000));
    Stranger::new(&[("app.yaml", &long)], "").is_told("manifest of 5 MB", &[], "SW1002", "larger than 4 MiB");
    Stranger::app(DESCRIPTION, "sparse text.md 1073741824").is_told(
        "text of 1 GB",
        &[],
        "SW1002",
        "larger than 4 MiB",
    );
}

#[test]
fn keys_and_entries_without_number() {
    let keys = lines(100_000, |i| format!("  key{i}: 1\n"));
    Stranger::app(&format!("submission:\n{keys}"), "").is_told(
        "100,000 unknown keys",
        &[],
        "SW1008",
        "more than 100000 values",
    );
    let keys = lines(49_000, |i| format!("  key{i}: 1\n"));
    Stranger::app(&format!("submission:\n{keys}"), "").is_told(
        "49,000 unknown keys",
        &[],
        "SW1008",
        "47000 more findings",
    );
    let keys = lines(49_000, |i| format!("key{i}: 1\n"));
    Stranger::app(&keys, "").is_told("49,000 keys of no document", &[], "SW1008", "more findings");
    let languages = lines(20_000, |i| format!("    language-{i}: {{}}\n"));
    Stranger::app(&format!("submission:\n  listings:\n{languages}"), "").is_told(
        "20,000 languages that are none",
        &[],
        "SW1008",
        "more findings",
    );
    let languages = lines(49_000, |i| format!("    aa-b{i}: {{}}\n"));
    Stranger::app(&format!("submission:\n  listings:\n{languages}"), "").is_told(
        "49,000 languages",
        &[],
        "SW1202",
        "more than 400 languages",
    );
    let markets = lines(20_000, |i| format!("      m{i}: Free\n"));
    Stranger::app(&format!("submission:\n  pricing:\n    marketSpecificPricings:\n{markets}"), "").is_told(
        "20,000 markets that are none",
        &[],
        "SW1008",
        "more findings",
    );
    for (what, list) in [("guards", "permit"), ("paths", "ignore")] {
        let items = lines(20_000, |i| format!("- item{i}\n"));
        Stranger::app(&format!("{list}:\n{items}"), "").is_told(
            &format!("20,000 {what} that are none"),
            &[],
            "SW1008",
            "more findings",
        );
    }
    let groups = lines(90_000, |i| format!("- \"{i}\"\n"));
    let flight =
        format!("---\nkind: Flight\nname: f\napp: reader\nfriendlyName: F\ngroupIds:\n{groups}- \"7\"");
    Stranger::app(&flight, "").is_told("90,000 groups", &[], "SW1007", "the group `7` is given twice");
    let flights = |rank: fn(usize) -> usize| {
        let flight = |i| {
            format!(
                "---\nkind: Flight\nname: f{i}\napp: reader\nfriendlyName: f{i}\ngroupIds: [g]\nrankHigherThan: f{}\n",
                rank(i)
            )
        };
        lines(6_000, flight)
    };
    Stranger::app(&flights(|i| (i + 1) % 6_000), "").is_told(
        "6,000 flights in a circle",
        &[],
        "SW1504",
        "in a circle: `flight/reader/f0` above",
    );
    Stranger::app(&(flights(|i| i + 1) + "---\nkind: App\nname: reader\n"), "").is_told(
        "6,000 flights in a row",
        &[],
        "SW1102",
        "`id` is missing",
    );
    let add_ons = lines(7_000, |i| {
        format!("---\nkind: AddOn\nname: a{i}\napp: app-{i}\nproductId: p{i}\nproductType: Durable\n")
    });
    Stranger::app(&add_ons, "").is_told("7,000 add-ons of no app", &[], "SW1008", "more findings");
}

#[test]
fn languages_that_multiply_what_they_share() {
    let languages = lines(400, |i| format!("    aa-b{i}: {{}}\n"));
    let shared = lines(49_000, |i| format!("key{i}: 1\n"));
    let each = |each: &str| format!("submission:\n  listings:\n    $each: {each}\n{languages}");
    let app = |blocks: &str| format!("{HEAD}{blocks}");
    Stranger::new(&[("app.yaml", &app(&each("{$file: shared.yaml}"))), ("shared.yaml", &shared)], "")
        .is_told("400 languages × 49,000 keys", &[], "SW1008", "more findings");
    let files = lines(400, |i| format!("text copy/aa-b{i}.md {}\n", "x".repeat(10_001)));
    Stranger::new(&[("app.yaml", &app(&each("{description: {file: copy/$(lang).md}}")))], &files).is_told(
        "400 languages, each with a long text",
        &[],
        "SW2101",
        "does not list",
    );
    Stranger::new(&[("app.yaml", &app(&each("{description: {file: copy/$(lang).md}}")))], "").is_told(
        "400 languages, each without its text",
        &[],
        "SW1301",
        "in `aa-b7`: `copy/aa-b7.md` does not exist",
    );
}

#[test]
fn files_that_lie_or_lead_astray() {
    let packages = |files: &str| format!("submission:\n  packages: {{files: [{files}]}}");
    let many = lines(10_000, |i| format!("text dist/{i}.msix x\n"));
    Stranger::app(&packages("dist/*.msix"), &many).is_told(
        "10,000 files of a pattern",
        &[],
        "SW1202",
        "matches more than 100 files",
    );
    let wide = lines(200, |i| lines(110, |j| format!("text {i}/{j} x\n")));
    Stranger::app(&packages("'**/*.msix'"), &wide).is_told(
        "22,000 files to look through",
        &[],
        "SW1008",
        "files and folders to look through",
    );

    let bomb = Stranger::app(&packages("a.msix"), "");
    let zeros = deflated("AppxManifest.xml", &vec![0; 64 * 1024 * 1024]);
    bomb.write("a.msix", &raw_zip(&[zeros]));
    bomb.is_told("package with a bomb as manifest", &[], "SW1401", "when unpacked");

    let picture = "submission:\n  listings:\n    en-us: {images: {Screenshot: [{file: home.png}]}}";
    let liar = Stranger::app(picture, "");
    let header = |width, height| {
        [b"\x89PNG\r\n\x1a\n".to_vec(), header_chunk(width, height, [8, 6, 0, 0, 0])].concat()
    };
    let end = [chunk(*b"IDAT", &[[0x78, 1].as_slice(), &[0; 100]].concat()), chunk(*b"IEND", &[])].concat();
    liar.write("home.png", &[header(60_000, 60_000), end].concat());
    liar.is_told("picture with a lying header", &[], "SW1304", "cannot hold as many");
    Stranger::app(picture, "sparse home.png 1073741824").is_told(
        "picture of 1 GB that is none",
        &[],
        "SW1304",
        "larger than 50 MB",
    );
    let large = Stranger::app(picture, "png home.png 1366x768");
    fs::File::options().write(true).open(large.folder().join("home.png")).unwrap().set_len(1 << 30).unwrap();
    large.is_told("picture of 1 GB", &[], "SW1304", "home.png");

    let at = |place: &str| format!("submission:\n  listings:\n    en-us: {{description: {place}}}");
    let hashes = Stranger::app(&at("{file: text.md, at: '1.0'}"), "repeat text.md 1048576 #");
    hashes.is_told("1 MB of #", &[], "SW1303", "no heading `1.0`");
    let headings = Stranger::app(&at("{file: text.md, at: '1.0'}"), "lines text.md 100000 #\u{a0}");
    headings.is_told("100,000 near headings", &[], "SW1303", "no heading");
    let pointer = "/a".repeat(512 * 1024);
    Stranger::new(
        &[
            ("app.yaml", &format!("{HEAD}{}", at(&format!("{{file: a.json, at: {pointer}}}")))),
            ("a.json", "{\"a\": {}}"),
        ],
        "",
    )
    .is_told("pointer of 1 MB", &[], "SW1303", "nothing at `/a/a");
    let name = "x".repeat(1024 * 1024);
    Stranger::app(&at(&format!("{{file: {name}}}")), "").is_told(
        "file name of 1 MB",
        &[],
        "SW1001",
        "cannot be read",
    );
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_not_opened() {
    let at = |file: &str| format!("release:\n  listings:\n    en-us: {{description: {{file: {file}}}}}");
    let release = ["--release", "app/reader=dist"];
    // The release folder is trusted, and what lies in it may still lead anywhere.
    Stranger::app(&at("$(release)/text.md"), "symlink dist/text.md /dev/zero")
        .is_told("device behind a link", &release, "SW1004", "through a symbolic link");
    Stranger::app(&at("$(release)/zero"), "").is_told(
        "device in the release folder",
        &["--release", "app/reader=/dev"],
        "SW1005",
        "not a regular file",
    );
    Stranger::app(&at("$(release)/text.md"), "fifo dist/text.md")
        .is_told("pipe as text", &release, "SW1005", "not a regular");
    let packages = "release:\n  packages: {files: [$(release)/*.msix]}";
    Stranger::app(packages, "fifo dist/a.msix")
        .is_told("pipe as package", &release, "SW1005", "not a regular");
    Stranger::app(packages, "symlink dist/a.msix /dev/zero")
        .is_told("device as package", &release, "SW1004", "through a symbolic link");
    Stranger::new(&[], "symlink app.yaml /dev/zero").is_told(
        "device as manifest",
        &["app.yaml"],
        "SW1004",
        "leads outside",
    );
    Stranger::new(&[], "symlink app.yaml app.yaml").is_told(
        "manifest in a circle",
        &["app.yaml"],
        "SW1301",
        "does not exist",
    );
    Stranger::new(&[("app.yaml", HEAD)], "symlink a/b ..").is_told(
        "folders in a circle",
        &["a", "nothing"],
        "SW1301",
        "nothing",
    );
}

/// An app whose languages, as many as there are, share this listing.
fn shared(listing: &str, files: &[(&str, &str)], made: &str) -> Stranger {
    let languages = lines(395, |i| format!("    {}: {{}}\n", language(i)));
    let app = format!("{HEAD}submission:\n  listings:\n    $each: {listing}\n{languages}");
    let files: Vec<(&str, &str)> = files.iter().copied().chain([("app.yaml", app.as_str())]).collect();
    Stranger::new(&files, made)
}

fn language(i: usize) -> String {
    let letter = |i: usize| char::from(b"abcdefghijklmnopqrstuvwxyz"[i % 26]);
    [letter(i / 26), letter(i)].iter().collect()
}

/// The same value for each key that takes a text.
fn texts(value: &str) -> String {
    let keys = [
        "title", "description", "releaseNotes", "shortTitle", "shortDescription", "sortTitle", "voiceTitle",
        "devStudio", "copyrightAndTrademarkInfo", "licenseTerms",
    ];
    format!("{{{}}}", keys.map(|key| format!("{key}: {value}")).join(", "))
}

#[test]
fn what_is_small_in_the_repository_stays_small() {
    let many = format!("{{kind: App, name: a, id: 9NBLGGH4R315, x: [1{}]}}", ",1".repeat(2_000_000));
    Stranger::new(&[("app.yaml", &many)], "").is_told(
        "list in brackets",
        &[],
        "SW1008",
        "more than 100000 values",
    );
    let pairs = format!("{{kind: App, x: [{}]}}", "[]".repeat(1_900_000));
    Stranger::new(&[("app.yaml", &pairs)], "").is_told(
        "brackets without commas",
        &[],
        "SW1008",
        "more than 100000",
    );
    let files = lines(395, |i| format!("repeat {}.txt 130000 {}\n", language(i), "x".repeat(30)));
    shared("{title: {file: $(lang).txt}}", &[], &files).is_told(
        "395 texts of 4 MB",
        &[],
        "SW1008",
        "more than 40 MiB of text together",
    );
    let changelogs = shared("{title: {file: $(lang).md, at: zz}}", &[], "");
    let headings = lines(19_000, |i| format!("# h{i}\n"));
    for i in 0..395 {
        changelogs.write(&format!("{}.md", language(i)), headings.as_bytes());
    }
    changelogs.is_told("395 changelogs", &[], "SW1303", "no heading");
    let head = Stranger::new(&[("app.yaml", HEAD)], "");
    for i in 0..200 {
        let text = format!("{HEAD}# {}\n", "#".repeat(3_900_000));
        head.write(&format!("{i}.yaml"), text.replace("name: reader", &format!("name: r{i}")).as_bytes());
    }
    head.is_told("200 manifests of comment", &[], "SW1008", "more than 40 MiB of text together");
}

#[test]
fn names_without_end_are_said_in_part() {
    let keys: Vec<String> = (0..12).map(|i| format!("\"{}{i}\":1", "k".repeat(330_000))).collect();
    let json = format!("{{{}}}", keys.join(","));
    shared("{title: {file: t.json, at: /$(lang)zzzzz}}", &[("t.json", &json)], "").is_told(
        "keys of 330 KB",
        &[],
        "SW1303",
        "nothing at `/",
    );
    let place = format!("\"x$(lang){}\"", "A".repeat(900_000));
    shared(&format!("{{title: {{file: t.json, at: {place}}}}}"), &[("t.json", "{}")], "").is_told(
        "place of 900 KB",
        &[],
        "SW1303",
        "nothing at `x",
    );
}

#[test]
fn languages_times_keys_times_files() {
    let below = |text: &str| format!("# z\n{text}\n");
    let place = texts("{file: t.md, at: z}");
    shared(&place, &[("t.md", &below(&"y".repeat(3_800_000)))], "").is_told(
        "one long section",
        &[],
        "SW1303",
        "longer than 1024 KiB",
    );
    shared(&place, &[("t.md", &below(&"y ".repeat(500_000)))], "").is_told(
        "one section of 1 MB",
        &[],
        "SW1202",
        "longer than 64 KiB",
    );
    let list = format!("{{\"b\": [{}]}}", vec!["1"; 90_000].join(","));
    shared(&texts("{file: t.json, at: /b}"), &[("t.json", &list)], "").is_told(
        "one list of 90,000",
        &[],
        "SW1202",
        "longer than 64 KiB",
    );
    shared(&texts("{file: t.txt}"), &[("t.txt", &"x".repeat(65_000))], "").is_told(
        "one text",
        &[],
        "SW1008",
        "more than 40 MiB of text together",
    );
    let many = lines(1000, |i| format!("text {}{i:04} x\n", "b".repeat(56)));
    shared(&texts(&format!("{{file: \"$(lang){}\"}}", "a".repeat(56))), &[], &many).is_told(
        "names that are near to none",
        &[],
        "SW1301",
        "does not exist",
    );
}

#[test]
fn a_picture_that_is_too_large_is_not_read() {
    let picture = "submission:\n  listings:\n    en-us: {images: {Screenshot: [{file: a.jpg}]}}";
    let jpeg = "hex a.jpg ff d8 ff e0 00 10 4a 46 49 46 00 01 01 00 00 01 00 01 00 00 ff c0 00 11 08 03 00 05 56 03 01 22 00 02 11 01 03 11 01";
    let large = Stranger::app(picture, jpeg);
    fs::File::options().write(true).open(large.folder().join("a.jpg")).unwrap().set_len(8 << 30).unwrap();
    large.is_told("picture of 8 GB", &[], "SW1304", "larger than 50 MB");
}

#[test]
fn ignore_files_of_any_size() {
    let ignores = Stranger::new(&[("app.yaml", HEAD), ("bad.yaml", "kind: App\n")], "");
    ignores.write(".gitignore", lines(300_000, |i| format!("{i}a&*b/**/c\n")).as_bytes());
    ignores.is_told("ignore file of 5 MB", &[], "SW1102", "is missing");
    let sparse = Stranger::new(&[("bad.yaml", "kind: App\n")], "sparse .gitignore 1073741824");
    sparse.is_told("ignore file of 1 GB", &[], "SW1102", "is missing");
}

#[test]
fn yaml_of_others_in_any_amount() {
    let sparse = lines(300, |i| format!("sparse {i}.yaml 1073741824\n"));
    Stranger::new(&[], &sparse).is_told("300 files of 1 GB", &[], "SW1009", "no manifest was found");
    let others = Stranger::new(&[("z.yaml", "kind: App\n")], "");
    for i in 0..8 {
        others.write(&format!("{i}.yaml"), format!("release: a\n#{}\n", "x".repeat(4_000_000)).as_bytes());
    }
    others.is_told(
        "YAML that has to be read to be told",
        &[],
        "SW1008",
        "too much YAML here to look through",
    );
    others.is_told("the same beside a manifest", &["z.yaml"], "SW1102", "`name` is missing");
    let near = lines(300_000, |i| format!("kind: Apple{}\n", i % 10));
    Stranger::new(&[("a.yaml", "kind: App\n"), ("near.yaml", &near)], "").is_told(
        "300,000 kinds that are none",
        &[],
        "SW1102",
        "`name` is missing",
    );
}
