//! The whole set: which designs there are, and every design from parameters to files.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use image::codecs::jpeg::JpegEncoder;
use lookalike_patents::page_path;
use rayon::prelude::*;

use crate::archive::{Bundle, Weeks, write_file};
use crate::drawing::{self, Grouping, Page, SheetPlan, Subject};
use crate::family::{FAMILIES, Family};
use crate::grant::{Drawing, Record, Sentence, grant, sentences};
use crate::photo::{self, Palette};
use crate::random::{Params, Rng, derive, derive_index};
use crate::truth::{Design, Sheet, TruthWriter};
use crate::{Layout, Options, Summary, SynthError, office, solid, tiff};

/// Patents that a thread has in hand before results are put in order; bounds the memory.
const BATCH_PER_THREAD: usize = 8;

/// Writes synthetic design patents below `out`, a new or empty directory.
///
/// `out/patents/` holds the patents in the layout asked for, `out/photos/` the product photos as
/// `<patent_id>-<n>.jpg`, and `out/ground-truth.json`, written last, says which is which; its file
/// names are relative to `out`, go on inside archives after the archive's name and a slash, and end
/// in `#page=` and a number for a page of a PDF.
/// `progress` is called from any thread with (files done, files in all).
///
/// The same options give the same drawings, photos and XML byte by byte, for any number of threads
/// and on any machine. The archives around them are the same too as long as the compressor is.
///
/// # Errors
/// When the count is out of range, `out` is not empty, or something cannot be written. What was
/// written until then stays, without `ground-truth.json`.
pub fn generate(
    out: &Path,
    options: &Options,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<Summary, SynthError> {
    let start = Instant::now();
    let per_design = u64::from(options.near) + 1;
    let count = u64::from(options.patents) * per_design;
    if count == 0 || count > Options::MAX_PATENTS {
        return Err(SynthError::Count {
            asked: count,
            most: Options::MAX_PATENTS,
        });
    }
    let patents = prepare(out)?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads)
        .build()
        .map_err(|source| SynthError::Threads {
            threads: options.threads,
            source,
        })?;
    let total: u64 = 1
        + (0..count)
            .map(|ordinal| Plan::new(options, ordinal).files(options.layout))
            .sum::<u64>();
    let job = Job {
        out,
        patents: patents.clone(),
        options,
        done: AtomicU64::new(0),
        total,
        progress,
    };
    let mut truth = TruthWriter::create(out)?;
    let mut weeks = Weeks::new(patents);
    let mut summary = Summary {
        patents: count,
        sheets: 0,
        photos: 0,
        bytes: 0,
        elapsed: start.elapsed(),
    };
    let batch = (BATCH_PER_THREAD * pool.current_num_threads()) as u64;
    for first in (0..count).step_by(batch as usize) {
        let last = (first + batch).min(count);
        let made: Result<Vec<Made>, SynthError> = pool.install(|| {
            (first..last)
                .into_par_iter()
                .map(|ordinal| job.make(ordinal))
                .collect()
        });
        for made in made? {
            if let Some((week, name, content)) = &made.archive {
                weeks.add(week, name, content)?;
            }
            summary.sheets += made.design.sheets.len() as u64;
            summary.photos += made.design.photos.len() as u64;
            summary.bytes += made.bytes;
            truth.add(&made.design)?;
        }
    }
    summary.bytes += weeks.finish()?;
    summary.bytes += truth.finish()?;
    job.tick();
    summary.elapsed = start.elapsed();
    Ok(summary)
}

/// Makes the directories; the output directory must be new or empty.
fn prepare(out: &Path) -> Result<PathBuf, SynthError> {
    fs::create_dir_all(out).map_err(|source| SynthError::write(out, source))?;
    let mut entries = fs::read_dir(out).map_err(|source| SynthError::write(out, source))?;
    if entries.next().is_some() {
        return Err(SynthError::NotEmpty {
            path: out.to_owned(),
        });
    }
    let patents = out.join("patents");
    for folder in [&patents, &out.join("photos")] {
        fs::create_dir(folder).map_err(|source| SynthError::write(folder, source))?;
    }
    Ok(patents)
}

/// What is settled about a patent before anything is drawn.
struct Plan {
    family: &'static Family,
    /// Key of the original design, and of this patent.
    design: u64,
    patent: u64,
    /// The ordinal of the original, for near designs.
    near_of: Option<u64>,
    nudge: f64,
    grouping: Grouping,
    /// States of a design that is all front; 1 of others.
    states: usize,
    photos: u32,
}

