//! `storeward schema`.

use crate::plan::Plan;
use crate::sandbox;

use super::args::{Schema, SchemaArgs};
use super::exit::Exit;
use super::out;

pub(super) fn run(args: &SchemaArgs) -> Exit {
    let schema = match args.which {
        Schema::Plan => schemars::schema_for!(Plan).to_value(),
        Schema::Seed => sandbox::seed_schema(),
    };
    out::result(&format!("{schema:#}\n"));
    Exit::Ok
}
