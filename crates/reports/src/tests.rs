//! Reports of searches whose data is hostile.

use lookalike_catalog::{
    Content, HitMark, IndexKind, ItemFilter, NewCollection, NewItem, Patent, SearchMarks,
    WriteTransaction,
};
use lookalike_engine::ErrorKind;
use lookalike_engine::fixture::Fixture;
use lookalike_engine::search::{PageHit, Query, SearchRequest};
use serde_json::json;

use super::*;

const MARKUP: &str = "<script>alert(1)</script>\"'&<img src=x onerror=y>";

fn fixture(metric: &str) -> Fixture {
    let fixture = Fixture::new();
    let spec = NewCollection {
        name: "default".into(),
        model: None,
        model_fingerprint: None,
        dim: 2,
        preprocess: None,
        size: None,
        metric: metric.parse().unwrap(),
        index_kind: IndexKind::Auto,
        normalize: false,
    };
    let add = |name: &str, patent_id: Option<&str>, vector: &[f32]| {
        let item = NewItem {
            content: Content {
                md5: format!("{:032x}", name.len()),
                width: 1,
                height: 1,
                file_size: 1,
                format: "png".into(),
                original_key: None,
                turn: None,
                page: None,
            },
            external_id: None,
            file_name: name.into(),
            path: None,
            patent_id: patent_id.map(str::to_owned),
            page_num: patent_id.map(|_| "D00001".into()),
            image_index: None,
            view: None,
            front_page: false,
            description: None,
            tags: Vec::new(),
            attributes: serde_json::Map::new(),
            warnings: Vec::new(),
        };
        let catalog = fixture.engine.stores().catalog();
        let collection = catalog.collection("default").unwrap();
        catalog
            .write(0, |tx| tx.place_item(&collection, &item, Some(vector)))
            .unwrap();
    };
    let patent = Patent {
        patent_id: "USD1107373".into(),
        title: Some(MARKUP.into()),
        applicant_name: Some("=cmd|' /C calc'!A0".into()),
        claim_text: Some("Two\nlines, \"quoted\"".into()),
        loc_class: Some("10-02".into()),
        pub_date: Some(20_251_230),
        ..Patent::default()
    };
    let catalog = fixture.engine.stores().catalog();
    catalog.write(0, |tx| tx.create_collection(&spec)).unwrap();
    catalog.write(0, |tx| tx.upsert_patent(&patent)).unwrap();
    add(
        "USD1107373-20251230-D00001.TIF",
        Some("USD1107373"),
        &[1.0, 0.0],
    );
    add(&format!("{MARKUP}.png"), None, &[0.8, 0.6]);
    add("-5.png", None, &[0.6, 0.8]);
    add("far.png", None, &[-1.0, 0.1]);
    fixture
}

fn in_language(language: Language) -> ReportOptions {
    ReportOptions {
        language,
        ..ReportOptions::default()
    }
}

fn request() -> SearchRequest {
    SearchRequest {
        queries: vec![Query::Vector(vec![1.0, 0.0])],
        filter: ItemFilter {
            exclude_item_id: vec![99],
            ..ItemFilter::default()
        },
        owner: Some(3),
        ..SearchRequest::default()
    }
}

#[test]
fn markup_in_data_stays_text() {
    let fixture = fixture("cosine");
    let token = fixture.engine.search().run(&request()).unwrap().query_token;
    for language in [Language::English, Language::Chinese] {
        let html = Reports::new(&fixture.engine)
            .html(&token, Some(3), &in_language(language))
            .unwrap();
        assert!(!html.contains("<script") && !html.contains("<img src=x"));
        assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"));
        // Nothing is fetched: every picture is inside, and nothing else has an address.
        assert!(!html.contains("http://") && !html.contains("https://"));
        assert!(!html.contains("href="));
    }
}

