//! The keys of a seed: certificates of the application, public keys of issuers.

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, SubjectPublicKeyInfoDer};
use webpki::EndEntityCert;
use webpki::aws_lc_rs::{RSA_PKCS1_2048_8192_SHA256 as RS256, RSA_PSS_2048_8192_SHA256_LEGACY_KEY as PS256};

use crate::sandbox::seed::{Credentials, PublicKey};

/// A certificate's own bytes.
pub(super) fn certificate(pem: &str) -> Result<CertificateDer<'static>, String> {
    let der = CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|error| error.to_string())?;
    EndEntityCert::try_from(&der).map_err(|error| error.to_string())?;
    Ok(der)
}

/// Whether a signature is of the key in a certificate.
pub(super) fn is_of_certificate(
    certificate: &CertificateDer<'_>,
    algorithm: &str,
    signed: &[u8],
    signature: &[u8],
) -> bool {
    let algorithm = match algorithm {
        "PS256" => PS256,
        "RS256" => RS256,
        _ => return false,
    };
    EndEntityCert::try_from(certificate)
        .is_ok_and(|certificate| certificate.verify_signature(algorithm, signed, signature).is_ok())
}

/// Whether a signature, which must be `RS256`, is of an issuer's key.
pub(super) fn is_of_issuer(key: &PublicKey, algorithm: &str, signed: &[u8], signature: &[u8]) -> bool {
    let good = || match rsa(key)? {
        Rsa::Whole(der) => {
            UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der).verify(signed, signature).ok()
        }
        Rsa::Parts(parts) => parts.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature).ok(),
    };
    algorithm == "RS256" && good().is_some()
}

enum Rsa {
    Whole(SubjectPublicKeyInfoDer<'static>),
    Parts(RsaPublicKeyComponents<Vec<u8>>),
}

fn rsa(key: &PublicKey) -> Option<Rsa> {
    match key {
        PublicKey::Pem(pem) => SubjectPublicKeyInfoDer::from_pem_slice(pem.as_bytes()).ok().map(Rsa::Whole),
        PublicKey::Jwk(jwk) => {
            let member = |name: &str| jwk.get(name)?.as_str();
            let number = |name: &str| URL_SAFE_NO_PAD.decode(member(name)?).ok();
            (member("kty")? == "RSA").then_some(())?;
            Some(Rsa::Parts(RsaPublicKeyComponents { n: number("n")?, e: number("e")? }))
        }
    }
}

/// Checks that the keys in a seed are keys. The error says which is none.
pub(in crate::sandbox) fn check_keys(credentials: &Credentials) -> Result<(), String> {
    for (at, pem) in credentials.certificates.iter().enumerate() {
        certificate(pem)
            .map_err(|error| format!("`credentials.certificates[{at}]` is no certificate in PEM: {error}"))?;
    }
    for (at, credential) in credentials.federated_credentials.iter().enumerate() {
        rsa(&credential.public_key).ok_or_else(|| {
            format!("`credentials.federatedCredentials[{at}].publicKey` is no RSA key in PEM or as a JWK")
        })?;
    }
    Ok(())
}
