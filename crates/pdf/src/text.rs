//! Text of a page, as a program that reads scans has left it.

/// A piece of text, mostly one word.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    /// Left end in points from the page's left side.
    pub x: f64,
    /// Base line in points above the page's lower side.
    pub y: f64,
    /// Width in points; an estimate, as fonts are not read.
    pub width: f64,
    /// Size of the font in points.
    pub size: f64,
    /// The text.
    pub text: String,
}

/// Words on one base line, from the left.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) words: Vec<Word>,
}

impl Line {
    /// The words with a blank between them.
    pub(crate) fn text(&self) -> String {
        let texts: Vec<&str> = self.words.iter().map(|word| word.text.as_str()).collect();
        texts.join(" ")
    }

    pub(crate) fn y(&self) -> f64 {
        self.words.first().map_or(0.0, |word| word.y)
    }
}

/// Words to lines, from the top. Words belong to one line when their base lines
/// are less than half a letter apart.
pub(crate) fn lines(words: impl IntoIterator<Item = Word>) -> Vec<Line> {
    let mut words: Vec<Word> = words.into_iter().collect();
    words.sort_by(|a, b| b.y.total_cmp(&a.y));
    let mut lines: Vec<Line> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if line.y() - word.y < 0.5 * word.size.max(4.0) => line.words.push(word),
            _ => lines.push(Line { words: vec![word] }),
        }
    }
    for line in &mut lines {
        line.words.sort_by(|a, b| a.x.total_cmp(&b.x));
    }
    lines
}
