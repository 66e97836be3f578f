//! Shared access signatures: the upload URL is the whole credential.

use jiff::Timestamp;

use super::wire::Problem;
use crate::sandbox::state::Upload;

/// What an upload URL permits: read, write, list.
const PERMISSIONS: &str = "rwl";
/// The version of the storage service that a URL without an `x-ms-version` header speaks.
pub(super) const VERSION: &str = "2024-05-04";

/// The `fileUploadUrl` of an upload. Every other one shows a `+` of its signature as it is, as the service does: it
/// is a space to whoever decodes the query, unless the client has made a `%2B` of it.
pub(in crate::sandbox) fn url(blob_root: &str, upload: &Upload) -> String {
    let plus = if upload.raw_plus { "+" } else { "%2B" };
    let signature = upload.signature.replace('+', plus).replace('/', "%2F").replace('=', "%3D");
    format!(
        "{blob_root}/ingestion/{}?sv={VERSION}&sr=b&sig={signature}&se={}&sp={PERMISSIONS}",
        upload.name, upload.expires
    )
}

/// Checks the query of a URL. `needs` is the letter of a permission.
pub(super) fn check(
    query: &[(String, String)],
    upload: Option<&Upload>,
    needs: char,
    now: Timestamp,
) -> Result<(), Problem> {
    let get = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let Some(signature) = get("sig") else {
        return Err(Problem::unauthenticated("No signature was given."));
    };
    let expires = get("se").unwrap_or_default();
    let permissions = get("sp").unwrap_or_default();
    let signed = upload.filter(|upload| {
        signature == upload.signature
            && expires == upload.expires.to_string()
            && permissions == PERMISSIONS
            && get("sr") == Some("b")
            && get("sv") == Some(VERSION)
    });
    let Some(upload) = signed else {
        return Err(Problem::unauthenticated("Signature did not match."));
    };
    if upload.expires <= now {
        return Err(Problem::unauthenticated("Signature not valid in the specified time frame."));
    }
    if !PERMISSIONS.contains(needs) {
        return Err(Problem::forbidden());
    }
    Ok(())
}
