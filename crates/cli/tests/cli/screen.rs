//! A folder of products from the terminal.

use crate::support::{Scratch, files};

#[test]
fn products_are_screened_and_written_in_every_form() {
    let scratch = Scratch::new();
    let truth = scratch.synth(3, 2);
    scratch.json(&["import", "designs/patents", "--format", "json"]);
    let photos = files(&scratch.path("designs/photos"), &["jpg"]);
    assert_eq!(photos.len(), 6);
    let screen = |format: &str| {
        let wanted = ["--top-groups", "2", "--min-score", "-1", "--format", format];
        let output = scratch.run(&[&["screen", "designs/photos"], &wanted[..]].concat());
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    };
    let report: serde_json::Value = serde_json::from_str(&screen("json")).unwrap();
    assert_eq!(
        (&report["status"], &report["total"]),
        (&"completed".into(), &3.into())
    );
    let products = report["products"].as_array().unwrap();
    for product in products {
        assert_eq!(product["pictures"], 2);
        assert_eq!(product["matches"].as_array().unwrap().len(), 2);
        let named = truth["designs"].as_array().unwrap().iter();
        assert!(
            named
                .map(|design| &design["patent_id"])
                .any(|id| id == &product["product"])
        );
    }
    assert_eq!(screen("jsonl").lines().count(), 3);
    assert_eq!(screen("csv").lines().count(), 7);
    assert!(screen("html").contains("<!DOCTYPE html>"));
    assert!(screen("table").contains("3 of 3 products"));
    let message = scratch.fails(&["screen", "nowhere"], 1);
    assert!(message.contains("can't screen nowhere"), "{message}");
}
