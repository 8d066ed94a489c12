//! Settings: flag before environment variable before configuration file before default.

mod access;
mod device;
mod listen;
mod milvus;
mod object_store;

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::Context;
use lookalike_encoders::Precision;
use lookalike_imaging::Limits;
use lookalike_store_milvus::MilvusSettings;
use lookalike_store_s3::S3Settings;
use serde::Deserialize;

use crate::arguments::{ColorChoice, GlobalArguments};
use access::trusted_proxies;
pub(crate) use access::{Registration, Switch};
pub(crate) use device::DeviceChoice;
pub(crate) use listen::ListenAddress;
pub(crate) use object_store::S3Access;

const DEFAULT_DATA: &str = "lookalike-data";

/// Memory for pictures in flight, besides one that takes more than half of it: some ten
/// ordinary sheets, and with the largest picture of the default limits below a gigabyte.
const DEFAULT_PIXEL_BUDGET_MB: u64 = 256;

/// Long enough for a holiday.
const DEFAULT_TRASH_DAYS: u32 = 30;

/// What the program runs with.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) data: PathBuf,
    pub(crate) threads: usize,
    pub(crate) precision: Precision,
    pub(crate) device: DeviceChoice,
    pub(crate) listen: ListenAddress,
    pub(crate) limits: Limits,
    /// Largest import that may be sent to the server.
    pub(crate) max_upload_bytes: Option<u64>,
    pub(crate) pixel_budget_bytes: u64,
    /// Days that deleted images stay in the trash; 0 deletes them at once.
    pub(crate) trash_days: u32,
    /// Folders that may be imported through the API.
    pub(crate) import_roots: Option<Vec<PathBuf>>,
    /// Searches of the server that run at once.
    pub(crate) max_searches: Option<usize>,
    /// Searches of the server that may wait for their turn.
    pub(crate) max_waiting: Option<usize>,
    /// Requests that a client of the server may make; `None` is without limit.
    pub(crate) max_requests_per_minute: Option<u32>,
    /// Names by which the server may be asked while there are no accounts, besides those of the
    /// machine itself.
    pub(crate) hosts: Vec<String>,
    /// Origins of other sites whose pages may use the API.
    pub(crate) cors_origins: Vec<String>,
    pub(crate) log_format: LogFormat,
    /// `None` has accounts off on loopback addresses and on elsewhere.
    pub(crate) accounts: Option<Switch>,
    pub(crate) anonymous_search: Switch,
    pub(crate) registration: Registration,
    /// Proxies that are believed who asks, and how.
    pub(crate) trusted_proxies: Vec<IpAddr>,
    /// The bucket for originals and thumbnails.
    pub(crate) object_store: Option<S3Settings>,
    /// How other buckets are reached.
    pub(crate) s3_access: S3Access,
    /// The Milvus that holds vectors; `None` where the program searches them itself.
    pub(crate) milvus: Option<MilvusSettings>,
    /// The same for another Milvus, whose address is given elsewhere.
    pub(crate) milvus_login: MilvusSettings,
    pub(crate) verbose: u8,
    pub(crate) quiet: bool,
    pub(crate) color: ColorChoice,
}

/// How lines of the log look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line, for log collectors.
    Json,
}

impl FromStr for LogFormat {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("it is `text` or `json`"),
        }
    }
}

/// The file's form; every key also as `LOOKALIKE_<KEY>`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ConfigFile {
    data: Option<PathBuf>,
    threads: Option<usize>,
    precision: Option<String>,
    device: Option<String>,
    listen: Option<ListenAddress>,
    max_megapixels: Option<u64>,
    max_file_mb: Option<u64>,
    max_upload_mb: Option<u64>,
    pixel_budget_mb: Option<u64>,
    trash_days: Option<u32>,
    import_roots: Option<Vec<PathBuf>>,
    max_searches: Option<usize>,
    max_waiting: Option<usize>,
    max_requests_per_minute: Option<u32>,
    hosts: Option<Vec<String>>,
    cors_origins: Option<Vec<String>>,
    log_format: Option<LogFormat>,
    accounts: Option<Switch>,
    anonymous_search: Option<Switch>,
    registration: Option<Registration>,
    trusted_proxies: Option<Vec<IpAddr>>,
    s3_endpoint: Option<String>,
    s3_bucket: Option<String>,
    s3_prefix: Option<String>,
    s3_region: Option<String>,
    s3_addressing: Option<String>,
    s3_ca_file: Option<PathBuf>,
    s3_credentials_file: Option<PathBuf>,
    milvus: milvus::MilvusFile,
}

