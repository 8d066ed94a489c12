//! What a page's instructions put on it: images, text, anything else.
//!
//! Nothing is drawn. A scanned page puts one image on the page and, if a
//! program has read it, text that is not shown; whatever else is there makes it
//! a page that would have to be rendered.

use hayro_syntax::content::TypedIter;
use hayro_syntax::content::ops::TypedInstruction;
use hayro_syntax::object::{Array, Dict, Name, Number, Object, Stream};
use hayro_syntax::page::{Page, Resources};

use crate::error::{PdfError, PdfErrorKind};
use crate::filters::unpack;
use crate::limits::{MAX_CONTENT_BYTES, MAX_FORM_DEPTH, MAX_INSTRUCTIONS};
use crate::text::Word;

/// What is on a page.
#[derive(Default)]
pub(crate) struct Content<'a> {
    /// The first image.
    pub(crate) image: Option<Placed<'a>>,
    /// How many there are.
    pub(crate) images: usize,
    /// Text, shown or not, in the order of the instructions.
    pub(crate) words: Vec<Word>,
    /// What is shown besides images.
    pub(crate) drawn: Option<&'static str>,
}

/// An image and the place of its unit square on the page.
pub(crate) struct Placed<'a> {
    pub(crate) stream: Stream<'a>,
    pub(crate) place: Matrix,
}

/// `[a b c d e f]` as PDF writes transformations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Matrix(pub(crate) [f64; 6]);

impl Matrix {
    const IDENTITY: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    fn new(numbers: [Number; 6]) -> Self {
        Self(numbers.map(|number| number.as_f64()))
    }

    /// First this one, then `next`.
    fn then(self, next: Self) -> Self {
        let ([a, b, c, d, e, f], [p, q, r, s, t, u]) = (self.0, next.0);
        Self([
            a * p + b * r,
            a * q + b * s,
            c * p + d * r,
            c * q + d * s,
            e * p + f * r + t,
            e * q + f * s + u,
        ])
    }

    fn moved(x: f64, y: f64) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }
}

/// Reads a page.
///
/// # Errors
/// Its instructions can't be unpacked, or are without end.
pub(crate) fn scan<'a>(page: &Page<'a>) -> Result<Content<'a>, PdfError> {
    let data = instructions(page.raw())?;
    let mut scanner = Scanner {
        content: Content::default(),
        left: MAX_INSTRUCTIONS,
    };
    scanner.run(&data, page.resources(), Matrix::IDENTITY, 0)?;
    Ok(scanner.content)
}

/// A page's streams of instructions, joined.
fn instructions(page: &Dict<'_>) -> Result<Vec<u8>, PdfError> {
    let mut joined = Vec::new();
    let mut add = |stream: &Stream<'_>| {
        let left = MAX_CONTENT_BYTES.saturating_sub(joined.len());
        joined.extend_from_slice(&unpack(stream, left)?);
        joined.push(b' ');
        Ok::<(), PdfError>(())
    };
    if let Some(stream) = page.get::<Stream<'_>>(b"Contents") {
        add(&stream)?;
    } else if let Some(streams) = page.get::<Array<'_>>(b"Contents") {
        for object in streams.iter::<Object<'_>>() {
            if let Some(stream) = object.into_stream() {
                add(&stream)?;
            }
        }
    }
    Ok(joined)
}

/// The part of the graphics state that tells what is seen and where.
#[derive(Clone, Copy)]
struct State {
    place: Matrix,
    size: f64,
    /// Width of characters, 1 as the font has them.
    stretch: f64,
    leading: f64,
    /// Modes 3 and 7 show nothing.
    is_shown: bool,
}

struct Scanner<'a> {
    content: Content<'a>,
    /// Instructions that may still follow.
    left: usize,
}

/// Glyphs of Courier, in which programs set text that is not shown, have this
/// width; for others it is near the mean.
const GLYPH_WIDTH: f64 = 0.6;

/// States that may be saved in one another.
const MAX_SAVED: usize = 1_000;

/// Words kept of a page; the densest pages of patents have 2,000.
const MAX_WORDS: usize = 50_000;

