//! Jobs: queued, run, cancelled, retried, taken up again.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use lookalike_catalog::{IndexKind, JobState};

use super::*;
use crate::ErrorKind;
use crate::fixture::Fixture;
use crate::library::{ListRequest, Selection};

fn request(path: PathBuf, collection: &str) -> JobRequest {
    JobRequest {
        paths: vec![path],
        collection: collection.into(),
        ..JobRequest::default()
    }
}

#[test]
fn without_a_job_the_status_is_idle() {
    let fixture = Fixture::new();
    let report = fixture.jobs.report(None, 10).unwrap();
    assert_eq!(report.status.status, "idle");
    assert_eq!(report.status.avg_speed, "0.0 images/sec");
    let absent = fixture.jobs.report(Some(7), 10).unwrap_err();
    assert_eq!(absent.kind(), ErrorKind::NotFound);
}

#[test]
fn a_job_imports_and_only_its_failed_files_are_tried_again() {
    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 12);
    let broken = folder.join("broken.png");
    fs::write(&broken, b"\x89PNG\r\n\x1a\nno").unwrap();
    let id = fixture.jobs.start(request(folder, "default")).unwrap();
    let report = fixture.jobs.wait(id).unwrap();
    let status = &report.status;
    assert_eq!(status.status, "completed");
    assert_eq!(
        (status.total, status.imported, status.skipped, status.failed),
        (13, 12, 0, 1)
    );
    assert_eq!((status.progress_percent, status.processed), (100.0, 13));
    assert_eq!(status.estimated_remaining_sec, Some(0.0));
    assert!(report.failed_files[0].file.ends_with("broken.png"));

    let whole = fixture.pictures("other", 20).join("0019.png");
    fs::copy(whole, &broken).unwrap();
    let retry = fixture.jobs.retry(None).unwrap();
    let report = fixture.jobs.wait(retry).unwrap();
    assert_eq!(report.status.retry_of, Some(id));
    assert_eq!((report.status.total, report.status.imported), (1, 1));
    assert_eq!(fixture.items("default"), 13);
    // Nothing failed this time.
    let again = fixture.jobs.retry(Some(retry)).unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Conflict);
    let states: Vec<String> = fixture
        .jobs
        .list(10)
        .unwrap()
        .into_iter()
        .map(|job| job.status)
        .collect();
    assert_eq!(states, ["completed", "completed"]);
}

#[test]
fn what_was_deleted_stays_gone_until_it_is_asked_for_again() {
    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 4);
    let other = fixture.pictures("other", 9).join("0008.png");
    let import = |again| {
        let request = JobRequest {
            again,
            ..request(folder.clone(), "default")
        };
        let id = fixture.jobs.start(request).unwrap();
        let report = fixture.jobs.wait(id).unwrap();
        (report.status.imported, report.status.skipped)
    };
    assert_eq!(import(false), (4, 0));
    let library = fixture.engine.library();
    let delete = |selection| library.delete("default", &selection).unwrap().deleted;
    assert_eq!(delete(Selection::Items(vec![1, 2])), 2);
    assert_eq!(import(false), (0, 4));
    assert_eq!(fixture.items("default"), 2);
    fs::copy(&other, folder.join("new.png")).unwrap();
    assert_eq!(import(false), (1, 4));
    assert_eq!(import(true), (2, 3));
    assert_eq!(fixture.items("default"), 5);
    // Whoever deletes everything begins anew.
    assert_eq!(delete(Selection::Items(vec![3])), 1);
    assert_eq!(delete(Selection::All), 4);
    assert_eq!(import(false), (5, 0));
}

#[test]
fn jobs_of_one_collection_take_turns_and_waiting_ones_can_be_cancelled() {
    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 300);
    let few = fixture.pictures("few", 3);
    let first = fixture.jobs.start(request(folder.clone(), "one")).unwrap();
    let second = fixture.jobs.start(request(folder, "one")).unwrap();
    let other = fixture.jobs.start(request(few, "two")).unwrap();
    let status = |id| fixture.jobs.report(Some(id), 10).unwrap().status.status;
    assert_eq!(status(second), "queued");
    // Another collection does not wait for it.
    assert_eq!(fixture.jobs.wait(other).unwrap().status.imported, 3);
    assert_eq!(fixture.jobs.cancel(Some(second)).unwrap(), [second]);
    assert_eq!(status(second), "cancelled");
    let report = fixture.jobs.wait(first).unwrap();
    assert_eq!((report.status.imported, report.status.failed), (300, 0));
    let over = fixture.jobs.cancel(Some(first)).unwrap_err();
    assert_eq!(over.kind(), ErrorKind::Conflict);
    assert!(fixture.jobs.cancel(None).unwrap().is_empty());
}

