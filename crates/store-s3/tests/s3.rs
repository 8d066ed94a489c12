//! The suite of all stores over S3: over an imitation here, and with `LOOKALIKE_TEST_S3` (the address
//! of a server with a bucket `bucket`, key `key` and secret `secretsecret`) over a real one, as
//! `make test-stores` runs it.

#![expect(
    clippy::unwrap_used,
    reason = "what goes wrong in the set-up of a test fails the test"
)]

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use lookalike_storage::blob::{BlobError, BlobKey, BlobStore, PutNew};
use lookalike_storage::conformance;
use lookalike_store_s3::{Addressing, Credentials, S3Blobs, S3Settings};
use lookalike_testkit::s3_imitation::{Fault, S3Imitation};

fn settings(endpoint: &str) -> S3Settings {
    S3Settings {
        endpoint: endpoint.to_owned(),
        bucket: "bucket".to_owned(),
        prefix: "some/library".to_owned(),
        region: "us-east-1".to_owned(),
        addressing: Addressing::Path,
        credentials: Credentials::new("key", "secretsecret"),
        ca_file: None,
    }
}

fn store(server: &S3Imitation) -> S3Blobs {
    S3Blobs::new(&settings(&server.endpoint())).unwrap()
}

fn key(name: &str) -> BlobKey {
    BlobKey::new(name).unwrap()
}

/// Each in a prefix of its own, below one that no other run has.
fn run_the_suite(endpoint: &str) {
    let run = std::process::id();
    let number = AtomicU32::new(0);
    conformance::blob_store(|| {
        let number = number.fetch_add(1, Ordering::Relaxed);
        let settings = S3Settings {
            prefix: format!("suite/{run}/{number}"),
            ..settings(endpoint)
        };
        Box::new(S3Blobs::new(&settings).unwrap())
    });
}

#[test]
fn passes_the_suite_of_all_stores() {
    run_the_suite(&S3Imitation::start().endpoint());
}

#[test]
fn a_real_server_passes_the_suite_of_all_stores() {
    let Ok(endpoint) = std::env::var("LOOKALIKE_TEST_S3") else {
        eprintln!("skipped: LOOKALIKE_TEST_S3 names no server");
        return;
    };
    run_the_suite(&endpoint);
    let store = S3Blobs::new(&settings(&endpoint)).unwrap();
    store.check().unwrap();
    let wrong = |change: &dyn Fn(&mut S3Settings), expected: &str| {
        let mut settings = settings(&endpoint);
        change(&mut settings);
        let error = S3Blobs::new(&settings).unwrap().check().unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert!(matches!(
            error,
            BlobError::Unavailable {
                retry_after: None,
                ..
            }
        ));
    };
    wrong(
        &|settings| settings.bucket = "nosuchbucket".to_owned(),
        "no such bucket",
    );
    wrong(
        &|settings| settings.credentials = Credentials::new("key", "wrong"),
        "refuses the credentials",
    );
    wrong(
        &|settings| settings.credentials = Credentials::new("nobody", "secretsecret"),
        "refuses the credentials",
    );
}

#[test]
fn keys_lie_under_the_prefix_with_their_md5() {
    let server = S3Imitation::start();
    store(&server)
        .put(&key("design_patents/USD1/a.TIF"), b"bytes")
        .unwrap();
    assert_eq!(server.keys(), ["some/library/design_patents/USD1/a.TIF"]);
    server.put("some/librarian", b"not ours");
    let keys = store(&server).list("", None, 10).unwrap();
    assert_eq!(keys, [key("design_patents/USD1/a.TIF")]);
    // What others put has no MD5: its bytes are compared.
    server.put("some/library/theirs", b"theirs");
    let put = |bytes| store(&server).put_new(&key("theirs"), bytes).unwrap();
    assert_eq!(put(b"theirs"), PutNew::SameThere);
    assert_eq!(put(b"others"), PutNew::OtherThere);
}

