//! A certificate: an assertion that its private key signs.

use std::io;
use std::path::PathBuf;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{KeyPair as _, RSA_PSS_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use rustls_pki_types::pem::{PemObject as _, SectionKind};
use secrecy::SecretString;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// Seconds that an assertion is good for; 5 to 10 minutes are usual.
const GOOD_FOR: i64 = 600;

/// Why a certificate signs nothing. It is told without its path: a certificate that was put where its path belongs
/// stays unsaid.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The file cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// The file is no PEM, or a damaged one.
    #[error("is no PEM file")]
    NotPem,
    /// The key needs a passphrase.
    #[error("holds a private key that is encrypted")]
    Encrypted,
    /// There is no private key.
    #[error("holds no private key")]
    NoKey,
    /// The key is of another kind.
    #[error("holds a private key that is not RSA with 2048 to 8192 bits")]
    NotRsa,
    /// There is no certificate.
    #[error("holds no certificate")]
    NoCertificate,
    /// No certificate is of the key.
    #[error("holds a certificate and a private key that do not belong together")]
    NotOfTheKey,
}

impl CertificateError {
    pub(super) fn remedy(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => {
                "AZURE_CLIENT_CERTIFICATE_PATH is the path of a PEM file; a relative one begins where the command runs"
            }
            Self::Encrypted => {
                "decrypt it for this use with `openssl pkey`, and keep the file where only this job can read it"
            }
            Self::NotPem | Self::NoKey | Self::NoCertificate | Self::NotOfTheKey => {
                "put the certificate and its private key into one PEM file; from a PFX file: `openssl pkcs12 -in cert.pfx -nodes -out cert.pem`"
            }
            Self::NotRsa => {
                "Entra takes certificates with RSA keys only; make one with `openssl req -x509 -newkey rsa:3072 -nodes`"
            }
        }
    }
}

/// A file with a certificate and its private key, in PEM; certificates of those who issued it may follow.
#[derive(Clone)]
pub struct Certificate {
    /// Where it is.
    pub path: PathBuf,
}

impl Certificate {
    /// A fresh assertion. The file is read each time, so that a certificate can be replaced during a long run.
    pub(super) async fn assertion(
        &self,
        client_id: &str,
        audience: &str,
        now: Timestamp,
    ) -> Result<SecretString, CertificateError> {
        let signer = Signer::read(&tokio::fs::read(&self.path).await?)?;
        Ok(signer.assertion(client_id, audience, now, &Uuid::new_v4().to_string()))
    }
}

/// What is in the file.
struct Signer {
    key: RsaKeyPair,
    /// The certificate of the key, then the others.
    chain: Vec<Vec<u8>>,
}

impl Signer {
    fn read(pem: &[u8]) -> Result<Self, CertificateError> {
        let mut key = None;
        let mut chain = Vec::new();
        // Looked for first: readers of PEM pass over `ENCRYPTED PRIVATE KEY`, and stumble over the older form.
        if [&b"BEGIN ENCRYPTED PRIVATE KEY"[..], b"Proc-Type: 4,ENCRYPTED"]
            .iter()
            .any(|mark| contains(pem, mark))
        {
            return Err(CertificateError::Encrypted);
        }
        let sections = <(SectionKind, Vec<u8>)>::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
        let sections =
            sections.ok().filter(|sections| !sections.is_empty()).ok_or(CertificateError::NotPem)?;
        for (kind, der) in sections {
            match kind {
                SectionKind::Certificate => chain.push(der),
                SectionKind::PrivateKey | SectionKind::RsaPrivateKey | SectionKind::EcPrivateKey
                    if key.is_none() =>
                {
                    key = Some((kind, der));
                }
                _ => {}
            }
        }
        let key = match key.ok_or(CertificateError::NoKey)? {
            (SectionKind::PrivateKey, der) => RsaKeyPair::from_pkcs8(&der),
            (SectionKind::RsaPrivateKey, der) => RsaKeyPair::from_der(&der),
            _ => return Err(CertificateError::NotRsa),
        };
        let key = key.map_err(|_| CertificateError::NotRsa)?;
        if chain.is_empty() {
            return Err(CertificateError::NoCertificate);
        }
        // A certificate holds its public key in the same bytes.
        let own = chain.iter().position(|der| contains(der, key.public_key().as_ref()));
        let own = chain.remove(own.ok_or(CertificateError::NotOfTheKey)?);
        chain.insert(0, own);
        Ok(Self { key, chain })
    }