impl Plan {
    fn new(options: &Options, ordinal: u64) -> Plan {
        let per_design = u64::from(options.near) + 1;
        let (index, copy) = (ordinal / per_design, ordinal % per_design);
        let design = derive_index(derive(options.seed, "design"), index);
        let patent = derive_index(derive(design, "patent"), copy);
        let nudge = if copy == 0 {
            0.0
        } else {
            // One in every step of the range, kept to three digits for the ground truth.
            let within = Rng::new(derive(patent, "nudge")).range(0.2, 1.0);
            let nudge = ((copy - 1) as f64 + within) / f64::from(options.near);
            (nudge * 1000.0).round().max(1.0) / 1000.0
        };
        let family = family(options.seed, index);
        let states = if family.is_flat {
            Rng::new(derive(patent, "states")).whole(1, 5) as usize
        } else {
            1
        };
        Plan {
            family,
            design,
            patent,
            near_of: (copy > 0).then(|| ordinal - copy),
            nudge,
            grouping: Grouping::draw(&mut Rng::new(derive(patent, "grouping"))),
            states,
            photos: options.photos,
        }
    }

    fn rng(&self, purpose: &str) -> Rng {
        Rng::new(derive(self.patent, purpose))
    }

    /// Sheets, front-page copy and XML, or the one PDF; and photos.
    fn files(&self, layout: Layout) -> u64 {
        let states = self.family.is_flat.then_some(self.states);
        let sheets = self.grouping.sheets(states).len() as u64;
        let files = match layout {
            Layout::Folders | Layout::Zip | Layout::Tar => sheets + 2,
            Layout::Pdf => 1,
        };
        files + u64::from(self.photos)
    }

    /// The design in each of its states.
    fn subjects(&self) -> Vec<Subject> {
        (0..self.states)
            .map(|state| {
                let params = if state > 0 {
                    // A little further from the first state each time.
                    let by = derive_index(derive(self.patent, "state"), state as u64);
                    Params::near(self.design, by, (0.12 * state as f64).min(1.0))
                } else if self.near_of.is_some() {
                    Params::near(self.design, self.patent, self.nudge)
                } else {
                    Params::original(self.design)
                };
                let parts = (self.family.build)(&params);
                let junctions = solid::junctions(&parts);
                Subject { parts, junctions }
            })
            .collect()
    }

    fn record(&self, ordinal: u64) -> Record {
        // Variants of a design mostly come from the same house.
        let mut applicant = if self.rng("house").chance(0.6) {
            Rng::new(derive(self.design, "applicant"))
        } else {
            self.rng("applicant")
        };
        Record::new(
            ordinal,
            self.family,
            &mut self.rng("record"),
            &mut applicant,
        )
    }
}

/// Every family once in a row, each row shuffled: small sets show them all.
fn family(seed: u64, index: u64) -> &'static Family {
    let count = FAMILIES.len();
    let row = index / count as u64;
    let mut rng = Rng::new(derive_index(derive(seed, "families"), row));
    let mut order: Vec<usize> = (0..count).collect();
    for last in (1..count).rev() {
        order.swap(last, rng.below(last + 1));
    }
    &FAMILIES[order[(index % count as u64) as usize]]
}

struct Job<'a> {
    out: &'a Path,
    patents: PathBuf,
    options: &'a Options,
    done: AtomicU64,
    total: u64,
    progress: &'a (dyn Fn(u64, u64) + Sync),
}

/// A patent that is written but for what the weekly archive takes.
struct Made {
    design: Design,
    bytes: u64,
    /// Week, name and content.
    archive: Option<(String, String, Vec<u8>)>,
}

