//! Arguments of `pull`.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;

use crate::manifest::Address;
use crate::submission::Path;

use super::super::whom::is_store_id;

/// Arguments of `pull`.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
#[derive(Debug, Args)]
pub struct PullArgs {
    /// A Store ID, such as 9NBLGGH4R315; or an address of the manifests, such as app/contoso-reader, with :FIELD for one field
    #[arg(value_name = "ID|ADDRESS[:FIELD]")]
    pub what: Pullable,
    /// Write the files into this folder [default: store/NAME, with the name of the app]
    #[arg(long, value_name = "DIR")]
    pub into: Option<PathBuf>,
    /// Take the values of the submission that is in progress instead of the published one
    #[arg(long)]
    pub from_pending: bool,
    /// Write notes for certification as well, which often hold test accounts
    #[arg(long)]
    pub with_notes: bool,
    /// Write nothing; say what differs, and exit with 2 when something does
    #[arg(long)]
    pub check: bool,
    /// Change the manifests that are there, and only what differs
    #[arg(long, conflicts_with = "into")]
    pub update: bool,
}

/// What can be pulled.
#[derive(Debug, Clone, PartialEq)]
pub enum Pullable {
    /// An app with all that belongs to it, by its Store ID.
    App(String),
    /// A resource of the manifests.
    Resource(Address),
    /// One field of a resource of the manifests.
    Field(Address, Path),
}

impl FromStr for Pullable {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if is_store_id(text) {
            return Ok(Self::App(text.to_ascii_uppercase()));
        }
        match text.split_once(':') {
            None => text
                .parse()
                .map(Self::Resource)
                .map_err(|error| format!("{error}, and Store IDs like `9NBLGGH4R315`")),
            Some((_, "")) => Err(format!(
                "`{text}` names no field; fields look like `app/contoso-reader:listings.en-us.releaseNotes`"
            )),
            Some((address, field)) => Ok(Self::Field(address.parse()?, Path::new(field.split('.')))),
        }
    }
}

impl fmt::Display for Pullable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::App(id) => f.write_str(id),
            Self::Resource(address) => write!(f, "{address}"),
            Self::Field(address, field) => write!(f, "{address}:{field}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_an_address_and_a_field_are_told_apart() {
        let of = |text: &str| text.parse::<Pullable>().map_err(|error| error.contains("look like"));
        let app: Address = "app/contoso-reader".parse().unwrap();
        assert_eq!(of("9nblggh4r315"), Ok(Pullable::App("9NBLGGH4R315".to_owned())));
        assert_eq!(of("app/contoso-reader"), Ok(Pullable::Resource(app.clone())));
        let field = Path::new(["listings", "en-us", "releaseNotes"]);
        assert_eq!(of("app/contoso-reader:listings.en-us.releaseNotes"), Ok(Pullable::Field(app, field)));
        for wrong in ["contoso-reader", "app/contoso-reader:", "9NBLGGH4R31", "app/X"] {
            assert_eq!(of(wrong), Err(true), "{wrong}");
        }
    }
}
