//! Commands that the documents show are commands that the program takes.

use std::path::Path;

use clap::Parser;

use super::Arguments;

/// Lines of code blocks that begin with the program's name, those that show a grammar left out.
fn commands(text: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut lines = text.lines();
    let mut in_code = false;
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            in_code = !in_code;
        }
        if !in_code || !line.starts_with("lookalike ") {
            continue;
        }
        let mut command = line.to_owned();
        while command.ends_with('\\') {
            command.pop();
            command.push_str(lines.next().unwrap_or_default());
        }
        let command = command.split(" #").next().unwrap_or_default();
        if !command.contains(['[', '|']) && !command.contains("...") {
            commands.push(command.to_owned());
        }
    }
    commands
}

#[test]
fn the_program_takes_every_command_that_the_documents_show() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut pages = vec![root.join("README.md"), root.join("README.zh.md")];
    for entry in std::fs::read_dir(root.join("docs")).unwrap() {
        pages.push(entry.unwrap().path());
    }
    let mut shown = 0;
    for page in pages
        .iter()
        .filter(|page| page.extension() == Some("md".as_ref()))
    {
        for command in commands(&std::fs::read_to_string(page).unwrap()) {
            let result = Arguments::try_parse_from(command.split_whitespace());
            assert!(
                result.is_ok(),
                "{}: `{command}`: {result:?}",
                page.display()
            );
            shown += 1;
        }
    }
    assert!(shown > 15, "only {shown} commands found");
}
