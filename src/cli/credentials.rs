//! Who asks: the first complete credential in the environment, or what is missing.

use std::fmt;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use url::Url;

use crate::partner_center::{
    AzureCli, AzurePipelines, Certificate, Credential, FederatedTokenFile, GitHub, Proof,
};

use super::exit::{Exit, Failure};

const TOKEN: &str = "STOREWARD_ACCESS_TOKEN";
const TENANT: &str = "AZURE_TENANT_ID";
const CLIENT: &str = "AZURE_CLIENT_ID";
/// Tenant and application of a service connection of Azure Pipelines, which its tasks set.
const OF_CONNECTION: [&str; 2] = ["AZURESUBSCRIPTION_TENANT_ID", "AZURESUBSCRIPTION_CLIENT_ID"];
/// What asks for the token of a service connection. No job has it by itself.
const ACCESS_TOKEN: &str = "SYSTEM_ACCESSTOKEN";

/// What the search looks at. Values that are empty or blank are not there.
pub(super) struct Surroundings<'a> {
    /// The value of a variable, without blanks and line ends around it.
    pub(super) variable: &'a dyn Fn(&str) -> Option<String>,
    /// What paths are relative to.
    pub(super) base: &'a Path,
    /// The program of the Azure CLI.
    pub(super) az: Option<PathBuf>,
}

impl Surroundings<'_> {
    fn missing<'n>(&self, names: &[&'n str]) -> Vec<&'n str> {
        names.iter().copied().filter(|name| (self.variable)(name).is_none()).collect()
    }
}

/// A way in which an application proves itself.
struct Way {
    /// All of them are needed.
    variables: &'static [&'static str],
    /// Where they come from.
    note: &'static str,
    /// Whether CI services set them for every job, so that having them asks for nothing.
    ambient: bool,
    make: fn(&[String], &Path) -> Result<Proof, Failure>,
}

/// The ways, in order.
const WAYS: &[Way] = &[
    Way {
        variables: &["AZURE_CLIENT_SECRET"],
        note: "the value of a client secret",
        ambient: false,
        make: |values, _| Ok(Proof::ClientSecret(values[0].clone().into())),
    },
    Way {
        variables: &["AZURE_CLIENT_CERTIFICATE_PATH"],
        note: "a PEM file with a certificate and its private key",
        ambient: false,
        make: |values, base| {
            let path = path("AZURE_CLIENT_CERTIFICATE_PATH", &values[0], base)?;
            Ok(Proof::Certificate(Certificate { path }))
        },
    },
    Way {
        variables: &["AZURE_FEDERATED_TOKEN_FILE"],
        note: "a file with a token of an issuer that Entra trusts",
        ambient: false,
        make: |values, base| {
            let path = path("AZURE_FEDERATED_TOKEN_FILE", &values[0], base)?;
            Ok(Proof::FederatedTokenFile(FederatedTokenFile { path }))
        },
    },
    Way {
        variables: &["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"],
        note: "GitHub Actions sets them for a job with `permissions: {id-token: write}`",
        ambient: true,
        make: |values, _| {
            let url = address("ACTIONS_ID_TOKEN_REQUEST_URL", &values[0])?;
            let token = token("ACTIONS_ID_TOKEN_REQUEST_TOKEN", &values[1])?;
            Ok(Proof::GitHub(GitHub { url, token }))
        },
    },
    Way {
        variables: &["SYSTEM_OIDCREQUESTURI", ACCESS_TOKEN, "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"],
        note: "Azure Pipelines sets them in a task of a service connection, such as AzureCLI@2, with \
               `env: {SYSTEM_ACCESSTOKEN: $(System.AccessToken)}`",
        ambient: true,
        make: |values, _| {
            let url = address("SYSTEM_OIDCREQUESTURI", &values[0])?;
            let token = token(ACCESS_TOKEN, &values[1])?;
            Ok(Proof::AzurePipelines(AzurePipelines { url, token, service_connection: values[2].clone() }))
        },
    },
];

