//! Settings about who may use a server.

use std::net::IpAddr;
use std::str::FromStr;

use anyhow::Context;
use serde::Deserialize;

use super::setting;

/// A setting that is on or off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Switch {
    On,
    #[default]
    Off,
}

/// Whether strangers may make themselves readers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Registration {
    Open,
    #[default]
    Closed,
}

impl FromStr for Switch {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "on" => Ok(Self::On),
            "off" => Ok(Self::Off),
            _ => Err("it is `on` or `off`"),
        }
    }
}

impl FromStr for Registration {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "open" => Ok(Self::Open),
            "closed" => Ok(Self::Closed),
            _ => Err("it is `open` or `closed`"),
        }
    }
}

/// In the environment, separated by commas.
pub(super) fn trusted_proxies(file: Option<Vec<IpAddr>>) -> anyhow::Result<Vec<IpAddr>> {
    let Some(text) = setting::<String>("TRUSTED_PROXIES", None)? else {
        return Ok(file.unwrap_or_default());
    };
    let addresses = text.split(',').map(str::trim);
    addresses
        .map(|address| {
            address
                .parse()
                .with_context(|| format!("LOOKALIKE_TRUSTED_PROXIES: `{address}` is no IP address"))
        })
        .collect()
}
