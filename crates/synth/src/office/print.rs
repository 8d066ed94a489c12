//! A page as it is printed: what is inked, and what it says.

use super::letters::Type;
use crate::drawing::{Page, SHEET};

/// A page on its way.
pub(super) struct Print {
    pub(super) page: Page,
    pub(super) lines: Vec<PrintedLine>,
}

/// A line of text, or a part of one.
pub(super) struct PrintedLine {
    pub(super) kind: Type,
    pub(super) x: usize,
    pub(super) base: usize,
    pub(super) text: String,
}

impl Print {
    /// A blank page, letter at 300 dpi.
    pub(super) fn new() -> Print {
        Print {
            page: Page::new(SHEET.0, SHEET.1),
            lines: Vec::new(),
        }
    }

    pub(super) fn text(&mut self, kind: Type, x: usize, base: usize, text: &str) {
        if text.is_empty() {
            return;
        }
        kind.print(&mut self.page, text, x, base);
        self.lines.push(PrintedLine {
            kind,
            x,
            base,
            text: text.to_owned(),
        });
    }

    /// Prints words in lines of at most `width` pixels, one below the other; answers the base line
    /// below the last.
    pub(super) fn paragraph(
        &mut self,
        kind: Type,
        (x, base): (usize, usize),
        width: usize,
        text: &str,
    ) -> usize {
        let mut base = base;
        let mut line = String::new();
        for word in text.split_whitespace() {
            let longer = if line.is_empty() {
                word.to_owned()
            } else {
                format!("{line} {word}")
            };
            if kind.width(&longer) > width && !line.is_empty() {
                self.text(kind, x, base, &line);
                base += leading(kind);
                line = word.to_owned();
            } else {
                line = longer;
            }
        }
        self.text(kind, x, base, &line);
        base + leading(kind)
    }

    pub(super) fn rule(&mut self, (left, right): (usize, usize), top: usize) {
        for y in top..top + 4 {
            for x in left..right {
                self.page.set(x as i64, y as i64);
            }
        }
    }

    /// Lays a drawing on the page, every `step`-th pixel of it wide and high; ink stays ink.
    pub(super) fn lay(&mut self, drawing: &Page, left: usize, top: usize, step: usize) {
        for y in 0..drawing.height {
            for x in 0..drawing.width {
                if drawing.is_inked(x, y) {
                    self.page
                        .set((left + x / step) as i64, (top + y / step) as i64);
                }
            }
        }
    }
}

/// From one base line to the next.
fn leading(kind: Type) -> usize {
    kind.size() * 5 / 4
}
