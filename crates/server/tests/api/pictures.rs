//! Thumbnails, originals and previews.

use lookalike_imaging::{Format, Limits, RgbImage, encode_png, probe};
use lookalike_testkit::http::{form, request};

use crate::fixture::{Server, picture};

const SHEET: &str = "/api/image/USD1107373-20251230-D00001.TIF";

#[test]
fn thumbnails_are_jpeg_and_cached_by_tag() {
    let server = Server::new();
    let answer = server.get(SHEET);
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, Some("image/jpeg"))
    );
    let header = probe(&answer.body, &Limits::default()).unwrap();
    assert_eq!(
        (header.format, header.width, header.height),
        (Format::Jpeg, 90, 60)
    );
    assert!(answer.header("cache-control").is_some());
    let tag = answer.header("etag").unwrap();
    let again = request(server.address, "GET", SHEET, &[("if-none-match", tag)], &[]);
    assert_eq!((again.status, again.body.len()), (304, 0));
    let other = request(
        server.address,
        "GET",
        SHEET,
        &[("if-none-match", "\"x\"")],
        &[],
    );
    assert_eq!(other.status, 200);
}

#[test]
fn originals_that_browsers_show_go_out_as_they_are() {
    let server = Server::new();
    let answer = server.get("/api/image/full/plain.png");
    assert_eq!(answer.header("content-type"), Some("image/png"));
    assert_eq!(answer.body, picture(2));
}

#[test]
fn names_are_looked_up_and_never_reach_the_file_system() {
    let server = Server::new();
    let odd = "/api/image/%3Cb%3Eodd%20%26%20100%25.png";
    assert_eq!(server.get(odd).status, 200);
    let listed = server.get("/api/images").json()["data"]["items"].take();
    let other = listed
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["file_name"] != "plain.png")
        .unwrap();
    let another_item = format!("/api/image/plain.png?id={}", other["id"]);
    for path in [
        another_item.as_str(),
        "/api/image/nope.png",
        "/api/image/plain.png?id=999",
        "/api/image/..%2f..%2fcatalog.sqlite",
        "/api/image/full/..%2f..%2f..%2fetc%2fpasswd",
        "/api/image/full/%2fetc%2fpasswd",
        "/api/image/../../etc/passwd",
    ] {
        let answer = server.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.json()["code"], 404, "{path}");
    }
    assert_eq!(server.get("/api/image/plain.png?id=x").status, 400);
}

#[test]
fn any_picture_is_previewed_as_jpeg() {
    let server = Server::new();
    let (kind, body) = form(&[("file", Some("x.tif"), &picture(1))]);
    let headers = [("content-type", kind.as_str())];
    let by_form = request(server.address, "POST", "/api/preview", &headers, &body);
    let plain = server.post("/api/preview", &picture(1));
    for answer in [&by_form, &plain] {
        assert_eq!(answer.status, 200);
        assert_eq!(Format::sniff(&answer.body), Some(Format::Jpeg));
    }
    assert_eq!(server.post("/api/preview", b"no picture").status, 415);
}

#[test]
fn large_originals_arrive_whole() {
    let server = Server::new();
    let (width, height) = (1500, 1000);
    // Noise does not compress: 4.5 MB, many times what is read at once.
    let noise =
        (0..width * height * 3).map(|index: u32| (index.wrapping_mul(2_654_435_761) >> 24) as u8);
    let image = RgbImage::new(width, height, noise.collect()).unwrap();
    let file = encode_png(&image).unwrap();
    assert!(file.len() > 2 << 20);
    let (kind, body) = form(&[("file", Some("noise.png"), &file)]);
    let headers = [("content-type", kind.as_str())];
    let stored = request(server.address, "POST", "/api/images", &headers, &body);
    assert!(stored.status < 300, "{}", stored.status);
    let answer = server.get("/api/image/full/noise.png");
    assert_eq!(
        answer.header("content-length"),
        Some(file.len().to_string().as_str())
    );
    assert!(answer.body == file);
}
