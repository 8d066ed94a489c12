//! Fields of a front page from its text layer.
//!
//! The text comes from programs that read scans, and errs in every tenth line.
//! So a field is taken only where it has the form that it must have: a class, a
//! day, a number; and names only as far as they can be told from addresses.

use lookalike_patents::{Figure, canonical_loc_class, canonical_us_class, figure_descriptions};

use crate::dates::find_date;
use crate::text::{Line, Word, lines};

/// What a front page's text says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TextFields {
    pub(crate) title: Option<String>,
    pub(crate) loc_class: Option<String>,
    pub(crate) loc_edition: Option<String>,
    pub(crate) us_classes: Vec<String>,
    pub(crate) pub_date: Option<u32>,
    pub(crate) filing_date: Option<u32>,
    pub(crate) application_number: Option<String>,
    pub(crate) term: Option<u32>,
    pub(crate) applicant: Option<Party>,
    pub(crate) inventors: Vec<Party>,
    pub(crate) assignee: Option<Party>,
    pub(crate) claim: Option<String>,
    pub(crate) figures: Vec<Figure>,
}

/// A person or organisation, and the country of the address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Party {
    pub(crate) name: String,
    pub(crate) country: Option<String>,
}

/// Whether the text is that of a US patent's front page.
pub(crate) fn is_front(words: &[Word]) -> bool {
    let text: String = words.iter().map(|word| word.text.as_str()).collect();
    let text = squeezed(&text);
    text.contains("unitedstates") && text.contains("patent")
}

/// The lines of a page's two columns, left before right.
pub(crate) fn column_lines(words: &[Word], width: f64) -> Vec<Line> {
    let (left, right): (Vec<Word>, Vec<Word>) = words
        .iter()
        .cloned()
        .partition(|word| word.x + word.width / 2.0 < width * 0.495);
    let mut all = lines(left);
    all.extend(lines(right));
    all
}

/// Reads the text of a front page of that width in points.
pub(crate) fn read(words: &[Word], width: f64) -> TextFields {
    let mut fields = TextFields::default();
    let all = column_lines(words, width);
    let texts: Vec<String> = all.iter().map(Line::text).collect();
    // The right half of the head has a line of its own in the right column.
    fields.pub_date = texts
        .iter()
        .filter(|text| squeezed(text).contains("dateofpatent"))
        .find_map(|text| find_date(text));
    for (code, text) in items(&texts) {
        match code.as_str() {
            "54" => fields.title = fields.title.or_else(|| title(&text)),
            "51" => {
                let class = loc_class(&text);
                fields.loc_edition = class.as_ref().and_then(|_| edition(&text));
                fields.loc_class = fields.loc_class.or(class);
            }
            "52" if fields.us_classes.is_empty() => fields.us_classes = us_classes(&text),
            "22" => fields.filing_date = fields.filing_date.or_else(|| find_date(&text)),
            "21" => {
                let number = application_number(&text);
                fields.application_number = fields.application_number.or(number);
            }
            "**" => fields.term = fields.term.or_else(|| term(&text)),
            "71" => fields.applicant = fields.applicant.or_else(|| parties(&text).pop_first()),
            "73" => fields.assignee = fields.assignee.or_else(|| parties(&text).pop_first()),
            "72" | "75" | "76" if fields.inventors.is_empty() => {
                fields.inventors = parties(&text).0;
            }
            _ => {}
        }
    }
    let running = texts.join(" ");
    fields.claim = claim(&running);
    if let Some((_, after)) = running.split_once("DESCRIPTION") {
        fields.figures = figure_descriptions(after);
    }
    fields
}

/// Items by their code: `( 54 ) COMPOST BIN` begins one, what follows without a
/// code belongs to it.
fn items(lines: &[String]) -> Vec<(String, String)> {
    let mut items: Vec<(String, String)> = Vec::new();
    for line in lines {
        match label(line) {
            Some((code, rest)) => items.push((code, rest.to_owned())),
            None => {
                if let Some((_, text)) = items.last_mut()
                    && text.len() < MAX_ITEM_BYTES
                {
                    text.push('\n');
                    text.push_str(line);
                }
            }
        }
    }
    items
}

/// The longest item of use; the description follows the last code.
const MAX_ITEM_BYTES: usize = 2_000;

/// `(54)`, `( 5 4 )`, `(**)`; and what follows.
fn label(line: &str) -> Option<(String, &str)> {
    let inner = line.trim_start().strip_prefix('(')?;
    let (code, rest) = inner.split_once(')')?;
    let code: String = code.split_whitespace().collect();
    let code = if code.starts_with('*') {
        "**".to_owned()
    } else {
        code
    };
    let is_code = code == "**" || code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_digit());
    is_code.then(|| (code, rest.trim()))
}

