//! What to do about a product that failed.

use crate::apply::ApplyError as E;

/// What to do about an error; `None` where there is nothing to be said.
pub(super) fn remedy(error: &E) -> Option<String> {
    Some(match error {
        E::Store(error) => return error.remedy().map(str::to_owned),
        E::Upload(_) | E::UploadExpired { .. } => {
            "the draft is kept; run the same command again, and it goes on from there".to_owned()
        }
        E::Archive(_) => "run again when the files are as they should be".to_owned(),
        E::Stale { .. } => "review the new plan with `storeward plan`, then apply it".to_owned(),
        E::PriceNotTaken { .. } => {
            "the account may not take this tier; choose another in the manifest".to_owned()
        }
        E::NotTaken { submission, .. } => format!(
            "look at draft {submission} in Partner Center; delete it there if it is wrong, then run again"
        ),
        E::Rejected { .. } => {
            "mend what the Store names, then run again: the failed submission is replaced".to_owned()
        }
        E::FellBack { .. } => "run again: the draft is taken up and committed once more".to_owned(),
        E::Gone { .. } => "find out who deleted it, then run again".to_owned(),
        E::Mismatch { .. } => {
            "look at the submission in Partner Center; run `storeward plan` to see what differs".to_owned()
        }
        E::RolloutNotTaken { .. } => {
            "look at the rollout in Partner Center, and run the same command again".to_owned()
        }
        E::Timeout { .. } => "run the same command again to go on waiting".to_owned(),
    })
}
