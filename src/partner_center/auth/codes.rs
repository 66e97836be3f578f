//! What the login service's codes mean: the number after `AADSTS`, the one part of its answers that is stable.

/// One code.
pub(super) struct Code {
    number: u32,
    /// Said where the service's own words are missing.
    pub(super) meaning: &'static str,
    /// What to do.
    pub(super) remedy: &'static str,
    /// Whether asking again after a while may help.
    pub(super) passes: bool,
}

const fn lasts(number: u32, meaning: &'static str, remedy: &'static str) -> Code {
    Code { number, meaning, remedy, passes: false }
}

const NO_FEDERATED_CREDENTIAL: &str = "add a federated credential to the app registration whose issuer, subject and audience are exactly those of \
     the token; the subject names repository and branch or environment (GitHub), or organisation, project and service \
     connection (Azure Pipelines), and the audience is api://AzureADTokenExchange";
const NO_CONSENT: &str = "the Azure CLI may not ask for the Store in the name of a person of this tenant; sign in to it as an application \
     (`az login --service-principal`), or set AZURE_TENANT_ID and AZURE_CLIENT_ID";
const SIGN_IN: &str = "sign in again: `az login --allow-no-subscriptions`";

/// ENTRA-E for 7000215, 7000222, 700016, 700021, 700023 and 700027; the others are general knowledge about Entra.
const CODES: &[Code] = &[
    lasts(
        7_000_215,
        "the client secret is wrong",
        "AZURE_CLIENT_SECRET is wrong; often the secret's id was copied instead of its value",
    ),
    lasts(
        7_000_222,
        "the client secret has expired",
        "the client secret has expired; make a new one in Microsoft Entra, or use a federated credential, which has no secret",
    ),
    lasts(
        700_016,
        "the application is not known in the tenant",
        "AZURE_CLIENT_ID is not known in this tenant; compare both with the app registration",
    ),
    lasts(
        90_002,
        "there is no such tenant",
        "AZURE_TENANT_ID names no tenant; use its GUID or a verified domain",
    ),
    lasts(
        900_023,
        "the tenant's name is malformed",
        "AZURE_TENANT_ID names no tenant; use its GUID or a verified domain",
    ),
    lasts(
        500_011,
        "the Store is not known in the tenant",
        "the Store is not known in this tenant; associate the tenant with the Partner Center account",
    ),
    lasts(
        7_000_218,
        "neither secret nor assertion was sent",
        "neither secret nor assertion was sent; set AZURE_CLIENT_SECRET",
    ),
    lasts(
        700_027,
        "the assertion's signature is not valid, or the certificate is not registered",
        "register the certificate of AZURE_CLIENT_CERTIFICATE_PATH on the app registration, and see that it has not expired; for a \
         federated token, the issuer must be one whose keys Entra can read",
    ),
    lasts(
        700_021,
        "the assertion is of another application",
        "AZURE_CLIENT_ID is not the application that the assertion names; for a federated token, see the federated credentials of \
         this very app registration",
    ),
    lasts(
        700_023,
        "the assertion is for another audience",
        "the assertion was made for another address; check AZURE_TENANT_ID and STOREWARD_LOGIN_URL, and for a federated token that \
         its audience is api://AzureADTokenExchange",
    ),
    lasts(
        700_024,
        "the assertion is not valid at this time",
        "check the clock of this machine; a federated token lives for minutes, so AZURE_FEDERATED_TOKEN_FILE must be written anew \
         before it expires",
    ),
    lasts(700_213, "no federated credential matches the token", NO_FEDERATED_CREDENTIAL),
    lasts(700_211, "no federated credential matches the token's issuer", NO_FEDERATED_CREDENTIAL),
    lasts(700_212, "no federated credential matches the token's audience", NO_FEDERATED_CREDENTIAL),
    lasts(70_021, "no federated credential matches the token", NO_FEDERATED_CREDENTIAL),
    lasts(65_001, "nobody has consented to the Azure CLI asking for the Store", NO_CONSENT),
    lasts(65_002, "the Azure CLI is not authorised to ask for the Store", NO_CONSENT),
    lasts(700_082, "the sign-in has expired", SIGN_IN),
    lasts(50_173, "the sign-in was revoked", SIGN_IN),
    Code {
        number: 50_196,
        meaning: "too many requests",
        remedy: "the login service asks for a pause; run again in a minute",
        passes: true,
    },
];

/// What is known about a code.
pub(super) fn find(number: u32) -> Option<&'static Code> {
    CODES.iter().find(|code| code.number == number)
}

/// The code that a text names first.
pub(super) fn named_in(text: &str) -> Option<u32> {
    let (_, rest) = text.split_once("AADSTS")?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_explained_once() {
        for (at, code) in CODES.iter().enumerate() {
            assert!(CODES[..at].iter().all(|other| other.number != code.number), "{}", code.number);
            assert!(!code.meaning.is_empty() && !code.remedy.is_empty(), "{}", code.number);
        }
    }

    #[test]
    fn a_code_is_the_number_after_its_letters() {
        assert_eq!(named_in("ERROR: AADSTS700082: The refresh token has expired"), Some(700_082));
        assert_eq!(named_in("AADSTS7000215"), Some(7_000_215));
        assert_eq!(named_in("AADSTS: none"), None);
        assert_eq!(named_in("AADSTS99999999999999"), None);
    }
}
