//! What models run on, as people say it.

use std::str::FromStr;

/// What models run on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum DeviceChoice {
    /// A graphics card if there is one and it is faster, else the CPU.
    #[default]
    Auto,
    Cpu,
    /// A graphics card, counted from 0.
    Gpu(usize),
    /// A program that stands in for a card: for tests.
    Software,
}

impl FromStr for DeviceChoice {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "auto" => Ok(Self::Auto),
            "cpu" => Ok(Self::Cpu),
            "software" => Ok(Self::Software),
            _ => {
                // What former systems said, whose cards were all of one make.
                let number = ["gpu", "cuda"]
                    .iter()
                    .find_map(|kind| name.strip_prefix(kind));
                let number = match number {
                    Some("") => Some(0),
                    Some(rest) => rest.strip_prefix(':').and_then(|rest| rest.parse().ok()),
                    None => None,
                };
                number.map(Self::Gpu).ok_or(
                    "use auto, cpu, gpu, or gpu:N for the graphics card of number N from 0 on",
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::DeviceChoice;

    #[test]
    fn names() {
        for (name, expected) in [
            ("auto", DeviceChoice::Auto),
            ("cpu", DeviceChoice::Cpu),
            ("gpu", DeviceChoice::Gpu(0)),
            ("gpu:3", DeviceChoice::Gpu(3)),
            ("cuda", DeviceChoice::Gpu(0)),
            ("cuda:1", DeviceChoice::Gpu(1)),
            ("software", DeviceChoice::Software),
        ] {
            assert_eq!(name.parse::<DeviceChoice>().unwrap(), expected);
        }
        for name in ["", "GPU", "gpu:", "gpu:-1", "gpu0", "gpu:x"] {
            let error = name.parse::<DeviceChoice>().unwrap_err();
            assert!(error.contains("use auto, cpu, gpu"), "{error}");
        }
    }
}