/// The credential of this run. One that is there in part is an error: who asked for it must not act as somebody else.
pub(super) fn find(around: &Surroundings<'_>) -> Result<Credential, Failure> {
    if let Some(value) = (around.variable)(TOKEN) {
        return Ok(Credential::Token(token(TOKEN, &value)?));
    }
    let chosen = || WAYS.iter().filter(|way| !way.ambient).flat_map(|way| way.variables).copied();
    let given: Vec<&str> = [TENANT, CLIENT]
        .into_iter()
        .chain(chosen())
        .filter(|name| (around.variable)(name).is_some())
        .collect();
    if given.is_empty() {
        if let Some(credential) = of_connection(around) {
            return credential;
        }
        let program = around.az.clone().ok_or_else(none)?;
        return Ok(Credential::AzureCli(AzureCli { program }));
    }
    let (Some(tenant), Some(client_id)) = ((around.variable)(TENANT), (around.variable)(CLIENT)) else {
        return Err(without_application(around, &given));
    };
    for way in WAYS {
        let values: Option<Vec<String>> = way.variables.iter().map(|name| (around.variable)(name)).collect();
        if let Some(values) = values {
            let proof = (way.make)(&values, around.base)?;
            return Ok(Credential::Application { tenant, client_id, proof });
        }
    }
    Err(without_proof(around))
}

/// The application of a service connection, in a task that says which one it is and lets it be asked for.
fn of_connection(around: &Surroundings<'_>) -> Option<Result<Credential, Failure>> {
    let way = WAYS.iter().find(|way| way.variables.contains(&ACCESS_TOKEN))?;
    let all = |names: &[&str]| -> Option<Vec<String>> {
        names.iter().map(|name| (around.variable)(name)).collect()
    };
    let (values, application) = (all(way.variables)?, all(&OF_CONNECTION)?);
    let [tenant, client_id] = application.try_into().ok()?;
    let of = |proof| Credential::Application { tenant, client_id, proof };
    Some((way.make)(&values, around.base).map(of))
}

/// A variable about the credential that is set. Its value is never shown.
pub(super) struct Held {
    pub(super) name: &'static str,
    pub(super) value: String,
    /// Whether blanks or line ends were left out around it.
    pub(super) trimmed: bool,
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Held({})", self.name)
    }
}

/// The variables about the credential that are set.
pub(super) fn held(variable: &dyn Fn(&str) -> Option<String>) -> Vec<Held> {
    let of_ways = WAYS.iter().flat_map(|way| way.variables).copied();
    let names = [TOKEN, TENANT, CLIENT].into_iter().chain(OF_CONNECTION).chain(of_ways);
    let of = |name| {
        let value = variable(name)?;
        let trimmed = std::env::var(name).is_ok_and(|whole| whole != value);
        Some(Held { name, value, trimmed })
    };
    names.filter_map(of).collect()
}

/// Which credential it is and what it comes from, in words.
pub(super) fn words(credential: &Credential, held: &[Held]) -> String {
    let is_held = |name: &&str| held.iter().any(|held| held.name == *name);
    let used: Vec<&str> = match credential {
        Credential::Token(_) => vec![TOKEN],
        Credential::AzureCli(_) => Vec::new(),
        Credential::Application { .. } => {
            let way = WAYS.iter().find(|way| way.variables.iter().all(is_held));
            let own = [TENANT, CLIENT];
            let application = if own.iter().all(is_held) { own } else { OF_CONNECTION };
            application.into_iter().chain(way.into_iter().flat_map(|way| way.variables).copied()).collect()
        }
    };
    let from = if used.is_empty() { "the login of the Azure CLI".to_owned() } else { enumerated(&used) };
    let is_ambient = |name: &str| {
        OF_CONNECTION.contains(&name) || WAYS.iter().any(|way| way.ambient && way.variables.contains(&name))
    };
    let unused: Vec<&str> =
        held.iter().map(|held| held.name).filter(|name| !used.contains(name) && !is_ambient(name)).collect();
    match unused.as_slice() {
        [] => from,
        unused => format!("{from}; not used beside it: {}", enumerated(unused)),
    }
}

/// Nothing is set, and there is no Azure CLI.
fn none() -> Failure {
    let message =
        format!("no credential: {TOKEN}, {TENANT} and {CLIENT} are not set, and there is no `az` on PATH");
    Failure::new(Exit::Auth, message).help(format!(
        "set {TENANT} and {CLIENT} to an application in Entra with the role Manager in Partner Center, and one of\n{}  \
         or set {TOKEN}, or sign in to the Azure CLI with `az login --allow-no-subscriptions`; or try things out with --sandbox",
        list(|way| way.variables.to_vec())
    ))
}

