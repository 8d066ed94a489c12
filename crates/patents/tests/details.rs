//! What grants say beyond title, dates and parties.

use lookalike_patents::{
    Citation, Cited, ExaminerRank, Grant, Hague, ParentPatent, RelationKind, View, parse_grant,
};

fn grant(name: &str) -> Grant {
    let path = format!(
        "{}/../../fixtures/patents/{name}",
        env!("CARGO_MANIFEST_DIR")
    );
    let xml = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    parse_grant(&xml).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn cited(citation: &Citation) -> String {
    match &citation.cited {
        Cited::Design(id) => id.to_string(),
        Cited::Patent {
            country,
            number,
            kind,
        } => format!("{country} {number} {}", kind.as_deref().unwrap_or("-")),
        Cited::Literature(text) => text.clone(),
    }
}

#[test]
fn classes_are_read_by_their_columns() {
    let grant = grant("details.xml");
    assert_eq!(grant.us_class, some("D6/366"));
    assert_eq!(grant.further_us_classes, ["D6/682.2"], "the main one once");
    assert_eq!(
        grant.field_of_search,
        ["D6/334", "D6/349-366", "297/461", "A47C 9/00-10"]
    );
    assert!(
        grant
            .warnings
            .iter()
            .any(|warning| warning.contains("`unknown` is not a US class")),
        "{:?}",
        grant.warnings
    );
}

#[test]
fn citations_say_what_and_by_whom() {
    let citations = grant("details.xml").citations;
    let all: Vec<String> = citations.iter().map(cited).collect();
    assert_eq!(
        all,
        [
            "USD400123",
            "USRE44001",
            "US 2015/0123456 A1",
            "CN 302000001 -",
            "A catalogue of stools, p. 5, visited Jan. 2, 2021.",
        ]
    );
    let first = &citations[0];
    assert_eq!(first.date, Some(19_981_000), "only the month is known");
    assert_eq!(
        (&first.name, &first.category, &first.us_class),
        (
            &some("Stuhl et al."),
            &some("cited by examiner"),
            &some("D6/24")
        )
    );
    assert_eq!(
        citations[3].date,
        Some(20_120_000),
        "only the year is known"
    );
    assert_eq!(citations[4].category, some("cited by examiner"));
}

#[test]
fn counts_numbers_and_people() {
    let grant = grant("details.xml");
    assert_eq!((grant.figure_count, grant.sheet_count), (Some(5), Some(2)));
    assert_eq!(grant.application_number, some("29900001"));
    let examiners: Vec<_> = grant
        .examiners
        .iter()
        .map(|examiner| {
            (
                examiner.name.as_str(),
                examiner.department.as_deref(),
                examiner.rank,
            )
        })
        .collect();
    assert_eq!(
        examiners,
        [
            ("Careful A Reader", Some("2911"), ExaminerRank::Primary),
            ("Young Helper", None, ExaminerRank::Assistant),
        ]
    );
    assert_eq!(grant.images[1].orientation, some("landscape"));
}

#[test]
fn where_it_comes_from() {
    let grant = grant("details.xml");
    let priorities: Vec<_> = grant
        .priorities
        .iter()
        .map(|priority| {
            (
                priority.country.as_deref(),
                priority.number.as_deref(),
                priority.date,
            )
        })
        .collect();
    assert_eq!(
        priorities,
        [
            (Some("EM"), Some("008000001-0002"), Some(20_200_901)),
            (Some("JP"), Some("2020-000123"), None),
        ]
    );
    assert_eq!(
        grant.hague,
        Some(Hague {
            registration_number: some("DM/200001"),
            filing_date: Some(20_210_201),
            registration_date: Some(20_210_215),
            publication_date: Some(20_210_801),
        })
    );
    let relations: Vec<_> = grant
        .relations
        .iter()
        .map(|relation| {
            let patent = relation.parent_patent.as_ref().map(|patent| match patent {
                ParentPatent::Design(id) => id.to_string(),
                ParentPatent::Other(number) => number.clone(),
            });
            (
                relation.kind,
                relation.application.as_deref(),
                relation.parent_application.as_deref(),
                relation.parent_date,
                patent,
            )
        })
        .collect();
    assert_eq!(
        relations,
        [
            (
                RelationKind::Continuation,
                Some("29900001"),
                Some("29800002"),
                Some(20_190_301),
                some("USD900001")
            ),
            (
                RelationKind::Division,
                Some("29800002"),
                Some("15700003"),
                Some(20_180_301),
                some("10000003")
            ),
            (
                RelationKind::Provisional,
                None,
                Some("62100004"),
                Some(20_170_301),
                None
            ),
        ]
    );
}

#[test]
fn figures_have_labels_texts_and_views() {
    let figures = grant("details.xml").figures;
    let all: Vec<_> = figures
        .iter()
        .map(|figure| {
            (
                figure.label.as_str(),
                figure.view,
                figure.description.as_str(),
            )
        })
        .collect();
    let shared = "are front, left and top views thereof, respectively";
    assert_eq!(
        all,
        [
            (
                "1",
                Some(View::Perspective),
                "is a top, front perspective view of a stool, showing our new design"
            ),
            ("2", Some(View::Front), shared),
            ("3", Some(View::Left), shared),
            (
                "4",
                Some(View::Top),
                "are front, left and top views thereof, respectively; shows the seat only"
            ),
            (
                "3A",
                Some(View::Detail),
                "is an enlarged view of the portion encircled in FIG. 3"
            ),
        ]
    );
}

#[test]
fn the_names_of_early_versions_are_known() {
    let old = grant("v40.xml");
    assert_eq!(old.us_class, some("D1/101"));
    let citations: Vec<String> = old.citations.iter().map(cited).collect();
    assert_eq!(citations, ["USD111111"]);
    let later = grant("v45.xml");
    assert_eq!(
        later.us_class,
        some("D9/520"),
        "a cited class is not the patent's"
    );
    assert_eq!(later.citations[0].us_class, some("D9/550"));
    assert_eq!(later.relations[0].application, None);
    assert_eq!(later.priorities[0].number, some("002600001"));
}
