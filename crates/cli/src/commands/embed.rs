//! `lookalike embed`.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use lookalike_encoders::Tokens;
use lookalike_engine::{
    Encoder, EngineError, ErrorKind, Length, Reading, embed_file_tokens, embed_files,
};
use lookalike_imaging::{Format, PixelBudget};
use lookalike_npy as npy;
use serde::Serialize;
use zip::write::SimpleFileOptions;

use super::Outcome;
use crate::arguments::{EmbedArguments, EmbedFormat, TokenChoice};
use crate::output::{self, Align, Column, Table, shorten};
use crate::settings::Settings;
use crate::wiring;

/// Numbers of an embedding that the table shows.
const SHOWN: usize = 6;

/// What became of one image.
#[derive(Serialize)]
#[serde(untagged)]
enum Line {
    Embedded {
        file: String,
        model: String,
        dim: usize,
        #[serde(serialize_with = "vector_or_rows")]
        embedding: Rows,
    },
    Failed {
        file: String,
        error: String,
    },
}

/// One vector, or one per token.
struct Rows {
    values: Vec<f32>,
    dim: usize,
    per_token: bool,
}

pub(super) fn run(arguments: &EmbedArguments, settings: &Settings) -> anyhow::Result<Outcome> {
    let format = format(arguments);
    let encoders = wiring::encoders(settings, arguments.precision.unwrap_or(settings.precision))?;
    let encoder = encoders.encoder(
        &arguments.model,
        arguments.preprocess,
        arguments.size,
        Length::Unit,
    )?;
    let output = arguments.output.as_deref();
    let failed = if format == EmbedFormat::Jsonl {
        // Lines go out as they come; the other formats need them all.
        let mut out = open(output)?;
        let mut failed = false;
        each_line(arguments, settings, &encoder, |line| {
            failed |= matches!(line, Line::Failed { .. });
            write_json(&mut *out, &line)?;
            Ok(out.flush()?)
        })?;
        failed
    } else {
        if let Some(path) = output {
            check_folder(path)?;
        }
        let mut kept = Vec::new();
        each_line(arguments, settings, &encoder, |line| {
            if let Line::Failed { file, error } = &line {
                eprintln!("failed: {file}: {error}");
            }
            kept.push(line);
            Ok(())
        })?;
        let failed = kept
            .iter()
            .filter(|line| matches!(line, Line::Failed { .. }))
            .count();
        match output {
            Some(path) if failed == kept.len() => {
                eprintln!(
                    "{} was not written: no image could be embedded",
                    path.display()
                );
            }
            _ => write(&mut *open(output)?, format, &kept, &encoder)?,
        }
        failed > 0
    };
    Ok(if failed {
        Outcome::SomeFailed
    } else {
        Outcome::Done
    })
}

/// The file of that name, emptied, or standard output.
fn open(output: Option<&Path>) -> anyhow::Result<Box<dyn Write>> {
    Ok(match output {
        Some(path) => Box::new(BufWriter::new(
            File::create(path).with_context(|| format!("can't write {}", path.display()))?,
        )),
        None => Box::new(BufWriter::new(io::stdout().lock())),
    })
}

/// Whether a file can be made there, as is better known before the work than after it.
fn check_folder(path: &Path) -> anyhow::Result<()> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    anyhow::ensure!(
        folder.is_dir(),
        "can't write {}: there is no folder {}",
        path.display(),
        folder.display()
    );
    Ok(())
}

fn write_json(out: &mut dyn Write, value: &impl Serialize) -> anyhow::Result<()> {
    serde_json::to_writer(&mut *out, value).map_err(io::Error::from)?;
    Ok(out.write_all(b"\n")?)
}

fn write(
    out: &mut dyn Write,
    format: EmbedFormat,
    lines: &[Line],
    encoder: &Encoder,
) -> anyhow::Result<()> {
    match format {
        EmbedFormat::Jsonl => lines.iter().try_for_each(|line| write_json(out, line))?,
        EmbedFormat::Json => write_json(out, &lines)?,
        EmbedFormat::Table => out.write_all(table(lines).as_bytes())?,
        EmbedFormat::Npy => write_npy(out, lines, dim(lines, encoder))?,
        EmbedFormat::Npz => write_npz(out, lines, dim(lines, encoder))?,
    }
    Ok(out.flush()?)
}

