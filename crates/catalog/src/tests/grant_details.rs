//! Details of grants, and citations seen from both ends.

use super::*;

fn citing(patent_ids: &[&str]) -> GrantDetails {
    let citations = patent_ids.iter().map(|id| Citation {
        patent_id: Some((*id).into()),
        category: Some("cited by examiner".into()),
        ..Citation::default()
    });
    GrantDetails {
        citations: citations.collect(),
        ..GrantDetails::default()
    }
}

#[test]
fn citations_are_seen_from_both_ends() {
    let fixture = Fixture::new();
    let catalog = &fixture.catalog;
    let patent = |id: &str, title: &str| Patent {
        patent_id: id.into(),
        title: Some(title.into()),
        ..Patent::default()
    };
    let details = citing(&["USD2", "USD3", "USD3", "USD9"]);
    catalog
        .write(NOW, |tx| {
            tx.upsert_patent(&patent("USD1", "Chair"))?;
            tx.set_grant_details("USD1", &details)?;
            tx.upsert_patent(&patent("USD2", "Stool"))?;
            tx.set_grant_details("USD2", &citing(&["USD1"]))?;
            tx.upsert_patent(&patent("USD3", "Desk"))
        })
        .unwrap();
    let ids = |patents: Vec<CitedPatent>| -> Vec<String> {
        patents.into_iter().map(|patent| patent.patent_id).collect()
    };
    assert_eq!(catalog.grant_details("USD1").unwrap(), Some(details));
    assert_eq!(catalog.grant_details("USD3").unwrap(), None);
    assert_eq!(
        ids(catalog.cites("USD1").unwrap()),
        ["USD2", "USD3"],
        "nothing is known of the fourth, and one of them is cited twice"
    );
    let by = catalog.cited_by("USD1").unwrap();
    assert_eq!(by[0].title.as_deref(), Some("Stool"));
    assert_eq!(by[0].category.as_deref(), Some("cited by examiner"));
    assert_eq!(ids(catalog.cited_by("USD9").unwrap()), ["USD1"]);
    // Imported again, with fewer citations.
    catalog
        .write(NOW, |tx| tx.set_grant_details("USD1", &citing(&["USD2"])))
        .unwrap();
    assert_eq!(ids(catalog.cites("USD1").unwrap()), ["USD2"]);
    assert!(catalog.cited_by("USD9").unwrap().is_empty());
}