/// Some variable asks for an application, and which is not said.
fn without_application(around: &Surroundings<'_>, given: &[&str]) -> Failure {
    let missing = around.missing(&[TENANT, CLIENT]);
    let are = |names: &[&str]| if names.len() == 1 { "is" } else { "are" };
    let message = format!(
        "the credential is incomplete: {} {} set, {} {} not",
        enumerated(given),
        are(given),
        enumerated(&missing),
        are(&missing)
    );
    Failure::new(Exit::Auth, message).help(format!(
        "{TENANT} is the tenant's GUID or a verified domain, {CLIENT} the application's id; both are on the overview page of the app \
         registration. Without any of these variables, the login of the Azure CLI is used"
    ))
}

/// The application is known, and nothing proves that it is the one that asks.
fn without_proof(around: &Surroundings<'_>) -> Failure {
    let message = format!(
        "the credential is incomplete: {TENANT} and {CLIENT} are set, but no secret, certificate or federated token"
    );
    Failure::new(Exit::Auth, message).help(format!(
        "one of these completes it:\n{}  without {TENANT} and {CLIENT}, the login of the Azure CLI is used",
        list(|way| around.missing(way.variables))
    ))
}

/// The ways, one a line, with those of their variables that `names` takes.
fn list(names: impl Fn(&Way) -> Vec<&'static str>) -> String {
    let mut lines = String::new();
    for way in WAYS {
        lines.push_str(&format!("    - {}: {}\n", enumerated(&names(way)), way.note));
    }
    lines
}

