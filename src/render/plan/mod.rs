//! A plan for people. It is laid out once, as data; sinks draw it.
//!
//! [`sheet`] lays one resource out: a title, how it takes effect, its changes in the order of risk, counts, and what stands
//! against it. All of it are [`Part`]s: rows of cells with a [`Symbol`](super::page::Symbol), and long texts
//! ([`TextEdit`]) that can be drawn by words as well as by old and new lines. Layout knows neither width nor colour, and
//! whatever it takes from manifests or the Store is harmless in it already. [`Detail`] says how much is told.
//!
//! - [`plan_text`] draws parts for terminals, wrapped and coloured, with places in the manifests in a right-hand column.
//! - A comment draws the same parts as lines of a diff, through [`diff_lines`]; [`in_few_words`] is what is left of a
//!   resource where there is no room.

mod draw;
mod edit;
mod images;
mod layout;
mod listings;
mod obstacles;
mod packages;
mod sheet;
mod text;
mod value;
mod words;

pub(super) use layout::{Detail, Part, Row, diff_lines};
pub(super) use sheet::sheet;
pub use text::plan_text;
pub(super) use words::in_few_words;
