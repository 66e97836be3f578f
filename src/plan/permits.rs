//! Permits for one run, from whoever runs it. They are not part of the plan's fingerprint, as those of manifests are.

use crate::manifest::{Address, Code, Finding, Guard, Severity};

use super::types::{Action, Plan};

/// A permit for one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowance {
    /// The guard.
    pub guard: Guard,
    /// The one resource it is permitted for; `None`: all.
    pub address: Option<Address>,
}

impl Allowance {
    /// Whether it is for this resource, too.
    pub fn covers(&self, address: &str) -> bool {
        self.address.as_ref().is_none_or(|own| own.as_str() == address)
    }
}

impl Plan {
    /// Permits guards for this run, and remarks on allowances that nothing needs.
    pub fn allow(&mut self, allowances: &[Allowance]) {
        for allowance in allowances {
            let mut needed = false;
            for hit in &mut self.guards {
                if hit.guard == allowance.guard && allowance.covers(&hit.address) {
                    hit.permitted = true;
                    needed = true;
                }
            }
            // What it was needed for may be on its way already, and the same command run again.
            needed |= self
                .resources
                .iter()
                .any(|resource| resource.action == Action::InProgress && allowance.covers(&resource.address));
            if !needed {
                self.diagnostics.push(not_needed(allowance));
            }
        }
    }
}

fn not_needed(Allowance { guard, address }: &Allowance) -> Finding {
    let of = address.as_ref().map_or(String::new(), |address| format!("={address}"));
    let help = match guard {
        // The permit decides what is planned, so it is part of what is approved.
        Guard::RecreatesFlight => {
            format!("write `permit: [{guard}]` in the flight's manifest: it decides what is planned")
        }
        _ => "leave it out, so that it does not let another change through".to_owned(),
    };
    Finding {
        code: Code::UnusedPermit.to_string(),
        severity: Severity::Warning,
        message: format!("nothing needs `--allow {guard}{of}`"),
        at: None,
        help: Some(help),
    }
}
