//! Faults, each as a plain client meets it.

mod account;
mod admin;
mod answers;
mod courses;
mod holds;
mod network;

use serde_json::{Value, json};

use super::submissions;
use crate::support::local::Local;
use crate::support::things::{self, APP};

/// A sandbox with the account of [`things::account`] and one fault, called `fault`.
fn with_fault(fault: &Value) -> Local {
    let local = Local::start(&things::account());
    local.fault("fault", fault);
    local
}

/// A fault that one request meets.
fn once(operation: &str, act: &Value) -> Value {
    json!({ "on": { "operation": operation }, "do": [act] })
}

/// The id of the submission in progress, if there is one.
fn pending(local: &Local) -> Option<String> {
    let app = local.get(&format!("applications/{APP}"));
    app["pendingApplicationSubmission"]["id"].as_str().map(str::to_owned)
}

/// The lines of the request log of those that met a fault, without what differs from run to run.
fn met(local: &Local) -> Vec<Value> {
    let mut lines = local.requests();
    lines.retain(|line| line.get("fault").is_some());
    for line in &mut lines {
        let line = line.as_object_mut().unwrap();
        line.remove("time").unwrap();
        line.remove("correlationId").unwrap();
    }
    lines
}

/// The line of a create that met a fault.
fn create_line(rest: &Value) -> Value {
    let mut line =
        json!({ "method": "POST", "path": format!("/v1.0/my/{}", submissions()), "fault": "fault" });
    line.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    line
}
