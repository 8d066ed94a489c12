//! Names of collections in Milvus: letters, digits and `_`.

use std::time::{SystemTime, UNIX_EPOCH};

use lookalike_storage::Collection;

/// Characters of a collection's name that its names in Milvus repeat, of the 255 that it takes.
const REPEATED: usize = 100;

/// The name under which others find the collection, whatever lies behind it. Letters that Milvus
/// does not take are written as numbers; such a name ends with the collection's own, lest two that
/// are cut off be the same.
pub(crate) fn alias(prefix: &str, collection: &Collection) -> String {
    let mut name = String::new();
    for character in collection.spec.name.chars() {
        match character {
            _ if character.is_ascii_alphanumeric() => name.push(character),
            _ if character.is_ascii() => name.push('_'),
            _ => name.push_str(&format!("u{:x}", u32::from(character))),
        }
    }
    name.truncate(REPEATED);
    if !collection.spec.name.is_ascii() {
        name.push_str(&format!("_{}", collection.id));
    }
    format!("{prefix}_{name}")
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
        collection.spec.name = "设计库".into();
        assert_eq!(alias("x", &collection), "x_u8bbeu8ba1u5e93_1");
        collection.spec.name = "shoes-2.new".into();
        let names = [(); 2].map(|()| fresh("x", &collection));
        assert!(names[0].starts_with("x_shoes_2_new_1_"));
        let is_plain = |name: &String| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        assert!(names.iter().all(is_plain));
    }
}