    fn assertion(&self, client_id: &str, audience: &str, now: Timestamp, id: &str) -> SecretString {
        let now = now.as_second();
        let header = json!({
            "alg": "PS256",
            "typ": "JWT",
            "x5t#S256": URL_SAFE_NO_PAD.encode(Sha256::digest(&self.chain[0])),
            "x5c": self.chain.iter().map(|der| STANDARD.encode(der)).collect::<Vec<_>>(),
        });
        let claims = json!({
            "aud": audience,
            "iss": client_id,
            "sub": client_id,
            "jti": id,
            "nbf": now,
            "iat": now,
            "exp": now + GOOD_FOR,
        });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(&RSA_PSS_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .expect("a key of 2048 bits and more has room for a PSS signature");
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)).into()
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
    use secrecy::ExposeSecret as _;

    use super::*;

    fn fixture(name: &str) -> Vec<u8> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/certificates");
        std::fs::read(format!("{folder}/{name}")).unwrap()
    }

    fn decoded(part: &str) -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    }

    #[test]
    fn every_form_of_a_key_signs_as_the_same_certificate() {
        let own = Signer::read(&fixture("app.pem")).unwrap();
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        for (name, others) in [("app.pem", 0), ("app-pkcs1.pem", 0), ("app-from-pfx.pem", 1)] {
            let signer = Signer::read(&fixture(name)).unwrap();
            let assertion = signer.assertion("client", "https://login.example/t/token", now, "an id");
            let (signed, signature) = assertion.expose_secret().rsplit_once('.').unwrap();
            let (header, claims) = signed.split_once('.').unwrap();
            let thumbprint = URL_SAFE_NO_PAD.encode(Sha256::digest(&own.chain[0]));
            let header = decoded(header);
            assert_eq!((&header["alg"], &header["typ"]), (&json!("PS256"), &json!("JWT")), "{name}");
            assert_eq!(header["x5t#S256"], json!(thumbprint), "{name}");
            assert_eq!(header["x5c"][0], json!(STANDARD.encode(&own.chain[0])), "{name}");
            assert_eq!(header["x5c"].as_array().unwrap().len(), 1 + others, "{name}");
            assert_eq!(
                decoded(claims),
                json!({
                    "aud": "https://login.example/t/token", "iss": "client", "sub": "client", "jti": "an id",
                    "nbf": 1_790_000_000, "iat": 1_790_000_000, "exp": 1_790_000_600
                })
            );
            UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, own.key.public_key())
                .verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap())
                .unwrap();
        }
    }

    #[tokio::test]
    async fn no_two_assertions_are_the_same() {
        let certificate = Certificate {
            path: concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/certificates/app.pem").into(),
        };
        let mut ids = Vec::new();
        for _ in 0..2 {
            let assertion = certificate.assertion("c", "a", Timestamp::UNIX_EPOCH).await.unwrap();
            ids.push(decoded(assertion.expose_secret().split('.').nth(1).unwrap())["jti"].clone());
        }
        assert_ne!(ids[0], ids[1]);
    }

    #[test]
    fn what_cannot_sign_is_told_apart() {
        let read = |pem: &[u8]| Signer::read(pem).err().map(|error| error.to_string());
        let app = String::from_utf8(fixture("app.pem")).unwrap();
        let (certificate, key) = app.split_at(app.find("-----BEGIN PRIVATE KEY").unwrap());
        for (pem, told) in [
            (fixture("app-encrypted.pem"), CertificateError::Encrypted),
            (fixture("app-encrypted-pkcs1.pem"), CertificateError::Encrypted),
            (fixture("ec.pem"), CertificateError::NotRsa),
            (fixture("short.pem"), CertificateError::NotRsa),
            (fixture("mismatched.pem"), CertificateError::NotOfTheKey),
            (certificate.into(), CertificateError::NoKey),
            (key.into(), CertificateError::NoCertificate),
            (app.replace("\nMII", "\nM*I").into(), CertificateError::NotPem),
            (b"\x30\x82\x03\x17".to_vec(), CertificateError::NotPem),
            (Vec::new(), CertificateError::NotPem),
        ] {
            assert_eq!(read(&pem), Some(told.to_string()));
            assert!(!told.remedy().is_empty());
        }
    }
}