impl Settings {
    pub(crate) fn resolve(global: &GlobalArguments) -> anyhow::Result<Self> {
        let file = match &global.config {
            Some(path) => ConfigFile::read(path)?,
            None => ConfigFile::default(),
        };
        let (object_store, s3_access) = object_store::resolve(&file)?;
        let defaults = Limits::default();
        let (milvus_login, milvus) = milvus::milvus(file.milvus)?;
        let megabytes = |bytes: u64| bytes / 1_000_000;
        let max_megapixels = setting("MAX_MEGAPIXELS", file.max_megapixels)?;
        let max_file_mb = setting("MAX_FILE_MB", file.max_file_mb)?;
        let pixel_budget_mb = setting("PIXEL_BUDGET_MB", file.pixel_budget_mb)?;
        let precision = setting::<String>("PRECISION", file.precision)?;
        Ok(Self {
            data: global
                .data
                .clone()
                .or(file.data)
                .unwrap_or_else(|| DEFAULT_DATA.into()),
            threads: global.threads.or(file.threads).unwrap_or(0),
            precision: match precision {
                Some(name) => name.parse()?,
                None => Precision::Auto,
            },
            device: match (global.device, file.device) {
                (Some(device), _) => device,
                (None, Some(name)) => {
                    let wrong = |error| anyhow::anyhow!("unknown device '{name}'; {error}");
                    name.parse().map_err(wrong)?
                }
                (None, None) => DeviceChoice::Auto,
            },
            listen: file.listen.unwrap_or_default(),
            limits: Limits {
                max_pixels: max_megapixels.unwrap_or(megabytes(defaults.max_pixels)) * 1_000_000,
                max_file_bytes: max_file_mb.unwrap_or(megabytes(defaults.max_file_bytes))
                    * 1_000_000,
            },
            max_upload_bytes: setting("MAX_UPLOAD_MB", file.max_upload_mb)?
                .map(|megabytes: u64| megabytes.saturating_mul(1_000_000)),
            pixel_budget_bytes: pixel_budget_mb.unwrap_or(DEFAULT_PIXEL_BUDGET_MB) << 20,
            trash_days: setting("TRASH_DAYS", file.trash_days)?.unwrap_or(DEFAULT_TRASH_DAYS),
            import_roots: match std::env::var_os("LOOKALIKE_IMPORT_ROOTS") {
                Some(roots) if !roots.is_empty() => Some(std::env::split_paths(&roots).collect()),
                _ => file.import_roots,
            },
            max_searches: setting("MAX_SEARCHES", file.max_searches)?,
            max_waiting: setting("MAX_WAITING", file.max_waiting)?,
            max_requests_per_minute: setting(
                "MAX_REQUESTS_PER_MINUTE",
                file.max_requests_per_minute,
            )?
            .filter(|&count| count > 0),
            hosts: list("HOSTS", file.hosts)?,
            cors_origins: list("CORS_ORIGINS", file.cors_origins)?,
            log_format: setting("LOG_FORMAT", file.log_format)?.unwrap_or_default(),
            accounts: setting("ACCOUNTS", file.accounts)?,
            anonymous_search: setting("ANONYMOUS_SEARCH", file.anonymous_search)?
                .unwrap_or_default(),
            registration: setting("REGISTRATION", file.registration)?.unwrap_or_default(),
            trusted_proxies: trusted_proxies(file.trusted_proxies)?,
            object_store,
            s3_access,
            milvus,
            milvus_login,
            verbose: global.verbose,
            quiet: global.quiet,
            color: global.color,
        })
    }

    /// Threads that read and decode: one per core unless told otherwise.
    pub(crate) fn workers(&self) -> usize {
        match self.threads {
            0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            threads => threads,
        }
    }
}

impl ConfigFile {
    fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("can't read the settings in {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("{} has a wrong setting", path.display()))
    }
}

/// The environment's value, else the file's.
fn setting<T>(name: &str, file: Option<T>) -> anyhow::Result<Option<T>>
where
    T: FromStr,
    T::Err: std::fmt::Display,
{
    let variable = format!("LOOKALIKE_{name}");
    match std::env::var(&variable) {
        Ok(text) if !text.is_empty() => match text.parse() {
            Ok(value) => Ok(Some(value)),
            Err(error) => anyhow::bail!("{variable}={text} is wrong: {error}"),
        },
        _ => Ok(file),
    }
}

/// Texts; in the environment separated by commas.
fn list(name: &str, file: Option<Vec<String>>) -> anyhow::Result<Vec<String>> {
    Ok(match setting::<String>(name, None)? {
        Some(texts) => texts.split(',').map(|one| one.trim().to_owned()).collect(),
        None => file.unwrap_or_default(),
    })
}
