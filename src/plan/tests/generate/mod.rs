//! Live documents and desired states of all shapes. Their words are few, so that they meet.

mod documents;
mod wants;

pub(super) use documents::{live, live_of, text};
pub(super) use wants::{desired, resource};

const LANGUAGES: [&str; 3] = ["en-us", "de-de", "fr"];
const KINDS: [&str; 3] = ["Screenshot", "StoreLogoSquare", "Icon"];
pub(super) const STEMS: [&str; 3] = ["home", "notes", "night"];
const MARKETS: [&str; 4] = ["DE", "JP", "CN", "BR"];
const PRICES: [&str; 4] = ["Free", "NotAvailable", "Tier1012", "Tier1020"];
const TITLES: [&str; 2] = ["Intro", "Tour"];
/// What is in images, videos and icons.
pub(super) const CONTENTS: [&str; 3] = ["one", "two", "three"];
