//! Where the vectors come from that searches are measured with.

use std::path::Path;

use lookalike_catalog::Catalog;
use lookalike_measure::search::VectorSource;

use crate::settings::Settings;

/// Those of a bank, or else of a collection, whose catalogue is put into `catalog`.
pub(super) fn vectors<'a>(
    bank: Option<&'a Path>,
    collection: &'a str,
    catalog: &'a mut Option<Catalog>,
    settings: &Settings,
) -> anyhow::Result<VectorSource<'a>> {
    Ok(match bank {
        Some(path) => VectorSource::Bank(path),
        None => VectorSource::Collection {
            catalog: catalog.insert(Catalog::open(&settings.data)?),
            name: collection,
        },
    })
}
