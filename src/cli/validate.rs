//! `storeward validate`.

use crate::render::Format;

use super::args::{Global, ValidateArgs};
use super::exit::{Exit, Failure};
use super::manifests::Checked;
use super::results::Results;

pub(super) fn run(global: &Global, results: &Results, args: &ValidateArgs) -> Result<Exit, Failure> {
    let checked = Checked::load(global, results, &args.manifests)?;
    checked.tell(global, results.on_stdout() != Format::Text);
    results.give(|format, look, sink| checked.form(format, look, sink))?;
    Ok(if checked.has_errors() { Exit::Invalid } else { Exit::Ok })
}
