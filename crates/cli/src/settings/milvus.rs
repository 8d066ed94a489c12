//! Settings about a Milvus that holds the vectors.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use lookalike_store_milvus::{MilvusIndex, MilvusSettings, USUAL_PREFIX, USUAL_TIMEOUT, address};
use serde::Deserialize;

use super::setting;

/// The table `[milvus]` of the file; every key also as `LOOKALIKE_MILVUS_<KEY>`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct MilvusFile {
    address: Option<String>,
    token: Option<String>,
    user: Option<String>,
    password: Option<String>,
    database: Option<String>,
    ca_file: Option<PathBuf>,
    server_name: Option<String>,
    prefix: Option<String>,
    index: Option<String>,
    timeout_seconds: Option<u64>,
}

/// All but the address, which is that of this machine; and the same with the address that is given.
/// Without one, vectors are searched by the program itself.
pub(super) fn milvus(file: MilvusFile) -> anyhow::Result<(MilvusSettings, Option<MilvusSettings>)> {
    let text = setting::<String>("MILVUS_ADDRESS", file.address.clone())?;
    let login = login(file)?;
    let given = text.map(|text| address(&text)).transpose();
    let milvus = given
        .map_err(anyhow::Error::msg)?
        .map(|address| MilvusSettings {
            address,
            ..login.clone()
        });
    Ok((login, milvus))
}

fn login(file: MilvusFile) -> anyhow::Result<MilvusSettings> {
    let user = setting::<String>("MILVUS_USER", file.user)?;
    let password = setting::<String>("MILVUS_PASSWORD", file.password)?;
    let token = setting::<String>("MILVUS_TOKEN", file.token)?;
    let token = match (token, user, password) {
        (None, Some(user), Some(password)) => Some(format!("{user}:{password}")),
        (None, Some(_), None) => anyhow::bail!(
            "Milvus has a user and no password: set LOOKALIKE_MILVUS_PASSWORD, or `password` in the \
             table [milvus] of the settings"
        ),
        (token, ..) => token,
    };
    let prefix = setting::<String>("MILVUS_PREFIX", file.prefix)?;
    let prefix = prefix.unwrap_or_else(|| USUAL_PREFIX.to_owned());
    let is_letter = |character: char| character.is_ascii_alphabetic() || character == '_';
    let is_plain = |character: char| is_letter(character) || character.is_ascii_digit();
    if !prefix.starts_with(is_letter) || !prefix.chars().all(is_plain) || prefix.len() > 64 {
        anyhow::bail!(
            "`{prefix}` can\'t begin the names of collections in Milvus: up to 64 letters, digits and \
             `_`, not a digit first"
        );
    }
    let index = setting::<String>("MILVUS_INDEX", file.index)?;
    let index = index.map(|text| text.parse::<MilvusIndex>());
    let index = index.transpose().map_err(anyhow::Error::msg);
    let seconds = setting("MILVUS_TIMEOUT_SECONDS", file.timeout_seconds)?;
    let here = address("localhost:19530").map_err(anyhow::Error::msg)?;
    Ok(MilvusSettings {
        token,
        database: setting("MILVUS_DATABASE", file.database)?.unwrap_or_default(),
        ca_file: setting("MILVUS_CA_FILE", file.ca_file)?,
        server_name: setting("MILVUS_SERVER_NAME", file.server_name)?,
        prefix,
        auto_index: index
            .context("LOOKALIKE_MILVUS_INDEX, or `index` in the table [milvus]")?
            .unwrap_or(MilvusIndex::IvfFlat),
        timeout: seconds.map_or(USUAL_TIMEOUT, Duration::from_secs),
        ..MilvusSettings::at(here)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> anyhow::Result<Option<MilvusSettings>> {
        Ok(milvus(toml::from_str(text)?)?.1)
    }

    #[test]
    fn without_an_address_there_is_none() {
        assert!(read("").unwrap().is_none());
        assert!(read("database = \"x\"").unwrap().is_none());
    }

    #[test]
    fn a_user_and_a_password_are_a_token() {
        let settings = read(
            "address = \"milvus:19530\"\nuser = \"root\"\npassword = \"Milvus\"\nindex = \"ivf_pq\"",
        );
        let settings = settings.unwrap().unwrap();
        assert_eq!(settings.token.as_deref(), Some("root:Milvus"));
        assert_eq!(settings.auto_index, MilvusIndex::IvfPq);
        assert_eq!(settings.timeout, USUAL_TIMEOUT);
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, part) in [
            ("address = \"milvus\"", "names no port"),
            ("address = \"m:1\"\nuser = \"root\"", "no password"),
            ("address = \"m:1\"\nindex = \"disk\"", "ivf_pq"),
            ("address = \"m:1\"\nprefix = \"1-a\"", "letters"),
            ("adress = \"m:1\"", "unknown field"),
        ] {
            let error = format!("{:#}", read(text).unwrap_err());
            assert!(error.contains(part), "{part}: {error}");
        }
    }
}