/// What becomes of each picture, or of each text where those are asked for.
fn each_line(
    arguments: &EmbedArguments,
    settings: &Settings,
    encoder: &Encoder,
    each: impl FnMut(Line) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    if arguments.texts.is_empty() {
        each_image(arguments, settings, encoder, each)
    } else {
        each_text(arguments, settings, encoder, each)
    }
}

fn each_image(
    arguments: &EmbedArguments,
    settings: &Settings,
    encoder: &Encoder,
    mut each: impl FnMut(Line) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let images = files(&arguments.images)?;
    let reading = Reading {
        limits: settings.limits.clone(),
        budget: PixelBudget::new(settings.pixel_budget_bytes),
    };
    let line = |file: &Path, result: Result<Rows, EngineError>| {
        let file = file.display().to_string();
        match result {
            Ok(embedding) => Line::Embedded {
                file,
                model: arguments.model.clone(),
                dim: embedding.dim,
                embedding,
            },
            Err(error) => Line::Failed {
                file,
                error: error.to_string(),
            },
        }
    };
    if arguments.tokens == TokenChoice::Cls {
        let whole = |values: Vec<f32>| Rows {
            dim: values.len(),
            values,
            per_token: false,
        };
        return embed_files(encoder, &images, &reading, |file, result| {
            let warnings = result.iter().flat_map(|embedded| &embedded.warnings);
            for warning in warnings {
                output::note(settings, &format!("{}: {warning}", file.display()));
            }
            each(line(file, result.map(|embedded| whole(embedded.embedding))))
        });
    }
    for file in &images {
        let tokens = embed_file_tokens(encoder, file, &reading)
            .and_then(|tokens| rows(tokens, arguments.tokens));
        each(line(file, tokens))?;
    }
    Ok(())
}

