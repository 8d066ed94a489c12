//! Originals and thumbnails in a bucket: an imitation here, and a real one where `LOOKALIKE_TEST_S3`
//! names it (`make test-stores`).

use std::process::Command;

use lookalike_testkit::http::{Answer, request};
use lookalike_testkit::s3_imitation::{Fault, S3Imitation};
use serde_json::Value;

use crate::serve::Serving;
use crate::support::{Scratch, files};

/// A command that uses the bucket.
fn with_bucket<'c>(command: &'c mut Command, endpoint: &str, prefix: &str) -> &'c mut Command {
    command
        .env("LOOKALIKE_S3_ENDPOINT", endpoint)
        .env("LOOKALIKE_S3_BUCKET", "bucket")
        .env("LOOKALIKE_S3_PREFIX", prefix)
        .env("LOOKALIKE_S3_ACCESS_KEY", "key")
        .env("LOOKALIKE_S3_SECRET_KEY", "secretsecret")
}

struct Library {
    scratch: Scratch,
    endpoint: String,
    prefix: String,
}

impl Library {
    fn new(endpoint: &str) -> Self {
        let scratch = Scratch::new();
        let name = scratch.path("").display().to_string();
        Self {
            prefix: format!(
                "journey{}",
                name.replace(['.', ' '], "-").trim_end_matches('/')
            ),
            scratch,
            endpoint: endpoint.to_owned(),
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.scratch.command(arguments);
        with_bucket(&mut command, &self.endpoint, &self.prefix);
        command
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.command(arguments).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {text}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn serve(&self) -> Serving {
        Serving::of(self.command(&["serve", "--listen", "127.0.0.1:0"]))
    }
}

fn get(server: &Serving, path: &str, headers: &[(&str, &str)]) -> Answer {
    request(server.address, "GET", path, headers, &[])
}

/// From import to deletion, as users see it.
fn journey(endpoint: &str) {
    let library = Library::new(endpoint);
    library.scratch.synth(2, 1);
    let designs = library.scratch.path("designs");
    let sheets = files(&designs.join("patents"), &["tif"]);
    let import = ["import", "designs", "--originals", "s3", "--format", "json"];
    let report = library.json(&import);
    let imported = report["imported"].as_u64().unwrap();
    assert!(imported > sheets.len() as u64, "{report}");
    let again = library.json(&import);
    assert_eq!(again["imported"], 0);
    // The originals are in the bucket: nobody needs the folder any more.
    std::fs::rename(&designs, library.scratch.path("away")).unwrap();
    let away = |path: &std::path::Path| {
        library
            .scratch
            .path("away")
            .join(path.strip_prefix(&designs).unwrap())
    };

    let server = library.serve();
    let health = get(&server, "/health", &[]).json();
    assert_eq!(
        health["components"]["object_store"]["kind"], "s3",
        "{health}"
    );
    assert_eq!(health["status"], "ok");
    let list = get(&server, "/api/images?page_size=100", &[]).json();
    let images = list["data"]["items"].as_array().unwrap().clone();
    assert_eq!(images.len() as u64, imported);
    let photo = images
        .iter()
        .find(|image| image["format"] == "jpeg" || image["format"] == "png")
        .unwrap();
    let url = photo["image_url"].as_str().unwrap();
    let whole = get(&server, url, &[]);
    assert_eq!(whole.status, 200);
    let path = photo["original_path"].as_str().unwrap();
    let bytes = std::fs::read(away(std::path::Path::new(path))).unwrap();
    assert_eq!(whole.body, bytes, "as it was");
    let part = get(&server, url, &[("range", "bytes=100-299")]);
    assert_eq!((part.status, part.body.as_slice()), (206, &bytes[100..300]));
    let expected = format!("bytes 100-299/{}", bytes.len());
    assert_eq!(part.header("content-range"), Some(&*expected));
    let beyond = get(&server, url, &[("range", "bytes=99999999-")]);
    assert_eq!(beyond.status, 416);
    for image in &images {
        for which in ["image_url", "thumbnail_url"] {
            let answer = get(&server, image[which].as_str().unwrap(), &[]);
            assert_eq!(answer.status, 200, "{image}");
        }
    }
    let id = photo["id"].as_u64().unwrap();
    let deleted = request(
        server.address,
        "DELETE",
        &format!("/api/images/{id}"),
        &[],
        &[],
    );
    assert_eq!(deleted.status, 200);
    assert_eq!(get(&server, url, &[]).status, 404);
    drop(server);

    // Another process, with nothing in its cache.
    std::fs::remove_dir_all(library.scratch.path("data/cache")).unwrap();
    let server = library.serve();
    let sheet = images
        .iter()
        .find(|image| image["patent_id"].is_string())
        .unwrap();
    for which in ["image_url", "thumbnail_url"] {
        assert_eq!(
            get(&server, sheet[which].as_str().unwrap(), &[]).status,
            200
        );
    }
    let found = request(
        server.address,
        "POST",
        &format!("/api/search/item/{}", sheet["id"]),
        &[("content-type", "application/json")],
        b"{}",
    );
    assert_eq!(
        found.status,
        200,
        "{}",
        String::from_utf8_lossy(&found.body)
    );
    drop(server);
    let checks = library.json(&["doctor", "--deep", "--format", "json"]);
    for check in checks.as_array().unwrap() {
        let name = check["check"].as_str().unwrap();
        if ["object store", "copies", "thumbnails"].contains(&name) {
            assert_eq!(check["state"], "ok", "{check}");
        }
    }
    let backup = library.json(&["backup", "backup", "--format", "json"]);
    assert!(
        backup["in_object_store"].as_u64().unwrap() >= imported - 1,
        "{backup}"
    );
}

#[test]
fn a_library_lives_in_a_bucket() {
    journey(&S3Imitation::start().endpoint());
}

#[test]
fn a_library_lives_in_a_real_bucket() {
    match std::env::var("LOOKALIKE_TEST_S3") {
        Ok(endpoint) => journey(&endpoint),
        Err(_) => eprintln!("skipped: LOOKALIKE_TEST_S3 names no server"),
    }
}

#[test]
fn patents_lie_by_number_and_name_and_others_by_content() {
    let bucket = S3Imitation::start();
    let library = Library::new(&bucket.endpoint());
    let truth = library.scratch.synth(2, 1);
    // Not its first: these share their bytes with the copy for the front page.
    let patent = truth["designs"][0]["patent_id"].as_str().unwrap();
    let file = truth["designs"][0]["sheets"][2]["file"].as_str().unwrap();
    let name = file.rsplit('/').next().unwrap();
    // Somebody has put another file where one of ours belongs.
    let taken = format!("{}/design_patents/{patent}/{name}", library.prefix);
    bucket.put(&taken, b"theirs");
    let report = library.json(&["import", "designs", "--originals", "s3", "--format", "json"]);
    assert_eq!(report["failed"], 0);
    assert_eq!(bucket.object(&taken).as_deref(), Some(&b"theirs"[..]));
    let count = |root: &str| {
        let root = format!("{}/{root}/", library.prefix);
        bucket
            .keys()
            .iter()
            .filter(|key| key.starts_with(&root))
            .count() as u64
    };
    let photos = files(&library.scratch.path("designs/photos"), &["jpg", "png"]).len() as u64;
    assert_eq!(
        count("contents"),
        photos + 1,
        "and the one that was in the way"
    );
    // Theirs is one more, and copies for the front page share their bytes with another sheet.
    let sheets = report["imported"].as_u64().unwrap() - photos - 2;
    assert_eq!(count("design_patents"), sheets);
    assert!(!library.scratch.path("data/blobs/originals").exists());

    // What nothing refers to goes when it is asked for, and nothing else.
    let before = bucket.keys().len();
    library.json(&["doctor", "--sweep", "--format", "json"]);
    assert_eq!(bucket.keys().len(), before - 1, "theirs");
    assert!(bucket.object(&taken).is_none());
    let checks = library.json(&["doctor", "--deep", "--format", "json"]);
    let copies = checks
        .as_array()
        .unwrap()
        .iter()
        .find(|check| check["check"] == "copies");
    assert_eq!(copies.unwrap()["state"], "ok", "{checks}");
}

#[test]
fn a_bucket_that_is_gone_costs_answers_and_nothing_else() {
    let bucket = S3Imitation::start();
    let library = Library::new(&bucket.endpoint());
    library.scratch.synth(2, 0);
    // In the middle of an import.
    bucket.fail_next([Fault::Slow(std::time::Duration::ZERO)]);
    bucket.fail_next([Fault::Answer(503, "SlowDown"); 20]);
    let report = library.json(&["import", "designs", "--originals", "s3", "--format", "json"]);
    assert_eq!(report["failed"], 0, "{report}");

    let server = library.serve();
    let list = get(&server, "/api/images?page_size=1", &[])
        .json()
        .to_string();
    let start = list.find("/api/image/full/").unwrap();
    let url = list[start..].split('"').next().unwrap();
    bucket.fail_always(Some(Fault::Answer(503, "ServiceUnavailable")));
    let gone = get(&server, url, &[]);
    assert_eq!(gone.status, 503, "{}", String::from_utf8_lossy(&gone.body));
    assert!(gone.header("retry-after").is_some());
    let text = gone.json()["message"].as_str().unwrap().to_owned();
    assert!(
        text.starts_with("the object store is not available"),
        "{text}"
    );
    assert!(!text.contains("127.0.0.1"), "{text}");
    let health = get(&server, "/health", &[]).json();
    assert_eq!(health["status"], "degraded");
    assert_eq!(health["components"]["object_store"]["status"], "error");
    // Thumbnails that were written here are here.
    let thumbnail = url.replace("/full/", "/");
    assert_eq!(get(&server, &thumbnail, &[]).status, 200);
    bucket.fail_always(None);
    assert_eq!(get(&server, url, &[]).status, 200, "back by itself");
    assert_eq!(get(&server, "/health", &[]).json()["status"], "ok");
}

#[test]
fn wrong_settings_are_told_before_anything_is_written() {
    let bucket = S3Imitation::start();
    let scratch = Scratch::new();
    scratch.synth(1, 0);
    let import = ["import", "designs", "--originals", "s3"];
    let error = scratch.fails(&import, 1);
    assert!(
        error.contains("no bucket is named") && error.contains("LOOKALIKE_S3_BUCKET"),
        "{error}"
    );
    let fails = |name: &str, value: &str| {
        let mut command = scratch.command(&import);
        with_bucket(&mut command, &bucket.endpoint(), "").env(name, value);
        let output = command.output().unwrap();
        assert!(!output.status.success(), "{name}={value}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    for (name, value, expected) in [
        ("LOOKALIKE_S3_BUCKET", "other", "no such bucket"),
        (
            "LOOKALIKE_S3_ACCESS_KEY",
            "nobody",
            "refuses the credentials",
        ),
        (
            "LOOKALIKE_S3_ENDPOINT",
            "127.0.0.1",
            "is no address such as",
        ),
        ("LOOKALIKE_S3_CA_FILE", "/no/such", "can't be read"),
        ("LOOKALIKE_S3_ADDRESSING", "x", "`path` or `host`"),
    ] {
        let error = fails(name, value);
        assert!(error.contains(expected), "{error}");
        assert!(!error.contains("secretsecret"), "{error}");
    }
}

#[test]
fn what_lies_in_a_bucket_is_imported_from_there() {
    let bucket = S3Imitation::start();
    let library = Library::new(&bucket.endpoint());
    library.scratch.synth(2, 1);
    let designs = library.scratch.path("designs");
    let all = files(&designs, &["tif", "xml", "jpg", "png"]);
    for file in &all {
        let key = file.strip_prefix(&designs).unwrap().display().to_string();
        bucket.put(&format!("grants/{key}"), &std::fs::read(file).unwrap());
    }
    bucket.put("grantsmore/not-ours.tif", b"under another prefix");
    bucket.put("grants/../../escape.tif", b"leads elsewhere");
    let imported = |arguments: &[&str]| {
        let report = library.json(arguments);
        assert_eq!(report["failed"], 0, "{report}");
        (
            report["imported"].as_u64().unwrap(),
            report["skipped"].as_u64().unwrap(),
        )
    };
    let import = ["import", "s3://bucket/grants", "--format", "json"];
    let (new, _) = imported(&import);
    let folder = library
        .scratch
        .json(&["--data", "local", "import", "designs", "--format", "json"]);
    assert_eq!(new, folder["imported"].as_u64().unwrap());
    // Nothing is fetched twice.
    drop(bucket.requests());
    let (again, skipped) = imported(&import);
    assert_eq!((again, skipped), (0, new));
    let gets = bucket
        .requests()
        .into_iter()
        .filter(|request| request.contains("grants/"));
    assert_eq!(gets.count(), 0);
    let parts = ["1/2", "2/2"].map(|shard| {
        let mut arguments = vec!["--data", if shard == "1/2" { "a" } else { "b" }];
        arguments.extend(import);
        arguments.extend(["--shard", shard]);
        imported(&arguments).0
    });
    assert_eq!(parts[0] + parts[1], new);
    assert!(files(&library.scratch.path("a/buckets"), &["tif"]).len() < all.len());
    assert!(!library.scratch.path("escape.tif").exists());
}
