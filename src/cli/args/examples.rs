//! What stands below the help of each command: how it is used, and what comes next.

pub(super) const STOREWARD: &str = "\
Start here:
  storeward doctor      whether the Store can be used from here, and what to do where it cannot
  storeward validate    whether the manifests are right, without any account
  storeward plan        what would change at the Store; sends nothing
  storeward apply       carries out what plan showed, and asks before
  storeward status      where every product stands

Every command works with --sandbox, too: on a local Partner Center, without an account.
`storeward COMMAND --help` explains a command, `storeward explain CODE` what was printed.";

pub(super) const VALIDATE: &str = "\
Examples:
  storeward validate                                    all manifests from here down
  storeward validate --release app/contoso-reader=dist  with the packages in dist
  storeward validate --output github                    as annotations of a pull request

Next: `storeward explain SW1203` for more about a code; `storeward plan` when it is clean.";

pub(super) const PLAN: &str = "\
Examples:
  storeward plan                                        manifests and texts
  storeward plan --release app/contoso-reader=dist      a release, with the packages in dist
  storeward plan --out markdown=plan.md                 the comment for a pull request, as well
  storeward plan --live live.json                       without a credential, on a snapshot

Next: `storeward apply --expect HASH` carries out exactly this plan; its last line is the command.";

pub(super) const PULL: &str = "\
Examples:
  storeward pull 9NBLGGH4R315                           an app with its add-ons and flights
  storeward pull 9NBLGGH4R315 --into store/reader       into this folder
  storeward pull app/contoso-reader --update            manifests that are there, where they differ
  storeward pull app/contoso-reader:pricing.priceId     one field of them
  storeward pull app/contoso-reader --check             for a schedule: 2 where something differs

Next: `storeward plan` says that nothing would change; then commit the files.";

pub(super) const DRIFT: &str = "\
Examples:
  storeward drift                                       since the baseline in git
  storeward drift --detailed-exitcode                   for a schedule: 2 where there is some
  storeward drift --baseline git:v1.4                   since a tag

Next: write what is live into the manifest to keep it, or apply with the permit reverts-drift.";

pub(super) const APPLY: &str = "\
Examples:
  storeward apply                                       shows the plan and asks
  storeward apply --expect sp1:7c9e4a1f2b80d3a94c1e6f0b8a25d713
                                                        the plan that was approved, or nothing
  storeward apply --release app/contoso-reader=dist --wait certified --yes
                                                        a release, followed until it is certified
  storeward apply --if-busy defer --yes                 leaves what is busy for a later run

Next: where it was stopped, the same command goes on; `storeward status` says where things stand.";

pub(super) const STATUS: &str = "\
Examples:
  storeward status                                      every product of the manifests
  storeward status app/contoso-reader 'flight/*'        some of them
  storeward status 9NBLGGH4R315                         any app of the account, without a manifest
  storeward status '9NBLGGH4R315/Beta testers'          a flight of it

Next: each product says what can be done.";

pub(super) const WAIT: &str = "\
Examples:
  storeward wait app/contoso-reader --for certified     until the Store has certified it
  storeward wait 9NBLGGH4R315 --for published --timeout 6h

Next: with 9 it is still in progress, and the same command goes on; with 8 it says what to mend.";

pub(super) const ROLLOUT: &str = "\
Examples:
  storeward rollout set app/contoso-reader 50           half of the customers get it
  storeward rollout halt 9NBLGGH4R315                   an emergency, without a manifest
  storeward rollout finalize app/contoso-reader         everybody gets it

Next: it prints the line to write into the manifest; `storeward status` shows the rollout.";

pub(super) const DISCARD: &str = "\
Examples:
  storeward discard app/contoso-reader                  ours, after a question
  storeward discard app/contoso-reader --allow replaces-draft
                                                        somebody else's, too

Next: `storeward plan` says what would be sent instead.";

pub(super) const SNAPSHOT: &str = "\
Examples:
  storeward snapshot --out live.json                    of all products of the manifests
  storeward plan --live live.json                       a plan on it, without a credential

Next: refresh it on a schedule; a plan says how old it is.";

pub(super) const DOCTOR: &str = "\
Examples:
  storeward doctor                                      with the credential of the environment
  storeward doctor --output json                        for a bug report: nothing secret is in it

Next: mend the first step that failed, and run it again.";

pub(super) const EXPLAIN: &str = "\
Examples:
  storeward explain SW1203                              a diagnostic
  storeward explain price-change                        a guard, and how it is permitted
  storeward explain foreign-draft                       what stands in the way, and what can be done";

pub(super) const SCHEMA: &str = "\
Examples:
  storeward schema manifest > storeward.schema.json     for an editor: name it in the first line of a manifest,
                                                        # yaml-language-server: $schema=storeward.schema.json";
