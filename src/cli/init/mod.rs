//! `storeward init`.

mod ci;
mod files;

use std::path::{Component, Path, PathBuf};

use serde_json::json;

use crate::manifest::{Code, Releases, Workspace, load};
use crate::render::{self, Format, PulledReport};

use super::args::{Global, InitArgs};
use super::baseline;
use super::exit::{Exit, Failure};
use super::manifests::base;
use super::pull;
use super::results::Results;

use ci::Values;
use files::NewFile;

/// Where manifests go if nobody says where.
const FOLDER: &str = "store";
const STARTER: &str = include_str!("app.yaml");

/// What is made, and what is to be done then.
struct Made {
    root: PathBuf,
    files: Vec<NewFile>,
    next: Vec<String>,
}

pub(super) async fn run(global: &Global, results: &Results, args: &InitArgs) -> Result<Exit, Failure> {
    let base = base(global)?;
    let mut made = plan(&base, args)?;
    let brought = match &args.from {
        Some(id) => Some(bring(global, results, args, id, &base, &mut made).await?),
        None => None,
    };
    files::write(&made.root, &made.files)?;
    let written: Vec<&str> = made.files.iter().map(|file| file.path.as_str()).collect();
    let others: Vec<&str> = match &brought {
        Some(report) => {
            written.iter().copied().filter(|path| !report.files.iter().any(|own| own == path)).collect()
        }
        None => written.clone(),
    };
    results.give(|format, _, _| match format {
        Format::Json => render::json(&json!({ "written": written, "next": made.next, "pulled": brought })),
        _ => brought.as_ref().map(render::pulled_text).unwrap_or_default() + &text(&others, &made.next),
    })?;
    Ok(Exit::Ok)
}

/// The manifests of an app that is in Partner Center, in place of a first one to be filled in.
async fn bring(
    global: &Global,
    results: &Results,
    args: &InitArgs,
    id: &str,
    base: &Path,
    made: &mut Made,
) -> Result<PulledReport, Failure> {
    let workspace = Workspace::around(base).map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
    let loaded = load(&workspace, &[], &Releases::new());
    if let Some(own) = loaded.resources.iter().find(|resource| resource.id.as_deref() == Some(id)) {
        let message = format!("{id} has a manifest already: {}; nothing was written", own.at.file);
        return Err(Failure::new(Exit::Usage, message)
            .help(format!("bring it up to date with `storeward pull {id} --update`")));
    }
    let mut brought = pull::bring(global, results, id).await?;
    let named = args.dir.clone().unwrap_or_else(|| Path::new(FOLDER).join(&brought.name));
    let folder = folder(&workspace, &named)?;
    let files = brought.composed.files.iter();
    let files: Vec<NewFile> =
        files.map(|(name, text)| NewFile::new(format!("{folder}{name}"), text.as_str())).collect();
    brought.report.files = files.iter().map(|file| file.path.clone()).collect();
    made.files.splice(0..0, files);
    made.next
        .insert(0, "`storeward plan`: it says that nothing would change; then commit the files".to_owned());
    Ok(brought.report)
}

fn text(written: &[&str], next: &[String]) -> String {
    let mut text = String::new();
    for path in written {
        text.push_str(&format!("wrote {}\n", render::visible(path)));
    }
    if !written.is_empty() {
        text.push('\n');
    }
    text.push_str("Next:\n");
    for (at, step) in next.iter().enumerate() {
        let step = render::visible(step).replace('\n', "\n     ");
        text.push_str(&format!("{:>3}. {step}\n", at + 1));
    }
    text
}

