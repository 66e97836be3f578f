//! The names of requests: one table of the operations of the API, the login and the blob service.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::matching::is_path;
use crate::sandbox::request::Head;
use crate::sandbox::request::Surface::{self, Api, Blob, Login};

/// A request, as far as faults look at it.
pub(super) struct Seen<'a> {
    pub surface: Surface,
    pub method: &'a str,
    /// The path below the root of the surface.
    pub path: &'a [String],
    /// The `comp` of the query: which of its operations on a blob the blob service is asked for.
    pub comp: Option<&'a str>,
}

impl<'a> Seen<'a> {
    pub(super) fn of(request: &'a Head) -> Self {
        let comp = request.query.iter().find(|(name, _)| name == "comp").map(|(_, value)| value.as_str());
        Self { surface: request.surface, method: request.method(), path: &request.path, comp }
    }
}

/// An operation.
#[derive(Debug)]
pub(super) struct Operation {
    /// A short name, by which pages of the API's documentation are told apart; nothing where there is none.
    code: &'static str,
    name: &'static str,
    surface: Surface,
    method: &'static str,
    path: &'static str,
    comp: Option<&'static str>,
}

const fn api(code: &'static str, name: &'static str, method: &'static str, path: &'static str) -> Operation {
    Operation { code, name, surface: Api, method, path, comp: None }
}

const fn blob(name: &'static str, method: &'static str, comp: Option<&'static str>) -> Operation {
    Operation { code: "", name, surface: Blob, method, path: "ingestion/*", comp }
}

static OPERATIONS: &[Operation] = &[
    api("A1", "list-apps", "GET", "applications"),
    api("A2", "get-app", "GET", "applications/*"),
    api("A3", "list-add-ons-of-app", "GET", "applications/*/listinappproducts"),
    api("A4", "list-flights", "GET", "applications/*/listflights"),
    api("S1", "create-app-submission", "POST", "applications/*/submissions"),
    api("S2", "get-app-submission", "GET", "applications/*/submissions/*"),
    api("S3", "update-app-submission", "PUT", "applications/*/submissions/*"),
    api("S4", "commit-app-submission", "POST", "applications/*/submissions/*/commit"),
    api("S5", "get-app-submission-status", "GET", "applications/*/submissions/*/status"),
    api("S6", "delete-app-submission", "DELETE", "applications/*/submissions/*"),
    api("R1", "get-app-rollout", "GET", "applications/*/submissions/*/packagerollout"),
    api("R2", "update-app-rollout", "POST", "applications/*/submissions/*/updatepackagerolloutpercentage"),
    api("R3", "halt-app-rollout", "POST", "applications/*/submissions/*/haltpackagerollout"),
    api("R4", "finalize-app-rollout", "POST", "applications/*/submissions/*/finalizepackagerollout"),
    api("I1", "list-add-ons", "GET", "inappproducts"),
    api("I2", "get-add-on", "GET", "inappproducts/*"),
    api("I3", "create-add-on", "POST", "inappproducts"),
    api("I4", "delete-add-on", "DELETE", "inappproducts/*"),
    api("J1", "create-add-on-submission", "POST", "inappproducts/*/submissions"),
    api("J2", "get-add-on-submission", "GET", "inappproducts/*/submissions/*"),
    api("J3", "update-add-on-submission", "PUT", "inappproducts/*/submissions/*"),
    api("J4", "commit-add-on-submission", "POST", "inappproducts/*/submissions/*/commit"),
    api("J5", "get-add-on-submission-status", "GET", "inappproducts/*/submissions/*/status"),
    api("J6", "delete-add-on-submission", "DELETE", "inappproducts/*/submissions/*"),
    api("F1", "create-flight", "POST", "applications/*/flights"),
    api("F2", "get-flight", "GET", "applications/*/flights/*"),
    api("F3", "delete-flight", "DELETE", "applications/*/flights/*"),
    api("G1", "create-flight-submission", "POST", "applications/*/flights/*/submissions"),
    api("G2", "get-flight-submission", "GET", "applications/*/flights/*/submissions/*"),
    api("G3", "update-flight-submission", "PUT", "applications/*/flights/*/submissions/*"),
    api("G4", "commit-flight-submission", "POST", "applications/*/flights/*/submissions/*/commit"),
    api("G5", "get-flight-submission-status", "GET", "applications/*/flights/*/submissions/*/status"),
    api("G6", "delete-flight-submission", "DELETE", "applications/*/flights/*/submissions/*"),
    api("R5", "get-flight-rollout", "GET", "applications/*/flights/*/submissions/*/packagerollout"),
    api(
        "R6",
        "update-flight-rollout",
        "POST",
        "applications/*/flights/*/submissions/*/updatepackagerolloutpercentage",
    ),
    api("R7", "halt-flight-rollout", "POST", "applications/*/flights/*/submissions/*/haltpackagerollout"),
    api(
        "R8",
        "finalize-flight-rollout",
        "POST",
        "applications/*/flights/*/submissions/*/finalizepackagerollout",
    ),
    Operation {
        code: "",
        name: "get-token",
        surface: Login,
        method: "POST",
        path: "*/oauth2/**",
        comp: None,
    },
    blob("put-blob", "PUT", None),
    blob("put-block", "PUT", Some("block")),
    blob("put-block-list", "PUT", Some("blocklist")),
    blob("get-block-list", "GET", Some("blocklist")),
    blob("get-blob", "GET", None),
];

impl Operation {
    pub(super) fn is(&self, seen: &Seen) -> bool {
        self.surface == seen.surface
            && self.method == seen.method
            && self.comp == seen.comp
            && is_path(self.path, seen.path)
    }
}

/// An operation by its name (`create-app-submission`) or its short name (`S1`).
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct Named(pub &'static Operation);

impl TryFrom<String> for Named {
    type Error = String;

    fn try_from(given: String) -> Result<Self, String> {
        let is_named = |operation: &&Operation| given == operation.name || given == operation.code;
        let found = OPERATIONS.iter().find(is_named).filter(|_| !given.is_empty());
        found.map(Self).ok_or_else(|| {
            let names: Vec<&str> = names().collect();
            format!("unknown operation `{given}`, expected one of {}", names.join(", "))
        })
    }
}

impl From<Named> for String {
    fn from(named: Named) -> Self {
        named.0.name.to_owned()
    }
}

/// Every name that an operation goes by.
fn names() -> impl Iterator<Item = &'static str> {
    OPERATIONS.iter().flat_map(|o| [o.code, o.name]).filter(|name| !name.is_empty())
}

impl JsonSchema for Named {
    fn schema_name() -> Cow<'static, str> {
        "Operation".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "enum": names().collect::<Vec<_>>() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_means_one_operation_and_a_request_is_one_operation() {
        let mut all: Vec<&str> = names().collect();
        all.sort_unstable();
        let count = all.len();
        all.dedup();
        assert_eq!(all.len(), count);
        for operation in OPERATIONS {
            let path: Vec<String> =
                operation.path.split('/').map(|segment| segment.replace('*', "9P00")).collect();
            let Operation { surface, method, comp, .. } = *operation;
            let seen = Seen { surface, method, path: &path, comp };
            let same: Vec<&str> = OPERATIONS.iter().filter(|o| o.is(&seen)).map(|o| o.name).collect();
            assert_eq!(same, [operation.name]);
        }
    }

    #[test]
    fn unknown_operations_are_named() {
        let refusal = Named::try_from("S7".to_owned()).unwrap_err();
        assert!(refusal.starts_with("unknown operation `S7`, expected one of A1, list-apps,"), "{refusal}");
        assert!(Named::try_from(String::new()).is_err());
    }
}
