//! A patent as the office hands it out: a PDF of scanned pages, the front page first, then a page a
//! drawing sheet with the office's line over it.

mod file;
mod letters;
mod print;

use crate::drawing::Page;
use crate::grant::{Applicant, Record, Sentence};
use letters::Type::{Bold, Regular};
use print::Print;

/// Left ends of the two columns of the front page, and where the left one ends.
const LEFT: usize = 250;
const RIGHT: usize = 1380;
const MIDDLE: usize = 1230;
const RIGHT_END: usize = 2330;

/// Where texts stand behind their numbers, such as `(54)`.
const INDENT: usize = 150;

/// Room for the drawing on the front page.
const PICTURE_TOP: usize = 2150;
const PICTURE: (usize, usize) = (1000, 1000);

/// First row of drawings on sheets: below the office's line.
const SHEET_TOP: usize = 300;

/// The file of a patent. `sentences` describe its figures.
pub(crate) fn patent(record: &Record, sentences: &[Sentence], sheets: &[&Page]) -> Vec<u8> {
    let mut pages = vec![front(record, sentences, sheets)];
    for (index, drawing) in sheets.iter().enumerate() {
        pages.push(sheet(record, drawing, index + 1, sheets.len()));
    }
    file::file(&pages)
}

fn front(record: &Record, sentences: &[Sentence], sheets: &[&Page]) -> Print {
    let mut print = Print::new();
    bars(&mut print);
    print.text(Bold, LEFT, 350, "(12) United States Design Patent");
    print.text(Bold, RIGHT, 350, "(10) Patent No.:");
    print.text(Bold, RIGHT + 480, 350, &printed_number(record));
    let surname = record.inventors.first().map_or("", |person| &person.last);
    print.text(Regular, LEFT + 80, 420, surname);
    print.text(Bold, RIGHT, 420, "(45) Date of Patent:");
    print.text(Bold, RIGHT + 560, 420, &record.published.printed());
    print.rule((LEFT, MIDDLE), 450);
    let mut base = 540;
    for (label, text) in items(record) {
        let kind = if label == "(54)" { Bold } else { Regular };
        print.text(Regular, LEFT, base, label);
        let place = (LEFT + INDENT, base);
        base = print.paragraph(kind, place, MIDDLE - LEFT - INDENT, &text) + 14;
    }
    let mut base = 620;
    let column = RIGHT_END - RIGHT;
    print.text(Bold, RIGHT, base, "(57) CLAIM");
    base = print.paragraph(Regular, (RIGHT, base + 70), column, &record.claim()) + 30;
    print.text(Bold, RIGHT, base, "DESCRIPTION");
    base += 70;
    for sentence in sentences {
        if base > PICTURE_TOP {
            break;
        }
        base = print.paragraph(Regular, (RIGHT, base), column, &sentence.plain());
    }
    if let Some(first) = sheets.first() {
        let step = first
            .width
            .div_ceil(PICTURE.0)
            .max(first.height.div_ceil(PICTURE.1));
        print.lay(first, 780, PICTURE_TOP + 60, step.max(1));
    }
    print
}

/// A bar code, which says nothing.
fn bars(print: &mut Print) {
    for bar in 0..60 {
        let left = 1600 + 12 * bar;
        for x in left..left + 4 + bar % 3 * 2 {
            for y in 150..230 {
                print.page.set(x as i64, y);
            }
        }
    }
}

/// The left column: numbers of the kinds of data (ST.9 of WIPO), and what they are.
fn items(record: &Record) -> Vec<(&'static str, String)> {
    let mut items = vec![("(54)", record.title.plain.to_uppercase())];
    for (index, applicant) in record.applicants.iter().enumerate() {
        let (name, place) = match applicant {
            Applicant::Company(company) => (company.name.clone(), &company.address),
            Applicant::Person(person) => (person.full_name(), &person.address),
        };
        let label = if index == 0 { "(71)" } else { "" };
        items.push((
            label,
            format!("Applicant: {name}, {} ({})", place.city, place.country),
        ));
    }
    let inventors: Vec<String> = record
        .inventors
        .iter()
        .map(|person| {
            let place = &person.address;
            format!("{}, {} ({})", person.full_name(), place.city, place.country)
        })
        .collect();
    items.push(("(72)", format!("Inventor: {}", inventors.join("; "))));
    if let Some(assignee) = &record.assignee {
        let place = &assignee.address;
        items.push((
            "(73)",
            format!(
                "Assignee: {}, {} ({})",
                assignee.name, place.city, place.country
            ),
        ));
    }
    if let Some(term) = record.term {
        items.push(("(**)", format!("Term: {term} Years")));
    }
    let application = record.application;
    let (series, serial) = (application / 1_000_000, application % 1_000_000);
    items.push((
        "(21)",
        format!(
            "Appl. No.: {series}/{:03},{:03}",
            serial / 1000,
            serial % 1000
        ),
    ));
    items.push(("(22)", format!("Filed: {}", record.filed.printed())));
    let digits: String = record
        .locarno
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    let (class, subclass) = digits.split_at(2);
    items.push((
        "(51)",
        format!("LOC ({}) Cl. ........ {class}-{subclass}", record.edition),
    ));
    let (class, subclass) = record.us_class;
    items.push(("(52)", format!("U.S. Cl. ........ D{class}/{subclass}")));
    items
}

fn sheet(record: &Record, drawing: &Page, number: usize, of: usize) -> Print {
    let mut print = Print::new();
    print.text(Bold, 300, 230, "U.S. Patent");
    print.text(Bold, 760, 230, &record.published.printed());
    print.text(Bold, 1230, 230, &format!("Sheet {number} of {of}"));
    print.text(Bold, 1800, 230, &printed_number(record));
    let left = print.page.width.saturating_sub(drawing.width) / 2;
    let below = print.page.height.saturating_sub(drawing.height);
    print.lay(drawing, left, SHEET_TOP.max(below / 2), 1);
    print
}

/// `US D939,806 S`.
fn printed_number(record: &Record) -> String {
    let number = record.number;
    let (millions, thousands, rest) = (number / 1_000_000, number / 1000 % 1000, number % 1000);
    if millions > 0 {
        format!("US D{millions},{thousands:03},{rest:03} S")
    } else {
        format!("US D{thousands},{rest:03} S")
    }
}
