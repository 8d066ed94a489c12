//! What makes the command line quick to use: completions and manual pages, pictures from standard
//! input, paths for other programs, folders, tags of many images, duplicates cleaned up.

use std::io::Write;
use std::process::Stdio;

use crate::support::{Scratch, files};

#[test]
fn shells_get_completions_and_man_gets_pages() {
    let scratch = Scratch::new();
    for shell in ["bash", "zsh", "fish"] {
        let printed = scratch.run(&["completions", shell]);
        assert!(printed.status.success());
        assert!(
            String::from_utf8_lossy(&printed.stdout).contains("duplicates"),
            "{shell}"
        );
    }
    scratch.fails(&["completions", "none"], 2);
    assert!(scratch.run(&["man", "pages"]).status.success());
    let page = std::fs::read_to_string(scratch.path("pages/lookalike-search.1")).unwrap();
    assert!(page.contains("Find what looks like a picture"), "{page}");
}

#[test]
fn a_picture_from_standard_input_is_searched_with_and_paths_are_printed() {
    let scratch = Scratch::new();
    scratch.synth(2, 0);
    let imported = scratch.json(&[
        "import",
        "designs/patents",
        "-c",
        "mine",
        "--format",
        "json",
    ]);
    assert_eq!(imported["failed"], 0);
    let sheet = files(&scratch.path("designs/patents"), &["tif"])
        .into_iter()
        .find(|path| !path.to_string_lossy().contains("D00000"))
        .unwrap();
    let search = ["search", "-", "-c", "mine", "-k", "1", "--format", "paths"];
    let mut child = scratch
        .command(&search)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let picture = std::fs::read(&sheet).unwrap();
    child.stdin.take().unwrap().write_all(&picture).unwrap();
    let found = child.wait_with_output().unwrap();
    assert!(found.status.success());
    let path = String::from_utf8(found.stdout).unwrap();
    assert_eq!(
        std::fs::canonicalize(path.trim_end()).unwrap(),
        std::fs::canonicalize(&sheet).unwrap()
    );

    let folder = sheet.parent().unwrap();
    let embedded = scratch.run(&["embed", folder.to_str().unwrap(), "--format", "jsonl"]);
    assert!(embedded.status.success());
    let lines = String::from_utf8_lossy(&embedded.stdout).lines().count();
    assert_eq!(lines, files(folder, &["tif"]).len());
    std::fs::create_dir(scratch.path("empty")).unwrap();
    scratch.fails(&["embed", "empty"], 1);
}

#[test]
fn many_images_are_tagged_at_once() {
    let scratch = Scratch::new();
    scratch.synth(2, 0);
    let import = ["import", "designs/patents", "--format", "json"];
    let imported = scratch.json(&import)["imported"].clone();
    let tag = |more: &[&str]| {
        let mut arguments = vec!["images", "tag", "--format", "json"];
        arguments.extend(more);
        scratch.json(&arguments)["changed"].clone()
    };
    assert_eq!(tag(&["--all", "--add", "seen", "--add", "new"]), imported);
    assert_eq!(tag(&["--tags", "seen", "--remove", "new"]), imported);
    assert_eq!(tag(&["1", "--add", "first"]), 1);
    let list = ["images", "list", "--tags", "first", "--format", "json"];
    assert_eq!(scratch.json(&list)["items"][0]["tags"][0], "seen");
    scratch.fails(&["images", "tag", "1"], 2);
    scratch.fails(&["images", "tag", "--add", "seen"], 1);
}

#[test]
fn one_of_each_group_of_duplicates_is_kept() {
    let scratch = Scratch::new();
    scratch.synth(1, 2);
    let photo = files(&scratch.path("designs"), &["png", "jpg"]).remove(0);
    let ending = photo.extension().unwrap().to_string_lossy().into_owned();
    for folder in ["first", "second"] {
        std::fs::create_dir(scratch.path(folder)).unwrap();
        std::fs::copy(&photo, scratch.path(&format!("{folder}/a.{ending}"))).unwrap();
        scratch.json(&["import", folder, "--format", "json"]);
    }
    let below = scratch.path("second").canonicalize().unwrap();
    let below = format!("path={}", below.display());
    let keep = |which: &str, more: &[&str]| {
        let mut arguments = vec!["duplicates", "--keep", which, "--format", "json"];
        arguments.extend(more);
        scratch.json(&arguments)
    };
    let would = keep("oldest", &["--dry-run"]);
    assert_eq!(
        (&would["groups"][0]["keep"], &would["deleted"]),
        (&1.into(), &1.into())
    );
    assert_eq!(keep("path=/nowhere/", &["--dry-run"])["deleted"], 0);
    scratch.fails(&["duplicates", "--keep", "best"], 1);
    scratch.fails(&["duplicates", "--keep", "newest"], 2);
    let done = keep(&below, &["--yes"]);
    assert_eq!(done["groups"][0]["delete"][0], 1);
    let list = scratch.json(&["images", "list", "--format", "json"]);
    assert_eq!(
        (&list["total"], &list["items"][0]["id"]),
        (&1.into(), &2.into())
    );
    let number = done["deletion"].to_string();
    let back = [
        "images",
        "restore",
        "--deletion",
        &number,
        "--format",
        "json",
    ];
    assert_eq!(scratch.json(&back)["restored"], 1);
}

#[test]
fn a_collection_is_named_in_any_script() {
    let scratch = Scratch::new();
    scratch.synth(2, 0);
    let import =
        |name: &str| scratch.run(&["import", "designs/patents", "-c", name, "--format", "json"]);
    assert!(import("设计库").status.success());
    let sheets = files(&scratch.path("designs/patents"), &["tif"]);
    let search = ["search", sheets[1].to_str().unwrap(), "-c", "设计库"];
    let found = scratch.json(&[&search[..], &["--format", "json"]].concat());
    assert_eq!(
        found["query_info"]["collections"],
        serde_json::json!(["设计库"])
    );
    let listed = scratch.run(&["collections", "list"]);
    assert!(String::from_utf8_lossy(&listed.stdout).contains("设计库"));
    for trick in ["../设计库", "设计/库", "-设计库", "设计\u{3000}库"] {
        assert!(!import(trick).status.success(), "{trick}");
    }
    let all = files(&scratch.path("data"), &["index", "sqlite", "npz", "lock"]);
    assert!(
        all.iter().all(|path| path.to_str().unwrap().is_ascii()),
        "{all:?}"
    );
}
