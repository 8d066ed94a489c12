//! Every generated XML must come back from the reader that real grants go through.

use lookalike_patents::{SheetName, canonical_loc_class, parse_grant};

use super::record::{Applicant, Record};
use super::sentence::sentences;
use super::xml::{Drawing, grant};
use crate::drawing::{Figure, SheetPlan, View};
use crate::family::FAMILIES;
use crate::random::Rng;

fn plans() -> Vec<SheetPlan> {
    let sheet = |figures: Vec<(u32, View)>, landscape| SheetPlan {
        figures: figures
            .into_iter()
            .map(|(number, view)| Figure {
                number,
                view,
                state: 0,
            })
            .collect(),
        landscape,
    };
    vec![
        sheet(vec![(1, View::Perspective)], false),
        sheet(vec![(2, View::Front)], false),
        sheet(vec![(3, View::Back)], false),
        sheet(vec![(4, View::Left), (5, View::Right)], false),
        sheet(vec![(6, View::Top)], true),
        sheet(vec![(7, View::Bottom)], true),
    ]
}

#[test]
fn every_field_comes_back() {
    let plans = plans();
    for ordinal in 0..600 {
        let family = &FAMILIES[ordinal as usize % FAMILIES.len()];
        let record = Record::new(
            ordinal,
            family,
            &mut Rng::new(ordinal),
            &mut Rng::new(!ordinal),
        );
        let stem = record.stem();
        let drawings: Vec<Drawing> = (0..=plans.len())
            .map(|page| Drawing {
                file: format!("{stem}-D{page:05}.TIF"),
                plan: &plans[page.saturating_sub(1)],
                size: (1472, 2256),
            })
            .collect();
        let figures = plans.iter().flat_map(|plan| plan.figures.iter().copied());
        let figures: Vec<Figure> = figures.collect();
        let said = sentences(&record, &figures, ordinal % 2 == 0);
        let xml = grant(&record, &drawings, &said);
        let read = parse_grant(xml.as_bytes()).unwrap();

        assert_eq!(read.warnings, Vec::<String>::new());
        assert_eq!(read.patent_id.as_str(), record.patent_id());
        assert_eq!(read.kind.as_deref(), Some("S1"));
        assert_eq!(read.title.as_ref(), Some(&record.title.plain));
        assert_eq!(read.loc_class, canonical_loc_class(&record.locarno));
        assert_eq!(read.loc_class.as_deref().map(str::len), Some(5));
        assert_eq!(read.loc_edition, Some(record.edition.to_string()));
        assert_eq!(read.further_loc_classes.len(), record.further.len());
        let us_class = read.us_class.as_deref().unwrap_or_default();
        assert!(
            us_class.starts_with('D') && us_class.contains('/'),
            "{us_class}"
        );
        assert_eq!(read.pub_date, record.published.compact().parse().ok());
        assert_eq!(read.filing_date, record.filed.compact().parse().ok());
        let by_law = if read.filing_date >= Some(20_150_513) {
            15
        } else {
            14
        };
        assert_eq!(read.grant_term, Some(by_law));
        let full = |first: &str, last: &str| format!("{first} {last}");
        let (name, country) = match &record.applicants[0] {
            Applicant::Company(company) => (company.name.clone(), &company.address.country),
            Applicant::Person(person) => {
                (full(&person.first, &person.last), &person.address.country)
            }
        };
        assert_eq!(read.applicant_name, Some(name));
        assert_eq!(read.applicant_country.as_ref(), Some(country));
        let inventors: Vec<String> = record
            .inventors
            .iter()
            .map(|p| full(&p.first, &p.last))
            .collect();
        assert_eq!(read.inventor_names, Some(inventors.join(", ")));
        let assignee = record.assignee.as_ref().map(|company| company.name.clone());
        assert_eq!(read.assignee_name, assignee);
        assert_eq!(read.claim_text, Some(record.claim()));

        let files: Vec<&str> = read
            .images
            .iter()
            .map(|image| image.file.as_str())
            .collect();
        let listed: Vec<&str> = drawings.iter().map(|d| d.file.as_str()).collect();
        assert_eq!(files, listed);
        assert_eq!(read.images[5].orientation.as_deref(), Some("landscape"));
        assert_eq!(
            read.images[1].width_mm.map(|mm| mm.round() as i32),
            Some(125)
        );
        assert_eq!(
            read.images[1].height_mm.map(|mm| mm.round() as i32),
            Some(191)
        );
        for (read, figure) in read
            .figures
            .iter()
            .zip(plans.iter().flat_map(|p| &p.figures))
        {
            assert_eq!(read.figure, figure.number);
            assert_eq!(
                read.view.map(|view| view.as_str()),
                Some(figure.view.name())
            );
        }
        assert_eq!(read.figures.len(), 7);
        let name = SheetName::parse(listed[0]).unwrap();
        assert!(name.front_page);
        assert_eq!(name.patent_id.as_str(), record.patent_id());
    }
}

#[test]
fn records_vary_as_real_ones_do() {
    let records: Vec<Record> = (0..400)
        .map(|n| Record::new(n, &FAMILIES[0], &mut Rng::new(n), &mut Rng::new(n + 9999)))
        .collect();
    let share = |test: &dyn Fn(&Record) -> bool| {
        records.iter().filter(|r| test(r)).count() as f64 / records.len() as f64
    };
    let between = |share: f64| share > 0.02 && share < 0.98;
    assert!(between(share(&|r| r.term.is_none())));
    assert!(between(share(&|r| r.assignee.is_none())));
    assert!(between(share(&|r| r.hague.is_some())));
    assert!(between(share(&|r| r.inventors.len() > 1)));
    assert!(between(share(&|r| r.title.xml != r.title.plain)));
    assert!(between(share(&|r| matches!(
        r.applicants[0],
        Applicant::Person(_)
    ))));
    assert!(between(share(&|r| r.locarno.contains('/'))));
    assert!(between(share(&|r| r.locarno.len() == 4)));
    assert!(between(share(&|r| r.number < 1_000_000)));
    assert!(between(share(&|r| !r.further.is_empty())));
}
