//! Downloads from a web server on loopback that misbehaves as told.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Barrier};
use std::time::Duration;

use lookalike_fetch::download::{
    DownloadError, DownloadProgress, DownloadReport, DownloadRequest, DownloadSettings, LOG_FILE,
    LoggedImage, download, is_log, read_log,
};
use lookalike_imaging::{Limits, RgbImage, encode_jpeg, encode_png};
use lookalike_testkit::web_imitation::{WebAnswer, WebImitation};
use lookalike_work::Cancel;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A small picture; another number, another picture.
fn picture(number: u8) -> Vec<u8> {
    encode_png(&RgbImage::filled(7, 5, [number, 0, 0])).unwrap()
}

fn ok(body: &[u8]) -> WebAnswer {
    WebAnswer::new(200, body)
}

/// A server that has a picture at every address.
fn pictures() -> WebImitation {
    WebImitation::start(|path, _| ok(&picture(path.len() as u8)))
}

struct Scratch {
    directory: TempDir,
    settings: DownloadSettings,
}

impl Scratch {
    fn new() -> Self {
        Self {
            directory: TempDir::new().unwrap(),
            settings: DownloadSettings {
                allow_private: true,
                first_pause: Duration::from_millis(1),
                ..DownloadSettings::default()
            },
        }
    }

    fn out(&self) -> PathBuf {
        self.directory.path().join("out")
    }

    /// Writes a table of addresses alone.
    fn table_of(&self, urls: &[String]) {
        self.table(&format!("image_url\n{}\n", urls.join("\n")));
    }

    fn table(&self, text: &str) {
        fs::write(self.directory.path().join("data.csv"), text).unwrap();
    }

    fn try_run(&self) -> Result<DownloadReport, DownloadError> {
        self.run_until(&Cancel::default())
    }

    fn run_until(&self, cancel: &Cancel) -> Result<DownloadReport, DownloadError> {
        let request = DownloadRequest {
            table: self.directory.path().join("data.csv"),
            column: "image_url".to_owned(),
            directory: self.out(),
            settings: self.settings.clone(),
        };
        download(&request, &DownloadProgress::default(), cancel)
    }

    /// Runs; rows that were downloaded, skipped, and the reasons of those that failed.
    fn run(&self) -> (u64, u64, Vec<String>) {
        let report = self.try_run().unwrap();
        assert_eq!(
            report.total,
            report.downloaded + report.skipped + report.failed
        );
        assert_eq!(report.failed, report.failed_files.len() as u64);
        let failed = report.failed_files.into_iter();
        let reasons = failed.map(|problem| problem.reason).collect();
        (report.downloaded, report.skipped, reasons)
    }

    /// Runs a single address that must fail; why.
    fn failure(&self, url: String) -> String {
        self.table_of(&[url]);
        let (downloaded, skipped, mut reasons) = self.run();
        assert_eq!(
            (downloaded, skipped, reasons.len()),
            (0, 0, 1),
            "{reasons:?}"
        );
        assert_eq!(self.images(), Vec::<String>::new());
        reasons.remove(0)
    }

