//! PDF files of scanned pages: an image a page, and text that is not shown.

use std::io::Write;

use super::print::Print;
use crate::tiff;

/// A page of letter paper in points.
const PAPER: (f64, f64) = (612.0, 792.0);

/// Objects that every file has: the catalogue, the list of pages, the font.
const SHARED: usize = 3;

/// Objects of a page: itself, its instructions, its image.
const OF_PAGE: usize = 3;

/// The file, the same bytes for the same pages.
pub(super) fn file(pages: &[Print]) -> Vec<u8> {
    let mut objects = Objects::default();
    let kids: Vec<String> = (0..pages.len())
        .map(|page| format!("{} 0 R", SHARED + OF_PAGE * page + 1))
        .collect();
    objects.add(b"<< /Type /Catalog /Pages 2 0 R >>");
    let list = format!(
        "<< /Type /Pages /Count {} /Kids [{}] >>",
        pages.len(),
        kids.join(" ")
    );
    objects.add(list.as_bytes());
    objects.add(b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>");
    for (page, print) in pages.iter().enumerate() {
        let first = SHARED + OF_PAGE * page + 1;
        let head = format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {} {}] /Contents {} 0 R /Resources << \
             /XObject << /Im {} 0 R >> /Font << /F1 3 0 R >> >> >>",
            PAPER.0,
            PAPER.1,
            first + 1,
            first + 2
        );
        objects.add(head.as_bytes());
        objects.add_stream("", &instructions(print));
        let (width, height) = (print.page.width, print.page.height);
        objects.add_stream(
            &format!(
                "/Type /XObject /Subtype /Image /Width {width} /Height {height} /BitsPerComponent \
                 1 /ColorSpace /DeviceGray /Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns \
                 {width} /Rows {height} >> "
            ),
            &tiff::group4(&print.page),
        );
    }
    objects.finish()
}

/// The image over all of the page, and what is printed on it as text in rendering mode 3.
fn instructions(print: &Print) -> Vec<u8> {
    let (width, height) = PAPER;
    let scale = width / print.page.width as f64;
    let mut out =
        format!("q {width} 0 0 {height} 0 0 cm /Im Do Q\nBT /F1 1 Tf 3 Tr\n").into_bytes();
    for line in &print.lines {
        let size = line.kind.size() as f64 * scale;
        let letters = line.text.chars().count().max(1) as f64;
        // Courier's letters are 0.6 wide: drawn together to the width of the print.
        let stretch = line.kind.width(&line.text) as f64 * scale / (0.6 * size * letters) * 100.0;
        let (x, y) = (line.x as f64 * scale, height - line.base as f64 * scale);
        out.extend(
            format!("{size:.3} 0 0 {size:.3} {x:.3} {y:.3} Tm {stretch:.1} Tz (").into_bytes(),
        );
        for byte in line.text.chars().map(win_ansi) {
            if matches!(byte, b'(' | b')' | b'\\') {
                out.push(b'\\');
            }
            out.push(byte);
        }
        out.extend(b") Tj\n");
    }
    out.extend(b"ET");
    out
}

fn win_ansi(character: char) -> u8 {
    match character {
        '“' => 0x93,
        '”' => 0x94,
        _ => u8::try_from(u32::from(character)).unwrap_or(b'?'),
    }
}

/// Objects of a file on their way, numbered from 1.
struct Objects {
    out: Vec<u8>,
    places: Vec<usize>,
}

impl Default for Objects {
    fn default() -> Self {
        Objects {
            out: b"%PDF-1.5\n".to_vec(),
            places: Vec::new(),
        }
    }
}

impl Objects {
    fn add(&mut self, body: &[u8]) {
        self.places.push(self.out.len());
        self.out
            .extend(format!("{} 0 obj\n", self.places.len()).into_bytes());
        self.out.extend(body);
        self.out.extend(b"\nendobj\n");
    }

    fn add_stream(&mut self, dictionary: &str, data: &[u8]) {
        let mut body = format!("<< {dictionary}/Length {} >>\nstream\n", data.len()).into_bytes();
        body.extend(data);
        body.extend(b"\nendstream");
        self.add(&body);
    }

    fn finish(mut self) -> Vec<u8> {
        let start = self.out.len();
        let count = self.places.len() + 1;
        let mut table = format!("xref\n0 {count}\n0000000000 65535 f \n");
        for place in &self.places {
            table += &format!("{place:010} 00000 n \n");
        }
        self.out.extend(table.into_bytes());
        // Writing to memory does not fail.
        let _ = write!(
            self.out,
            "trailer << /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
        );
        self.out
    }
}