#[test]
fn a_cancelled_job_keeps_what_it_did() {
    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 500);
    let id = fixture
        .jobs
        .start(request(folder.clone(), "default"))
        .unwrap();
    while fixture.jobs.report(Some(id), 10).unwrap().status.imported == 0 {
        thread::yield_now();
    }
    fixture.jobs.cancel(Some(id)).unwrap();
    let report = fixture.jobs.wait(id).unwrap();
    assert_eq!(report.status.status, "cancelled");
    let imported = fixture.items("default");
    assert_eq!(imported, report.status.imported);
    assert!(imported < 500, "cancelled too late to show anything");
    let id = fixture.jobs.start(request(folder, "default")).unwrap();
    let report = fixture.jobs.wait(id).unwrap();
    assert_eq!(report.status.skipped, imported);
    assert_eq!(fixture.items("default"), 500);
}

#[test]
fn what_was_not_over_goes_on_in_the_next_process() {
    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 500);
    let running = fixture
        .jobs
        .start(request(folder.clone(), "default"))
        .unwrap();
    let waiting = fixture.jobs.start(request(folder, "default")).unwrap();
    while fixture
        .jobs
        .report(Some(running), 10)
        .unwrap()
        .status
        .imported
        == 0
    {
        thread::yield_now();
    }
    let fixture = fixture.reopen();
    assert!(
        fixture.items("default") < 500,
        "closed too late to show anything"
    );
    // Asked for again, it is the same job; the other one is taken up by itself.
    let again = fixture.jobs.start(request(
        fixture.directory.path().join("pictures"),
        "default",
    ));
    assert_eq!(again.unwrap(), running);
    assert_eq!(fixture.jobs.resume().unwrap(), 1);
    let report = fixture.jobs.wait(running).unwrap();
    assert_eq!(report.status.status, "completed");
    assert_eq!(report.status.total, 500);
    assert!(report.status.skipped > 0);
    assert_eq!(fixture.jobs.wait(waiting).unwrap().status.skipped, 500);
    assert_eq!(fixture.items("default"), 500);
}

#[test]
fn a_job_that_can_not_run_says_why() {
    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 1);
    let absent = fixture
        .jobs
        .start(request("/no/such/folder".into(), "default"));
    assert_eq!(absent.unwrap_err().kind(), ErrorKind::NotFound);
    for name in [".default", "bad name", ""] {
        let bad = fixture
            .jobs
            .start(request(folder.clone(), name))
            .unwrap_err();
        assert_eq!(bad.kind(), ErrorKind::InvalidInput, "{name}");
    }
    let mut unknown = request(folder, "default");
    unknown.settings.model = Some("no-such-model".into());
    let id = fixture.jobs.start(unknown).unwrap();
    let report = fixture.jobs.wait(id).unwrap();
    assert_eq!(report.status.status, "failed");
    let message = report.status.message.unwrap();
    assert!(message.contains("no-such-model"), "{message}");
    let recorded = fixture.engine.stores().catalog().job(id).unwrap().unwrap();
    assert_eq!(recorded.state, JobState::Failed);
}

#[test]
fn a_cancelled_job_stays_so_when_the_process_ends() {
    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 500);
    let id = fixture.jobs.start(request(folder, "default")).unwrap();
    while fixture.jobs.report(Some(id), 0).unwrap().status.imported == 0 {
        thread::yield_now();
    }
    fixture.jobs.cancel(Some(id)).unwrap();
    let fixture = fixture.reopen();
    let job = fixture.engine.stores().catalog().job(id).unwrap().unwrap();
    assert_eq!(job.state, JobState::Cancelled);
    assert_eq!(fixture.jobs.resume().unwrap(), 0);
}

#[test]
fn neither_the_data_directory_nor_what_lies_elsewhere_is_imported() {
    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 4);
    let secret = fixture.pictures("secret", 9).join("0008.png");
    let import = |request| {
        let id = fixture.jobs.start(request).unwrap();
        fixture.jobs.wait(id).unwrap()
    };
    // Thumbnails lie in the data directory, which lies in this folder.
    let everything = fixture.directory.path().to_path_buf();
    for _ in 0..2 {
        import(request(everything.clone(), "default"));
        assert_eq!(fixture.items("default"), 13);
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&secret, folder.join("link.png")).unwrap();
        std::os::unix::fs::symlink(secret.parent().unwrap(), folder.join("links")).unwrap();
        let mut within = request(folder.clone(), "within");
        within.within = Some(vec![folder]);
        let report = import(within);
        assert_eq!((report.status.imported, report.status.failed), (4, 2));
        assert!(report.failed_files[0].reason.contains("link out of"));
    }
}

