//! `lookalike images`.

mod trash;

use std::io::{self, IsTerminal, Write};

use lookalike_engine::library::{ItemEdit, ItemFilter, ListRequest, Selection, TagChange};
use lookalike_wire::{Deleted, ItemPage, ListedItem, Tagged};

use super::Outcome;
use crate::arguments::{
    Format, ImagesCommand, ImagesDeleteArguments, ImagesEditArguments, ImagesListArguments,
    ImagesTagArguments, SelectionArguments,
};
use crate::output::{self, Align, Column, Table, printable, shorten};
use crate::settings::Settings;
use crate::wiring::{Access, engine};

pub(super) fn run(command: ImagesCommand, settings: &Settings) -> anyhow::Result<Outcome> {
    match command {
        ImagesCommand::List(arguments) => list(arguments, settings)?,
        ImagesCommand::Show { id, format } => {
            let item = engine(settings, Access::Read)?.library().item(id)?;
            print(&item.into(), format.format)?;
        }
        ImagesCommand::Edit(arguments) => edit(arguments, settings)?,
        ImagesCommand::Tag(arguments) => tag(arguments, settings)?,
        ImagesCommand::Delete(arguments) => delete(arguments, settings)?,
        ImagesCommand::Restore(arguments) => trash::restore(arguments, settings)?,
        ImagesCommand::Trash(arguments) => trash::show(&arguments, settings)?,
    }
    Ok(Outcome::Done)
}

fn list(arguments: ImagesListArguments, settings: &Settings) -> anyhow::Result<()> {
    let format = arguments.format.format;
    let direction = arguments.direction();
    let request = ListRequest {
        collection: arguments.collection,
        filter: ItemFilter {
            file_name: arguments.file_name,
            md5: arguments.md5,
            external_id: arguments.external_id,
            ..arguments.filters.into()
        },
        sort: arguments.sort.into(),
        direction,
        page: arguments.page,
        page_size: arguments.page_size,
    };
    let page = engine(settings, Access::Read)?.library().list(&request)?;
    let page = ItemPage::from(page);
    match format {
        Format::Json => output::json(&page),
        Format::Jsonl => output::json_lines(&page.items),
        Format::Table => output::text(&table(&page)),
    }
}

fn edit(arguments: ImagesEditArguments, settings: &Settings) -> anyhow::Result<()> {
    let edit = ItemEdit {
        description: arguments.description.map(Some),
        tags: arguments.tags.map(Some),
        attributes: arguments.attributes.map(Some),
        external_id: arguments.external_id.map(Some),
        view: arguments.view.map(Some),
        patent_id: arguments.patent_id.map(Some),
        page_num: arguments.page_num.map(Some),
    };
    if edit == ItemEdit::default() {
        anyhow::bail!("nothing to change; `lookalike images edit --help` shows what can be");
    }
    let item = engine(settings, Access::Write)?
        .library()
        .edit(arguments.id, &edit)?;
    print(&item.into(), arguments.format.format)
}

fn tag(arguments: ImagesTagArguments, settings: &Settings) -> anyhow::Result<()> {
    let ImagesTagArguments {
        which, add, remove, ..
    } = arguments;
    let (name, selection) = selection("tag", which)?;
    let change = TagChange { add, remove };
    let engine = engine(settings, Access::Write)?;
    let tagged = Tagged::from(engine.library().tag(&name, &selection, &change)?);
    match arguments.format.format {
        Format::Json => output::json(&tagged),
        Format::Jsonl => output::json_lines([&tagged]),
        Format::Table => {
            let told = format!("changed the tags of {} images of `{name}`", tagged.changed);
            output::note(settings, &told);
            Ok(())
        }
    }
}

/// The collection, and which of its images a change is of; a change of everything is said to be one.
fn selection(change: &str, which: SelectionArguments) -> anyhow::Result<(String, Selection)> {
    let filter = ItemFilter {
        file_name: which.file_name,
        md5: which.md5,
        external_id: which.external_id,
        ..which.filters.into()
    };
    let selection = match (which.ids.is_empty(), filter.is_empty(), which.all) {
        (false, true, false) => Selection::Items(which.ids),
        (true, false, false) => Selection::Passing(Box::new(filter)),
        (true, true, true) => Selection::All,
        _ => anyhow::bail!("say what to {change}: ids, or filters, or --all"),
    };
    Ok((which.collection, selection))
}

