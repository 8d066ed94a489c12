//! Counts by what any picture has, of a patent or not: format, folder, attributes.

use std::collections::HashMap;

use lookalike_catalog::{Collection, ItemFilter};

use super::Library;
use super::facet_answer::AttributeFacet;
use super::facet_counts::Counts;
use super::facets::{Passing, TOP_MAX, passes};
use crate::EngineError;

/// Attributes that are counted; each is a pass over its part of an index, which takes up to 30 ms for
/// 200,000 items.
const MOST_ATTRIBUTES: usize = 12;

impl Library {
    pub(super) fn formats(
        &self,
        collection: &Collection,
        passing: &Passing,
    ) -> Result<Counts, EngineError> {
        let catalog = self.stores.catalog();
        if passing.is_none() {
            let formats = catalog.stats(collection)?.formats;
            return Ok(Counts(formats.into_iter().collect()));
        }
        let mut formats = Counts::default();
        catalog.items_with_formats(collection, |id, format| {
            formats.add(format, u64::from(passes(passing, id)));
        })?;
        Ok(formats)
    }

    /// Folders at any depth below the deepest that everything lies in; none where that is the only
    /// one.
    pub(super) fn folders(
        &self,
        collection: &Collection,
        passing: &Passing,
    ) -> Result<Counts, EngineError> {
        let mut direct: HashMap<String, u64> = HashMap::new();
        let (mut folder, mut count) = (String::new(), 0);
        let mut put = |folder: &str, count: u64| {
            *direct.entry(folder.to_owned()).or_default() += count;
        };
        self.stores
            .catalog()
            .items_with_folders(collection, |id, next| {
                if next != folder {
                    put(&folder, count);
                    (folder, count) = (next.to_owned(), 0);
                }
                count += u64::from(passes(passing, id));
            })?;
        put(&folder, count);
        direct.remove("");
        let root = common_root(direct.keys());
        let mut folders = Counts::default();
        for (folder, count) in &direct {
            let mut at = folder.as_str();
            while at.len() > root {
                folders.add(at, *count);
                at = parent(at);
            }
        }
        Ok(folders)
    }

    pub(super) fn attributes(
        &self,
        collection: &Collection,
        filter: &ItemFilter,
        top: usize,
    ) -> Result<Vec<AttributeFacet>, EngineError> {
        let catalog = self.stores.catalog();
        let mut found = Vec::new();
        let known = catalog.attributes_of_few_values(collection, TOP_MAX)?;
        for attribute in known.into_iter().take(MOST_ATTRIBUTES) {
            let mut others = filter.clone();
            let own = |pair: &str| {
                pair.split_once('=').map_or(pair, |(key, _)| key).trim() == attribute.key
            };
            others.attributes.retain(|pair| !own(pair));
            let passing = self.filters.passing(collection, &others)?;
            let (mut counts, mut items) = (Counts::default(), 0);
            catalog.items_with_attribute(collection, &attribute.key, |id, value| {
                let passes = u64::from(passes(&passing, id));
                items += passes;
                counts.add(value, passes);
            })?;
            if items > 0 {
                found.push((
                    items,
                    AttributeFacet {
                        name: attribute.key,
                        values: counts.top(top),
                    },
                ));
            }
        }
        found.sort_by(|(a, one), (b, other)| b.cmp(a).then_with(|| one.name.cmp(&other.name)));
        Ok(found.into_iter().map(|(_, facet)| facet).collect())
    }
}

/// The folder that a folder lies in: before its last `/`, or before `!/` at the end of an archive.
fn parent(folder: &str) -> &str {
    let above = folder.rsplit_once('/').map_or("", |(above, _)| above);
    above.strip_suffix('!').unwrap_or(above)
}

/// Length of the deepest folder that all lie in.
fn common_root<'a>(mut folders: impl Iterator<Item = &'a String>) -> usize {
    let Some(first) = folders.next() else {
        return 0;
    };
    let mut root = first.as_str();
    for folder in folders {
        while !is_within(folder, root) {
            root = parent(root);
        }
    }
    root.len()
}

fn is_within(folder: &str, root: &str) -> bool {
    let below = folder.strip_prefix(root);
    below.is_some_and(|below| below.is_empty() || below.starts_with('/') || below.starts_with("!/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_root_ends_where_folders_part() {
        let root = |folders: &[&str]| {
            let folders: Vec<String> = folders.iter().map(|&folder| folder.into()).collect();
            folders[0][..common_root(folders.iter())].to_owned()
        };
        assert_eq!(root(&["/data/a", "/data/a/b", "/data/abc"]), "/data");
        assert_eq!(root(&["/data/a", "/data/a/b"]), "/data/a");
        assert_eq!(root(&["/data/x.zip!/in", "/data/x.zip"]), "/data/x.zip");
        assert_eq!(root(&["/data", "/other"]), "");
    }

    #[test]
    fn an_archive_lies_in_its_folder() {
        assert_eq!(parent("/data/x.zip!/in"), "/data/x.zip");
        assert_eq!(parent("/data/x.zip"), "/data");
        assert_eq!(parent("/data"), "");
    }
}
