//! A plan that was saved, reviewed, and is to be applied: the PLAN of `storeward apply PLAN`.

use std::path::{Path, PathBuf};

use crate::plan::{InTheWay, LiveSource, Plan};

use super::args::{ApplyArgs, Baseline, Global, Manifests, Release, Selection};
use super::command_line;
use super::exit::{Exit, Failure};
use super::manifests::base;
use super::plan::PLAN;
use super::results::Results;
use super::run::Named;

/// A saved plan. Only what it was made of is taken from it, and the fingerprint that was approved.
pub(super) struct Saved {
    pub(super) plan: Plan,
    /// Its file, as it was named.
    pub(super) file: String,
}

/// The plan that the command line names, if it names one.
pub(super) fn saved(global: &Global, results: &Results, args: &ApplyArgs) -> Result<Option<Saved>, Failure> {
    let paths = &args.selection.manifests.paths;
    let base = base(global)?;
    let is_plan = |path: &&PathBuf| {
        path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json")) && !base.join(path).is_dir()
    };
    let Some(file) = paths.iter().find(is_plan) else { return Ok(None) };
    let file = Path::new(file);
    let shown = file.display().to_string();
    let mixed = [
        (paths.len() > 1, "other paths"),
        (args.selection.replace_untrusted, "--replace-untrusted"),
        (!global.target.is_empty(), "--target"),
    ];
    if let Some((_, what)) = mixed.iter().find(|(is, _)| *is) {
        return Err(Failure::new(
            Exit::Usage,
            format!("`{shown}` is a plan, and cannot be named with {what}"),
        )
        .help("a plan says itself what it was made of; name it alone, or make another one"));
    }
    results.keep(&[base.join(file).canonicalize().unwrap_or_default()])?;
    let plan: Plan = PLAN.read(&base.join(file), &shown)?;
    if !plan.is_as_fingerprinted() {
        let message =
            format!("`{shown}` does not say what its hash is of: it was edited, or made by another version");
        return Err(Failure::new(Exit::Stale, message)
            .help(format!("make it anew with {}, and have that approved; nothing was sent", PLAN.made_by)));
    }
    if plan.made_of.live != LiveSource::Account {
        let (on, help) = if plan.made_of.live == LiveSource::Baseline {
            ("on the baseline in git", format!("make one that compares with the Store: {}", PLAN.made_by))
        } else {
            let named = Named::from_plan(&plan, &shown, &args.selection.since.of_run(global))?;
            let words = command_line::apply_with_hash(global, &named, &plan.fingerprints.plan);
            ("on a snapshot", format!("its hash is accepted where it is still true: {words}"))
        };
        let message = format!("`{shown}` was made {on}, so it is not applied from its file");
        return Err(Failure::new(Exit::Usage, message).help(help));
    }
    if let Some(expected) =
        args.expect.as_ref().filter(|expected| expected.as_str() != plan.fingerprints.plan)
    {
        let hash = &plan.fingerprints.plan;
        let message =
            format!("the plan in `{shown}` has the hash {hash}, not {}; nothing was sent", expected.as_str());
        return Err(Failure::new(Exit::Stale, message).help("fetch the plan that was approved"));
    }
    Ok(Some(Saved { plan, file: shown }))
}

impl Saved {
    /// What the plan was made of. The releases of the command line say where its packages are now, as where another job has
    /// built them.
    pub(super) fn named(&self, global: &Global, selection: &Selection) -> Result<Named, Failure> {
        let mut named = Named::from_plan(&self.plan, &self.file, &selection.since.of_run(global))?;
        for release in &selection.manifests.release {
            let known = named.manifests.release.iter_mut().find(|known| known.address == release.address);
            let Some(known) = known else {
                let message = format!("`{}` was made without a release of {}", self.file, release.address);
                return Err(Failure::new(Exit::Usage, message).help(
                    "with a plan, --release says only where packages are that it was made with; make another plan to release more",
                ));
            };
            known.folder.clone_from(&release.folder);
        }
        Ok(named)
    }
}

impl Named {
    fn from_plan(plan: &Plan, file: &str, baseline: &Baseline) -> Result<Self, Failure> {
        let wrong = |error: String| {
            let message = format!("`{file}` is no plan that can be made again: {error}");
            Failure::new(Exit::Invalid, message).help(format!("make it anew with {}", PLAN.made_by))
        };
        let made_of = &plan.made_of;
        let release = |release: &crate::plan::ReleaseRef| {
            let folder = PathBuf::from(&release.folder);
            release.address.parse().map(|address| Release { address, folder }).map_err(wrong)
        };
        let targets = made_of.targets.iter().map(|target| target.parse().map_err(wrong));
        Ok(Self {
            manifests: Manifests {
                paths: made_of.paths.iter().map(PathBuf::from).collect(),
                release: made_of.releases.iter().map(release).collect::<Result<_, _>>()?,
            },
            targets: targets.collect::<Result<_, _>>()?,
            replace_untrusted: made_of.replace_untrusted,
            baseline: baseline.clone(),
            in_the_way: InTheWay::default(),
        })
    }
}
