//! `lookalike duplicates --keep`: one image of each group stays, the others go into the trash.

use std::cmp::Reverse;

use lookalike_engine::Engine;
use lookalike_engine::library::Selection;
use lookalike_wire::{DuplicateGroup, Item};
use serde::Serialize;

use super::super::images::confirm;
use crate::arguments::{DuplicatesArguments, Format, Keep};
use crate::output::{self, Align, Column, Table, printable};
use crate::settings::Settings;

/// What becomes of a group.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Kept {
    keep: i64,
    delete: Vec<i64>,
}

/// What was done, or would be.
#[derive(Serialize)]
struct Report<'a> {
    groups: &'a [Kept],
    /// Images that were deleted, or would be.
    deleted: u64,
    /// The number by which the deletion is undone.
    deletion: Option<i64>,
    dry_run: bool,
}

pub(super) fn run(
    engine: &Engine,
    groups: &[DuplicateGroup],
    keep: &Keep,
    arguments: &DuplicatesArguments,
    settings: &Settings,
) -> anyhow::Result<()> {
    let kept: Vec<Kept> = groups
        .iter()
        .filter_map(|group| choose(&items(group), keep))
        .collect();
    let ids: Vec<u64> = kept
        .iter()
        .flat_map(|one| &one.delete)
        .map(|id| id.unsigned_abs())
        .collect();
    let mut report = Report {
        groups: &kept,
        deleted: ids.len() as u64,
        deletion: None,
        dry_run: arguments.dry_run,
    };
    if !arguments.dry_run && !ids.is_empty() {
        let name = &arguments.collection;
        let question = format!(
            "delete {} images of `{name}`, and keep one of each of {} groups?",
            ids.len(),
            kept.len()
        );
        if !arguments.yes && !confirm(&question)? {
            anyhow::bail!(
                "nothing was deleted; say --yes to delete them without being asked, or --dry-run to \
                 see which they are"
            );
        }
        let deleted = engine.library().delete(name, &Selection::Items(ids))?;
        report.deleted = deleted.deleted;
        report.deletion = deleted.deletion;
    }
    match arguments.format.format {
        Format::Json => output::json(&report),
        Format::Jsonl => output::json_lines(&kept),
        Format::Table => {
            output::text(&table(groups, &kept))?;
            output::note(settings, &told(&report));
            Ok(())
        }
    }
}

fn items(group: &DuplicateGroup) -> Vec<&Item> {
    let members = group.members.iter().map(|member| &member.item.item);
    std::iter::once(&group.representative.item)
        .chain(members)
        .collect()
}

/// `None` where none of the group is one to keep.
fn choose(items: &[&Item], keep: &Keep) -> Option<Kept> {
    let pixels = |item: &Item| u64::from(item.width) * u64::from(item.height);
    let best = |item: &&&Item| (pixels(item), item.file_size, Reverse(item.id));
    let kept = match keep {
        Keep::Best => items.iter().max_by_key(best),
        Keep::Oldest => items.iter().min_by_key(|item| (item.created_at, item.id)),
        Keep::Path(prefix) => {
            let is_below = |item: &&&Item| {
                item.original_path
                    .as_deref()
                    .is_some_and(|path| path.starts_with(prefix))
            };
            items.iter().filter(is_below).max_by_key(best)
        }
    }?;
    let others = items.iter().map(|item| item.id);
    Some(Kept {
        keep: kept.id,
        delete: others.filter(|id| *id != kept.id).collect(),
    })
}

fn table(groups: &[DuplicateGroup], kept: &[Kept]) -> String {
    let mut table = Table::new([
        Column("group", Align::Right),
        Column("", Align::Left),
        Column("id", Align::Right),
        Column("pixels", Align::Right),
        Column("file", Align::Left),
    ]);
    let mut number = 0;
    for group in groups {
        let items = items(group);
        let Some(kept) = kept
            .iter()
            .find(|one| items.iter().any(|item| item.id == one.keep))
        else {
            continue;
        };
        number += 1;
        for item in items {
            table.row([
                number.to_string(),
                if item.id == kept.keep {
                    "keep"
                } else {
                    "delete"
                }
                .to_owned(),
                item.id.to_string(),
                format!("{}x{}", item.width, item.height),
                printable(item.original_path.as_deref().unwrap_or(&item.file_name)),
            ]);
        }
    }
    table.render()
}

fn told(report: &Report<'_>) -> String {
    let (count, groups) = (report.deleted, report.groups.len());
    match (report.dry_run, report.deletion) {
        (true, _) => format!("{count} images of {groups} groups would be deleted"),
        (false, Some(number)) => format!(
            "deleted {count} images of {groups} groups; to undo it: lookalike images restore \
             --deletion {number}"
        ),
        (false, None) => format!("deleted {count} images of {groups} groups"),
    }
}
