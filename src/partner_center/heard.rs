//! What goes on between a call and its answer, for those who would otherwise have to guess.

use std::sync::Arc;

use super::error::Call;

/// Something that a connection lets know. Instants are RFC 3339, in UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A call that changes something was carried out.
    Changed {
        /// The call.
        call: Call,
        /// What Microsoft's support asks for.
        correlation_id: String,
    },
    /// The Store throttles: every call of the run is held back.
    Held {
        /// Until when.
        until: String,
    },
    /// A call failed in a way that passes, and will be sent again.
    Again {
        /// What failed.
        message: String,
        /// What Microsoft's support asks for.
        correlation_id: Option<String>,
        /// When it is sent.
        until: String,
    },
}

/// Who hears of it.
pub(super) type Listener = Arc<dyn Fn(Heard) + Send + Sync>;
