//! CPU time of each stage of an import when nothing else runs: what the whole is compared with.
//!
//!     import_stages FOLDER MODEL PREPROCESS [SIZE]    # SIZE: the model's own
//!
//! FOLDER holds folders of sheets; MODEL is `builtin` or a model's folder. Everything happens on
//! one thread with the functions that the import calls, one stage at a time: a sheet is read,
//! decoded, preprocessed and made a thumbnail of before the next, as in the import, because the
//! memory of a picture that was just freed costs no page faults (with 16 sheets at once decoding
//! takes 5 ms instead of 1.5, which would flatter the whole). What the import does besides is not
//! counted: listing folders, reading grants, and handing work from thread to thread. Prints JSON:
//! milliseconds a sheet for each stage, and their sum.
//!
//! Linux only: the times are the process's own in `/proc`.

use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use lookalike_catalog::{
    Catalog, Collection, Content, IndexKind, KnownPath, Metric, NewCollection, NewItem,
};
use lookalike_encoders::{Lane, LoadOptions, Precision, Registry};
use lookalike_engine::{Encoder, EncoderSettings, Encoders};
use lookalike_fetch::models::HubEnvironment;
use lookalike_imaging::{DecodeOptions, RgbImage, decode, encode_jpeg, thumbnail};
use lookalike_patents::SheetName;
use lookalike_storage::blob::{BlobKey, BlobStore, FolderBlobs};
use md5::{Digest, Md5};
use serde_json::json;

type Failure = Box<dyn Error>;

/// Rows in a transaction, as in the import.
const COMMIT_ITEMS: usize = 128;

const THUMBNAIL_QUALITY: u8 = 85;

/// `/proc` counts in hundredths of a second on every architecture. A stage's time is rounded to
/// them; that errs as often up as down, as each reading is one stage's end and the next one's
/// beginning: over 300 sheets by about 0.3 ms a sheet, and for the sum by nothing.
const MS_A_TICK: f64 = 10.0;

/// In their order.
#[derive(Clone, Copy)]
enum Stage {
    Read,
    Decode,
    Preprocess,
    Thumbnail,
    Embed,
    Write,
}

const STAGES: [&str; 6] = [
    "read",
    "decode",
    "preprocess",
    "thumbnail",
    "embed",
    "write",
];

/// A sheet on its way to the encoder.
struct Prepared {
    item: NewItem,
    picture: RgbImage,
    thumbnail: Vec<u8>,
}

/// A sheet on its way to the catalogue.
struct Row {
    item: NewItem,
    embedding: Vec<f32>,
    thumbnail: Vec<u8>,
}

#[expect(clippy::print_stdout, reason = "the result of the program")]
fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, model, preprocess, size @ ..] = arguments.as_slice() else {
        return Err("usage: import_stages FOLDER MODEL PREPROCESS [SIZE]".into());
    };
    let size = size.first().map(|size| size.parse()).transpose()?;
    let sheets = list(Path::new(folder))?;
    if sheets.is_empty() {
        return Err(format!("no sheets in the folders of {folder}").into());
    }
    let encoders = Encoders::new(EncoderSettings {
        data_dir: PathBuf::new(),
        registry: Registry::default(),
        load: LoadOptions::on_cpu(std::num::NonZeroUsize::new(1), Precision::Auto)?,
        hub: HubEnvironment::from_env(),
        on_pull: Box::new(|_| {}),
    });
    let encoder = encoders.encoder(
        model,
        Some(preprocess.parse()?),
        size,
        lookalike_engine::Length::Unit,
    )?;
    // Beside the sheets, as the import's data directory is: on the same disk.
    let work = tempfile::tempdir_in(Path::new(folder).parent().unwrap_or(Path::new(".")))?;
    let mut import = Import::new(work.path(), encoder)?;
    for sheet in &sheets {
        import.add(sheet)?;
    }
    import.finish()?;
    let a_sheet = |ms: f64| (ms / sheets.len() as f64 * 1e3).round() / 1e3;
    let stages: serde_json::Map<_, _> = STAGES
        .iter()
        .zip(import.clock.spent_ms)
        .map(|(name, ms)| ((*name).to_owned(), json!(a_sheet(ms))))
        .collect();
    let sum = a_sheet(import.clock.spent_ms.iter().sum());
    println!(
        "{}",
        json!({"sheets": sheets.len(), "ms_per_sheet": stages, "sum_ms_per_sheet": sum})
    );
    Ok(())
}

