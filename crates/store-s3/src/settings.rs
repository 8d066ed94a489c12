//! What a store in S3 is told: where it is, who asks, and what is trusted.

use std::io;
use std::path::PathBuf;
use std::str::FromStr;

use thiserror::Error;

use crate::address::BadAddress;
use crate::credentials::{BadCredentials, Credentials};

/// Where a bucket's name goes in addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Addressing {
    /// Into the path, as every server but Amazon's takes it.
    #[default]
    Path,
    /// In front of the host's name.
    Host,
}

impl FromStr for Addressing {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "path" => Ok(Self::Path),
            "host" => Ok(Self::Host),
            _ => Err("it is `path` or `host`"),
        }
    }
}

/// A bucket, or what lies under a prefix in it.
#[derive(Clone, Debug)]
pub struct S3Settings {
    /// Such as `http://127.0.0.1:9000`.
    pub endpoint: String,
    /// Its name.
    pub bucket: String,
    /// What all keys begin with, such as `lookalike`; empty for none. A slash is put behind it.
    pub prefix: String,
    /// `us-east-1` for most servers that are not Amazon's.
    pub region: String,
    /// Where the bucket's name goes.
    pub addressing: Addressing,
    /// Who asks.
    pub credentials: Credentials,
    /// Certificates (PEM) that are trusted instead of the public ones.
    pub ca_file: Option<PathBuf>,
}

/// Settings that no store can be made of.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// Endpoint, bucket or prefix is none.
    #[error(transparent)]
    Address(#[from] BadAddress),
    /// There are no credentials.
    #[error(transparent)]
    Credentials(#[from] BadCredentials),
    /// The certificates can't be read.
    #[error("the certificates in {} can't be read: {source}", path.display())]
    Certificates {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// There are none.
    #[error("{} holds no certificate in PEM form", path.display())]
    NoCertificate {
        /// Which file.
        path: PathBuf,
    },
}
