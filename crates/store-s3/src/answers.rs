//! What servers answer in XML: listings, uploads begun, and complaints.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use ureq::http::StatusCode;

use crate::address::decoded;
use crate::object::Object;

/// Why a request was not done.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Complaint {
    pub(crate) code: String,
    message: String,
}

impl Complaint {
    /// Of an answer's body; empty where that is no complaint.
    pub(crate) fn read(xml: &str) -> Self {
        let mut complaint = Self::default();
        let _ = each_text(xml, |path, text| {
            match path {
                ["Error", "Code"] => complaint.code = text,
                ["Error", "Message"] => complaint.message = text,
                _ => {}
            }
            Some(())
        });
        complaint
    }

    pub(crate) fn said(&self, status: StatusCode) -> String {
        match (self.code.as_str(), self.message.as_str()) {
            ("", _) => format!("it answered {status}"),
            (code, "") => format!("it answered {}, {code}", status.as_u16()),
            (code, message) => format!("it answered {}, {code}: {message}", status.as_u16()),
        }
    }
}

/// A page of a listing.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// With whole keys.
    pub(crate) objects: Vec<Object>,
    /// What the next page is asked for with.
    pub(crate) next: Option<String>,
}

impl Page {
    /// `None` where it is no listing.
    pub(crate) fn read(xml: &str) -> Option<Self> {
        const ROOT: &str = "ListBucketResult";
        let mut page = Self::default();
        let (mut is_listing, mut is_encoded, mut is_cut) = (false, false, false);
        each_text(xml, |path, text| {
            is_listing |= path.first() == Some(&ROOT);
            match path {
                [ROOT, "EncodingType"] => is_encoded = text == "url",
                [ROOT, "IsTruncated"] => is_cut = text == "true",
                [ROOT, "NextContinuationToken"] => page.next = Some(text),
                [ROOT, "Contents"] => page.objects.push(Object::default()),
                [ROOT, "Contents", "Key"] => page.objects.last_mut()?.key = text,
                [ROOT, "Contents", "Size"] => {
                    page.objects.last_mut()?.size_bytes = text.parse().ok()?;
                }
                [ROOT, "Contents", "LastModified"] => {
                    page.objects.last_mut()?.modified = text.parse().ok();
                }
                _ => {}
            }
            Some(())
        })?;
        if !is_cut {
            page.next = None;
        }
        if is_encoded {
            for object in &mut page.objects {
                object.key = decoded(&object.key)?;
            }
        }
        is_listing.then_some(page)
    }
}

/// The number of an upload in parts.
pub(crate) fn upload_id(xml: &str) -> Option<String> {
    let mut id = None;
    each_text(xml, |path, text| {
        if path == ["InitiateMultipartUploadResult", "UploadId"] {
            id = Some(text);
        }
        Some(())
    })?;
    id.filter(|id| !id.is_empty())
}

/// Calls `each` for every element: at its beginning if it holds others, which is told by an empty
/// text and then its children's, or with its text. `None` where `each` says so or it is no XML.
fn each_text(xml: &str, mut each: impl FnMut(&[&str], String) -> Option<()>) -> Option<()> {
    let mut reader = Reader::from_str(xml);
    let mut path: Vec<String> = Vec::new();
    let mut text = String::new();
    // Whether the innermost element has held another.
    let mut is_parent = false;
    let mut tell = |path: &[String], text: String| {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        each(&path, text)
    };
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) => {
                if !path.is_empty() && !is_parent {
                    tell(&path, String::new())?;
                }
                path.push(element.local_name().as_ref().to_owned());
                text.clear();
                is_parent = false;
            }
            Event::End(_) => {
                if !is_parent {
                    tell(&path, std::mem::take(&mut text))?;
                }
                path.pop();
                is_parent = true;
            }
            Event::Text(part) => text.push_str(&part.xml10_content()),
            Event::CData(part) => text.push_str(&part.xml10_content()),
            Event::GeneralRef(name) => match name.resolve_char_ref().ok()? {
                Some(character) => text.push(character),
                None => text.push_str(resolve_predefined_entity(&name)?),
            },
            Event::Eof => return path.is_empty().then_some(()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_is_read_with_encoded_keys_and_references() {
        let xml = r#"<?xml version="1.0"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name>
 <Contents><Key>a%2Bb%20c&amp;/&#100;</Key><LastModified>2026-11-30T12:00:00.000Z</LastModified>
  <ETag>&quot;abc&quot;</ETag><Size>12</Size></Contents>
 <Contents><Key>e</Key><Size>0</Size><Owner><ID>x</ID></Owner></Contents>
 <IsTruncated>true</IsTruncated><NextContinuationToken>t=/+</NextContinuationToken>
 <EncodingType>url</EncodingType></ListBucketResult>"#;
        let page = Page::read(xml).unwrap();
        let keys: Vec<(&str, u64)> = page
            .objects
            .iter()
            .map(|object| (object.key.as_str(), object.size_bytes))
            .collect();
        assert_eq!(keys, [("a+b c&/d", 12), ("e", 0)]);
        assert!(page.objects[0].modified.is_some());
        assert_eq!(page.next.as_deref(), Some("t=/+"));
        let last = xml.replace("true", "false");
        assert_eq!(Page::read(&last).unwrap().next, None);
        let empty = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
        assert!(Page::read(empty).unwrap().objects.is_empty());
    }

    #[test]
    fn what_is_no_listing_is_none() {
        for xml in [
            "",
            "<html></html>",
            "<ListBucketResult>",
            "<ListBucketResult><Contents><Size>x</Size></Contents></ListBucketResult>",
            "<ListBucketResult>&bomb;</ListBucketResult>",
        ] {
            assert!(Page::read(xml).is_none(), "{xml}");
        }
    }

    #[test]
    fn complaints_and_uploads_are_read() {
        let xml = "<Error><Code>SlowDown</Code><Message>Less &lt;please&gt;</Message></Error>";
        let complaint = Complaint::read(xml);
        assert_eq!(
            complaint.said(StatusCode::SERVICE_UNAVAILABLE),
            "it answered 503, SlowDown: Less <please>"
        );
        assert_eq!(Complaint::read("<html>no"), Complaint::default());
        let begun = "<InitiateMultipartUploadResult><Bucket>b</Bucket><UploadId>u1</UploadId>\
                     </InitiateMultipartUploadResult>";
        assert_eq!(upload_id(begun).as_deref(), Some("u1"));
        assert_eq!(upload_id("<Error/>"), None);
    }
}