/// What somebody who can write in a folder puts there does not lead out of it.
#[cfg(unix)]
#[test]
fn nothing_out_of_the_folders_allowed_is_read_however_it_is_named() {
    use std::os::unix::fs::symlink;

    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 1);
    let secret = fixture.pictures("secret", 3);
    let import = |path: PathBuf| {
        let mut request = request(path, "default");
        request.within = Some(vec![folder.clone()]);
        let id = fixture.jobs.start(request).unwrap();
        fixture.jobs.wait(id).unwrap()
    };
    // A log that names a file below a linked folder.
    symlink(&secret, folder.join("linked")).unwrap();
    let entry = serde_json::json!({
        "url": "http://x/", "row": 1, "status": "ok", "file": "linked/0001.png", "md5": "",
        "size_bytes": 1, "format": "png", "width": 1, "height": 1, "attributes": {},
        "time": "2026-11-21T00:00:00Z",
    });
    let log = folder.join("download.jsonl");
    fs::write(&log, format!("{entry}\n")).unwrap();
    let report = import(log);
    assert_eq!((report.status.imported, report.status.failed), (0, 1));
    assert!(report.failed_files[0].reason.contains("link out of"));
    // A file that became a link after it was asked for.
    let swapped = folder.join("swapped.png");
    symlink(secret.join("0002.png"), &swapped).unwrap();
    let report = import(swapped);
    assert_eq!(report.status.status, "failed");
    let message = report.status.message.unwrap_or_default();
    assert!(message.contains("link out of"), "{message}");
    // A pipe, which nobody would ever write into.
    let pipe = folder.join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let report = import(pipe);
    assert_eq!(report.status.status, "failed");
    assert_eq!(fixture.items("default"), 0);
}

#[test]
fn an_index_that_the_collection_does_not_have_is_refused_not_ignored() {
    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 2);
    let import = |index: IndexKind| {
        let mut request = request(folder.clone(), "default");
        request.settings.index = Some(index);
        let id = fixture.jobs.start(request).unwrap();
        fixture.jobs.wait(id).unwrap().status
    };
    assert_eq!(import(IndexKind::Hnsw).status, "completed");
    assert_eq!(import(IndexKind::Hnsw).skipped, 2);
    let mut request = request(folder.clone(), "default");
    request.settings.index = Some(IndexKind::Flat);
    let refused = fixture.jobs.start(request).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Conflict);
    assert!(refused.to_string().contains("has index hnsw"));
}

fn into(collection: &str) -> JobRequest {
    JobRequest {
        collection: collection.into(),
        ..JobRequest::default()
    }
}

fn send(upload: &mut Upload, name: &str, bytes: &[u8]) {
    upload.create(name).unwrap().write_all(bytes).unwrap();
}

