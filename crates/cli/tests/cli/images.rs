//! `lookalike images` and `lookalike duplicates`, on synthetic patents.

use crate::support::Scratch;

#[test]
fn images_are_listed_shown_edited_and_deleted() {
    let scratch = Scratch::new();
    scratch.synth(2, 0);
    let import = ["import", "designs/patents", "--format", "json"];
    let imported = scratch.json(&import)["imported"].as_u64().unwrap();
    let list = |more: &[&str]| {
        let mut arguments = vec!["images", "list", "--format", "json"];
        arguments.extend(more);
        scratch.json(&arguments)
    };
    let page = list(&["--sort", "file_name", "--descending", "--page-size", "3"]);
    assert_eq!(page["total"], imported);
    assert_eq!(page["items"].as_array().unwrap().len(), 3);
    let id = page["items"][0]["id"].to_string();
    let edit = [
        "images",
        "edit",
        &id,
        "--tag",
        "chair",
        "--description",
        "an old one",
        "--format",
        "json",
    ];
    assert_eq!(scratch.json(&edit)["tags"][0], "chair");
    assert_eq!(list(&["--tags", "chair"])["total"], 1);
    let shown = scratch.json(&["images", "show", &id, "--format", "json"]);
    assert_eq!(shown["description"], "an old one");
    let table = scratch.run(&["images", "list"]);
    assert!(String::from_utf8_lossy(&table.stdout).contains("an old one"));
    let cleared = [
        "images",
        "edit",
        &id,
        "--description",
        "",
        "--format",
        "json",
    ];
    assert!(scratch.json(&cleared)["description"].is_null());
    scratch.fails(&["images", "edit", &id], 1);
    scratch.fails(&["images", "show", "999999"], 1);

    let groups = scratch.json(&["duplicates", "--threshold", "1", "--format", "json"]);
    assert!(groups.as_array().is_some());
    scratch.fails(&["duplicates", "--threshold", "0.1"], 1);

    // One goes without a question, several only with --yes.
    assert_eq!(
        scratch.json(&["images", "delete", &id, "--format", "json"])["deleted"],
        1
    );
    let said = scratch.fails(&["images", "delete", "--all"], 1);
    assert!(said.contains("--yes"), "{said}");
    scratch.fails(&["images", "delete"], 1);
    assert_eq!(list(&[])["total"], imported - 1);
    let trash = || scratch.json(&["images", "trash", "--format", "json"]);
    assert_eq!(trash()["items"][0]["id"].to_string(), id);
    assert_eq!(scratch.json(&import)["imported"], 0, "it stays deleted");
    let restore = ["images", "restore", &id, "--format", "json"];
    assert_eq!(scratch.json(&restore)["restored"], 1);
    assert_eq!(list(&["--tags", "chair"])["total"], 1);
    scratch.fails(&restore, 1);
    scratch.fails(&["images", "restore"], 2);
    let all = ["images", "delete", "--all", "--yes", "--format", "json"];
    assert_eq!(scratch.json(&all)["deleted"], imported);
    let told = scratch.run(&["images", "trash"]);
    let table = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(
        table.contains(&format!("{imported} images in the trash")),
        "{table}"
    );
    let back = ["images", "restore", "--all", "--format", "json"];
    assert_eq!(scratch.json(&back)["restored"], imported);
    assert_eq!(scratch.json(&all)["deleted"], imported);
    scratch.fails(&["images", "trash", "--empty"], 1);
    let empty = ["images", "trash", "--empty", "--yes", "--format", "json"];
    assert_eq!(scratch.json(&empty)["deleted"], imported);
    assert_eq!(trash()["total"], 0);
}

#[test]
fn what_is_in_the_trash_can_be_restored_after_embedding_anew() {
    let scratch = Scratch::new();
    scratch.synth(1, 0);
    scratch.json(&["import", "designs/patents", "--format", "json"]);
    scratch.json(&["images", "delete", "1", "--format", "json"]);
    let args = ["collections", "re-embed", "default", "--size", "224"];
    assert!(scratch.run(&args).status.success());
    let import = ["import", "designs/patents", "--format", "json"];
    assert_eq!(scratch.json(&import)["imported"], 0, "it stays deleted");
    let restore = ["images", "restore", "1", "--format", "json"];
    assert_eq!(scratch.json(&restore)["restored"], 1);
    let mut search = vec!["search", "--item", "2", "--min-score", "-1"];
    search.extend(["--include-front-page", "--format", "paths"]);
    let shown = scratch.json(&["images", "show", "1", "--format", "json"]);
    let found = scratch.run(&search);
    let found = String::from_utf8_lossy(&found.stdout).into_owned();
    assert!(
        found.contains(shown["original_path"].as_str().unwrap()),
        "{found}"
    );
}

#[test]
fn facts_of_a_table_are_joined_to_patents_and_filter_them() {
    let scratch = Scratch::new();
    scratch.synth(2, 0);
    scratch.json(&["import", "designs/patents", "--format", "json"]);
    let list = |filter: &str| {
        let args = ["images", "list", "--attributes", filter, "--format", "json"];
        scratch.json(&args)
    };
    let all = scratch.json(&["images", "list", "--format", "json"]);
    let number = all["items"][0]["patent_id"].as_str().unwrap();
    let digits = number.trim_start_matches("USD").trim_start_matches('0');
    let table = format!("no;legal;owner\nUS D{digits} S1;lapsed;Acme\nD0000001;active;\n");
    std::fs::write(scratch.path("facts.csv"), table).unwrap();
    let said = scratch.fails(&["annotate", "facts.csv"], 1);
    assert!(said.contains("--column"), "{said}");
    let args = [
        "annotate",
        "facts.csv",
        "--column",
        "no",
        "--format",
        "json",
    ];
    let dry = scratch.json(&[&args[..], &["--dry-run"]].concat());
    assert_eq!(list("legal=lapsed")["total"], 0);
    let report = scratch.json(&args);
    assert_eq!(report, dry);
    assert_eq!(
        (&report["changed"], &report["unknown"]),
        (&1.into(), &1.into())
    );
    assert_eq!(report["unknown_numbers"][0], "USD1");
    let found = list("legal=lapsed");
    assert!(found["total"].as_u64().unwrap() > 0);
    assert!(
        found["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|item| item["patent_id"] == number)
    );
    assert_eq!(found["items"][0]["annotations"]["owner"], "Acme");
    assert_eq!(scratch.json(&args)["changed"], 0);
    let table = scratch.run(&args[..4]);
    let text = String::from_utf8_lossy(&table.stdout).into_owned();
    assert!(text.contains("unknown: USD1"), "{text}");
}
