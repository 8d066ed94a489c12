//! `lookalike --format json search ..`: an option of most commands, written as one of all.

use std::ffi::OsString;

/// Options before the command that take the next argument as their value.
const WITH_VALUE: [&str; 5] = ["--data", "--config", "--threads", "--device", "--color"];

/// The same arguments with a `--format` that stands before the command behind it, where the
/// command reads it or says that it has none.
pub(crate) fn format_behind(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut rest = arguments;
    let mut kept: Vec<OsString> = rest.next().into_iter().collect();
    let mut format = Vec::new();
    while let Some(argument) = rest.next() {
        let text = argument.to_string_lossy();
        if text == "--format" {
            format = vec![argument];
            format.extend(rest.next());
        } else if text.starts_with("--format=") {
            format = vec![argument];
        } else if WITH_VALUE.contains(&&*text) {
            kept.push(argument);
            kept.extend(rest.next());
        } else {
            let is_option = text.starts_with('-');
            kept.push(argument);
            if !is_option {
                break;
            }
        }
    }
    kept.extend(rest);
    let end = kept.iter().position(|argument| argument == "--");
    let end = end.unwrap_or(kept.len());
    kept.splice(end..end, format);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_before_the_command_goes_behind_it() {
        for (given, expected) in [
            ("l --format json search a", "l search a --format json"),
            (
                "l --data d --format=json -v search -- -a",
                "l --data d -v search --format=json -- -a",
            ),
            ("l search a --format json", "l search a --format json"),
            ("l --data --format x search", "l --data --format x search"),
            ("l --format", "l --format"),
            ("l", "l"),
        ] {
            let given = given.split(' ').map(OsString::from);
            let behind = format_behind(given);
            let behind: Vec<_> = behind.iter().map(|one| one.to_string_lossy()).collect();
            assert_eq!(behind.join(" "), expected);
        }
    }
}