/// The TIFFs one level below `folder`, by name.
fn list(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut sheets = Vec::new();
    for patent in fs::read_dir(folder)? {
        for entry in fs::read_dir(patent?.path())? {
            let path = entry?.path();
            if path
                .extension()
                .is_some_and(|extension| extension.eq_ignore_ascii_case("tif"))
            {
                sheets.push(path);
            }
        }
    }
    sheets.sort();
    Ok(sheets)
}

struct Import {
    catalog: Catalog,
    blobs: FolderBlobs,
    collection: Collection,
    encoder: Encoder,
    lane: Lane,
    batch: Vec<Prepared>,
    rows: Vec<Row>,
    clock: Clock,
}

impl Import {
    fn new(directory: &Path, encoder: Encoder) -> Result<Self, Failure> {
        let catalog = Catalog::open_for_writing(directory)?;
        let collection = catalog.write(0, |tx| {
            tx.create_collection(&NewCollection {
                name: "default".to_owned(),
                model: None,
                model_fingerprint: None,
                dim: encoder.model().facts().description.dim,
                preprocess: None,
                size: None,
                metric: Metric::Cosine,
                index_kind: IndexKind::Auto,
                normalize: true,
            })
        })?;
        let lane = encoder.lane()?;
        Ok(Self {
            catalog,
            blobs: FolderBlobs::new(directory.join("blobs")),
            collection,
            encoder,
            lane,
            batch: Vec::new(),
            rows: Vec::new(),
            clock: Clock::start()?,
        })
    }

