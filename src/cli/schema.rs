//! `storeward schema`.

use crate::apply::{Receipt, Record};
use crate::manifest::manifest_schema;
use crate::partner_center::Snapshot;
use crate::plan::{Drift, Plan, StatusOfAll};
use crate::render;
use crate::sandbox;

use super::args::{Schema, SchemaArgs};
use super::exit::{Exit, Failure};
use super::results::Results;

pub(super) fn run(results: &Results, args: &SchemaArgs) -> Result<Exit, Failure> {
    let schema = match args.which {
        Schema::Manifest => manifest_schema(),
        Schema::Plan => schemars::schema_for!(Plan).to_value(),
        Schema::Events => schemars::schema_for!(Record).to_value(),
        Schema::Receipt => schemars::schema_for!(Receipt).to_value(),
        Schema::Drift => schemars::schema_for!(Drift).to_value(),
        Schema::Status => schemars::schema_for!(StatusOfAll).to_value(),
        Schema::Snapshot => schemars::schema_for!(Snapshot).to_value(),
        Schema::Seed => sandbox::seed_schema(),
    };
    results.give(|_, _, _| render::json(&schema))?;
    Ok(Exit::Ok)
}
