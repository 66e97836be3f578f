//! A federated token in a file, which somebody else keeps fresh: Kubernetes' workload identity, GitLab's `id_tokens`, a
//! step of a pipeline.

use std::io;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

/// Why a file gives no token. It is told without its path: a token that was put where its path belongs stays unsaid.
#[derive(Debug, thiserror::Error)]
pub enum TokenFileError {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// It holds something else.
    #[error("holds no token")]
    NoToken,
}

/// A file with a federated token in it.
#[derive(Clone)]
pub struct FederatedTokenFile {
    /// Where it is.
    pub path: PathBuf,
}

impl FederatedTokenFile {
    /// What is in the file now: it is read for every token request, because whoever writes it does so every few minutes.
    pub(super) async fn assertion(&self) -> Result<SecretString, TokenFileError> {
        read(&self.path).await
    }
}

async fn read(path: &Path) -> Result<SecretString, TokenFileError> {
    let bytes = tokio::fs::read(path).await?;
    let text = String::from_utf8(bytes).map_err(|_| TokenFileError::NoToken)?;
    let token = text.trim();
    // A token is one word of three parts.
    let parts = token.split('.').filter(|part| !part.is_empty()).count();
    if parts != 3 || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(TokenFileError::NoToken);
    }
    Ok(token.to_owned().into())
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[tokio::test]
    async fn line_ends_are_not_part_of_a_token_and_other_things_are_none() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, "h.p.s\r\n").unwrap();
        assert_eq!(read(file.path()).await.unwrap().expose_secret(), "h.p.s");
        for other in ["", "\n", "h.p", "h.p.", "h.p.s.t", "h.p s.t", "h.ü.s"] {
            std::fs::write(&file, other).unwrap();
            assert!(matches!(read(file.path()).await, Err(TokenFileError::NoToken)), "{other:?}");
        }
        std::fs::write(&file, [0x68, 0x2e, 0xff, 0x2e, 0x73]).unwrap();
        assert!(matches!(read(file.path()).await, Err(TokenFileError::NoToken)));
        let nowhere = file.path().with_extension("none");
        assert!(matches!(read(&nowhere).await, Err(TokenFileError::Unreadable(_))));
    }
}
