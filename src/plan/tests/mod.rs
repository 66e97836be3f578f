//! What this room promises, proved on made-up documents and files.

mod add_ons;
mod checks;
mod difference;
mod fingerprints;
mod flights;
mod generate;
mod guards;
mod hidden;
mod images;
mod listings;
mod live;
mod local;
mod manifests;
mod offline;
mod order;
mod origins;
mod packages;
mod pending;
mod prices;
mod properties;
mod rollouts;
mod run;
mod settings;
mod snapshots;
mod trailers;
mod want;
