//! The kinds of submission.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What is submitted: each has its own route in the API and its own fields.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
pub enum Kind {
    /// An app.
    App,
    /// Something that is sold inside an app; the API's in-app product.
    AddOn,
    /// Packages of an app for groups of testers; the API's flight.
    Flight,
}

impl Kind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[Self::App, Self::AddOn, Self::Flight];

    /// The word for it in a manifest.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::App => "App",
            Self::AddOn => "AddOn",
            Self::Flight => "Flight",
        }
    }

    /// The word with which addresses start.
    pub fn in_addresses(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::AddOn => "add-on",
            Self::Flight => "flight",
        }
    }

    /// The kind that a manifest names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == word)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