#[test]
fn faults_that_pass_are_not_noticed() {
    let server = S3Imitation::start();
    let store = store(&server);
    let faults = [
        Fault::Answer(503, "SlowDown"),
        Fault::Answer(500, "InternalError"),
        Fault::Answer(429, "TooManyRequests"),
        Fault::Closed,
        Fault::LostAnswer,
    ];
    server.fail_next(faults);
    store.put(&key("a"), b"bytes").unwrap();
    // Each fault once more, on reading; the last is an answer that breaks off.
    for fault in faults.into_iter().chain([Fault::Cut]) {
        server.fail_next([fault]);
        let bytes = store.get(&key("a")).unwrap();
        assert_eq!(bytes.as_deref(), Some(&b"bytes"[..]), "{fault:?}");
    }
    // The first try was done, and its answer got lost.
    server.fail_next([Fault::Slow(Duration::ZERO), Fault::LostAnswer]);
    assert_eq!(
        store.put_new(&key("new"), b"new").unwrap(),
        PutNew::SameThere
    );
    server.fail_next([
        Fault::Slow(Duration::from_millis(50)),
        Fault::Answer(502, ""),
    ]);
    assert_eq!(store.list("", None, 10).unwrap(), [key("a"), key("new")]);
}

#[test]
fn a_large_object_survives_broken_connections_both_ways() {
    let server = S3Imitation::start();
    let store = store(&server);
    let bytes: Vec<u8> = (0..50_000_000u32)
        .map(|number| (number / 97) as u8)
        .collect();
    let large = key("large");
    server.fail_next([
        Fault::Slow(Duration::ZERO),
        Fault::Closed,
        Fault::Answer(500, "InternalError"),
        Fault::LostAnswer,
    ]);
    store.put(&large, &bytes).unwrap();
    assert!(server.object("some/library/large").as_deref() == Some(&bytes[..]));
    let mut opened = store.open(&large).unwrap().unwrap();
    server.fail_next([Fault::Cut, Fault::Closed, Fault::Cut]);
    let mut read = Vec::new();
    std::io::Read::read_to_end(&mut opened.reader, &mut read).unwrap();
    assert!(read == bytes);
    // Never a mixture of what was there and what is.
    let mut opened = store.open(&large).unwrap().unwrap();
    store.put(&large, &vec![0; bytes.len()]).unwrap();
    let error = std::io::Read::read_to_end(&mut opened.reader, &mut Vec::new()).unwrap_err();
    assert!(error.to_string().contains("cannot read blob"), "{error}");
}

#[test]
fn a_server_that_is_gone_is_not_available_and_back_by_itself() {
    let server = S3Imitation::start();
    let store = store(&server);
    store.put(&key("a"), b"bytes").unwrap();
    server.fail_always(Some(Fault::Answer(503, "ServiceUnavailable")));
    for error in [
        store.get(&key("a")).unwrap_err(),
        store.put(&key("a"), b"other").unwrap_err(),
        store.delete(&key("a")).unwrap_err(),
        store.check().unwrap_err(),
    ] {
        let BlobError::Unavailable {
            retry_after: Some(_),
            reason,
            ..
        } = &error
        else {
            panic!("{error}");
        };
        assert!(reason.contains("503, ServiceUnavailable"), "{reason}");
    }
    // The first was patient; those after it were not.
    assert!(server.requests().len() < 12);
    server.fail_always(None);
    assert_eq!(
        store.get(&key("a")).unwrap().as_deref(),
        Some(&b"bytes"[..])
    );

    let endpoint = server.endpoint();
    drop(server);
    let error = S3Blobs::new(&settings(&endpoint))
        .unwrap()
        .check()
        .unwrap_err();
    assert!(
        matches!(
            error,
            BlobError::Unavailable {
                retry_after: Some(_),
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn what_somebody_has_to_repair_is_said_at_once() {
    let server = S3Imitation::start();
    let endpoint = server.endpoint();
    let said = |settings: &S3Settings| {
        S3Blobs::new(settings)
            .unwrap()
            .check()
            .unwrap_err()
            .to_string()
    };
    let wrong = S3Settings {
        credentials: Credentials::new("nobody", "hidden"),
        ..settings(&endpoint)
    };
    let message = said(&wrong);
    assert!(
        message.contains("refuses the credentials") && !message.contains("hidden"),
        "{message}"
    );
    let wrong = S3Settings {
        bucket: "other".to_owned(),
        ..settings(&endpoint)
    };
    assert!(said(&wrong).contains("no such bucket"));
    server.fail_next([Fault::Answer(301, "PermanentRedirect")]);
    assert!(said(&settings(&endpoint)).contains("in another region"));
    server.fail_next([Fault::Answer(403, "RequestTimeTooSkewed")]);
    assert!(said(&settings(&endpoint)).contains("set the clock"));
    assert_eq!(server.requests().len(), 4, "none was repeated");
}
