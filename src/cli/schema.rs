//! `storeward schema`.

use crate::plan::Plan;
use crate::sandbox;

use super::args::{Schema, SchemaArgs};
use super::exit::Exit;

pub(super) fn run(args: &SchemaArgs) -> Exit {
    let schema = match args.which {
        Schema::Plan => schemars::schema_for!(Plan).to_value(),
        Schema::Seed => sandbox::seed_schema(),
    };
    println!("{schema:#}");
    Exit::Ok
}