#[test]
fn a_report_says_what_was_searched_and_how_close_hits_are() {
    let fixture = fixture("cosine");
    let token = fixture.engine.search().run(&request()).unwrap().query_token;
    let html = Reports::new(&fixture.engine)
        .html(&token, Some(3), &in_language(Language::English))
        .unwrap();
    for text in [
        "<html lang=\"en\">",
        "Searched: 2026-11-21 12:00 UTC",
        "USD1107373",
        "10-02",
        "2025-12-30",
        "<dt>Without stored images</dt><dd><bdi>99</bdi></dd>",
        "<dt>Images at most</dt><dd><bdi>10</bdi></dd>",
        "4 images in 4 groups",
        "Score 1.000</span><span class=\"band near_identical\">near-identical</span>",
        "Score 0.800</span><span class=\"band high\">highly similar</span>",
        "Score 0.600</span><span class=\"band moderate\">moderately similar</span>",
        "<span class=\"band near_identical\">near-identical</span> 1</span>",
        "<span class=\"band hardly\">hardly related</span> 1</span>",
        "no legal advice",
        content_security_policy(),
    ] {
        assert!(html.contains(text), "{text}");
    }
    let html = Reports::new(&fixture.engine)
        .html(&token, Some(3), &in_language(Language::Chinese))
        .unwrap();
    assert!(html.contains("不构成法律意见") && html.contains("lang=\"zh-Hans\""));
}

/// Where thumbnails are found is for whoever serves them to say.
fn table(fixture: &Fixture, token: &str, owner: Option<i64>) -> Result<Vec<u8>, EngineError> {
    let address = |page: &PageHit| format!("/of/{}", page.id);
    Reports::new(&fixture.engine).csv(token, owner, &address)
}

