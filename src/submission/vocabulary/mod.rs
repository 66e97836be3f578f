//! The words that the submission API takes, the shapes of those that no list is complete of, sizes and numbers.

mod media;
mod packages;
mod places;
mod properties;

pub use media::*;
pub use packages::*;
pub use places::*;
pub use properties::*;
