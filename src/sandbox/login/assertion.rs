//! Assertions: signed with the key of a registered certificate, or by an issuer whose tokens are taken.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{Asked, Problem, keys, problem};
use crate::sandbox::seed::{Credentials, FederatedCredential};
use crate::sandbox::state::Used;

#[derive(Deserialize)]
struct Header {
    alg: String,
    /// The thumbprint of the certificate; tokens of others have none.
    #[serde(rename = "x5t#S256")]
    x5t_s256: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Claims {
    iss: String,
    sub: String,
    aud: Value,
    jti: String,
    nbf: i64,
    exp: i64,
}

/// A JSON Web Token in its parts.
struct Token<'a> {
    header: Header,
    claims: Claims,
    /// What the signature is over.
    signed: &'a str,
    signature: Vec<u8>,
}

impl<'a> Token<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        Some(Self {
            header: serde_json::from_slice(&decode(header)?).ok()?,
            claims: serde_json::from_slice(&decode(claims)?).ok()?,
            signed,
            signature: decode(signature)?,
        })
    }
}

/// Checks an assertion. What comes back must not come again.
pub(super) fn check(
    ours: &Credentials,
    used: &[Used],
    assertion: &str,
    asked: &Asked<'_>,
) -> Result<Option<Used>, Problem> {
    let token = Token::read(assertion).ok_or_else(|| unsigned("The assertion is no JSON Web Token."))?;
    match &token.header.x5t_s256 {
        Some(thumbprint) => by_certificate(ours, used, &token, thumbprint, asked).map(Some),
        None => by_issuer(ours, &token, asked.now).map(|()| None),
    }
}

fn by_certificate(
    ours: &Credentials,
    used: &[Used],
    token: &Token<'_>,
    thumbprint: &str,
    asked: &Asked<'_>,
) -> Result<Used, Problem> {
    let Token { header, claims, signed, signature } = token;
    let certificate = ours
        .certificates
        .iter()
        .filter_map(|pem| keys::certificate(pem).ok())
        .find(|der| URL_SAFE_NO_PAD.encode(Sha256::digest(der)) == thumbprint)
        .ok_or_else(|| {
            unsigned(
                "The certificate with identifier used to sign the client assertion is not registered on application. \
                 [Reason - The key was not found.]",
            )
        })?;
    if !keys::is_of_certificate(&certificate, &header.alg, signed.as_bytes(), signature) {
        return Err(unsigned("Client assertion failed signature validation."));
    }
    if [&claims.iss, &claims.sub].into_iter().any(|id| !id.eq_ignore_ascii_case(&ours.client_id)) {
        let message = "Client assertion application identifier doesn't match 'client_id' parameter.";
        return Err(problem(401, "invalid_client", 700_021, message));
    }
    if claims.aud != asked.url {
        let message = "Client assertion audience claim does not match Realm issuer.";
        return Err(problem(401, "invalid_client", 700_023, message));
    }
    let until = in_time(claims, asked.now)?;
    // What Entra says to an assertion that comes twice is not known; this login is strict.
    if claims.jti.is_empty() || used.iter().any(|used| used.id == claims.jti) {
        return Err(unsigned("The 'jti' of the client assertion is missing, or was used before."));
    }
    Ok(Used { id: claims.jti.clone(), until })
}

fn by_issuer(ours: &Credentials, token: &Token<'_>, now: Timestamp) -> Result<(), Problem> {
    let Token { header, claims, signed, signature } = token;
    let mut known: Vec<&FederatedCredential> = ours.federated_credentials.iter().collect();
    let mut narrow = |problem: Problem, matches: &dyn Fn(&FederatedCredential) -> bool| {
        known.retain(|credential| matches(credential));
        if known.is_empty() { Err(problem) } else { Ok(()) }
    };
    narrow(unmatched("issuer", &claims.iss), &|known| known.issuer == claims.iss)?;
    narrow(unsigned("Client assertion failed signature validation."), &|known| {
        keys::is_of_issuer(&known.public_key, &header.alg, signed.as_bytes(), signature)
    })?;
    in_time(claims, now)?;
    narrow(unmatched("subject", &claims.sub), &|known| known.subject == claims.sub)?;
    narrow(unmatched("audience", &claims.aud.to_string()), &|known| claims.aud == known.audience.as_str())
}

/// The end of the time in which an assertion is good, which must be now.
fn in_time(claims: &Claims, now: Timestamp) -> Result<Timestamp, Problem> {
    let time = |seconds: i64| Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    let (from, until) = (time(claims.nbf), time(claims.exp));
    if from <= now && now < until {
        return Ok(until);
    }
    let message = format!(
        "Client assertion is not within its valid time range. Current time: {now}, assertion valid from {from}, \
         expiry time of assertion {until}."
    );
    Err(problem(401, "invalid_client", 700_024, message))
}

fn unsigned(message: &str) -> Problem {
    problem(401, "invalid_client", 700_027, message)
}

fn unmatched(what: &str, presented: &str) -> Problem {
    let message = format!(
        "No matching federated identity record found for presented assertion {what} '{presented}'. Check your \
         federated identity credential Subject, Audience and Issuer against the presented assertion."
    );
    problem(401, "invalid_client", 700_213, message)
}
