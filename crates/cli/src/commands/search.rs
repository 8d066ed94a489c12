//! `lookalike search`.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;
use lookalike_engine::search::{
    GroupedHits, Limit, Query, QueryFile, SearchAnswer, SearchRequest, Searcher, Term, WordsQuery,
};
use lookalike_npy as npy;
use lookalike_wire as wire;
use serde::Serialize;

use super::Outcome;
use crate::arguments::{HitFormat, SearchArguments};
use crate::output::{self, Align, Column, Paint, Table, shorten};
use crate::settings::Settings;
use crate::wiring::{Access, engine};

/// Characters of the score's bar.
const BAR: f32 = 10.0;

/// A hit on a line of its own.
#[derive(Serialize)]
struct HitLine<'a> {
    #[serde(flatten)]
    hit: wire::RankedItem,
    query: &'a str,
}

pub(super) fn run(arguments: SearchArguments, settings: &Settings) -> anyhow::Result<Outcome> {
    let files = files(&arguments)?;
    let engine = engine(settings, Access::Read)?;
    let (queries, name) = queries(&arguments, &files, engine.search())?;
    let request = SearchRequest {
        queries,
        collections: arguments.collections,
        limit: match arguments.top_groups {
            Some(count) => Limit::Groups(count),
            None => Limit::Items(arguments.top_k),
        },
        min_score: arguments.min_score,
        max_distance: arguments.max_distance,
        filter: arguments.filters.into(),
        include_front_page: arguments.include_front_page,
        regions: arguments.regions,
        rerank: arguments.rerank,
        like: arguments.like,
        unlike: arguments.unlike,
        mode: arguments.mode,
        poses: arguments.poses,
        effort: arguments.effort.into(),
        owner: None,
    };
    let answer = engine.search().run(&request)?;
    for warning in &answer.query_info.warnings {
        output::note(settings, warning);
    }
    for query in &answer.query_info.queries {
        if !query.terms.is_empty() {
            let said = |term: &Term| format!("`{}` ({})", term.text, term.weight);
            let terms: Vec<String> = query.terms.iter().map(said).collect();
            output::note(settings, &format!("searched for {}", terms.join(", ")));
        }
    }
    match arguments.format {
        HitFormat::Json => output::json(&wire::SearchAnswer::from(answer))?,
        HitFormat::Jsonl => output::json_lines(answer.ranked.into_iter().map(|hit| HitLine {
            hit: hit.into(),
            query: &name,
        }))?,
        HitFormat::Paths => output::text(&paths(&answer, settings))?,
        HitFormat::Table => output::text(&table(&answer, Paint::new(settings.color)))?,
    }
    Ok(Outcome::Done)
}

/// What to look for, and what it is called in the output.
/// What the pictures that are asked with hold. Read before anything is opened: a wrong name is what
/// people want to hear of first.
fn files(arguments: &SearchArguments) -> anyhow::Result<Vec<QueryFile>> {
    let file = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy());
        Ok(QueryFile::new(name.as_deref(), read(path)?))
    };
    arguments.images.iter().map(file).collect()
}

fn queries(
    arguments: &SearchArguments,
    files: &[QueryFile],
    searcher: &Searcher,
) -> anyhow::Result<(Vec<Query>, String)> {
    if let Some(id) = arguments.item {
        return Ok((vec![Query::Item(id)], format!("item {id}")));
    }
    if let Some(path) = &arguments.vector {
        let matrix = npy::read(&read(path)?)
            .with_context(|| format!("{} holds no vectors", path.display()))?;
        let rows = matrix.rows().map(|row| Query::Vector(row.to_vec()));
        return Ok((rows.collect(), path.display().to_string()));
    }
    let mut images = Vec::new();
    for (path, file) in arguments.images.iter().zip(files) {
        let queries = searcher.queries_of(file, &arguments.pages);
        images.extend(queries.with_context(|| path.display().to_string())?);
    }
    let mut names: Vec<String> = arguments
        .images
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    if let Some(text) = &arguments.text {
        images.push(Query::Words(WordsQuery {
            text: text.clone(),
            templates: arguments.templates.clone(),
        }));
        names.push(text.clone());
    }
    if images.is_empty() {
        let ids: Vec<String> = arguments.like.iter().map(u64::to_string).collect();
        return Ok((images, format!("like {}", ids.join(", "))));
    }
    Ok((images, names.join(", ")))
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin()
            .read_to_end(&mut bytes)
            .context("can't read standard input")?;
        return Ok(bytes);
    }
    std::fs::read(path).with_context(|| format!("can't read {}", path.display()))
}

