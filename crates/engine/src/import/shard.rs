//! Parts of an import, for several machines: what belongs together goes to the same one.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use lookalike_patents::{PatentId, SheetName};
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};

/// One of several parts of an import, which together are all of it. Which part a file is in depends on
/// its patent, or else its folder, and on nothing else: not on the machine, the order of files, or
/// what was imported before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// From 1 on.
    number: u64,
    count: u64,
}

impl Shard {
    /// Part `number` of `count`; `None` where there is no such part.
    #[must_use]
    pub fn new(number: u64, count: u64) -> Option<Self> {
        ((1..=count).contains(&number)).then_some(Self { number, count })
    }

    /// Whether a file is in it. `folder` is that of the file below what is imported, so that the same
    /// folder under another name is divided alike; files that lie there directly are told by their
    /// names.
    #[must_use]
    pub fn holds(self, folder: &str, file_name: &str) -> bool {
        let patent = SheetName::parse(file_name)
            .map(|name| name.patent_id.to_string())
            .or_else(|| patent_of(file_name))
            .or_else(|| patent_of(folder.rsplit('/').next().unwrap_or_default()));
        match patent {
            Some(patent) => self.holds_unit(&patent),
            None if folder.is_empty() => self.holds_unit(file_name),
            None => self.holds_unit(folder),
        }
    }

    pub(super) fn holds_unit(self, unit: &str) -> bool {
        let sum = Md5::digest(unit.as_bytes());
        let number = sum
            .iter()
            .take(8)
            .fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
        number % self.count == self.number - 1
    }
}

/// The patent that a name is the number of, such as `USD0939806` or `D939806.pdf`, also with a date
/// behind it as folders of grants have it.
fn patent_of(name: &str) -> Option<String> {
    let stem = Path::new(name).file_stem()?.to_str()?;
    let stem = stem.split(['-', '!']).next()?;
    PatentId::parse(stem).ok().map(|id| id.to_string())
}

impl fmt::Display for Shard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.number, self.count)
    }
}

impl FromStr for Shard {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let part = text.split_once('/').and_then(|(number, count)| {
            Self::new(number.trim().parse().ok()?, count.trim().parse().ok()?)
        });
        part.ok_or("give part and number of parts, such as 1/4 to 4/4")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part_of(folder: &str, name: &str) -> u64 {
        let parts = (1..=4).filter(|&number| Shard::new(number, 4).unwrap().holds(folder, name));
        let parts: Vec<u64> = parts.collect();
        assert_eq!(parts.len(), 1, "{folder} {name}");
        parts[0]
    }

    #[test]
    fn what_belongs_together_is_in_one_part_wherever_it_lies() {
        let sheet = "USD1107373-20251230-D00001.TIF";
        let part = part_of("a/USD1107373-20251230", sheet);
        for (folder, name) in [
            ("", "usd1107373-20251230-D00002.tif"),
            ("elsewhere", "USD1107373-20251230-D00003.TIF"),
            ("pdf", "USD1107373.pdf"),
            ("D1107373", "notes.jpg"),
        ] {
            assert_eq!(part_of(folder, name), part, "{folder} {name}");
        }
        assert_eq!(part_of("lamps/x", "1.jpg"), part_of("lamps/x", "2.jpg"));
        let flat: Vec<u64> = (0..100)
            .map(|number| part_of("", &format!("{number}.jpg")))
            .collect();
        for part in 1..=4 {
            let count = flat.iter().filter(|other| **other == part).count();
            assert!((10..=40).contains(&count), "{count} of 100 in part {part}");
        }
    }

    #[test]
    fn parts_are_read_as_they_are_written() {
        let shard: Shard = "3/4".parse().unwrap();
        assert_eq!(shard, Shard::new(3, 4).unwrap());
        assert_eq!(shard.to_string(), "3/4");
        for text in ["", "1", "0/4", "5/4", "1/0", "-1/4", "a/b", "1/4/2"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }
}
