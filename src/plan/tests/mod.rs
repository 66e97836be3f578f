//! What this room promises, proved on made-up documents and files.

mod checks;
mod fingerprints;
mod generate;
mod guards;
mod images;
mod kinds;
mod listings;
mod live;
mod local;
mod offline;
mod origins;
mod packages;
mod pending;
mod prices;
mod properties;
mod run;
mod settings;
mod snapshots;
mod want;