fn plan(base: &Path, args: &InitArgs) -> Result<Made, Failure> {
    let workspace = Workspace::around(base).map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
    let root = workspace.root().to_owned();
    let folder = folder(&workspace, args.dir.as_deref().unwrap_or(Path::new(FOLDER)))?;
    let (mut files, mut next) = (Vec::new(), Vec::new());
    let known = manifests(&root)?;
    if args.from.is_some() {
        // What is there is brought instead.
    } else if known.is_empty() {
        let file = format!("{folder}app.yaml");
        next.push(format!("Write the Store ID of your app into {file}"));
        next.push(
            "`storeward validate`, and then `storeward plan`: it shows in what Partner Center differs"
                .to_owned(),
        );
        files.push(NewFile::new(file, STARTER.replace("@name@", &name_of(&root))));
    } else if args.ci.is_none() {
        let message = format!("there are manifests already: {}; nothing was written", known.join(", "));
        return Err(Failure::new(Exit::Usage, message)
            .help("`storeward plan` shows in what Partner Center differs from them; --ci github|azure|gitlab adds workflows"));
    }
    if let Some(service) = args.ci {
        if !root.join(".git").exists() {
            let message =
                "workflows go to the root of a git repository, and this is none; nothing was written";
            return Err(Failure::new(Exit::Usage, message)
                .help("run `git init`, or name a folder of a repository with -C"));
        }
        let branch = branch(&root, args)?;
        let releases =
            args.releases.as_deref().or(option_env!("CARGO_PKG_REPOSITORY").filter(|url| !url.is_empty()));
        let values = Values {
            branch: &branch,
            version: env!("CARGO_PKG_VERSION"),
            sha256: checked("--sha256", args.sha256.as_deref(), |digest| {
                digest.len() == 64 && digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
            })?,
            releases: checked("--releases", releases, |url| {
                url.starts_with("https://") || url.starts_with("http://127.0.0.1:")
            })?
            .trim_end_matches('/'),
        };
        files.extend(ci::files(service, &values));
        next.extend(ci::settings(service, &values));
    }
    Ok(Made { root, files, next })
}

/// A value that goes into a script as it is.
fn checked<'v>(
    option: &str,
    value: Option<&'v str>,
    is_good: impl Fn(&str) -> bool,
) -> Result<&'v str, Failure> {
    let is_plain =
        |value: &str| value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:/@".contains(&byte));
    match value {
        Some(value) if !is_plain(value) || !is_good(value) => {
            let message = format!("{option} cannot be `{value}`");
            Err(Failure::new(Exit::Usage, message).help(match option {
                "--sha256" => {
                    "it is 64 digits from 0 to f, in lower case, as SHA256SUMS of a release has them"
                }
                "--releases" => {
                    "it begins with https://, such as https://github.com/OWNER/storeward/releases/download"
                }
                _ => "letters, digits and - . _ / are taken",
            }))
        }
        value => Ok(value.unwrap_or_default()),
    }
}

/// The branch that changes are merged into.
fn branch(root: &Path, args: &InitArgs) -> Result<String, Failure> {
    let named = args.branch.clone().or_else(|| baseline::likely_default_branch(root));
    let branch = named.unwrap_or_else(|| "main".to_owned());
    checked("--branch", Some(&branch), |name| !name.is_empty() && !name.contains(['~', ':', '@']))?;
    Ok(branch)
}

/// The folder for manifests, as seen from the root, with `/` behind it unless it is the root.
fn folder(workspace: &Workspace, folder: &Path) -> Result<String, Failure> {
    let outside = || {
        let message = format!("`{}` lies outside of the repository", folder.display());
        Failure::new(Exit::Usage, message).help("name a folder in it, or run it with -C in the other one")
    };
    if folder.components().any(|part| matches!(part, Component::ParentDir)) {
        return Err(outside());
    }
    let path = workspace.current().join(folder);
    let below = path.strip_prefix(workspace.root()).map_err(|_| outside())?;
    let parts = below.components().filter(|part| matches!(part, Component::Normal(_)));
    Ok(parts.fold(String::new(), |path, part| path + &part.as_os_str().to_string_lossy() + "/"))
}

/// The manifests that there are, as seen from the root.
fn manifests(root: &Path) -> Result<Vec<String>, Failure> {
    let workspace = Workspace::around(root).map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
    let loaded = load(&workspace, &[], &Releases::new());
    let of_resources = loaded.resources.iter().map(|resource| resource.at.file.to_string());
    // What cannot be read is one as well.
    let findings = loaded.findings().findings;
    let broken = findings
        .into_iter()
        .filter(|finding| finding.code != Code::NoManifest.to_string())
        .filter_map(|finding| finding.at.map(|at| at.file.to_string()));
    let mut all: Vec<String> = of_resources.chain(broken).collect();
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// A name for an app, from that of its folder.
fn name_of(root: &Path) -> String {
    let folder = root.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let spelled = folder.replace(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit()), "-");
    let name = spelled.trim_matches('-');
    if name.is_empty() { "my-app".to_owned() } else { name.to_owned() }
}