/// Letters and digits only, in lower case.
fn squeezed(text: &str) -> String {
    text.chars()
        .filter(|symbol| symbol.is_ascii_alphanumeric())
        .map(|symbol| symbol.to_ascii_lowercase())
        .collect()
}

/// Lines in capitals.
fn title(text: &str) -> Option<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let of_capitals = lines.take_while(|line| !line.contains(|symbol: char| symbol.is_lowercase()));
    let title = of_capitals.collect::<Vec<_>>().join(" ");
    let title = tidy(&title);
    (title
        .chars()
        .filter(|symbol| symbol.is_alphabetic())
        .count()
        >= 3)
        .then_some(title)
}

/// Without the blanks that programs put before points and commas.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        let is_mark = word.starts_with([',', '.', ';', ':', ')']);
        if !tidy.is_empty() && !is_mark && !tidy.ends_with('(') {
            tidy.push(' ');
        }
        tidy.push_str(word);
    }
    tidy
}

/// Letters that programs take for digits.
fn as_digits(text: &str) -> String {
    text.chars()
        .map(|symbol| match symbol {
            'O' | 'o' | 'Q' => '0',
            'l' | 'I' | '|' => '1',
            'S' => '5',
            other => other,
        })
        .collect()
}

/// `LOC (12) Cl. ....... 09-09`: the last two pairs of digits with a hyphen.
fn loc_class(text: &str) -> Option<String> {
    let (_, after) = text.split_once(')')?;
    let after = after
        .replace(" - ", "-")
        .replace("- ", "-")
        .replace(" -", "-");
    let words = after.split(|symbol: char| symbol.is_whitespace() || symbol == '.');
    let words = words.filter(|word| word.contains('-') && word.len() >= 4);
    words
        .filter_map(|word| canonical_loc_class(&as_digits(word)))
        .next_back()
}

/// `LOC (12) Cl.`: 12.
fn edition(text: &str) -> Option<String> {
    let (_, after) = text.split_once('(')?;
    let digits: String = after.chars().take_while(|symbol| *symbol != ')').collect();
    let digits = as_digits(digits.trim());
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some(digits)
}

/// `D8/93; D8/91`: all that has the form of a class, a slash included.
fn us_classes(text: &str) -> Vec<String> {
    let joined: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let joined = joined
        .replace(" / ", "/")
        .replace("/ ", "/")
        .replace(" /", "/");
    let words = joined.split(|symbol: char| symbol.is_whitespace() || matches!(symbol, ';' | ','));
    let mut classes = Vec::new();
    for word in words {
        let word = word.trim_start_matches('.').trim_end_matches('.');
        let class = word
            .contains('/')
            .then(|| canonical_us_class(word))
            .flatten();
        if let Some(class) = class.filter(|class| class.starts_with('D'))
            && !classes.contains(&class)
        {
            classes.push(class);
        }
    }
    classes
}

/// `Appl. No.: 29/301,750`: 29301750.
fn application_number(text: &str) -> Option<String> {
    let (_, after) = text.split_once("No").unwrap_or(("", text));
    let first = after.lines().next().unwrap_or_default();
    let digits: String = first.chars().filter(char::is_ascii_digit).collect();
    // The series, and six digits; a program may take the slash for a 7.
    match digits.len() {
        8 => Some(digits),
        9 if digits[2..].starts_with('7') => Some(format!("{}{}", &digits[..2], &digits[3..])),
        _ => None,
    }
}

/// `Term: 14 Years`.
fn term(text: &str) -> Option<u32> {
    let words = text.split(|symbol: char| !symbol.is_ascii_digit());
    words
        .filter_map(|word| word.parse().ok())
        .find(|years| [7, 14, 15].contains(years))
}

/// Several people, the first of them first.
struct Parties(Vec<Party>);

impl Parties {
    fn pop_first(self) -> Option<Party> {
        self.0.into_iter().next()
    }
}

/// `Inventor: Richard S. Smith, Hot Springs, AR (US); Ann Lee, Taipei (TW)`.
fn parties(text: &str) -> Parties {
    let running = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let running = tidy(&running);
    let (role, people) = running.split_once(':').unwrap_or(("", &running));
    let people = if role.len() < 12 { people } else { &running };
    Parties(people.split(';').filter_map(party).collect())
}

