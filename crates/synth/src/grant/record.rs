//! What a patent says about itself, invented.

use super::calendar::Day;
use super::names::{self, Company, Person};
use crate::family::Family;
use crate::random::{Rng, derive};

/// The bibliographic data of one patent.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    /// Digits without padding.
    pub(crate) number: u64,
    pub(crate) published: Day,
    pub(crate) filed: Day,
    pub(crate) application: u64,
    /// As text, and as XML with markup and entities.
    pub(crate) title: Title,
    /// The class as written: `0901`, `09-01` or `09/01`.
    pub(crate) locarno: String,
    pub(crate) edition: u32,
    pub(crate) further: Vec<String>,
    /// Class and subclass of the office's own: `D6/381` is (6, 381).
    pub(crate) us_class: (u64, u64),
    /// Years, where the XML says.
    pub(crate) term: Option<u32>,
    pub(crate) applicants: Vec<Applicant>,
    pub(crate) inventors: Vec<Person>,
    pub(crate) assignee: Option<Company>,
    pub(crate) hague: Option<Hague>,
    pub(crate) examiner: Person,
    /// How the described product is called within sentences.
    pub(crate) noun: String,
    pub(crate) wording: usize,
    /// Whether `figures` with its counts is there.
    pub(crate) counts: bool,
}

/// A title, plain and as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Title {
    pub(crate) plain: String,
    pub(crate) xml: String,
}

/// Who asked for the patent.
#[derive(Clone, Debug)]
pub(crate) enum Applicant {
    Company(Company),
    Person(Person),
}

/// The international registration that a grant may rest on.
#[derive(Clone, Debug)]
pub(crate) struct Hague {
    pub(crate) number: String,
    pub(crate) registered: Day,
    pub(crate) published: Day,
}

/// Grants are published in this many weeks between 2006 and 2025; a number's block of 10,000 tells
/// its week, so that numbers grow with time and never meet.
const WEEKS: u64 = 20;
/// 30 December 2025 is this many weeks after the first issue, and US D1,107,373 its first number.
const LAST_WEEK: u64 = 1043;
/// Numbers that the office spent per week over these years.
const NUMBERS_PER_WEEK: u64 = 570;
/// 13 May 2015: designs filed from then on last fifteen years instead of fourteen.
const FIFTEEN_YEARS_FROM: Day = Day(16_568);

impl Record {
    /// Invents the data of the patent that is `ordinal`-th in the set. `applicant` is a stream
    /// that near designs share when they come from the same house.
    pub(crate) fn new(ordinal: u64, family: &Family, rng: &mut Rng, applicant: &mut Rng) -> Record {
        // A stride coprime to 20 spreads neighbours over the years.
        let block = (ordinal * 7 + ordinal / WEEKS * 3) % WEEKS;
        // A year apart, less up to 34 weeks so that all seasons occur: 18 weeks stay between two
        // blocks, which is more numbers than a block has.
        let before = WEEKS - 1 - block;
        let week = LAST_WEEK - 52 * before - before * 11 % 35;
        let number = 512_863 + NUMBERS_PER_WEEK * week + ordinal / WEEKS;
        let published = Day::FIRST_ISSUE.plus(7 * week as i64);
        let filed = published.plus(-i64::from(rng.whole(200, 950)));
        let title = title(family, rng);
        let home = names::country(applicant);
        let owner = names::company(home, applicant);
        let inventors: Vec<Person> = (0..1 + rng.below(4).saturating_sub(1))
            .map(|_| {
                let country = if rng.chance(0.85) {
                    home
                } else {
                    names::country(rng)
                };
                names::person(country, rng)
            })
            .collect();
        let (applicants, assignee) = match rng.below(10) {
            // A company that is applicant and assignee; a company alone; inventors who assigned
            // their right; individuals.
            0..5 => (vec![Applicant::Company(owner.clone())], Some(owner)),
            5..7 => (vec![Applicant::Company(owner)], None),
            7 => (vec![Applicant::Person(inventors[0].clone())], Some(owner)),
            _ => (
                inventors.iter().cloned().map(Applicant::Person).collect(),
                None,
            ),
        };
        let by_law = if filed >= FIFTEEN_YEARS_FROM { 15 } else { 14 };
        let hague = (published.year() >= 2016 && rng.chance(0.15)).then(|| Hague {
            number: format!("DM/{:06}", rng.whole(85_000, 235_000)),
            registered: filed,
            published: filed.plus(182),
        });
        let classes = family.locarno;
        // The office's design classes go by the numbers of Locarno's; a family has its subclass,
        // and some designs the one beside it.
        let class = classes[0][..2].parse().unwrap_or(99);
        let subclass = 100 + derive(0, family.name) % 800 + u64::from(rng.chance(0.25));
        let main = if rng.chance(0.85) {
            classes[0]
        } else {
            *rng.pick(classes)
        };
        let form = rng.below(3);
        let further = if rng.chance(0.12) {
            let others = ["99-00", "32-00", "09-99"];
            (0..=rng.below(2))
                .map(|i| written(others[i], form))
                .collect()
        } else {
            Vec::new()
        };
        Record {
            number,
            published,
            filed,
            application: u64::from(rng.whole(29_200_000, 29_999_999)),
            noun: title.plain.to_lowercase(),
            title,
            locarno: written(main, form),
            edition: (8 + (published.year() - 2004) / 4).clamp(8, 13) as u32,
            further,
            us_class: (class, subclass),
            term: rng.chance(0.88).then_some(by_law),
            applicants,
            inventors,
            assignee,
            hague,
            examiner: names::person(names::country(&mut Rng::new(1)), rng),
            wording: rng.below(3),
            counts: rng.chance(0.95),
        }
    }