/// The files that are given, with those of the folders that are given, by name: the ones whose endings
/// are those of pictures.
fn files(given: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in given {
        if path.is_dir() {
            let before = files.len();
            pictures_below(path, &mut files)?;
            anyhow::ensure!(files.len() > before, "{} holds no pictures", path.display());
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

fn pictures_below(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let place = || format!("can't read the folder {}", folder.display());
    let entries = std::fs::read_dir(folder).with_context(place)?;
    let mut entries = entries
        .collect::<io::Result<Vec<_>>>()
        .with_context(place)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        // Links to folders may lead in circles.
        if entry.file_type().with_context(place)?.is_dir() {
            pictures_below(&path, files)?;
        } else if is_picture(&path) {
            files.push(path);
        }
    }
    Ok(())
}

fn is_picture(path: &Path) -> bool {
    let ending = path
        .extension()
        .map(|ending| ending.to_string_lossy().to_lowercase());
    let format = ending.and_then(|ending| Format::of_extension(&ending));
    format.is_some_and(Format::is_read)
}

/// Embeds words; lines name them where those of pictures name files.
fn each_text(
    arguments: &EmbedArguments,
    settings: &Settings,
    encoder: &Encoder,
    mut each: impl FnMut(Line) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    anyhow::ensure!(
        arguments.tokens == TokenChoice::Cls,
        "texts have one embedding each; leave --tokens away"
    );
    let embedded = encoder.embed_texts(&arguments.texts)?;
    for (text, embedded) in arguments.texts.iter().zip(embedded) {
        if embedded.read < embedded.tokens {
            let shown = shorten(text, 40);
            let (read, all) = (embedded.read, embedded.tokens);
            output::note(
                settings,
                &format!(
                    "{shown}: longer than the model reads, the first {read} of {all} tokens count"
                ),
            );
        }
        each(Line::Embedded {
            file: text.clone(),
            model: arguments.model.clone(),
            dim: embedded.embedding.len(),
            embedding: Rows {
                dim: embedded.embedding.len(),
                values: embedded.embedding,
                per_token: false,
            },
        })?;
    }
    Ok(())
}

/// The tokens that are wanted, a row each.
fn rows(tokens: Tokens, wanted: TokenChoice) -> Result<Rows, EngineError> {
    let Tokens {
        cls,
        mut patches,
        dim,
        ..
    } = tokens;
    if wanted == TokenChoice::All {
        if cls.len() != dim {
            let message = format!(
                "the model's embeddings have {} values and its patches {dim}, which make no rows of \
                 one length; ask for --tokens patch",
                cls.len()
            );
            return Err(EngineError::new(ErrorKind::InvalidInput, message));
        }
        patches.splice(..0, cls);
    }
    Ok(Rows {
        values: patches,
        dim,
        per_token: true,
    })
}

fn format(arguments: &EmbedArguments) -> EmbedFormat {
    let ending = arguments.output.as_deref().and_then(Path::extension);
    match (arguments.format, ending.and_then(|ending| ending.to_str())) {
        (Some(format), _) => format,
        (None, Some("npy")) => EmbedFormat::Npy,
        (None, Some("npz")) => EmbedFormat::Npz,
        (None, Some("json")) => EmbedFormat::Json,
        (None, Some("jsonl")) => EmbedFormat::Jsonl,
        _ => EmbedFormat::Table,
    }
}

fn vector_or_rows<S: serde::Serializer>(rows: &Rows, serializer: S) -> Result<S::Ok, S::Error> {
    if rows.per_token {
        serializer.collect_seq(rows.values.chunks_exact(rows.dim))
    } else {
        rows.values.serialize(serializer)
    }
}

fn table(lines: &[Line]) -> String {
    let mut table = Table::new([
        Column("file", Align::Left),
        Column("vectors", Align::Right),
        Column("dim", Align::Right),
        Column("first numbers", Align::Left),
    ]);
    for line in lines {
        if let Line::Embedded {
            file,
            dim,
            embedding,
            ..
        } = line
        {
            let first: Vec<String> = embedding
                .values
                .iter()
                .take(SHOWN)
                .map(|value| format!("{value:+.4}"))
                .collect();
            table.row([
                file.clone(),
                (embedding.values.len() / dim).to_string(),
                dim.to_string(),
                format!("{} …", first.join(" ")),
            ]);
        }
    }
    table.render()
}

/// Values of a vector: those of an embedding where no image has one.
fn dim(lines: &[Line], encoder: &Encoder) -> usize {
    let found = lines.iter().find_map(|line| match line {
        Line::Embedded { dim, .. } => Some(*dim),
        Line::Failed { .. } => None,
    });
    found.unwrap_or(encoder.model().facts().description.dim)
}

/// The vectors of all images that have one, below each other.
fn stacked(lines: &[Line]) -> (Vec<f32>, Vec<&str>) {
    let mut values = Vec::new();
    let mut files = Vec::new();
    for line in lines {
        if let Line::Embedded {
            file, embedding, ..
        } = line
        {
            let rows = embedding.values.len() / embedding.dim.max(1);
            files.extend(std::iter::repeat_n(file.as_str(), rows));
            values.extend_from_slice(&embedding.values);
        }
    }
    (values, files)
}

fn write_npy(out: &mut dyn Write, lines: &[Line], dim: usize) -> anyhow::Result<()> {
    let (values, files) = stacked(lines);
    npy::write(out, &[files.len(), dim], &values)?;
    Ok(())
}

/// An archive of `features` (N x dim, float32) and `paths` (N texts).
fn write_npz(out: &mut dyn Write, lines: &[Line], dim: usize) -> anyhow::Result<()> {
    let (values, files) = stacked(lines);
    let mut archive = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().large_file(values.len() > 1 << 28);
    archive.start_file("features.npy", options)?;
    npy::write(&mut archive, &[files.len(), dim], &values)?;
    archive.start_file("paths.npy", options)?;
    npy::write_texts(&mut archive, &files)?;
    out.write_all(&archive.finish()?.into_inner())?;
    Ok(())
}
