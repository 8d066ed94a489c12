//! `lookalike duplicates`.

mod keeping;

use std::sync::Arc;
use std::time::Instant;

use lookalike_duplicates::{Duplicates, DuplicatesRequest, SearchProgress};
use lookalike_wire::DuplicateGroup;

use super::Outcome;
use crate::arguments::{DuplicatesArguments, Format};
use crate::interrupt;
use crate::output::{self, Align, Column, Table, printable, progress, shorten};
use crate::settings::Settings;
use crate::wiring::{Access, engine};

pub(super) fn run(arguments: &DuplicatesArguments, settings: &Settings) -> anyhow::Result<Outcome> {
    let access = match arguments.keep {
        Some(_) if !arguments.dry_run => Access::Write,
        _ => Access::Read,
    };
    let engine = engine(settings, access)?;
    let duplicates = Duplicates::new(&engine);
    let request = DuplicatesRequest {
        collection: arguments.collection.clone(),
        threshold: arguments.threshold,
        same_patent: arguments.same_patent,
        across_patents: arguments.across_patents,
    };
    let search = Arc::new(SearchProgress::default());
    let cancelling = Arc::clone(&search);
    interrupt::on_signal(move || cancelling.cancel.cancel());
    let start = Instant::now();
    let pairs = progress::follow(
        settings,
        "images",
        || progress::Step::of_counts(search.counts(), start.elapsed()),
        || duplicates.find_pairs(&request, &search),
    )?;
    if !pairs.is_complete() {
        output::note(
            settings,
            "there are more pairs than are looked at (1,000 of a picture) or kept (5 million), so that \
             large groups may come in parts; raise --threshold to see all",
        );
    }
    let groups = duplicates.groups(&pairs)?.into_iter();
    let groups: Vec<DuplicateGroup> = groups.map(Into::into).collect();
    if let Some(keep) = &arguments.keep {
        keeping::run(&engine, &groups, keep, arguments, settings)?;
        return Ok(Outcome::Done);
    }
    match arguments.format.format {
        Format::Json => output::json(&groups)?,
        Format::Jsonl => output::json_lines(&groups)?,
        Format::Table => output::text(&table(&groups))?,
    }
    Ok(Outcome::Done)
}

fn table(groups: &[DuplicateGroup]) -> String {
    let mut table = Table::new([
        Column("group", Align::Right),
        Column("id", Align::Right),
        Column("score", Align::Right),
        Column("file", Align::Left),
        Column("patent", Align::Left),
        Column("pixels", Align::Right),
    ]);
    for (number, group) in groups.iter().enumerate() {
        let members = group.members.iter().map(|member| {
            let score = member.score.map(|score| format!("{score:.4}"));
            (
                &member.item.item,
                score.unwrap_or_else(|| "same".to_owned()),
            )
        });
        let first = (&group.representative.item, "-".to_owned());
        for (item, score) in std::iter::once(first).chain(members) {
            table.row([
                (number + 1).to_string(),
                item.id.to_string(),
                score,
                shorten(&printable(&item.file_name), 48),
                item.patent_id.clone().unwrap_or_else(|| "-".to_owned()),
                format!("{}x{}", item.width, item.height),
            ]);
        }
    }
    let count: usize = groups.iter().map(|group| group.size).sum();
    format!(
        "{}{count} images in {} groups\n",
        table.render(),
        groups.len()
    )
}