    /// `USD939806`.
    pub(crate) fn patent_id(&self) -> String {
        format!("USD{}", self.number)
    }

    /// The name that folder, archive and files start with: `USD0939806-20220104`.
    pub(crate) fn stem(&self) -> String {
        format!("USD{:07}-{}", self.number, self.published.compact())
    }
}

fn written(class: &str, form: usize) -> String {
    class.replace('-', ["", "-", "/"][form])
}

fn title(family: &Family, rng: &mut Rng) -> Title {
    let base = *rng.pick(family.titles);
    let plain = |text: String| Title {
        xml: text.clone(),
        plain: text,
    };
    let lower = base.to_lowercase();
    match rng.below(20) {
        0 => Title {
            plain: format!("Set & {lower}"),
            xml: format!("Set &amp; {lower}"),
        },
        1 => Title {
            plain: format!("{base}, Solo series"),
            xml: format!("{base}, <i>Solo</i> series"),
        },
        2 => Title {
            plain: format!("{base} with H2O marking"),
            xml: format!("{base} with H<sub>2</sub>O marking"),
        },
        3 => Title {
            plain: format!("Combined {lower} and \u{201c}stand\u{201d}"),
            xml: format!("Combined {lower} and &#x201c;stand&#x201d;"),
        },
        4 => plain(format!("Portion of a {lower}")),
        5 => plain(format!("Portable {lower}")),
        6 => plain(format!("Decorative {lower}")),
        7 => plain(base.to_uppercase()),
        _ => plain(base.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::family::FAMILIES;

    #[test]
    fn numbers_never_meet_and_grow_with_time() {
        let mut seen = HashSet::new();
        let mut dated = Vec::new();
        let mut all: Vec<u64> = (0..3000).collect();
        all.extend(199_000..200_000);
        for ordinal in all {
            let mut rng = Rng::new(ordinal);
            let record = Record::new(ordinal, &FAMILIES[0], &mut rng.clone(), &mut rng);
            assert!(seen.insert(record.number), "{} twice", record.number);
            dated.push((record.number, record.published));
        }
        dated.sort_unstable_by_key(|entry| entry.0);
        assert!(dated.windows(2).all(|pair| pair[0].1 <= pair[1].1));
    }

    #[test]
    fn numbers_are_printed_with_commas_and_padded_in_names() {
        let mut rng = Rng::new(1);
        let mut record = Record::new(0, &FAMILIES[0], &mut rng.clone(), &mut rng);
        record.number = 939_806;
        assert!(record.stem().starts_with("USD0939806-"));
        record.number = 1_107_373;
        assert_eq!(record.patent_id(), "USD1107373");
    }
}
