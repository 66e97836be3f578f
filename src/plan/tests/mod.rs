//! What this room promises, proved on made-up documents and files.

mod checks;
mod fingerprints;
mod generate;
mod guards;
mod hidden_notes;
mod images;
mod kept;
mod kinds;
mod listings;
mod live;
mod local;
mod packages;
mod pending;
mod prices;
mod properties;
mod run;
mod settings;
mod snapshots;
mod want;
