//! A screening as it is kept: what was asked, where it stands, and a line for each product.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use lookalike_work::FileProblem;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

const STATE: &str = "state.json";
const LINES: &str = "products.jsonl";
const LOCK: &str = "lock";

/// What is screened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScreenRequest {
    /// The folder of products, absolute.
    pub folder: PathBuf,
    /// Where what is read may lie, links followed; anywhere if not given.
    #[serde(default)]
    pub within: Option<Vec<PathBuf>>,
    /// The parameters of each search, under the names and in the forms that searches take.
    pub parameters: Map<String, Value>,
}

/// Where a screening stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScreenState {
    /// It waits for its turn, or for a process that goes on with it.
    Queued,
    /// It is under way.
    Running,
    /// Somebody stopped it; what it had found stays.
    Cancelled,
    /// All products were looked at.
    Completed,
    /// It ended by an error.
    Failed,
}

impl ScreenState {
    /// `queued`, `running`, `cancelled`, `completed` or `failed`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Cancelled => "cancelled",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }

    /// Whether it will not change any more.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Cancelled | Self::Completed | Self::Failed)
    }
}

/// A screening's record.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) request: ScreenRequest,
    pub(crate) state: ScreenState,
    /// Why it failed.
    pub(crate) message: Option<String>,
    /// Products there are, once they are counted.
    pub(crate) total: u64,
    /// Milliseconds that it ran, over all runs.
    pub(crate) elapsed_ms: u64,
    /// Unix seconds.
    pub(crate) created_at: i64,
    pub(crate) finished_at: Option<i64>,
}

/// A product and the designs closest to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScreenedProduct {
    /// Its name: its folder, or what its pictures' names have in common.
    pub product: String,
    /// Pictures that it was searched with.
    pub pictures: u64,
    /// The closest patents, and images without a patent, the closest first.
    pub matches: Vec<ScreenMatch>,
    /// Pictures that could not be searched with.
    pub failed: Vec<FileProblem>,
    /// A small JPEG in Base64 of the picture that has the closest match, else of the first.
    pub thumbnail: Option<String>,
}

/// A patent, or an image without one, that is close to a product.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScreenMatch {
    /// `patent_id`, else `item-<id>`.
    pub group_id: String,
    /// Canonical patent id.
    pub patent_id: Option<String>,
    /// Title of the patent.
    pub title: Option<String>,
    /// Locarno class.
    pub loc_class: Option<String>,
    /// Applicant.
    pub applicant_name: Option<String>,
    /// `in_force` or `expired` on the day of the screening.
    pub status: Option<String>,
    /// YYYYMMDD.
    pub expiry_date: Option<u32>,
    /// The best score of any of the product's pictures; for `l2` the smallest distance.
    pub score: f32,
    /// What the score means by the encoder's own measure; null where the metric is not `cosine`.
    pub band: Option<String>,
    /// The product's picture that has this score: its path below the folder.
    pub picture: String,
    /// The item that was found: its id.
    pub id: i64,
    /// Its collection.
    pub collection: String,
    /// Its file name.
    pub file_name: String,
    /// Such as `D00001`.
    pub page_num: Option<String>,
    /// The pose of the picture by which it was found.
    pub pose: String,
}

/// The folder that a screening is kept in.
#[derive(Clone, Debug)]
pub(crate) struct Kept(pub(crate) PathBuf);

impl Kept {
    pub(crate) fn record(&self) -> io::Result<Record> {
        Ok(serde_json::from_slice(&fs::read(self.0.join(STATE))?)?)
    }

    /// Replaces the record in one step: whoever reads sees the one before or this one.
    pub(crate) fn write(&self, record: &Record) -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(&self.0)?;
        serde_json::to_writer(&mut file, record)?;
        file.as_file().sync_data()?;
        file.persist(self.0.join(STATE))?;
        Ok(())
    }

    /// The products that are done. A line that a killed process left unfinished is none.
    pub(crate) fn products(&self) -> io::Result<Vec<ScreenedProduct>> {
        let file = match File::open(self.0.join(LINES)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            file => file?,
        };
        let mut products = Vec::new();
        for line in BufReader::new(file).split(b'\n') {
            if let Ok(product) = serde_json::from_slice(&line?) {
                products.push(product);
            }
        }
        Ok(products)
    }

    /// A file that lines are added to, beginning with a new one.
    pub(crate) fn lines(&self) -> io::Result<Lines> {
        let path = self.0.join(LINES);
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        if file.metadata()?.len() > 0 {
            file.write_all(b"\n")?;
        }
        Ok(Lines(file))
    }

    /// Held by the process that runs the screening; `None` where another one does.
    pub(crate) fn lock(&self) -> io::Result<Option<File>> {
        let path = self.0.join(LOCK);
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(file.try_lock().is_ok().then_some(file))
    }
}

/// Where products that are done are written.
pub(crate) struct Lines(File);

impl Lines {
    /// In one write, so that no other comes between.
    pub(crate) fn add(&mut self, product: &ScreenedProduct) -> io::Result<()> {
        let mut line = serde_json::to_vec(product)?;
        line.push(b'\n');
        self.0.write_all(&line)
    }
}

/// The folder of all screenings of a data directory.
pub(crate) fn home(data: &Path) -> PathBuf {
    data.join("screenings")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(name: &str) -> ScreenedProduct {
        ScreenedProduct {
            product: name.to_owned(),
            pictures: 1,
            matches: Vec::new(),
            failed: Vec::new(),
            thumbnail: None,
        }
    }

    #[test]
    fn what_a_killed_process_left_is_read_up_to_there() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept(folder.path().to_path_buf());
        assert_eq!(kept.products().unwrap(), []);
        kept.lines().unwrap().add(&product("chair")).unwrap();
        let torn = &serde_json::to_vec(&product("lamp")).unwrap()[..10];
        let mut file = OpenOptions::new()
            .append(true)
            .open(folder.path().join(LINES))
            .unwrap();
        file.write_all(torn).unwrap();
        assert_eq!(kept.products().unwrap(), [product("chair")]);
        kept.lines().unwrap().add(&product("lamp")).unwrap();
        assert_eq!(
            kept.products().unwrap(),
            [product("chair"), product("lamp")]
        );
    }

    #[test]
    fn one_process_at_a_time_runs_a_screening() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept(folder.path().to_path_buf());
        let held = kept.lock().unwrap();
        assert!(held.is_some());
        assert!(kept.lock().unwrap().is_none());
        drop(held);
        assert!(kept.lock().unwrap().is_some());
    }
}
