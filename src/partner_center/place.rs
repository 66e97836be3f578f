//! Where a resource and its submissions lie in the API.

/// A resource that is there, by its ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// An app.
    App {
        /// Its Store ID.
        app: String,
    },
    /// An add-on.
    AddOn {
        /// Its Store ID.
        add_on: String,
    },
    /// A package flight.
    Flight {
        /// The Store ID of its app.
        app: String,
        /// Its id.
        flight: String,
    },
}

impl Place {
    /// The path of the resource, relative to `/v1.0/my/`. References in answers name paths too, in several spellings
    /// (`microsoft/windows-dev-center-vsts-extension`'s `flight.ts` mends those of flights), so they are not followed.
    pub(super) fn resource(&self) -> String {
        match self {
            Self::App { app } => format!("applications/{app}"),
            Self::AddOn { add_on } => format!("inappproducts/{add_on}"),
            Self::Flight { app, flight } => format!("applications/{app}/flights/{flight}"),
        }
    }

    pub(super) fn submissions(&self) -> String {
        format!("{}/submissions", self.resource())
    }

    pub(super) fn submission(&self, id: &str) -> String {
        format!("{}/submissions/{id}", self.resource())
    }
}