impl<'a> Scanner<'a> {
    fn run(
        &mut self,
        data: &[u8],
        resources: &Resources<'a>,
        place: Matrix,
        depth: usize,
    ) -> Result<(), PdfError> {
        let mut state = State {
            place,
            size: 1.0,
            stretch: 1.0,
            leading: 0.0,
            is_shown: true,
        };
        let mut saved = Vec::new();
        let (mut line, mut cursor) = (Matrix::IDENTITY, Matrix::IDENTITY);
        let mut instructions = TypedIter::new(data);
        while let Some(instruction) = instructions.next() {
            self.left = self.left.checked_sub(1).ok_or_else(|| {
                PdfError::new(
                    PdfErrorKind::TooLarge,
                    format!("a page has more than {MAX_INSTRUCTIONS} drawing instructions"),
                )
            })?;
            use TypedInstruction as I;
            match instruction {
                I::SaveState(_) if saved.len() < MAX_SAVED => saved.push(state),
                I::RestoreState(_) => state = saved.pop().unwrap_or(state),
                I::Transform(t) => {
                    let matrix = Matrix::new([t.0, t.1, t.2, t.3, t.4, t.5]);
                    state.place = matrix.then(state.place);
                }
                I::BeginText(_) => (line, cursor) = (Matrix::IDENTITY, Matrix::IDENTITY),
                I::SetTextMatrix(t) => {
                    line = Matrix::new([t.0, t.1, t.2, t.3, t.4, t.5]);
                    cursor = line;
                }
                I::NextLine(t) => {
                    line = Matrix::moved(t.0.as_f64(), t.1.as_f64()).then(line);
                    cursor = line;
                }
                I::NextLineAndSetLeading(t) => {
                    state.leading = -t.1.as_f64();
                    line = Matrix::moved(t.0.as_f64(), t.1.as_f64()).then(line);
                    cursor = line;
                }
                I::NextLineUsingLeading(_) => {
                    line = Matrix::moved(0.0, -state.leading).then(line);
                    cursor = line;
                }
                I::TextFont(t) => state.size = t.1.as_f64(),
                I::TextLeading(t) => state.leading = t.0.as_f64(),
                I::HorizontalScaling(t) => state.stretch = t.0.as_f64() / 100.0,
                I::TextRenderingMode(t) => state.is_shown = !matches!(t.0.as_i64(), 3 | 7),
                I::ShowText(t) => self.text(t.0.as_bytes(), &state, &mut cursor),
                I::NextLineAndShowText(t) => {
                    line = Matrix::moved(0.0, -state.leading).then(line);
                    cursor = line;
                    self.text(t.0.as_bytes(), &state, &mut cursor);
                }
                I::ShowTextWithParameters(t) => {
                    line = Matrix::moved(0.0, -state.leading).then(line);
                    cursor = line;
                    self.text(t.2.as_bytes(), &state, &mut cursor);
                }
                I::ShowTexts(t) => self.texts(t.0, &state, &mut cursor),
                I::XObject(t) => self.object(t.0, resources, &state, depth)?,
                I::InlineImage(t) => {
                    // Its data ends with these instructions; icons and rules are made so.
                    let _ = t;
                    self.draw("an image within its instructions");
                }
                I::Shading(_) => self.draw("a shading"),
                I::StrokePath(_)
                | I::CloseAndStrokePath(_)
                | I::FillPathNonZero(_)
                | I::FillPathNonZeroCompatibility(_)
                | I::FillPathEvenOdd(_)
                | I::FillAndStrokeNonZero(_)
                | I::FillAndStrokeEvenOdd(_)
                | I::CloseFillAndStrokeNonZero(_)
                | I::CloseFillAndStrokeEvenOdd(_) => self.draw("lines or areas"),
                _ => {}
            }
        }
        Ok(())
    }

    fn draw(&mut self, what: &'static str) {
        self.content.drawn.get_or_insert(what);
    }

    fn texts(&mut self, parts: &Array<'_>, state: &State, cursor: &mut Matrix) {
        for part in parts.iter::<Object<'_>>() {
            match part {
                Object::String(text) => self.text(text.as_bytes(), state, cursor),
                Object::Number(number) => {
                    let thousandths = number.as_f64();
                    let step = -thousandths / 1000.0 * state.size * state.stretch;
                    *cursor = Matrix::moved(step, 0.0).then(*cursor);
                }
                _ => {}
            }
        }
    }

    fn text(&mut self, bytes: &[u8], state: &State, cursor: &mut Matrix) {
        let text: String = bytes.iter().map(|&byte| win_ansi(byte)).collect();
        let glyph = GLYPH_WIDTH * state.size * state.stretch;
        let place = cursor.then(state.place).0;
        let width = glyph * bytes.len() as f64;
        *cursor = Matrix::moved(width, 0.0).then(*cursor);
        if text.trim().is_empty() {
            return;
        }
        if state.is_shown {
            self.draw("text");
        }
        if self.content.words.len() < MAX_WORDS {
            let shown = glyph * text.trim_end().chars().count() as f64;
            self.content.words.push(Word {
                x: place[4],
                y: place[5],
                width: shown * place[0].hypot(place[1]),
                size: state.size * place[2].hypot(place[3]),
                text: text.trim().to_owned(),
            });
        }
    }

    fn object(
        &mut self,
        name: &Name<'_>,
        resources: &Resources<'a>,
        state: &State,
        depth: usize,
    ) -> Result<(), PdfError> {
        let Some(stream) = resources.get_x_object(name) else {
            return Ok(());
        };
        let dict = stream.dict();
        match dict.get::<Name<'_>>(b"Subtype").as_deref() {
            Some(b"Image") => {
                self.content.images += 1;
                self.content.image.get_or_insert(Placed {
                    stream,
                    place: state.place,
                });
                Ok(())
            }
            Some(b"Form") if depth < MAX_FORM_DEPTH => {
                let own = dict.get::<Dict<'a>>(b"Resources").map(Resources::new);
                let matrix = dict.get::<Array<'_>>(b"Matrix").and_then(|array| {
                    let numbers: Vec<f64> = array.iter::<Number>().map(|n| n.as_f64()).collect();
                    <[f64; 6]>::try_from(numbers).ok().map(Matrix)
                });
                let place = matrix.unwrap_or(Matrix::IDENTITY).then(state.place);
                let data = unpack(&stream, MAX_CONTENT_BYTES)?;
                self.run(&data, own.as_ref().unwrap_or(resources), place, depth + 1)
            }
            Some(b"Form") => {
                self.draw("forms within forms");
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// Windows-1252, which simple fonts of scanned pages use.
fn win_ansi(byte: u8) -> char {
    match byte {
        0x85 => '…',
        0x91 => '‘',
        0x92 => '’',
        0x93 => '“',
        0x94 => '”',
        0x95 => '•',
        0x96 => '–',
        0x97 => '—',
        0x80..=0x9f => ' ',
        _ => char::from(byte),
    }
}