    fn add(&mut self, path: &Path) -> Result<(), Failure> {
        self.clock.skip()?;
        let (mut item, bytes) = self.read(path)?;
        self.clock.lap(Stage::Read)?;
        let decoded = decode(&bytes, &DecodeOptions::default())?;
        item.content.width = decoded.image.width();
        item.content.height = decoded.image.height();
        item.content.format = decoded.format.name().to_owned();
        self.clock.lap(Stage::Decode)?;
        let picture = self.encoder.prepare(&decoded.image)?;
        self.clock.lap(Stage::Preprocess)?;
        let thumbnail = encode_jpeg(&thumbnail(&decoded.image), THUMBNAIL_QUALITY)?;
        self.clock.lap(Stage::Thumbnail)?;
        drop(decoded);
        self.clock.lap(Stage::Decode)?;
        self.batch.push(Prepared {
            item,
            picture,
            thumbnail,
        });
        if self.batch.len() >= self.encoder.batch_size(&self.lane) {
            self.embed()?;
        }
        if self.rows.len() >= COMMIT_ITEMS {
            self.commit()?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Failure> {
        self.embed()?;
        self.commit()
    }

    fn embed(&mut self) -> Result<(), Failure> {
        self.clock.skip()?;
        let pictures: Vec<&RgbImage> = self.batch.iter().map(|sheet| &sheet.picture).collect();
        let embeddings = self.encoder.embed_on(&self.lane, &pictures)?;
        for (sheet, embedding) in self.batch.drain(..).zip(embeddings) {
            self.rows.push(Row {
                item: sheet.item,
                embedding,
                thumbnail: sheet.thumbnail,
            });
        }
        self.clock.lap(Stage::Embed)
    }

    /// Reads a file that neither its path nor its bytes make known.
    fn read(&self, path: &Path) -> Result<(NewItem, Vec<u8>), Failure> {
        let metadata = fs::metadata(path)?;
        let known = KnownPath {
            path: path.display().to_string(),
            file_size: metadata.len(),
            modified_ns: 0,
            page_count: None,
        };
        let bytes = fs::read(path)?;
        let md5 = Md5::digest(&bytes);
        let md5: String = md5.iter().map(|byte| format!("{byte:02x}")).collect();
        let by_path = self.catalog.known_path(&self.collection, &known.path)?;
        let by_bytes = self.catalog.embedding_of_content(&self.collection, &md5)?;
        if by_path.is_some() || by_bytes.is_some() {
            return Err(format!("{} is there twice", path.display()).into());
        }
        Ok((new_item(path, known, md5), bytes))
    }

    fn commit(&mut self) -> Result<(), Failure> {
        self.clock.skip()?;
        let blobs = self.rows.iter().map(|row| {
            let md5 = &row.item.content.md5;
            let key = BlobKey::new(format!("thumbnails/{}/{md5}.jpg", &md5[..2]))?;
            Ok((key, &*row.thumbnail))
        });
        let blobs: Vec<(BlobKey, &[u8])> = blobs.collect::<Result<_, Failure>>()?;
        let blobs: Vec<(&BlobKey, &[u8])> =
            blobs.iter().map(|(key, bytes)| (key, *bytes)).collect();
        self.blobs.put_all(&blobs)?;
        self.catalog.write(0, |tx| {
            for row in &self.rows {
                tx.place_item(&self.collection, &row.item, Some(&row.embedding))?;
            }
            Ok::<_, Failure>(())
        })?;
        self.rows.clear();
        self.clock.lap(Stage::Write)
    }
}

fn new_item(path: &Path, known: KnownPath, md5: String) -> NewItem {
    let file_name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let sheet = SheetName::parse(&file_name);
    NewItem {
        content: Content {
            md5,
            width: 0,
            height: 0,
            file_size: known.file_size,
            format: String::new(),
            original_key: None,
            turn: None,
            page: None,
        },
        external_id: None,
        file_name,
        path: Some(known),
        patent_id: sheet.as_ref().map(|sheet| sheet.patent_id.to_string()),
        page_num: sheet.map(|sheet| sheet.page),
        image_index: None,
        view: None,
        front_page: false,
        description: None,
        tags: Vec::new(),
        attributes: serde_json::Map::new(),
        warnings: Vec::new(),
    }
}

/// CPU time of the process, by stage: also that of the threads which blobs are written by.
struct Clock {
    last_ms: f64,
    spent_ms: [f64; STAGES.len()],
}

impl Clock {
    fn start() -> Result<Self, Failure> {
        Ok(Self {
            last_ms: cpu_ms()?,
            spent_ms: [0.0; STAGES.len()],
        })
    }

    /// What happened since the last reading belongs to no stage.
    fn skip(&mut self) -> Result<(), Failure> {
        self.last_ms = cpu_ms()?;
        Ok(())
    }

    /// What happened since the last reading was that stage.
    fn lap(&mut self, stage: Stage) -> Result<(), Failure> {
        let now = cpu_ms()?;
        self.spent_ms[stage as usize] += now - self.last_ms;
        self.last_ms = now;
        Ok(())
    }
}

/// User and system time of all threads of the process, past ones included, in milliseconds.
fn cpu_ms() -> Result<f64, Failure> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The program's name in parentheses may hold blanks; user and system time are the
    // fields 14 and 15, the first after the name is 3 (proc_pid_stat(5)).
    let (_, fields) = stat.rsplit_once(')').ok_or("/proc/self/stat has no name")?;
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks: Result<Vec<f64>, _> = ticks.map(str::parse).collect();
    Ok(ticks?.iter().sum::<f64>() * MS_A_TICK)
}
