//! The grant as XML, in the shape of `us-patent-grant` DTD v4.5.

use super::names::{Address, Person};
use super::record::{Applicant, Record};
use super::sentence::Sentence;
use crate::drawing::SheetPlan;

/// One drawing file that the grant lists.
pub(crate) struct Drawing<'a> {
    pub(crate) file: String,
    pub(crate) plan: &'a SheetPlan,
    /// Width and height in pixels.
    pub(crate) size: (usize, usize),
}

/// The XML of a patent. `sentences` describe its drawings.
pub(crate) fn grant(record: &Record, drawings: &[Drawing], sentences: &[Sentence]) -> String {
    let mut xml = Writer::default();
    let date = record.published.compact();
    xml.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    xml.raw("<!DOCTYPE us-patent-grant SYSTEM \"us-patent-grant-v45-2014-04-03.dtd\" [ ]>");
    xml.open_with(
        "us-patent-grant",
        &format!(
            "lang=\"EN\" dtd-version=\"v4.5 2014-04-03\" file=\"{}.XML\" status=\"PRODUCTION\" \
             id=\"us-patent-grant\" country=\"US\" date-produced=\"{}\" date-publ=\"{date}\"",
            record.stem(),
            record.published.plus(-15).compact(),
        ),
    );
    xml.within("us-bibliographic-data-grant", |xml| {
        bibliography(xml, record, drawings);
    });
    xml.within_with("drawings", "id=\"DRAWINGS\"", |xml| {
        for drawing in drawings {
            figure(xml, drawing);
        }
    });
    description(&mut xml, sentences);
    xml.leaf("us-claim-statement", "CLAIM");
    xml.within_with("claims", "id=\"claims\"", |xml| {
        xml.within_with("claim", "id=\"CLM-00001\" num=\"00001\"", |xml| {
            xml.leaf("claim-text", &record.claim());
        });
    });
    xml.close("us-patent-grant");
    xml.out
}

fn bibliography(xml: &mut Writer, record: &Record, drawings: &[Drawing]) {
    xml.within("publication-reference", |xml| {
        xml.within("document-id", |xml| {
            xml.leaf("country", "US");
            xml.leaf("doc-number", &format!("D{:07}", record.number));
            xml.leaf("kind", "S1");
            xml.leaf("date", &record.published.compact());
        });
    });
    xml.within_with("application-reference", "appl-type=\"design\"", |xml| {
        xml.within("document-id", |xml| {
            xml.leaf("country", "US");
            xml.leaf("doc-number", &record.application.to_string());
            xml.leaf("date", &record.filed.compact());
        });
    });
    xml.leaf("us-application-series-code", "29");
    if let Some(term) = record.term {
        xml.within("us-term-of-grant", |xml| {
            xml.leaf("length-of-grant", &term.to_string());
        });
    }
    xml.within("classification-locarno", |xml| {
        xml.leaf("edition", &record.edition.to_string());
        xml.leaf("main-classification", &record.locarno);
        for further in &record.further {
            xml.leaf("further-classification", further);
        }
    });
    xml.within("classification-national", |xml| {
        xml.leaf("country", "US");
        // Three places for the class, three for the subclass, as the office writes them.
        let (class, subclass) = record.us_class;
        xml.leaf("main-classification", &format!("D{class:>2}{subclass}"));
    });
    xml.raw(&format!(
        "<invention-title id=\"d2e43\">{}</invention-title>",
        record.title.xml
    ));
    xml.leaf("number-of-claims", "1");
    xml.leaf("us-exemplary-claim", "1");
    if record.counts {
        xml.within("figures", |xml| {
            // The front-page copy is not a sheet of its own.
            let sheets = drawings.len() - 1;
            let figures: usize = drawings[1..].iter().map(|d| d.plan.figures.len()).sum();
            xml.leaf("number-of-drawing-sheets", &sheets.to_string());
            xml.leaf("number-of-figures", &figures.to_string());
        });
    }
    parties(xml, record);
    if let Some(assignee) = &record.assignee {
        xml.within("assignees", |xml| {
            xml.within("assignee", |xml| {
                xml.within("addressbook", |xml| {
                    xml.leaf("orgname", &assignee.name);
                    xml.leaf(
                        "role",
                        if assignee.address.country == "US" {
                            "02"
                        } else {
                            "03"
                        },
                    );
                    address(xml, &assignee.address);
                });
            });
        });
    }
    xml.within("examiners", |xml| {
        xml.within("primary-examiner", |xml| {
            xml.leaf("last-name", &record.examiner.last);
            xml.leaf("first-name", &record.examiner.first);
            xml.leaf("department", "2912");
        });
    });
    if let Some(hague) = &record.hague {
        xml.within("hague-agreement-data", |xml| {
            xml.within("international-filing-date", |xml| {
                xml.leaf("date", &record.filed.compact());
            });
            xml.within("international-registration-publication-date", |xml| {
                xml.leaf("date", &hague.published.compact());
            });
            xml.within("international-registration-date", |xml| {
                xml.leaf("date", &hague.registered.compact());
            });
            xml.leaf("international-registration-number", &hague.number);
        });
    }
}