    fn log(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.out().join(LOG_FILE)).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    fn images(&self) -> Vec<String> {
        let entries = fs::read_dir(self.out().join("images")).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn logged(&self) -> Vec<LoggedImage> {
        let path = self.out().join(LOG_FILE);
        let log = read_log(&path, || fs::File::open(&path)).unwrap();
        log.map(Result::unwrap).collect()
    }
}

#[test]
fn pictures_are_named_checked_and_logged() {
    let jpeg = encode_jpeg(&RgbImage::filled(7, 5, [9; 3]), 90).unwrap();
    let body = jpeg.clone();
    let server = WebImitation::start(move |path, _| match path {
        "/a/red%20chair.png?w=1" => ok(&body),
        _ => ok(&picture(2)),
    });
    let scratch = Scratch::new();
    let first = server.url("/a/red chair.png?w=1");
    let second = server.url("/..%2f..%2fx");
    scratch.table(&format!(
        "id;image_url;category\n7;{first};chair\n8;{second};\n9;ftp://a/b;\n;;\n"
    ));
    let report = scratch.try_run().unwrap();
    assert_eq!((report.total, report.downloaded, report.failed), (4, 2, 2));
    assert_eq!(report.bytes, (jpeg.len() + picture(2).len()) as u64);
    assert_eq!(
        scratch.images(),
        ["000001-red_chair.jpg", "000002-x.png"],
        "names show the content, and never lead anywhere"
    );
    let file = scratch.out().join("images/000001-red_chair.jpg");
    assert_eq!(fs::read(&file).unwrap(), jpeg);
    let log = scratch.log();
    assert_eq!(log.len(), 4);
    let entry = |row: u64| log.iter().find(|entry| entry["row"] == row).unwrap();
    let mut expected = json!({
        "url": first, "row": 1, "status": "ok", "file": "images/000001-red_chair.jpg",
        "md5": "", "size_bytes": jpeg.len(), "format": "jpeg", "width": 7, "height": 5,
        "http_status": 200, "attributes": {"id": "7", "category": "chair"}, "time": "",
    });
    for varying in ["md5", "time"] {
        expected[varying] = entry(1)[varying].clone();
    }
    assert_eq!(*entry(1), expected);
    assert_eq!(entry(1)["md5"].as_str().unwrap().len(), 32);
    assert_eq!(entry(2)["attributes"], json!({"id": "8"}));
    assert_eq!(entry(3)["status"], "failed");
    assert!(entry(3)["reason"].as_str().unwrap().contains("http"));
    assert_eq!(entry(4)["reason"], "column `image_url` is empty");
    let mut logged = scratch.logged();
    logged.sort_by(|one, other| one.file.cmp(&other.file));
    assert_eq!(logged.len(), 2);
    assert_eq!((&logged[0].file, &logged[0].url), (&file, &first));
    assert_eq!(logged[0].attributes["category"], "chair");
    let is_log = |path: &Path| is_log(path, fs::File::open(path).unwrap());
    assert!(is_log(&scratch.out().join(LOG_FILE)));
    assert!(!is_log(&scratch.directory.path().join("data.csv")));
}

#[test]
fn redirects_are_followed_but_not_for_ever() {
    let elsewhere = pictures();
    let target = elsewhere.url("/final.png");
    let server = WebImitation::start(move |path, _| {
        let location = match path {
            "/chain/5" => target.clone(),
            "/loop" => "/loop".to_owned(),
            "/nowhere" => return WebAnswer::new(302, b""),
            "/file" => "file:///etc/passwd".to_owned(),
            _ => format!("../chain/{}", path[7..].parse::<u32>().unwrap() + 1),
        };
        WebAnswer::new(302, b"moved").header("Location", &location)
    });
    let scratch = Scratch::new();
    assert_eq!(
        scratch.failure(server.url("/loop")),
        "more than 5 redirects"
    );
    assert_eq!(server.requests().len(), 6);
    let reason = scratch.failure(server.url("/chain/0"));
    assert!(reason.ends_with("more than 5 redirects"), "{reason}");
    assert!(elsewhere.requests().is_empty());
    let reason = scratch.failure(server.url("/nowhere"));
    assert!(reason.contains("redirects to nowhere"), "{reason}");
    let reason = scratch.failure(server.url("/file"));
    assert!(reason.contains("only http and https"), "{reason}");
    scratch.table_of(&[server.url("/chain/1")]);
    assert_eq!(scratch.run(), (1, 0, vec![]));
    assert_eq!(scratch.images(), ["000001-1.png"]);
}

#[test]
fn private_addresses_are_not_asked() {
    let server = pictures();
    let mut scratch = Scratch::new();
    scratch.settings.allow_private = false;
    let by_name = server.url("/a.png").replace("127.0.0.1", "localhost");
    for url in [server.url("/a.png"), by_name] {
        let reason = scratch.failure(url);
        assert!(reason.contains("private network"), "{reason}");
    }
    assert!(server.requests().is_empty());
}

#[test]
fn a_busy_host_is_left_alone_for_as_long_as_it_asks() {
    let server = WebImitation::start(|path, before| match (path, before) {
        ("/a", 0) => WebAnswer::new(429, b"").header("Retry-After", "3600"),
        ("/a", 1) => {
            WebAnswer::new(503, b"").header("Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT")
        }
        ("/a", 2) => WebAnswer::new(429, b""),
        _ => ok(&picture(1)),
    });
    let mut scratch = Scratch::new();
    scratch.settings.per_host = 1;
    // Stands for the five minutes that are the most.
    scratch.settings.longest_wait = Duration::from_millis(20);
    scratch.table_of(&["/a", "/b", "/c"].map(|path| server.url(path)));
    assert_eq!(scratch.run(), (3, 0, vec![]));
    assert_eq!(server.requests(), ["/a", "/a", "/a", "/a", "/b", "/c"]);
}

#[test]
fn a_host_that_stays_busy_is_given_up() {
    let server = WebImitation::start(|_, _| WebAnswer::new(429, b""));
    let mut scratch = Scratch::new();
    scratch.settings.longest_wait = Duration::from_millis(2);
    let reason = scratch.failure(server.url("/a"));
    assert_eq!(reason, "the server is busy (status 429)");
    assert_eq!(server.requests().len(), 9);
    assert_eq!(scratch.log()[0]["http_status"], 429);
}

#[test]
fn failures_that_may_pass_are_tried_again_and_others_are_not() {
    let server = WebImitation::start(|path, before| match (path, before) {
        ("/once", 0) => WebAnswer::new(500, b"oops"),
        ("/cut", 0) => WebAnswer {
            content_length: Some(5000),
            ..ok(&picture(1))
        },
        ("/always", _) => WebAnswer::new(502, b"oops"),
        ("/cut-always", _) => WebAnswer {
            content_length: Some(5000),
            ..ok(&picture(1))
        },
        ("/gone", _) => WebAnswer::new(404, b"<html>"),
        ("/forbidden", _) => WebAnswer::new(403, b"<html>"),
        _ => ok(&picture(1)),
    });
    let scratch = Scratch::new();
    for (path, reason, tries) in [
        ("/always", "the server failed (status 502)", 4),
        ("/cut-always", "the connection failed", 4),
        ("/gone", "there is no such file (status 404)", 1),
        ("/forbidden", "the server refuses access (status 403)", 1),
    ] {
        let given = scratch.failure(server.url(path));
        assert!(given.starts_with(reason), "{given}");
        let requests = server.requests();
        let tried = requests.iter().filter(|other| *other == path).count();
        assert_eq!(tried, tries, "{path}");
    }
    scratch.table_of(&["/once", "/cut"].map(|path| server.url(path)));
    assert_eq!(scratch.run(), (2, 0, vec![]));
    // A port that nobody listens on.
    let url = server.url("/a");
    drop(server);
    scratch.table_of(&[url]);
    let (_, _, reasons) = scratch.run();
    assert!(
        reasons[0].starts_with("the connection failed"),
        "{reasons:?}"
    );
}

#[test]
fn slow_servers_hold_nobody_up() {
    let server = WebImitation::start(|path, _| match path {
        "/drip" => WebAnswer {
            drip: Some(Duration::from_millis(5)),
            ..ok(&picture(1).repeat(50))
        },
        "/stall" => WebAnswer {
            delay: Duration::from_secs(3),
            ..ok(&picture(1))
        },
        _ => ok(&picture(1)),
    });
    let mut scratch = Scratch::new();
    scratch.settings.file_timeout = Duration::from_millis(300);
    scratch.settings.retries = 0;
    assert_eq!(
        scratch.failure(server.url("/drip")),
        "not complete after 0.3 s"
    );
    assert_eq!(
        scratch.failure(server.url("/stall")),
        "not complete after 0.3 s"
    );
}

#[test]
fn files_above_the_limit_are_refused() {
    let server = WebImitation::start(|path, _| {
        let mut body = picture(1);
        body.resize(5001, 0);
        let content_length = match path {
            "/announced" => Some(body.len()),
            _ => None,
        };
        WebAnswer {
            content_length,
            ..ok(&body)
        }
    });
    let mut scratch = Scratch::new();
    scratch.settings.limits = Limits {
        max_file_bytes: 5000,
        max_pixels: 34,
    };
    assert_eq!(
        scratch.failure(server.url("/announced")),
        "the file has 5001 bytes, above the limit of 5000"
    );
    assert_eq!(
        scratch.failure(server.url("/endless")),
        "the file has more bytes than the limit of 5000"
    );
    scratch.settings.limits.max_file_bytes = 5001;
    let reason = scratch.failure(server.url("/announced"));
    assert!(reason.contains("megapixels"), "{reason}");
}

#[test]
fn only_pictures_are_kept() {
    let server = WebImitation::start(|path, _| match path {
        "/page.jpg" => ok(b"<!DOCTYPE html><title>Not found</title>")
            .header("Content-Type", "text/html; charset=utf-8"),
        "/lies.png" => ok(b"BM is what this text begins with").header("Content-Type", "image/png"),
        "/header.png" => ok(&picture(1)[..20]),
        "/empty.png" => ok(b""),
        _ => WebAnswer::new(204, b""),
    });
    let scratch = Scratch::new();
    for (path, wanted) in [
        ("/page.jpg", "the server sent text/html; charset=utf-8"),
        ("/lies.png", "not a picture that can be read"),
        ("/header.png", "png: "),
        ("/empty.png", "the answer is empty"),
        ("/nothing.png", "the server answers with status 204"),
    ] {
        let reason = scratch.failure(server.url(path));
        assert!(reason.contains(wanted), "{path}: {reason}");
    }
}

#[test]
fn a_second_run_does_only_what_is_missing() {
    let server = pictures();
    let scratch = Scratch::new();
    let urls = ["/1", "/22", "/333", "/4444"].map(|path| server.url(path));
    scratch.table_of(&urls);
    assert_eq!(scratch.run(), (4, 0, vec![]));
    assert_eq!(scratch.run(), (0, 4, vec![]));
    assert_eq!((server.requests().len(), scratch.log().len()), (4, 4));
    // One is gone, one is cut off, the entry of one is half there, as is a file.
    let images = scratch.out().join("images");
    fs::remove_file(images.join("000001-1.png")).unwrap();
    fs::write(images.join("000002-22.png"), b"\x89PNG").unwrap();
    fs::write(images.join(".arriving-x"), b"\x89PNG").unwrap();
    let path = scratch.out().join(LOG_FILE);
    let log = fs::read_to_string(&path).unwrap();
    let mut lines: Vec<&str> = log.lines().collect();
    lines.sort_by_key(|line| line.contains("/4444"));
    let text = lines.join("\n");
    fs::write(&path, &text[..text.len() - 9]).unwrap();
    assert_eq!(scratch.logged().len(), 3);
    assert_eq!(scratch.run(), (3, 1, vec![]));
    let again = &server.requests()[4..];
    assert!(!again.contains(&"/333".to_owned()), "{again:?}");
    assert_eq!(again.len(), 3);
    assert_eq!(
        scratch.images(),
        [
            "000001-1.png",
            "000002-22.png",
            "000003-333.png",
            "000004-4444.png"
        ]
    );
    assert_eq!(scratch.run(), (0, 4, vec![]));
    assert_eq!(scratch.logged().len(), 4);
}

#[test]
fn failed_rows_are_tried_again_and_then_are_done() {
    let server = WebImitation::start(|_, before| match before {
        0 => WebAnswer::new(404, b""),
        _ => ok(&picture(1)),
    });
    let scratch = Scratch::new();
    scratch.table_of(&[server.url("/a")]);
    assert_eq!(scratch.run().2.len(), 1);
    assert!(scratch.logged().is_empty());
    assert_eq!(scratch.run(), (1, 0, vec![]));
    assert_eq!(scratch.run(), (0, 1, vec![]));
    assert_eq!(scratch.logged().len(), 1);
}

#[test]
fn an_address_in_several_rows_is_fetched_once() {
    let server = pictures();
    let scratch = Scratch::new();
    let url = server.url("/a.png");
    let table = format!(
        "image_url,n\n{url},1\n{},2\n{url},3\n",
        server.url("/bb.png")
    );
    scratch.table(&table);
    assert_eq!(scratch.run(), (3, 0, vec![]));
    assert_eq!(server.requests().len(), 2);
    scratch.table(&format!("{table}{url},4\n"));
    assert_eq!(scratch.run(), (0, 4, vec![]));
    assert_eq!(server.requests().len(), 2);
    let file = scratch.out().join("images/000001-a.png");
    let logged = scratch.logged();
    let same: Vec<_> = logged.iter().filter(|one| one.file == file).collect();
    assert_eq!(same.len(), 1);
    assert_eq!(same[0].attributes, columns(json!({"n": ["1", "3", "4"]})));
}

#[test]
fn rows_that_share_an_address_keep_the_columns_of_each() {
    let server = pictures();
    let scratch = Scratch::new();
    let (url, other) = (server.url("/a.png"), server.url("/bb.png"));
    scratch.table(&format!(
        "image_url,sku,shop,colour\n{url},7,Oak,red\n{other},8,Oak,\n{url},9,Oak,\n"
    ));
    assert_eq!(scratch.run(), (3, 0, vec![]));
    let mut logged = scratch.logged();
    logged.sort_by(|one, other| one.url.cmp(&other.url));
    let attributes: Vec<_> = logged.into_iter().map(|one| one.attributes).collect();
    assert_eq!(
        attributes,
        [
            columns(json!({"sku": ["7", "9"], "shop": "Oak", "colour": "red"})),
            columns(json!({"sku": "8", "shop": "Oak"})),
        ]
    );
    // The second row is mended: what it said before no longer counts.
    scratch.table(&format!(
        "image_url,sku,shop,colour\n{url},7,Oak,red\n{other},8,Oak,\n{url},7,Elm,\n"
    ));
    assert_eq!(scratch.run(), (0, 3, vec![]));
    let shared = scratch.logged().into_iter().find(|one| one.url == url);
    assert_eq!(
        shared.unwrap().attributes,
        columns(json!({"sku": "7", "shop": ["Oak", "Elm"], "colour": "red"}))
    );
}

fn columns(object: Value) -> serde_json::Map<String, Value> {
    let Value::Object(columns) = object else {
        panic!("{object} is no object");
    };
    columns
}

#[test]
fn an_edited_table_changes_the_log_and_overwrites_no_picture() {
    let server = pictures();
    let scratch = Scratch::new();
    let old = server.url("/old/image.png");
    scratch.table(&format!("image_url,kind\n{old},chair\n"));
    assert_eq!(scratch.run(), (1, 0, vec![]));
    // A new first row, whose picture has the name that the old one got.
    let new = server.url("/newer/image.png");
    scratch.table(&format!("image_url,kind\n{new},table\n{old},stool\n"));
    assert_eq!(scratch.run(), (1, 1, vec![]));
    let mut logged = scratch.logged();
    logged.sort_by(|one, other| one.url.cmp(&other.url));
    let found: Vec<_> = logged
        .iter()
        .map(|one| {
            (
                &one.url,
                &one.attributes["kind"],
                fs::read(&one.file).unwrap(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            (&new, &json!("table"), picture(16)),
            (&old, &json!("stool"), picture(14)),
        ]
    );
}

#[test]
fn a_host_gets_as_many_requests_at_a_time_as_it_may() {
    // Nobody is answered before four are there.
    let barrier = Arc::new(Barrier::new(4));
    let server = WebImitation::start(move |_, _| {
        barrier.wait();
        ok(&picture(1))
    });
    let scratch = Scratch::new();
    let urls: Vec<String> = (0..24).map(|n| server.url(&format!("/{n}"))).collect();
    scratch.table_of(&urls);
    assert_eq!(scratch.run(), (24, 0, vec![]));
    assert_eq!(server.most_at_once(), 4);
}

#[test]
fn a_cancelled_run_ends_at_once_and_blames_nobody() {
    let cancel = Arc::new(Cancel::default());
    let stop = Arc::clone(&cancel);
    let server = WebImitation::start(move |path, _| {
        if path == "/slow" {
            stop.cancel();
            return WebAnswer {
                drip: Some(Duration::from_millis(20)),
                ..ok(&picture(1).repeat(100))
            };
        }
        ok(&picture(1))
    });
    let mut scratch = Scratch::new();
    scratch.settings.parallel = 1;
    scratch.table_of(&["/first", "/slow", "/never"].map(|path| server.url(path)));
    let report = scratch.run_until(&cancel).unwrap();
    assert!(report.cancelled);
    assert_eq!((report.downloaded, report.failed), (1, 0));
    assert_eq!(server.requests(), ["/first", "/slow"]);
    assert_eq!((scratch.log().len(), scratch.images().len()), (1, 1));
}

#[test]
fn mistakes_are_told_before_anything_is_written() {
    let scratch = Scratch::new();
    scratch.table("url;name\nx;y\n");
    let error = scratch.try_run().unwrap_err();
    assert!(error.to_string().ends_with("`url`, `name`"), "{error}");
    assert!(!scratch.out().exists());
    // Something else in the log's place is left as it is.
    scratch.table_of(&[]);
    fs::create_dir(scratch.out()).unwrap();
    let path = scratch.out().join(LOG_FILE);
    for other in ["[1, 2]\n[3]\n", "\n", "notes", "{\"url\": 1}\nx"] {
        fs::write(&path, other).unwrap();
        let error = scratch.try_run().unwrap_err();
        assert!(matches!(error, DownloadError::BadLog { .. }), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), other);
        assert!(!is_log(&path, fs::File::open(&path).unwrap()));
    }
    fs::write(&path, "").unwrap();
    let other = fs::File::open(&path).unwrap();
    other.lock().unwrap();
    let error = scratch.try_run().unwrap_err();
    assert!(matches!(error, DownloadError::Busy { .. }), "{error}");
}

#[test]
fn a_log_may_not_lead_out_of_its_folder() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("a.jsonl");
    let entry = |row: u64, file: &str, status: &str| {
        let entry = json!({
            "url": format!("http://a/{row}"), "row": row, "status": status, "file": file, "md5": "",
            "size_bytes": 1, "format": "png", "width": 1, "height": 1, "attributes": {},
            "time": "2026-11-21T00:00:00Z",
        });
        format!("{entry}\n")
    };
    let lines = [
        entry(1, "images/superseded.png", "ok"),
        entry(2, "../../etc/passwd", "ok"),
        entry(3, "/etc/passwd", "ok"),
        entry(4, "", "ok"),
        entry(1, "images/a.png", "ok"),
        entry(1, "images/b.png", "failed"),
        "{\"url\": \"http://a".to_owned(),
    ];
    fs::write(&path, lines.concat()).unwrap();
    let read: Vec<Result<PathBuf, String>> = read_log(&path, || fs::File::open(&path))
        .unwrap()
        .map(|image| match image {
            Ok(image) => Ok(image.file),
            Err(error) => Err(error.to_string()),
        })
        .collect();
    assert_eq!(read.len(), 4);
    for (refused, line) in read[..3].iter().zip(["line 2", "line 3", "line 4"]) {
        let reason = refused.as_ref().unwrap_err();
        assert!(
            reason.contains(line) && reason.contains("folder"),
            "{reason}"
        );
    }
    assert_eq!(read[3], Ok(directory.path().join("images/a.png")));
    let nowhere = Path::new("/nowhere.jsonl");
    assert!(read_log(nowhere, || fs::File::open(nowhere)).is_err());
}