/// Words that end the name of an organisation.
const SUFFIXES: [&str; 16] = [
    "ltd",
    "inc",
    "llc",
    "corp",
    "co",
    "gmbh",
    "limited",
    "company",
    "corporation",
    "sa",
    "ag",
    "srl",
    "spa",
    "bv",
    "lp",
    "plc",
];

fn party(text: &str) -> Option<Party> {
    let text = text.trim();
    let (names, country) = match text.rsplit_once('(') {
        Some((names, country)) => (names, country.trim_end_matches([')', '.', ' ']).trim()),
        None => (text, ""),
    };
    let country = (country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase()))
        .then(|| country.to_owned());
    let parts: Vec<&str> = names.split(',').map(str::trim).collect();
    let is_suffix = |part: &&str| SUFFIXES.contains(&squeezed(part).as_str());
    let ends = parts.iter().rposition(is_suffix).unwrap_or(0);
    let name = parts[..=ends].join(", ");
    let name = name.trim().to_owned();
    (name.chars().filter(|symbol| symbol.is_alphabetic()).count() >= 3)
        .then_some(Party { name, country })
}

/// The one sentence of a design's claim.
fn claim(text: &str) -> Option<String> {
    let start = text.find("The ornamental design")?;
    let rest = &text[start..];
    let end = rest.find("described")? + "described".len();
    (end < 600).then(|| format!("{}.", tidy(&rest[..end])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_survive_what_programs_make_of_them() {
        assert_eq!(
            loc_class("LOC (9) Cl. ......... O8-05").as_deref(),
            Some("08-05")
        );
        assert_eq!(loc_class("LOC ( 12 ) Cl . 09-09").as_deref(), Some("09-09"));
        assert_eq!(
            loc_class("LOC (11) Ci. .... . 26 -02").as_deref(),
            Some("26-02")
        );
        assert_eq!(loc_class("LOC (9) Cl."), None);
        assert_eq!(edition("LOC ( 12 ) Cl . 09-09").as_deref(), Some("12"));
        assert_eq!(
            us_classes("U.S. Cl. ........ D8/93; D8/91"),
            ["D8/93", "D8/91"]
        );
        assert_eq!(us_classes("U.S. CI .\nUSPC D34 / 7"), ["D34/7"]);
        assert!(us_classes("U.S. Cl. none").is_empty());
    }

    #[test]
    fn names_are_told_from_addresses() {
        let names = |text: &str| -> Vec<(String, Option<String>)> {
            let parties = parties(text).0.into_iter();
            parties.map(|party| (party.name, party.country)).collect()
        };
        let country = |text: &str| Some(text.to_owned());
        assert_eq!(
            names("Inventor: Richard S. Smith, Hot Springs, AR (US)"),
            [("Richard S. Smith".into(), country("US"))]
        );
        assert_eq!(
            names("Assignee : Yuyao Maidun Trade Co. , Ltd. ,\nYuyao , Zhejiang ( CN )"),
            [("Yuyao Maidun Trade Co., Ltd.".into(), country("CN"))]
        );
        assert_eq!(
            names("Inventors: Ann Lee, Taipei (TW); Bo Chen,\nTainan (TW)"),
            [
                ("Ann Lee".into(), country("TW")),
                ("Bo Chen".into(), country("TW"))
            ]
        );
        assert!(names("").is_empty());
    }

    #[test]
    fn items_begin_with_their_codes() {
        let lines = [
            "( 54 ) TWO STEP",
            "KNIFE SHARPENER",
            "(7 1) Applicant: A",
            "(** ) Term : 15 Years",
        ];
        let lines: Vec<String> = lines.map(str::to_owned).to_vec();
        let items = items(&lines);
        assert_eq!(items[0], ("54".into(), "TWO STEP\nKNIFE SHARPENER".into()));
        assert_eq!(items[1].0, "71");
        assert_eq!(
            title(&items[0].1).as_deref(),
            Some("TWO STEP KNIFE SHARPENER")
        );
        assert_eq!(term(&items[2].1), Some(15));
        assert_eq!(label("(US)"), None);
    }

    #[test]
    fn numbers_and_claims() {
        assert_eq!(
            application_number("Appl. No.: 29/301,750").as_deref(),
            Some("29301750")
        );
        assert_eq!(
            application_number("Appl . No .: 297657,420").as_deref(),
            Some("29657420")
        );
        assert_eq!(application_number("Appl. No.: 29/30"), None);
        assert_eq!(
            claim("CLAIM The ornamental design for a bin , as shown and described . DESCRIPTION")
                .as_deref(),
            Some("The ornamental design for a bin, as shown and described.")
        );
    }
}
