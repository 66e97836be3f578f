//! Notes for certification in the clear. They often hold test accounts, so a plan has digests of them only; who asks for
//! them gets them beside it.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use crate::manifest::Wanted;
use crate::submission::Live;

use super::planner::Product;

const FIELD: &str = "notesForCertification";

/// Notes before and after, by address.
#[derive(Clone, Default)]
pub struct Notes(BTreeMap<String, (Option<String>, Option<String>)>);

impl Notes {
    /// The notes that are published and wanted.
    pub fn of_products(products: &[Product<'_>]) -> Self {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        let of = |product: &Product<'_>| {
            let before = match product.live {
                Live::Readable(live) => {
                    text(live.published.as_ref().and_then(|document| document.get(&[FIELD])))
                }
                _ => None,
            };
            let owned = product.resource.desired.value(&[FIELD])?;
            let after = match &owned.wanted {
                Wanted::Value(value) => text(Some(value)),
                _ => None,
            };
            Some((product.resource.address.to_string(), (before, after)))
        };
        Self(products.iter().filter_map(of).collect())
    }

    /// Those of a resource whose manifest owns them.
    pub fn of(&self, address: &str) -> Option<&(Option<String>, Option<String>)> {
        self.0.get(address)
    }
}

impl fmt::Debug for Notes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Notes(hidden)")
    }
}
