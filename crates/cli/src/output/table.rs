//! Aligned columns for terminals.

use console::Term;

/// Which side of a column the text keeps to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// A column's heading and alignment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column<'a>(pub(crate) &'a str, pub(crate) Align);

/// Rows under headings, each column as wide as its widest cell.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    columns: Vec<Column<'a>>,
    rows: Vec<Vec<String>>,
}

impl<'a> Table<'a> {
    pub(crate) fn new(columns: impl Into<Vec<Column<'a>>>) -> Self {
        Self {
            columns: columns.into(),
            rows: Vec::new(),
        }
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The table as text, a line per row; on a terminal no wider than that, where columns of text can
    /// be cut for it.
    pub(crate) fn render(&self) -> String {
        self.render_within(terminal_cells())
    }

    fn render_within(&self, most: Option<usize>) -> String {
        let mut widths: Vec<usize> = self
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| {
                let cells = self.rows.iter().filter_map(|row| row.get(index));
                cells
                    .map(|cell| width(cell))
                    .chain([width(column.0)])
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        if let Some(most) = most {
            self.narrow(&mut widths, most);
        }
        let headings: Vec<String> = self
            .columns
            .iter()
            .map(|column| column.0.to_owned())
            .collect();
        let mut text = String::new();
        for row in std::iter::once(&headings).chain(&self.rows) {
            let mut line = String::new();
            for ((cell, column), &wide) in row.iter().zip(&self.columns).zip(&widths) {
                let cell = &cut(cell, wide);
                let padding = " ".repeat(wide.saturating_sub(width(cell)));
                match column.1 {
                    Align::Left => line.extend([cell.as_str(), &padding]),
                    Align::Right => line.extend([padding.as_str(), cell]),
                }
                line.push_str("  ");
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }

    /// Takes cells from the widest column of text, again and again, until a line has at most `most`.
    fn narrow(&self, widths: &mut [usize], most: usize) {
        loop {
            let all: usize = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
            let texts = self.columns.iter().enumerate();
            let texts = texts.filter(|(_, column)| column.1 == Align::Left);
            let widest = texts
                .map(|(index, _)| index)
                .max_by_key(|&index| widths[index]);
            match widest {
                Some(index) if all > most && widths[index] > NARROWEST => widths[index] -= 1,
                _ => return,
            }
        }
    }
}

/// Cells between two columns.
const GAP: usize = 2;

/// What a column of text keeps at least: enough to tell its rows apart.
const NARROWEST: usize = 10;

/// Cells of a line of the terminal; `None` where output goes elsewhere, which has no width.
fn terminal_cells() -> Option<usize> {
    let terminal = Term::stdout();
    let size = terminal
        .is_term()
        .then(|| terminal.size_checked())
        .flatten();
    size.map(|(_, columns)| usize::from(columns))
}

/// `text` in at most `most` cells, the last an ellipsis where it was cut.
fn cut(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 0;
    for sign in text.chars() {
        used += sign_width(sign);
        if used + 1 > most {
            break;
        }
        kept.push(sign);
    }
    format!("{}…", kept.trim_end())
}

/// Terminal cells: East Asian wide characters take two (Unicode Standard Annex 11; the
/// ranges that occur in titles and names).
fn width(text: &str) -> usize {
    text.chars().map(sign_width).sum()
}

fn sign_width(sign: char) -> usize {
    match u32::from(sign) {
        0x1100..=0x115F
        | 0x2E80..=0xA4CF
        | 0xAC00..=0xD7A3
        | 0xF900..=0xFAFF
        | 0xFE30..=0xFE6F
        | 0xFF00..=0xFF60
        | 0x20000..=0x3FFFD => 2,
        _ => 1,
    }
}

/// At most `most` characters, the last an ellipsis where text was cut.
pub(crate) fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_and_lines_have_no_trailing_space() {
        let mut table = Table::new([
            Column("name", Align::Left),
            Column("n", Align::Right),
            Column("note", Align::Left),
        ]);
        table.row(["花瓶", "7", ""].map(str::to_owned));
        table.row(["b", "10", "x"].map(str::to_owned));
        assert_eq!(table.render(), "name   n  note\n花瓶   7\nb     10  x\n");
    }

    #[test]
    fn a_narrow_terminal_cuts_the_widest_texts() {
        let mut table = Table::new([
            Column("id", Align::Right),
            Column("file", Align::Left),
            Column("title", Align::Left),
        ]);
        table.row(["7", "a-rather-long-name-of-a-file.png", "Chair"].map(str::to_owned));
        table.row(["8", "b.png", "一个很长的中文标题说明椅子"].map(str::to_owned));
        let text = table.render_within(Some(40));
        assert!(text.lines().all(|line| width(line) <= 40), "{text}");
        assert!(text.contains("a-rather-l"), "{text}");
        assert!(text.contains("Chair") && text.contains('…'), "{text}");
        assert_eq!(table.render_within(None), table.render_within(Some(500)));
    }

    #[test]
    fn long_text_is_cut_at_a_character() {
        assert_eq!(shorten("abcdef", 4), "abc…");
        assert_eq!(shorten("äöü", 3), "äöü");
    }
}
