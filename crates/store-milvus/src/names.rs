//! Names of collections in Milvus: letters, digits and `_`.

use std::time::{SystemTime, UNIX_EPOCH};

use lookalike_storage::Collection;

/// Characters of a collection's name that its names in Milvus repeat, of the 255 that it takes.
const REPEATED: usize = 100;

/// The name under which others find the collection, whatever lies behind it.
pub(crate) fn alias(prefix: &str, collection: &Collection) -> String {
    let plain = |character: char| match character {
        character if character.is_ascii_alphanumeric() => character,
        _ => '_',
    };
    let name = collection.spec.name.chars().take(REPEATED).map(plain);
    format!("{prefix}_{}", name.collect::<String>())
}

/// A name that nothing in Milvus has had.
pub(crate) fn fresh(prefix: &str, collection: &Collection) -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let nanoseconds = since.map_or(0, |since| since.as_nanos());
    let (alias, id) = (alias(prefix, collection), collection.id);
    format!("{alias}_{id}_{nanoseconds:x}_{:x}", std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;
    use lookalike_storage::{IndexKind, Metric};

    #[test]
    fn names_are_what_milvus_takes() {
        let mut collection = crate::testing::collection(3, Metric::L2, IndexKind::Flat);
        collection.spec.name = "shoes-2.new".into();
        assert_eq!(alias("lookalike", &collection), "lookalike_shoes_2_new");
        let names = [(); 2].map(|()| fresh("x", &collection));
        assert!(names[0].starts_with("x_shoes_2_new_1_"));
        let is_plain = |name: &String| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        assert!(names.iter().all(is_plain));
    }
}
