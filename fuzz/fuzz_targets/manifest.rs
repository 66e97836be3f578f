//! Any bytes as `app.yaml` of a workspace, loaded in a run without and in one with a release.

#![no_main]

#[path = "../../tests/it/support/mp4.rs"]
#[expect(dead_code, reason = "the tests need more of it")]
mod mp4;
#[path = "../../tests/it/support/png.rs"]
mod png;
#[path = "../../tests/it/support/raw_zip.rs"]
#[expect(dead_code, reason = "the other target needs more of it")]
mod raw_zip;
mod scratch;

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use mp4::Movie;
use raw_zip::{raw_zip, stored};
use storeward::manifest::{Address, Loaded, Releases, Severity, Workspace, load};
use storeward::render::{self, Look};

const PACKAGE: &str = "<Package><Identity Name='n' Publisher='p' Version='1.2.0.0'/></Package>";

/// The workspace, with a file of each kind beside the manifest.
static WORKSPACE: LazyLock<Workspace> = LazyLock::new(|| {
    for folder in [".git", "dist"] {
        fs::create_dir(scratch::folder().join(folder)).expect("a folder can be made");
    }
    scratch::file("text.md", "# Über uns\n\nEin Text.\n\n## Neu\n\n- eins\n- zwei\n".as_bytes());
    scratch::file(
        "text.json",
        "{\"a\": {\"en-us\": \"One\", \"de-de\": \"Eins\"}, \"b\": [\"x\", \"y\"]}".as_bytes(),
    );
    scratch::file("more.yaml", b"title: T\nfeatures: [a, b]\nkeywords: {file: text.json, at: /b}\n");
    scratch::file("a.png", &png::png(1366, 768));
    scratch::file("icon.png", &png::png(300, 300));
    scratch::file("a.mp4", &Movie::default().mp4());
    let package = raw_zip(&[stored("AppxManifest.xml", PACKAGE.as_bytes())]);
    scratch::file("dist/a.msix", &package);
    Workspace::around(scratch::folder()).expect("the folder is there")
});

fuzz_target!(|input: &[u8]| {
    let workspace = &*WORKSPACE;
    let manifest = [scratch::file("app.yaml", input)];
    check(&load(workspace, &manifest, &Releases::new()));
    let dist: PathBuf = workspace.current().join("dist");
    check(&load(workspace, &manifest, &Releases::from([(Address::app("a"), dist)])));
});

fn check(loaded: &Loaded) {
    let sources = &loaded.sources;
    let found = loaded.diagnostics.sorted();
    let spans = found.iter().filter_map(|diagnostic| diagnostic.span);
    let owned = loaded.resources.iter().flat_map(|resource| &resource.desired.owned).map(|owned| owned.span);
    for span in spans.chain(owned) {
        let text = &sources.get(span.source).text;
        assert!(text.get(span.range()).is_some(), "{span:?} is not in a text of {} bytes", text.len());
        let location = sources.location(span);
        assert!(location.line > 0 && location.column > 0);
        assert!(text.lines().count().max(1) + 1 >= location.line);
    }
    assert_eq!(loaded.diagnostics.has_errors(), found.iter().any(|d| d.severity == Severity::Error));
    let look = Look { colour: false, ascii: false, width: 100 };
    let shown = render::diagnostics(&loaded.diagnostics, sources, look);
    assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{shown:?}");
    let _ = loaded.findings();
}
