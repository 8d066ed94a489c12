//! Who asks: an access key and its secret, which nobody gets to see.

use std::fmt;
use std::path::{Path, PathBuf};
use std::{fs, io};

use thiserror::Error;

/// An access key and its secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    pub(crate) access_key: String,
    pub(crate) secret_key: String,
    /// Goes with keys that were lent for some hours.
    pub(crate) session_token: Option<String>,
}

/// Credentials that could not be found.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BadCredentials {
    /// The file can't be read.
    #[error("the S3 credentials in {} can't be read: {source}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The file lacks one of the two.
    #[error(
        "{} names no {missing}; it takes lines such as `aws_access_key_id = ...` and \
         `aws_secret_access_key = ...`", path.display()
    )]
    Incomplete {
        /// Which file.
        path: PathBuf,
        /// What is missing.
        missing: &'static str,
    },
}

impl Credentials {
    /// Of a key and its secret.
    #[must_use]
    pub fn new(access_key: impl Into<String>, secret_key: impl Into<String>) -> Self {
        Self {
            access_key: access_key.into(),
            secret_key: secret_key.into(),
            session_token: None,
        }
    }

    /// The same with the token that goes with keys that were lent for some hours.
    #[must_use]
    pub fn with_session_token(mut self, token: Option<String>) -> Self {
        self.session_token = token;
        self
    }

    /// Those in a file of the form of `~/.aws/credentials`; of several profiles the first that has
    /// both.
    ///
    /// # Errors
    /// It can't be read, or does not hold both.
    pub fn from_file(path: &Path) -> Result<Self, BadCredentials> {
        let text = fs::read_to_string(path).map_err(|source| BadCredentials::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        let mut found = Found::default();
        for line in text.lines().map(str::trim) {
            if line.starts_with('[') && !found.is_complete() {
                found = Found::default();
            }
            let Some((name, value)) = line.split_once('=') else {
                continue;
            };
            found.take(name.trim(), value.trim());
        }
        let missing = |missing| BadCredentials::Incomplete {
            path: path.to_owned(),
            missing,
        };
        let access_key = found.access_key.ok_or(missing("aws_access_key_id"))?;
        let secret_key = found.secret_key.ok_or(missing("aws_secret_access_key"))?;
        Ok(Self::new(access_key, secret_key).with_session_token(found.session_token))
    }
}

#[derive(Default)]
struct Found {
    access_key: Option<String>,
    secret_key: Option<String>,
    session_token: Option<String>,
}

impl Found {
    fn is_complete(&self) -> bool {
        self.access_key.is_some() && self.secret_key.is_some()
    }

    fn take(&mut self, name: &str, value: &str) {
        let place = match name.to_ascii_lowercase().as_str() {
            "aws_access_key_id" => &mut self.access_key,
            "aws_secret_access_key" => &mut self.secret_key,
            "aws_session_token" => &mut self.session_token,
            _ => return,
        };
        if place.is_none() && !value.is_empty() {
            *place = Some(value.to_owned());
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Credentials")
            .field("access_key", &self.access_key)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Credentials, BadCredentials> {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("credentials");
        fs::write(&path, text).unwrap();
        Credentials::from_file(&path)
    }

    #[test]
    fn a_file_of_profiles_or_bare_lines_is_read() {
        let plain = "aws_access_key_id=key\n# note\naws_secret_access_key = se=cret/+\n";
        assert_eq!(read(plain).unwrap(), Credentials::new("key", "se=cret/+"));
        let profiles = "[empty]\nregion = eu\n[default]\naws_access_key_id = a\n\
                        aws_secret_access_key = b\naws_session_token = t\n[other]\n\
                        aws_access_key_id = c\naws_secret_access_key = d\n";
        let expected = Credentials::new("a", "b").with_session_token(Some("t".to_owned()));
        assert_eq!(read(profiles).unwrap(), expected);
    }

    #[test]
    fn what_is_missing_is_named_and_secrets_are_not_shown() {
        let error = read("aws_access_key_id = key\n").unwrap_err();
        assert!(error.to_string().contains("names no aws_secret_access_key"));
        let missing = Credentials::from_file(Path::new("/no/such/file")).unwrap_err();
        assert!(missing.to_string().contains("/no/such/file can't be read"));
        let shown = format!(
            "{:?}",
            Credentials::new("key", "hidden").with_session_token(Some("hidden".to_owned()))
        );
        assert!(
            shown.contains("key") && !shown.contains("hidden"),
            "{shown}"
        );
    }
}