fn parties(xml: &mut Writer, record: &Record) {
    xml.within("us-parties", |xml| {
        xml.within("us-applicants", |xml| {
            for (index, applicant) in record.applicants.iter().enumerate() {
                let (category, place) = match applicant {
                    Applicant::Company(company) => ("assignee", &company.address),
                    Applicant::Person(person) => ("inventor", &person.address),
                };
                let attributes = format!(
                    "sequence=\"{:03}\" app-type=\"applicant\" designation=\"us-only\" \
                     applicant-authority-category=\"{category}\"",
                    index + 1
                );
                xml.within_with("us-applicant", &attributes, |xml| {
                    xml.within("addressbook", |xml| {
                        match applicant {
                            Applicant::Company(company) => xml.leaf("orgname", &company.name),
                            Applicant::Person(person) => name(xml, person),
                        }
                        address(xml, place);
                    });
                    xml.within("residence", |xml| xml.leaf("country", &place.country));
                });
            }
        });
        xml.within("inventors", |xml| {
            for (index, inventor) in record.inventors.iter().enumerate() {
                let attributes = format!("sequence=\"{:03}\" designation=\"us-only\"", index + 1);
                xml.within_with("inventor", &attributes, |xml| {
                    xml.within("addressbook", |xml| {
                        name(xml, inventor);
                        address(xml, &inventor.address);
                    });
                });
            }
        });
    });
}

fn name(xml: &mut Writer, person: &Person) {
    xml.leaf("last-name", &person.last);
    xml.leaf("first-name", &person.first);
}

fn address(xml: &mut Writer, address: &Address) {
    xml.within("address", |xml| {
        xml.leaf("city", &address.city);
        if let Some(state) = &address.state {
            xml.leaf("state", state);
        }
        xml.leaf("country", &address.country);
    });
}

fn figure(xml: &mut Writer, drawing: &Drawing) {
    let millimetres = |pixels: usize| pixels as f64 * 25.4 / f64::from(crate::tiff::DPI);
    // `...-D00001.TIF`: the page stands before the dot.
    let number = drawing
        .file
        .rsplit_once("-D")
        .map_or("", |(_, tail)| &tail[..5.min(tail.len())]);
    let orientation = if drawing.plan.landscape {
        " orientation=\"landscape\""
    } else {
        ""
    };
    let attributes = format!("id=\"Fig-EMI-D{number}\" num=\"{number}\"");
    xml.within_with("figure", &attributes, |xml| {
        xml.raw(&format!(
            "<img id=\"EMI-D{number}\" he=\"{:.2}mm\" wi=\"{:.2}mm\" file=\"{}\" \
             alt=\"embedded image\" img-content=\"drawing\" img-format=\"tif\"{orientation}/>",
            millimetres(drawing.size.1),
            millimetres(drawing.size.0),
            drawing.file,
        ));
    });
}

fn description(xml: &mut Writer, sentences: &[Sentence]) {
    xml.within_with("description", "id=\"description\"", |xml| {
        xml.raw("<?brief-description-of-drawings description=\"Brief Description of Drawings\" end=\"lead\"?>");
        xml.open("description-of-drawings");
        for (index, Sentence { figure, text }) in sentences.iter().enumerate() {
            let text = escape(text);
            let said = match figure {
                Some(number) => {
                    format!("<figref idref=\"DRAWINGS\">FIG. <b>{number}</b></figref> {text}")
                }
                None => text,
            };
            let paragraph = index + 1;
            xml.raw(&format!("<p id=\"p-{paragraph:04}\" num=\"{paragraph:04}\">{said}</p>"));
        }
        xml.close("description-of-drawings");
        xml.raw("<?brief-description-of-drawings description=\"Brief Description of Drawings\" end=\"tail\"?>");
    });
}

/// Text with the characters that XML reserves written as entities.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[derive(Default)]
struct Writer {
    out: String,
}

impl Writer {
    fn raw(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }

    fn open(&mut self, name: &str) {
        self.raw(&format!("<{name}>"));
    }

    fn open_with(&mut self, name: &str, attributes: &str) {
        self.raw(&format!("<{name} {attributes}>"));
    }

    fn close(&mut self, name: &str) {
        self.raw(&format!("</{name}>"));
    }

    fn leaf(&mut self, name: &str, text: &str) {
        self.raw(&format!("<{name}>{}</{name}>", escape(text)));
    }

    fn within(&mut self, name: &str, inside: impl FnOnce(&mut Writer)) {
        self.open(name);
        inside(self);
        self.close(name);
    }

    fn within_with(&mut self, name: &str, attributes: &str, inside: impl FnOnce(&mut Writer)) {
        self.open_with(name, attributes);
        inside(self);
        self.close(name);
    }
}
