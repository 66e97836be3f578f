//! What it takes to check a large workspace offline: 20 apps in 40 languages with 5 screenshots of 200 KB each.
//!
//! Loading the manifests reads every text, goes through every image and computes every digest. It runs as a process of
//! its own, a copy of this program. Beside it, in the same run, `sha256sum` reads the same images, as one process on
//! one core. Times and memory are printed only, of several rounds and of the fastest one; that nothing is wrong with the
//! workspace and that every image was found is asserted.
//!
//! `cargo bench --bench validate_workspace`

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(clippy::unwrap_used, reason = "a benchmark that panics has failed")]

#[path = "../tests/it/support/png.rs"]
#[expect(dead_code, reason = "black images are for the tests")]
mod png;
#[path = "support/process.rs"]
#[expect(dead_code, reason = "the rest is for another benchmark")]
mod process;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use png::Png;
use process::Ended;
use storeward::manifest::{ImageContent, Releases, Wanted, Workspace, load};

const APPS: usize = 20;
const SCREENSHOTS: usize = 5;
const IMAGES: usize = APPS * LANGUAGES.len() * SCREENSHOTS;
/// How many bytes of an image do not compress; the file is a little larger.
const NOISE: usize = 200_000;
const ROUNDS: usize = 5;

/// Set in the process that loads, to the folder of the workspace.
const LOAD: &str = "STOREWARD_BENCH_LOAD";

const LANGUAGES: [&str; 40] = [
    "en-us", "de-de", "fr-fr", "es-es", "it-it", "ja-jp", "ko-kr", "zh-cn", "zh-tw", "pt-br", "pt-pt",
    "nl-nl", "sv-se", "da-dk", "fi-fi", "nb-no", "pl-pl", "cs-cz", "hu-hu", "ro-ro", "bg-bg", "el-gr",
    "tr-tr", "ru-ru", "uk-ua", "ar-sa", "he-il", "hi-in", "th-th", "vi-vn", "id-id", "ms-my", "hr-hr",
    "sk-sk", "sl-si", "et-ee", "lv-lv", "lt-lt", "sr-latn-rs", "ca-es",
];

fn main() {
    if let Some(folder) = std::env::var_os(LOAD) {
        return load_once(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    let images = write_workspace(folder.path());
    let size: u64 = images.iter().map(|image| fs::metadata(image).unwrap().len()).sum();
    println!("{APPS} apps, {} languages, {IMAGES} images, {} MB", LANGUAGES.len(), size / 1_000_000);
    let (mut loads, mut sums) = (Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        let sum = Ended::run(sha256sum().args(&images));
        assert!(sum.status.success(), "{:?}", sum.stderr);
        assert_eq!(sum.stdout.lines().count(), IMAGES);
        let load = Ended::run(Command::new(std::env::current_exe().unwrap()).env(LOAD, folder.path()));
        assert!(load.status.success(), "{}{:?}", load.stdout, load.stderr);
        println!("  round {round}: load {}, sha256sum {}", text(&load), text(&sum));
        loads.push(load.wall);
        sums.push(sum.wall);
    }
    let fastest = |times: &[Duration]| times.iter().min().unwrap().as_secs_f64();
    let (load, sum) = (fastest(&loads), fastest(&sums));
    println!("  the fastest: load {load:.2} s, sha256sum {sum:.2} s; load = {:.2} x sha256sum", load / sum);
}

/// Does what is measured, and looks at the result.
fn load_once(folder: &Path) {
    let workspace = Workspace::around(folder).unwrap();
    let loaded = load(&workspace, &[], &Releases::new());
    assert!(loaded.diagnostics.sorted().is_empty(), "{:?}", loaded.diagnostics.sorted());
    assert_eq!(loaded.resources.len(), APPS);
    let owned = loaded.resources.iter().flat_map(|resource| &resource.desired.owned);
    let images = owned.filter_map(|owned| match &owned.wanted {
        Wanted::Images(images) => Some(images),
        _ => None,
    });
    let digests: BTreeSet<_> = images
        .flatten()
        .map(|image| match &image.content {
            ImageContent::File(asset) => asset.fingerprint.digest,
            ImageContent::Remote(id) => panic!("no live image is named, but {id} is"),
        })
        .collect();
    assert_eq!(digests.len(), IMAGES);
}

/// Writes manifests, texts and images, and names the images.
fn write_workspace(folder: &Path) -> Vec<PathBuf> {
    fs::create_dir(folder.join(".git")).unwrap();
    let mut images = Vec::new();
    for app in 0..APPS {
        let app_folder = folder.join(format!("app-{app:02}"));
        fs::create_dir(&app_folder).unwrap();
        fs::write(app_folder.join("app.yaml"), manifest(app)).unwrap();
        for language in LANGUAGES {
            let folder = app_folder.join(language);
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("description.md"), description(app, language)).unwrap();
            for number in 0..SCREENSHOTS {
                let image = folder.join(format!("{number}.png"));
                let seed = images.len() as u64 + 1;
                fs::write(&image, Png { width: 1366, height: 768, noise: NOISE, seed }.bytes()).unwrap();
                images.push(image);
            }
        }
    }
    images
}

fn manifest(app: usize) -> String {
    let mut manifest = format!(
        "kind: App\nname: app-{app:02}\nid: 9NBLGGH4R3{app:02}\nsubmission:\n  applicationCategory: Productivity\n  \
         listings:\n    $each:\n      description: {{file: $(lang)/description.md}}\n      images:\n        Screenshot:\n"
    );
    for number in 0..SCREENSHOTS {
        manifest += &format!("          - {{file: $(lang)/{number}.png, description: Picture {number}}}\n");
    }
    for language in LANGUAGES {
        manifest +=
            &format!("    {language}: {{title: App {app} {language}, features: [reading, writing]}}\n");
    }
    manifest
}

fn description(app: usize, language: &str) -> String {
    format!("What app {app} is for, in {language}.\n\n").repeat(40)
}

/// `sha256sum`, on one core where the system can say so.
fn sha256sum() -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", "0", "sha256sum"]);
    let pins =
        Command::new("taskset").args(["-c", "0", "true"]).status().is_ok_and(|status| status.success());
    if pins { command } else { Command::new("sha256sum") }
}

fn text(ended: &Ended) -> String {
    let mut text = format!("{:.2} s", ended.wall.as_secs_f64());
    if let (Some(memory), Some(cpu)) = (ended.usage.peak_memory, ended.usage.cpu) {
        text += &format!(" (CPU {:.2} s, {} MiB)", cpu.as_secs_f64(), memory / 1024 / 1024);
    }
    text
}
