//! `lookalike images restore` and `lookalike images trash`.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use lookalike_engine::library::InTrash;
use lookalike_wire::{Deleted, Restored, TrashPage};

use super::confirm;
use crate::arguments::{Format, ImagesRestoreArguments, ImagesTrashArguments};
use crate::output::{self, Align, Column, Table, printable, shorten};
use crate::settings::Settings;
use crate::wiring::{Access, engine};

pub(super) fn restore(
    arguments: ImagesRestoreArguments,
    settings: &Settings,
) -> anyhow::Result<()> {
    let which = match (arguments.deletion, arguments.all) {
        (Some(number), _) => InTrash::Deletion(number),
        (None, true) => InTrash::All(arguments.collection),
        (None, false) => InTrash::Items(arguments.ids),
    };
    let restored = engine(settings, Access::Write)?.library().restore(&which)?;
    let restored = Restored::from(restored);
    match arguments.format.format {
        Format::Json => output::json(&restored),
        Format::Jsonl => output::json_lines([&restored]),
        Format::Table => {
            let Restored { restored } = restored;
            output::note(settings, &format!("restored {restored} images"));
            Ok(())
        }
    }
}

pub(super) fn show(arguments: &ImagesTrashArguments, settings: &Settings) -> anyhow::Result<()> {
    if arguments.empty {
        return empty(arguments, settings);
    }
    let engine = engine(settings, Access::Read)?;
    let (page, size) = (arguments.page, arguments.page_size);
    let page = engine.library().trash(&arguments.collection, page, size)?;
    let page = TrashPage::from(page);
    match arguments.format.format {
        Format::Json => output::json(&page),
        Format::Jsonl => output::json_lines(&page.items),
        Format::Table => output::text(&table(&page)),
    }
}

fn empty(arguments: &ImagesTrashArguments, settings: &Settings) -> anyhow::Result<()> {
    let engine = engine(settings, Access::Write)?;
    let name = &arguments.collection;
    let which = InTrash::All(name.clone());
    let count = engine.library().in_trash(&which)?.len();
    let question = format!("delete {count} images in the trash of `{name}` for good?");
    if count > 0 && !arguments.yes && !confirm(&question)? {
        anyhow::bail!("nothing was deleted; say --yes to empty the trash without being asked");
    }
    let deleted = Deleted::from(engine.library().empty_trash(&which)?);
    match arguments.format.format {
        Format::Json => output::json(&deleted),
        Format::Jsonl => output::json_lines([&deleted]),
        Format::Table => {
            let told = format!("deleted {} images for good", deleted.deleted);
            output::note(settings, &told);
            Ok(())
        }
    }
}

fn table(page: &TrashPage) -> String {
    let mut table = Table::new([
        Column("id", Align::Right),
        Column("deletion", Align::Right),
        Column("deleted", Align::Left),
        Column("gone", Align::Left),
        Column("file", Align::Left),
        Column("patent", Align::Left),
        Column("tags", Align::Left),
    ]);
    for item in &page.items {
        table.row([
            item.id.to_string(),
            item.deletion.to_string(),
            day(item.deleted_at),
            day(item.expires_at),
            shorten(&printable(&item.file_name), 40),
            printable(item.patent_id.as_deref().unwrap_or("-")),
            shorten(&printable(&item.tags.join(" ")), 24),
        ]);
    }
    let pages = page.total.div_ceil(page.page_size as u64).max(1);
    format!(
        "{}{} images in the trash, page {} of {pages}\n",
        table.render(),
        page.total,
        page.page
    )
}

fn day(unix_seconds: i64) -> String {
    Timestamp::from_second(unix_seconds).map_or_else(
        |_| "-".to_owned(),
        |time| time.to_zoned(TimeZone::system()).date().to_string(),
    )
}
