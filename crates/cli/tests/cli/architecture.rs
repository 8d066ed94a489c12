//! The table in ARCHITECTURE.md and the manifests say the same about who may use whom.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

type Uses = BTreeMap<String, BTreeSet<String>>;

#[test]
fn crates_use_only_what_the_architecture_allows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let allowed = allowed(&std::fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap());
    let used = used(&root.join("crates"));
    assert!(used.len() > 5);
    for (name, uses) in used {
        if name == "cli" || name == "testkit" {
            assert!(
                !uses.contains("testkit"),
                "{name} uses testkit outside tests"
            );
            continue;
        }
        let may = allowed
            .get(&name)
            .unwrap_or_else(|| panic!("crate {name} is not in the table"));
        let extra: Vec<_> = uses.difference(may).collect();
        assert!(extra.is_empty(), "{name} may not use {extra:?}");
    }
}

/// Rows such as `| encoders | kernels, imaging |`.
fn allowed(text: &str) -> Uses {
    let mut table = Uses::new();
    for line in text.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [names, uses] = cells[..] else { continue };
        let uses: BTreeSet<String> = uses.split(", ").map(str::to_owned).collect();
        for name in names.split(", ") {
            table.insert(name.to_owned(), uses.clone());
        }
    }
    table
}

/// Dependencies on our own crates, those for tests left out.
fn used(crates: &Path) -> Uses {
    let mut table = Uses::new();
    for entry in std::fs::read_dir(crates).unwrap() {
        let directory = entry.unwrap().path();
        let manifest = std::fs::read_to_string(directory.join("Cargo.toml")).unwrap();
        let (_, dependencies) = manifest
            .split_once("[dependencies]")
            .unwrap_or((&manifest, ""));
        let (dependencies, _) = dependencies
            .split_once("[dev-dependencies]")
            .unwrap_or((dependencies, ""));
        let uses = dependencies
            .lines()
            .filter_map(|line| line.strip_prefix("lookalike-"))
            .filter_map(|line| line.split(['.', ' ']).next())
            .map(str::to_owned)
            .collect();
        let name = directory.file_name().unwrap().to_str().unwrap().to_owned();
        table.insert(name, uses);
    }
    table
}
