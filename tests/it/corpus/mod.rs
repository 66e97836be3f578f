//! What `storeward validate` checks, on small workspaces in `tests/fixtures`: one folder for each mistake, with what is
//! said of it beside it, and manifests that are valid, with what they lower to.

mod hostile;
mod invalid;
mod languages;
mod recipe;
mod valid;
mod workspace;