impl Job<'_> {
    fn tick(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        (self.progress)(done, self.total);
    }

    fn make(&self, ordinal: u64) -> Result<Made, SynthError> {
        let plan = Plan::new(self.options, ordinal);
        let record = plan.record(ordinal);
        let subjects = plan.subjects();
        let layout = self.options.layout;
        let drawn = draw(&plan, &subjects);
        let (bundle, sheets) = match layout {
            Layout::Folders | Layout::Zip | Layout::Tar => self.file(&record, &drawn),
            Layout::Pdf => self.print(&record, &drawn),
        };
        let mut bytes = 0;
        let mut archive = None;
        match layout {
            Layout::Folders => bytes += bundle.write_folder(&self.patents)?,
            Layout::Pdf => {
                for (name, content) in &bundle.files {
                    bytes += write_file(&self.patents.join(name), content)?;
                }
            }
            Layout::Zip => {
                bytes += write_file(&self.patents.join(bundle.archive_name()), &bundle.zipped()?)?;
            }
            Layout::Tar => {
                let name = bundle.archive_name();
                archive = Some((bundle.week.clone(), name, bundle.zipped()?));
            }
        }
        let mut photos = Vec::new();
        let palette = Palette::new(&mut plan.rng("palette"));
        for number in 1..=self.options.photos {
            let file = format!("photos/{}-{number}.jpg", record.patent_id());
            bytes += self.photograph(&plan, &subjects[0], &palette, number, &file)?;
            photos.push(file);
        }
        Ok(Made {
            design: Design {
                patent_id: record.patent_id(),
                family: plan.family.name,
                near_of: plan.near_of.map(|original| {
                    Plan::new(self.options, original)
                        .record(original)
                        .patent_id()
                }),
                nudge: plan.nudge,
                sheets,
                photos,
            },
            bytes,
            archive,
        })
    }

    /// The patent's drawings and grant, as files of their own.
    fn file(&self, record: &Record, drawn: &Drawn) -> (Bundle, Vec<Sheet>) {
        let mut bundle = Bundle::new(record);
        let mut sheets = Vec::new();
        let mut listed = Vec::new();
        for (index, (plan, page)) in drawn.sheets.iter().enumerate() {
            let mut add = |number: usize| {
                // The front page's copy is the first sheet to the last byte.
                let content = tiff::encode(page, number.max(1), plan.landscape);
                let name = format!("{}-D{number:05}.TIF", bundle.stem);
                sheets.push(Sheet {
                    file: bundle.location(self.options.layout, &name),
                    view: plan.views(),
                    front_page: number == 0,
                });
                listed.push(Drawing {
                    file: name.clone(),
                    plan,
                    size: (page.width, page.height),
                });
                bundle.files.push((name, content));
                self.tick();
            };
            if index == 0 {
                // The front page shows a copy of the first sheet.
                add(0);
            }
            add(index + 1);
        }
        let xml = grant(record, &listed, &drawn.sentences(record));
        let name = format!("{}.XML", bundle.stem);
        bundle.files.push((name, xml.into_bytes()));
        self.tick();
        (bundle, sheets)
    }

    /// The patent as one PDF.
    fn print(&self, record: &Record, drawn: &Drawn) -> (Bundle, Vec<Sheet>) {
        let mut bundle = Bundle::new(record);
        let name = format!("{}.pdf", bundle.stem);
        let place = bundle.location(self.options.layout, &name);
        let sheets = drawn
            .sheets
            .iter()
            .enumerate()
            .map(|(index, (plan, _))| Sheet {
                // After the front page.
                file: page_path(&place, index as u32 + 2),
                view: plan.views(),
                front_page: false,
            });
        let sheets = sheets.collect();
        let pages: Vec<&Page> = drawn.sheets.iter().map(|(_, page)| page).collect();
        let content = office::patent(record, &drawn.sentences(record), &pages);
        bundle.files.push((name, content));
        self.tick();
        (bundle, sheets)
    }

    fn photograph(
        &self,
        plan: &Plan,
        subject: &Subject,
        palette: &Palette,
        number: u32,
        file: &str,
    ) -> Result<u64, SynthError> {
        let mut rng = plan.rng(&format!("photo {number}"));
        let picture = photo::take(&subject.parts, palette, &mut rng);
        let path = self.out.join(file);
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, rng.whole(88, 92) as u8)
            .encode_image(&picture)
            .map_err(|source| SynthError::Photo {
                path: path.clone(),
                source,
            })?;
        let bytes = write_file(&path, &jpeg)?;
        self.tick();
        Ok(bytes)
    }
}

/// What a patent shows.
struct Drawn {
    sheets: Vec<(SheetPlan, Page)>,
    /// Whether broken lines occur.
    unclaimed: bool,
}

impl Drawn {
    fn sentences(&self, record: &Record) -> Vec<Sentence> {
        let figures = self
            .sheets
            .iter()
            .flat_map(|(plan, _)| plan.figures.iter().copied());
        sentences(record, &figures.collect::<Vec<_>>(), self.unclaimed)
    }
}

fn draw(plan: &Plan, subjects: &[Subject]) -> Drawn {
    let drawings = drawing::plan(
        subjects,
        plan.family.is_flat,
        plan.grouping,
        &mut plan.rng("drawing"),
    );
    let sheets = drawings.sheets.iter().enumerate().map(|(index, sheet)| {
        let mut rng = plan.rng(&format!("sheet {index}"));
        let page = drawing::draw(&drawings, subjects, index, &mut rng);
        (sheet.clone(), drawings.cut(&page, &mut rng))
    });
    Drawn {
        sheets: sheets.collect(),
        unclaimed: subjects[0].parts.iter().any(|part| part.unclaimed),
    }
}