fn delete(arguments: ImagesDeleteArguments, settings: &Settings) -> anyhow::Result<()> {
    let (name, selection) = selection("delete", arguments.which)?;
    let engine = engine(settings, Access::Write)?;
    let count = engine.library().select(&name, &selection)?.len();
    if count > 1 && !arguments.yes && !confirm(&format!("delete {count} images of `{name}`?"))? {
        anyhow::bail!(
            "nothing was deleted; say --yes to delete {count} images without being asked"
        );
    }
    let deleted = Deleted::from(engine.library().delete(&name, &selection)?);
    match arguments.format.format {
        Format::Json => output::json(&deleted),
        Format::Jsonl => output::json_lines([&deleted]),
        Format::Table => {
            let Deleted { deleted, deletion } = deleted;
            let undone = deletion.map_or_else(String::new, |number| {
                format!("; to undo it: lookalike images restore --deletion {number}")
            });
            let told = format!("deleted {deleted} images of `{name}`{undone}");
            output::note(settings, &told);
            Ok(())
        }
    }
}

pub(super) fn confirm(question: &str) -> io::Result<bool> {
    if !io::stdin().is_terminal() {
        return Ok(false);
    }
    eprint!("{question} [y/N] ");
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case("y"))
}

fn print(item: &ListedItem, format: Format) -> anyhow::Result<()> {
    match format {
        Format::Json => output::json(item),
        Format::Jsonl => output::json_lines([item]),
        Format::Table => output::text(&details(item)),
    }
}

fn table(page: &ItemPage) -> String {
    let mut table = Table::new([
        Column("id", Align::Right),
        Column("file", Align::Left),
        Column("patent", Align::Left),
        Column("page", Align::Left),
        Column("pixels", Align::Right),
        Column("bytes", Align::Right),
        Column("tags", Align::Left),
        Column("description", Align::Left),
    ]);
    for ListedItem { item, .. } in &page.items {
        let text = |value: &Option<String>| printable(value.as_deref().unwrap_or("-"));
        table.row([
            item.id.to_string(),
            shorten(&printable(&item.file_name), 40),
            text(&item.patent_id),
            text(&item.page_num),
            format!("{}x{}", item.width, item.height),
            item.file_size.to_string(),
            shorten(&printable(&item.tags.join(" ")), 24),
            shorten(&text(&item.description), 40),
        ]);
    }
    let pages = page.total.div_ceil(page.page_size as u64).max(1);
    format!(
        "{}{} images, page {} of {pages}\n",
        table.render(),
        page.total,
        page.page
    )
}

fn details(listed: &ListedItem) -> String {
    let item = &listed.item;
    let none = || "-".to_owned();
    let optional = |value: &Option<String>| value.clone().unwrap_or_else(none);
    let rows = [
        ("id", item.id.to_string()),
        ("collection", item.collection.clone()),
        ("file", item.file_name.clone()),
        ("original", optional(&item.original_path)),
        ("external id", optional(&item.external_id)),
        ("source", optional(&item.source_url)),
        ("md5", item.md5.clone()),
        (
            "picture",
            format!(
                "{} of {}x{} pixels, {} bytes",
                item.format, item.width, item.height, item.file_size
            ),
        ),
        ("patent", optional(&item.patent_id)),
        ("page", optional(&item.page_num)),
        ("view", optional(&item.view)),
        ("title", optional(&item.patent.title)),
        (
            "status",
            listed
                .status
                .map_or_else(none, |status| status.replace('_', " ")),
        ),
        ("description", optional(&item.description)),
        ("tags", item.tags.join(", ")),
        ("attributes", item.attributes.to_string()),
        ("warnings", item.warnings.join("; ")),
    ];
    let line = |(name, value): (&str, String)| format!("{name:<12} {}\n", printable(&value));
    rows.map(line).concat()
}
