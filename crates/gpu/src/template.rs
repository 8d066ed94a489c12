//! Shaders are templates, so that each variant has its numbers as constants and its registers by
//! name: compilers of drivers keep arrays that they do not unroll in slow memory.
//!
//! `$NAME` is replaced by a constant; lines between `//: repeat i N` and `//: end` are written N
//! times with `$i` counting from 0, N being a number or a constant; lines between `//: if NAME` and
//! `//: end` are written if that constant is `yes`. Repetitions do not nest.

/// Constants of a variant by name.
pub(crate) type Constants<'a> = [(&'a str, String)];

/// The shader that a template makes with these constants.
pub(crate) fn fill(template: &str, constants: &Constants<'_>) -> String {
    let value = |name: &str| {
        let found = constants.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_str())
    };
    let mut out = String::with_capacity(2 * template.len());
    let mut lines = template.lines();
    while let Some(line) = lines.next() {
        let Some(command) = line.trim().strip_prefix("//: ") else {
            out.push_str(line);
            out.push('\n');
            continue;
        };
        let body: Vec<&str> = lines
            .by_ref()
            .take_while(|line| line.trim() != "//: end")
            .collect();
        let mut words = command.split_whitespace();
        match (words.next(), words.next(), words.next()) {
            (Some("repeat"), Some(counter), Some(count)) => {
                let count = value(count).unwrap_or(count).parse().unwrap_or(0);
                for index in 0..count {
                    for line in &body {
                        let variable = format!("${counter}");
                        out.push_str(&line.replace(&variable, &index.to_string()));
                        out.push('\n');
                    }
                }
            }
            (Some("if"), Some(name), None) if value(name) == Some("yes") => {
                for line in &body {
                    out.push_str(line);
                    out.push('\n');
                }
            }
            _ => {}
        }
    }
    // The longest first: none is the beginning of another then.
    let mut names: Vec<&(&str, String)> = constants.iter().collect();
    names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    for (name, value) in names {
        out = out.replace(&format!("${name}"), value);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn constants_repetitions_and_conditions() {
        let template = "a $T $TILE\n  //: repeat i N\nv$i = $iu;\n//: end\n//: if YES\nyes\n//: end\n\
                        //: if NO\nno\n//: end\nlast";
        let constants = [
            ("T", "f32".to_owned()),
            ("TILE", "7".to_owned()),
            ("N", "2".to_owned()),
            ("YES", "yes".to_owned()),
        ];
        assert_eq!(
            fill(template, &constants),
            "a f32 7\nv0 = 0u;\nv1 = 1u;\nyes\nlast\n"
        );
    }
}