/// A line for each hit whose file is known, in the order of their rank.
fn paths(answer: &SearchAnswer, settings: &Settings) -> String {
    let known = answer
        .ranked
        .iter()
        .filter_map(|hit| hit.item.original_path.as_deref());
    let lines: String = known.map(|path| format!("{path}\n")).collect();
    let lacking = answer.ranked.len() - lines.lines().count();
    if lacking > 0 {
        let told =
            format!("{lacking} hits were uploaded or sent along, and have no file of their own");
        output::note(settings, &told);
    }
    lines
}

fn table(answer: &SearchAnswer, paint: Paint) -> String {
    if answer.results.is_empty() {
        return nothing_found(answer);
    }
    let mut table = Table::new([
        Column("#", Align::Right),
        Column("score", Align::Right),
        Column("", Align::Left),
        Column("patent", Align::Left),
        Column("title", Align::Left),
        Column("class", Align::Left),
        Column("applicant", Align::Left),
        Column("granted", Align::Left),
        Column("status", Align::Left),
        Column("pages", Align::Left),
    ]);
    let scale = Scale::of(&answer.results);
    for (index, group) in answer.results.iter().enumerate() {
        table.row(row(index + 1, group, &scale));
    }
    let text = table.render();
    let (head, rows) = text.split_once('\n').unwrap_or((&text, ""));
    let info = &answer.query_info;
    let summary = format!(
        "{} images in {} groups, {:.0} ms (embedding {:.0}, search {:.1})",
        info.total_matched,
        answer.results.len(),
        answer.timing.total_ms,
        answer.timing.feature_extraction_ms,
        answer.timing.vector_search_ms,
    );
    format!("{}\n{rows}{}\n", paint.bold(head), paint.faint(&summary))
}

/// How long bars are.
enum Scale {
    /// Scores of 1 fill them.
    Scores,
    /// Distances: none fills them, the farthest hit's leaves them empty.
    Distances { farthest: f32 },
}

impl Scale {
    fn of(groups: &[GroupedHits]) -> Self {
        let score = |group: Option<&GroupedHits>| group.map_or(0.0, |group| group.max_score);
        let (first, last) = (score(groups.first()), score(groups.last()));
        if first < last {
            Self::Distances { farthest: last }
        } else {
            Self::Scores
        }
    }

    fn cells(&self, score: f32) -> usize {
        let share = match self {
            Self::Scores => score,
            Self::Distances { farthest } => 1.0 - score / farthest,
        };
        (share.clamp(0.0, 1.0) * BAR).round() as usize
    }
}

fn row(rank: usize, group: &GroupedHits, scale: &Scale) -> [String; 10] {
    let text = |value: &Option<String>, most| shorten(value.as_deref().unwrap_or("-"), most);
    let pages: Vec<&str> = group
        .pages
        .iter()
        .map(|page| page.page_num.as_deref().unwrap_or(&page.file_name))
        .collect();
    let applicant = match (&group.applicant_name, &group.applicant_country) {
        (Some(name), Some(country)) => format!("{} ({country})", shorten(name, 24)),
        (name, _) => text(name, 29),
    };
    [
        rank.to_string(),
        format!("{:.3}", group.max_score),
        "█".repeat(scale.cells(group.max_score)),
        group
            .patent_id
            .clone()
            .unwrap_or_else(|| group.group_id.clone()),
        text(&group.title, 32),
        text(&group.loc_class, 8),
        applicant,
        group.pub_date.map_or_else(|| "-".to_owned(), date),
        group.status.unwrap_or("-").replace('_', " "),
        shorten(&pages.join(" "), 40),
    ]
}

fn nothing_found(answer: &SearchAnswer) -> String {
    let info = &answer.query_info;
    let limit = match (info.min_score, info.max_distance) {
        (Some(score), _) => format!(" with a score of {score} or more; try a lower --min-score"),
        (_, Some(distance)) => {
            format!(" within a distance of {distance}; try a larger --max-distance")
        }
        _ => String::new(),
    };
    let filters = if info.filters.is_empty() {
        ""
    } else {
        " (and under these filters)"
    };
    format!("nothing found{limit}{filters}\n")
}

/// 20251230 as 2025-12-30.
fn date(day: u32) -> String {
    format!(
        "{:04}-{:02}-{:02}",
        day / 10_000,
        day / 100 % 100,
        day % 100
    )
}
