//! Settings of the object store. Keys and secrets are not among those of the file: they come from the
//! environment, or from a file of their own.

use std::env;
use std::path::PathBuf;

use anyhow::Context;
use lookalike_store_s3::{Addressing, Credentials, S3Settings};

use super::{ConfigFile, setting};

/// How a bucket is reached, whichever it is.
#[derive(Clone, Debug)]
pub(crate) struct S3Access {
    endpoint: Option<String>,
    region: String,
    addressing: Option<Addressing>,
    ca_file: Option<PathBuf>,
    credentials_file: Option<PathBuf>,
}

/// The settings of the bucket that the library uses, if there is one, and how others are reached.
pub(super) fn resolve(file: &ConfigFile) -> anyhow::Result<(Option<S3Settings>, S3Access)> {
    let addressing = match file.s3_addressing.as_deref().map(str::parse) {
        Some(Err(error)) => anyhow::bail!("s3_addressing is wrong: {error}"),
        Some(Ok(addressing)) => Some(addressing),
        None => None,
    };
    let access = S3Access {
        endpoint: setting("S3_ENDPOINT", file.s3_endpoint.clone())?,
        region: setting("S3_REGION", file.s3_region.clone())?
            .unwrap_or_else(|| "us-east-1".to_owned()),
        addressing: setting("S3_ADDRESSING", addressing)?,
        ca_file: setting("S3_CA_FILE", file.s3_ca_file.clone())?,
        credentials_file: setting("S3_CREDENTIALS_FILE", file.s3_credentials_file.clone())?,
    };
    let prefix = setting("S3_PREFIX", file.s3_prefix.clone())?.unwrap_or_default();
    let bucket = setting::<String>("S3_BUCKET", file.s3_bucket.clone())?;
    let settings = bucket.map(|bucket| access.to(bucket, prefix)).transpose()?;
    Ok((settings, access))
}

impl S3Access {
    /// The settings of a bucket, or of what lies under a prefix in it.
    pub(crate) fn to(&self, bucket: String, prefix: String) -> anyhow::Result<S3Settings> {
        // Amazon's own takes buckets in the host's name alone, for new ones.
        let usual = match self.endpoint {
            Some(_) => Addressing::Path,
            None => Addressing::Host,
        };
        Ok(S3Settings {
            endpoint: self
                .endpoint
                .clone()
                .unwrap_or_else(|| format!("https://s3.{}.amazonaws.com", self.region)),
            bucket,
            prefix,
            region: self.region.clone(),
            addressing: self.addressing.unwrap_or(usual),
            credentials: self.credentials()?,
            ca_file: self.ca_file.clone(),
        })
    }

    /// Our own variables before Amazon's before the file.
    fn credentials(&self) -> anyhow::Result<Credentials> {
        let variable = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        for (key, secret, token) in [
            (
                "LOOKALIKE_S3_ACCESS_KEY",
                "LOOKALIKE_S3_SECRET_KEY",
                "LOOKALIKE_S3_SESSION_TOKEN",
            ),
            (
                "AWS_ACCESS_KEY_ID",
                "AWS_SECRET_ACCESS_KEY",
                "AWS_SESSION_TOKEN",
            ),
        ] {
            if let Some(access_key) = variable(key) {
                let secret_key = variable(secret)
                    .with_context(|| format!("{key} is set, and {secret} is not"))?;
                let credentials = Credentials::new(access_key, secret_key);
                return Ok(credentials.with_session_token(variable(token)));
            }
        }
        match &self.credentials_file {
            Some(path) => Ok(Credentials::from_file(path)?),
            None => anyhow::bail!(
                "a bucket is named, and no key to it: set LOOKALIKE_S3_ACCESS_KEY and \
                 LOOKALIKE_S3_SECRET_KEY, or s3_credentials_file"
            ),
        }
    }
}