/// `a`, `a and b`, `a, b and c`.
fn enumerated(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

/// A path, unless the thing itself was put in its place. Neither is ever shown.
fn path(name: &str, value: &str, base: &Path) -> Result<PathBuf, Failure> {
    if value.contains("-----BEGIN") || value.starts_with("eyJ") || value.contains(['\r', '\n']) {
        return Err(Failure::new(
            Exit::Auth,
            format!("{name} holds a secret itself, and not the path of a file"),
        )
        .help("write the secret to a file that only this job can read, and set the variable to its path"));
    }
    Ok(base.join(value))
}

/// The address of a service.
pub(super) fn address(name: &str, text: &str) -> Result<Url, Failure> {
    Url::parse(text.trim())
        .ok()
        .filter(Url::has_host)
        .ok_or_else(|| Failure::new(Exit::Usage, format!("{name} is not a URL; it begins with https://")))
}

/// A token, which travels in a header.
fn token(name: &str, value: &str) -> Result<SecretString, Failure> {
    if value.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(value.to_owned().into());
    }
    Err(Failure::new(Exit::Auth, format!("{name} holds characters that no token has"))
        .help("a token is one word; see that it was copied whole and without quotes or blanks"))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// The credential that these variables make, or what is told.
    fn found(variables: &[(&str, &str)], az: bool) -> Result<String, String> {
        let variables: HashMap<&str, &str> = variables.iter().copied().collect();
        let around = Surroundings {
            variable: &|name| variables.get(name).map(|value| (*value).to_owned()),
            base: Path::new("/base"),
            az: az.then(|| PathBuf::from("/bin/az")),
        };
        match find(&around) {
            Ok(credential) => Ok(format!("{credential:?}")),
            Err(failure) => {
                Err(format!("{:?}: {}\n{}", failure.exit, failure.message, failure.help.unwrap_or_default()))
            }
        }
    }

    /// Every credential, the first that is used first.
    const IN_ORDER: &[(&str, &[(&str, &str)])] = &[
        ("Token(hidden)", &[(TOKEN, "marked-token")]),
        ("ClientSecret(hidden)", &[("AZURE_CLIENT_SECRET", "marked-secret")]),
        ("Certificate(hidden)", &[("AZURE_CLIENT_CERTIFICATE_PATH", "marked.pem")]),
        ("FederatedTokenFile(hidden)", &[("AZURE_FEDERATED_TOKEN_FILE", "marked.jwt")]),
        (
            "GitHub(hidden)",
            &[
                ("ACTIONS_ID_TOKEN_REQUEST_URL", "https://ci.example/marked?a=b"),
                ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "marked-request"),
            ],
        ),
        (
            "AzurePipelines(hidden)",
            &[
                ("SYSTEM_OIDCREQUESTURI", "https://ci.example/marked"),
                ("SYSTEM_ACCESSTOKEN", "marked-access"),
                ("AZURESUBSCRIPTION_SERVICE_CONNECTION_ID", "marked-connection"),
            ],
        ),
    ];
    const APPLICATION: [(&str, &str); 2] = [(TENANT, "contoso.example"), (CLIENT, "marked-client")];

    #[test]
    fn the_first_that_is_complete_is_used() {
        for (at, (name, _)) in IN_ORDER.iter().enumerate() {
            let mut variables = APPLICATION.to_vec();
            variables.extend(IN_ORDER[at..].iter().flat_map(|(_, variables)| *variables));
            assert_eq!(found(&variables, true).as_deref(), Ok(*name));
        }
        assert_eq!(found(&[], true).as_deref(), Ok("AzureCli(hidden)"));
        // What CI services set for every job asks for nothing.
        let ambient: Vec<_> = IN_ORDER[4..].iter().flat_map(|(_, variables)| *variables).copied().collect();
        assert_eq!(found(&ambient, true).as_deref(), Ok("AzureCli(hidden)"));
    }

    #[test]
    fn a_service_connection_says_its_application_where_no_other_is_asked_for() {
        let mut all = IN_ORDER[5].1.to_vec();
        all.extend(OF_CONNECTION.map(|name| (name, "marked")));
        assert_eq!(found(&all, true).as_deref(), Ok("AzurePipelines(hidden)"));
        for (left_out, _) in &all {
            let rest: Vec<_> = all.iter().copied().filter(|(name, _)| name != left_out).collect();
            assert_eq!(found(&rest, true).as_deref(), Ok("AzureCli(hidden)"), "without {left_out}");
        }
        let told = found(&[&all[..], &[(CLIENT, "other")]].concat(), true).unwrap_err();
        assert!(told.contains("is incomplete"), "nobody else takes its place: {told}");
        let both = [&all[..], &APPLICATION, &[("AZURE_CLIENT_SECRET", "marked")]].concat();
        assert_eq!(found(&both, true).as_deref(), Ok("ClientSecret(hidden)"));
    }

    #[test]
    fn what_is_there_in_part_is_never_replaced_by_somebody_else() {
        for name in [
            TENANT, CLIENT, "AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH",
            "AZURE_FEDERATED_TOKEN_FILE",
        ] {
            let told = found(&[(name, "x")], true).unwrap_err();
            assert!(
                told.starts_with("Auth: the credential is incomplete: ") && told.contains(name),
                "{told}"
            );
        }
        let told = found(&APPLICATION, true).unwrap_err();
        for way in WAYS {
            assert!(way.variables.iter().all(|name| told.contains(name)), "{told}");
        }
        let mut variables = APPLICATION.to_vec();
        variables.push(("SYSTEM_OIDCREQUESTURI", "https://ci.example"));
        let told = found(&variables, true).unwrap_err();
        assert!(
            told.contains("- SYSTEM_ACCESSTOKEN and AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: "),
            "{told}"
        );
        assert!(!told.contains("SYSTEM_OIDCREQUESTURI"), "{told}");
    }

    #[test]
    fn without_anything_all_ways_are_told() {
        let told = found(&[], false).unwrap_err();
        let all = IN_ORDER.iter().flat_map(|(_, variables)| *variables).chain(&APPLICATION);
        for (name, _) in all {
            assert!(told.contains(name), "{name}: {told}");
        }
        assert!(told.contains("az login"), "{told}");
    }

    #[test]
    fn values_that_cannot_be_are_refused_and_never_shown() {
        for (name, value) in [
            (TOKEN, "marked token"),
            (TOKEN, "marked\u{fc}"),
            ("AZURE_CLIENT_CERTIFICATE_PATH", "-----BEGIN PRIVATE KEY-----marked"),
            ("AZURE_CLIENT_CERTIFICATE_PATH", "marked\nmarked"),
            ("AZURE_FEDERATED_TOKEN_FILE", "eyJmarked.eyJ.x"),
            ("ACTIONS_ID_TOKEN_REQUEST_URL", "marked"),
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "marked\ttoken"),
            ("SYSTEM_OIDCREQUESTURI", "mailto:marked"),
            ("SYSTEM_ACCESSTOKEN", "marked token"),
        ] {
            let way = IN_ORDER.iter().find(|(_, all)| all.iter().any(|(other, _)| *other == name)).unwrap().1;
            let mut variables = vec![(TENANT, "t"), (CLIENT, "c")];
            variables.extend(way.iter().copied().filter(|(other, _)| *other != name));
            variables.push((name, value));
            let told = found(&variables, true).unwrap_err();
            assert!(told.contains(name) && !told.contains("marked"), "{told}");
        }
    }
}