/// Waits until there are this many uploads: they are removed in the background.
fn until_uploads(fixture: &Fixture, count: usize) {
    let folder = fixture.jobs.data_dir().join("uploads");
    while fs::read_dir(&folder).map_or(0, Iterator::count) != count {
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn files_that_are_sent_are_imported_kept_as_copies_and_gone_afterwards() {
    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 3);
    let mut upload = fixture.jobs.new_upload().unwrap();
    let picture = |index: usize| fs::read(folder.join(format!("{index:04}.png"))).unwrap();
    send(&mut upload, "a/one.png", &picture(0));
    send(&mut upload, "..\\..\\b\\two.png", &picture(1));
    // The same name again, and one that would lead out of the folder.
    send(&mut upload, "a/one.png", &picture(2));
    send(&mut upload, "/../../../etc/broken.png", b"no picture");
    fs::remove_dir_all(folder).unwrap();
    assert_eq!(upload.files(), 4);
    until_uploads(&fixture, 1);
    let id = fixture.jobs.start_upload(upload, into("sent")).unwrap();
    let report = fixture.jobs.wait(id).unwrap();
    let status = &report.status;
    assert_eq!(
        (status.status.as_str(), status.imported, status.failed),
        ("completed", 3, 1)
    );
    assert_eq!(
        (status.uploaded_files, status.paths.is_empty()),
        (Some(4), true)
    );
    assert_eq!(report.failed_files[0].file, "etc/broken.png");
    let list = ListRequest {
        collection: "sent".into(),
        ..ListRequest::default()
    };
    for item in fixture.engine.library().list(&list).unwrap().items {
        assert!(
            !fixture
                .engine
                .pictures()
                .original(&item.item)
                .unwrap()
                .is_empty()
        );
    }

    // What failed can be tried again, after a restart too.
    assert_eq!(fixture.jobs.resume().unwrap(), 0);
    let retry = fixture.jobs.retry(Some(id)).unwrap();
    let report = fixture.jobs.wait(retry).unwrap();
    assert_eq!((report.status.total, report.status.failed), (1, 1));
    until_uploads(&fixture, 1);

    // Giving up an attempt gives up nothing else.
    let other = fixture
        .jobs
        .start(request(fixture.pictures("more", 200), "sent"));
    let retry = fixture.jobs.retry(Some(id)).unwrap();
    assert_eq!(
        fixture.jobs.retry(Some(id)).unwrap(),
        retry,
        "once is enough"
    );
    fixture.jobs.cancel(Some(retry)).unwrap();
    fixture.jobs.wait(other.unwrap()).unwrap();
    fixture.jobs.wait(retry).unwrap();
    until_uploads(&fixture, 1);
    let retry = fixture.jobs.retry(Some(id)).unwrap();
    assert_eq!(fixture.jobs.wait(retry).unwrap().status.failed, 1);
}

#[test]
fn an_upload_that_is_done_with_leaves_nothing() {
    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 1);
    let picture = fs::read(folder.join("0000.png")).unwrap();
    let mut upload = fixture.jobs.new_upload().unwrap();
    send(&mut upload, "one.png", &picture);
    drop(upload);
    until_uploads(&fixture, 0);

    let empty = fixture.jobs.new_upload().unwrap();
    let refused = fixture.jobs.start_upload(empty, into("sent")).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::InvalidInput);
    until_uploads(&fixture, 0);
    let mut upload = fixture.jobs.new_upload().unwrap();
    send(&mut upload, "one.png", &picture);
    let refused = fixture.jobs.start_upload(upload, into(".no")).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::InvalidInput);
    until_uploads(&fixture, 0);

    let mut upload = fixture.jobs.new_upload().unwrap();
    send(&mut upload, "one.png", &picture);
    let id = fixture.jobs.start_upload(upload, into("sent")).unwrap();
    assert_eq!(fixture.jobs.wait(id).unwrap().status.imported, 1);
    until_uploads(&fixture, 0);

    // The same again is the same image.
    let mut upload = fixture.jobs.new_upload().unwrap();
    send(&mut upload, "one.png", &picture);
    let id = fixture.jobs.start_upload(upload, into("sent")).unwrap();
    fixture.jobs.wait(id).unwrap();
    assert_eq!(fixture.items("sent"), 1);

    // What a killed process left.
    let left = fixture.jobs.data_dir().join("uploads/0123456789abcdef");
    fs::create_dir_all(&left).unwrap();
    fixture.jobs.resume().unwrap();
    until_uploads(&fixture, 0);
}

#[test]
fn names_that_clash_lose_no_file() {
    let fixture = Fixture::new();
    let mut upload = fixture.jobs.new_upload().unwrap();
    let long = "x".repeat(400);
    let deep = format!("{}/{long}.png", vec![long.as_str(); 20].join("/"));
    for name in [
        "a", "a/b.png", "x.png", "3/x.png", "x.png", "x.png", "", "..", &deep,
    ] {
        send(&mut upload, name, b"");
    }
    assert_eq!(upload.files(), 9);
    let mut folders = vec![upload_folder(&fixture)];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                files += 1;
            }
        }
    }
    assert_eq!(files, 9);
}

fn upload_folder(fixture: &Fixture) -> PathBuf {
    let mut uploads = fs::read_dir(fixture.jobs.data_dir().join("uploads")).unwrap();
    uploads.next().unwrap().unwrap().path()
}

#[test]
fn a_job_that_failed_whole_can_be_started_again_with_what_was_sent() {
    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 1);
    let mut upload = fixture.jobs.new_upload().unwrap();
    send(
        &mut upload,
        "one.png",
        &fs::read(folder.join("0000.png")).unwrap(),
    );
    let request = JobRequest {
        settings: crate::CollectionSettings {
            model: Some("/no/such/model".into()),
            ..Default::default()
        },
        ..into("sent")
    };
    let id = fixture.jobs.start_upload(upload, request).unwrap();
    assert_eq!(fixture.jobs.wait(id).unwrap().status.status, "failed");
    until_uploads(&fixture, 1);
    let again = fixture.jobs.retry(Some(id)).unwrap();
    assert_eq!(fixture.jobs.wait(again).unwrap().status.status, "failed");
    until_uploads(&fixture, 1);
}