#[test]
fn tables_are_read_back_and_run_nothing() {
    let fixture = fixture("cosine");
    let token = fixture.engine.search().run(&request()).unwrap().query_token;
    let table = table(&fixture, &token, Some(3)).unwrap();
    let text = table.strip_prefix(b"\xef\xbb\xbf").unwrap();
    let mut reader = ::csv::Reader::from_reader(text);
    assert_eq!(reader.headers().unwrap().len(), 24);
    let rows: Vec<_> = reader.records().collect::<Result<_, _>>().unwrap();
    let column = |index: usize| {
        rows.iter()
            .map(|row| row[index].to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(column(0), ["1", "2", "3", "4"]);
    assert_eq!(column(3), ["near_identical", "high", "moderate", "hardly"]);
    assert_eq!(rows[0][10], *MARKUP);
    assert_eq!(rows[0][17], *"'=cmd|' /C calc'!A0");
    assert_eq!(rows[0][20], *"Two\nlines, \"quoted\"");
    assert_eq!(rows[0][13], *"2025-12-30");
    assert_eq!(rows[2][6], *"'-5.png");
    assert!(rows[3][8].starts_with("-0.99"), "{}", &rows[3][8]);
    assert_eq!(rows[0][21], format!("/of/{}", &rows[0][4]));
}

#[test]
fn what_tables_say_of_patents_is_in_reports() {
    let fixture = fixture("cosine");
    let said = json!({"legal <status>": "=lapsed", "family": ["F1", "F2"], "title": "other"});
    let said = said.as_object().cloned().unwrap();
    let set = |tx: &WriteTransaction<'_>| tx.set_annotations("USD1107373", &said);
    fixture.engine.stores().catalog().write(1, set).unwrap();
    let token = fixture.engine.search().run(&request()).unwrap().query_token;
    let table = table(&fixture, &token, Some(3)).unwrap();
    let text = table.strip_prefix(b"\xef\xbb\xbf").unwrap();
    let mut reader = ::csv::Reader::from_reader(text);
    let header: Vec<String> = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    assert_eq!(header[23..], ["note", "family", "legal <status>"]);
    let rows: Vec<_> = reader.records().collect::<Result<_, _>>().unwrap();
    assert_eq!((&rows[0][24], &rows[0][25]), ("F1; F2", "'=lapsed"));
    assert_eq!((&rows[3][24], &rows[3][25]), ("", ""));
    let html = Reports::new(&fixture.engine)
        .html(&token, Some(3), &in_language(Language::English))
        .unwrap();
    assert!(html.contains("legal &lt;status&gt; <bdi>=lapsed</bdi>"));
    assert!(html.contains("family <bdi>F1; F2</bdi>"));
}

#[test]
fn a_report_is_of_the_hits_that_were_chosen_with_what_was_noted() {
    let fixture = fixture("cosine");
    let recorder = fixture.engine.recorder().unwrap();
    let token = fixture.engine.search().run(&request()).unwrap().query_token;
    recorder.record(&token, Some(3));
    recorder.settle();
    let chosen = HitMark {
        chosen: true,
        starred: true,
        note: "the <same> handle".into(),
    };
    let marks = SearchMarks {
        title: "Kettles & pots".into(),
        matter: "2026/17".into(),
        note: "Two lines\nof text".into(),
        hits: [("USD1107373".to_owned(), chosen)].into(),
    };
    let history = fixture.engine.history();
    history.mark(Some(3), &token, &marks).unwrap();
    let options = ReportOptions {
        utc_offset: UtcOffset::from_minutes(60).unwrap(),
        ..ReportOptions::default()
    };
    let html = Reports::new(&fixture.engine)
        .html(&token, Some(3), &options)
        .unwrap();
    for text in [
        "<h1>Kettles &amp; pots</h1>",
        "Matter: <bdi>2026/17</bdi>",
        "Searched: 2026-11-21 13:00 UTC+01:00",
        "the &lt;same&gt; handle",
        "★",
        "Side by side with the query",
        "<dt>Chosen for this report</dt><dd><bdi>1</bdi></dd>",
        "2025-12-30 – 2025-12-30 (1 days of grants)",
    ] {
        assert!(html.contains(text), "{text}");
    }
    assert!(!html.contains("far.png"));
    let table = String::from_utf8(table(&fixture, &token, Some(3)).unwrap()).unwrap();
    assert_eq!(table.matches("USD1107373-20251230").count(), 1, "{table}");
    assert!(table.contains("yes,the <same> handle") && !table.contains("far.png"));
    // It is nobody else's to note anything of, and there is an end to notes.
    assert!(history.mark(Some(4), &token, &marks).is_err());
    let long = SearchMarks {
        title: "x".repeat(201),
        ..SearchMarks::default()
    };
    let error = history.mark(Some(3), &token, &long).unwrap_err();
    assert!(error.to_string().contains("201 characters"), "{error}");
}

#[test]
fn distances_have_no_bands() {
    let fixture = fixture("l2");
    let token = fixture.engine.search().run(&request()).unwrap().query_token;
    let html = Reports::new(&fixture.engine)
        .html(&token, Some(3), &in_language(Language::English))
        .unwrap();
    assert!(!html.contains("class=\"band") && html.contains("so none is put into words"));
    let table = String::from_utf8(table(&fixture, &token, Some(3)).unwrap()).unwrap();
    assert!(table.contains("\r\n1,USD1107373,0,,1,default,"), "{table}");
}

#[test]
fn reports_are_made_from_the_history_too() {
    let fixture = fixture("cosine");
    let recorder = fixture.engine.recorder().unwrap();
    let token = fixture.engine.search().run(&request()).unwrap().query_token;
    recorder.record(&token, Some(3));
    let before = table(&fixture, &token, Some(3)).unwrap();
    drop(recorder);
    // Another process remembers no search.
    let fixture = fixture.reopen();
    assert_eq!(table(&fixture, &token, Some(3)).unwrap(), before);
    for other in [None, Some(4)] {
        let error = table(&fixture, &token, other).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
    let found = Reports::new(&fixture.engine).html("0", Some(3), &in_language(Language::English));
    assert_eq!(found.unwrap_err().kind(), ErrorKind::NotFound);
}
