//! JSON Web Tokens, signed as certificates and other issuers do.

use std::path::PathBuf;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// A file of `tests/fixtures/certificates`.
pub(crate) fn fixture(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests/fixtures/certificates", name].iter().collect()
}

/// The certificate in a file of `tests/fixtures/certificates`, as PEM and without its key.
pub(crate) fn certificate(name: &str) -> String {
    let text = std::fs::read_to_string(fixture(name)).unwrap();
    let end = text.find("-----BEGIN PRIVATE KEY").unwrap();
    text[..end].to_owned()
}

/// The thumbprint of a certificate, as a header has it.
pub(crate) fn thumbprint(name: &str) -> String {
    let der = CertificateDer::from_pem_file(fixture(name)).unwrap();
    URL_SAFE_NO_PAD.encode(Sha256::digest(&der))
}

/// Now, in seconds.
pub(crate) fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// What a token says, whoever signed it.
pub(crate) fn claims(token: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

/// A key that signs.
pub(crate) struct Key(RsaKeyPair);

impl Key {
    /// A new one.
    pub(crate) fn new() -> Self {
        Self(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())
    }

    /// The one in a file of `tests/fixtures/certificates`.
    pub(crate) fn of(name: &str) -> Self {
        let key = PrivatePkcs8KeyDer::from_pem_file(fixture(name)).unwrap();
        Self(RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()).unwrap())
    }

    /// A token with these claims and this header.
    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        let algorithm: &'static dyn RsaEncoding =
            if header["alg"] == json!("PS256") { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0.sign(algorithm, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// A token as CI services issue them: these claims, and five minutes from now.
    pub(crate) fn issue(&self, issuer: &str, subject: &str, audience: &str) -> String {
        let claims = json!({
            "iss": issuer, "sub": subject, "aud": audience, "jti": uuid::Uuid::new_v4().to_string(),
            "nbf": now() - 5, "iat": now(), "exp": now() + 300
        });
        self.sign(&json!({ "alg": "RS256", "typ": "JWT", "kid": "1" }), &claims)
    }

    /// The public key as PEM.
    pub(crate) fn pem(&self) -> String {
        let der = self.0.public_key().as_der().unwrap();
        let text = STANDARD.encode(der.as_ref());
        let lines: Vec<&str> =
            text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"))
    }

    /// The public key as a JSON Web Key.
    pub(crate) fn jwk(&self) -> Value {
        // A sequence of the modulus, which has a zero before it, and of the exponent 65537.
        let der = self.0.public_key().as_ref();
        let (modulus, exponent) = (&der[9..9 + 256], &der[der.len() - 3..]);
        json!({
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "1",
            "n": URL_SAFE_NO_PAD.encode(modulus), "e": URL_SAFE_NO_PAD.encode(exponent)
        })
    }
}
