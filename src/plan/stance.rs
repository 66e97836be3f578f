//! How a run deals with a submission that is in the way.

/// What a run may do about a submission that is in the way. It is asked for by whoever runs it, and changes nothing of
/// what is wanted: a plan has the same fingerprint with it and without.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stance {
    /// Whether a draft with other content is removed: an older one of ours as it is, one of somebody else behind
    /// [`ReplacesDraft`](crate::manifest::Guard::ReplacesDraft).
    pub replace: bool,
    /// Whether content that failed at the Store is sent once more, unchanged.
    pub resubmit: bool,
}
