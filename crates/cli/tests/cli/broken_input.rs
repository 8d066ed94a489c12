//! Broken files fail alone, with a reason; the rest is imported.

use std::path::Path;

use crate::support::{Scratch, files};

/// Every bad file of the fixtures, in one folder with sound ones.
#[test]
fn half_a_folder_of_broken_files() {
    let scratch = Scratch::new();
    scratch.synth(1, 2);
    let folder = scratch.path("mixed");
    std::fs::create_dir(&folder).unwrap();
    let bad = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/images/bad");
    let mut broken = 0;
    for entry in std::fs::read_dir(bad).unwrap() {
        let file = entry.unwrap().path();
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        // Whatever a bad file is called, it must be tried: name those without an ending.
        let target = match file.extension() {
            Some(_) => folder.join(&name),
            None => folder.join(format!("{name}.tif")),
        };
        std::fs::copy(&file, target).unwrap();
        broken += 1;
    }
    assert!(broken > 10);
    for (index, sound) in files(&scratch.path("designs"), &["tif", "jpg"])
        .iter()
        .enumerate()
    {
        let ending = sound.extension().unwrap().to_str().unwrap();
        std::fs::copy(sound, folder.join(format!("sound-{index}.{ending}"))).unwrap();
    }
    let sound = files(&folder, &["tif", "jpg"])
        .iter()
        .filter(|file| {
            file.file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with("sound")
        })
        .count();
    let output = scratch.run(&["import", "mixed", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["imported"], sound, "{report:#}");
    assert_eq!(
        report["failed"],
        report["failed_files"].as_array().unwrap().len()
    );
    assert_eq!(
        report["total"].as_u64().unwrap(),
        sound as u64 + report["failed"].as_u64().unwrap()
    );
    for problem in report["failed_files"].as_array().unwrap() {
        assert!(!problem["reason"].as_str().unwrap().is_empty());
    }
}

#[test]
fn an_xml_bomb_and_a_giant_header_fail_in_little_memory() {
    let scratch = Scratch::new();
    scratch.synth(1, 0);
    let folder = std::fs::read_dir(scratch.path("designs/patents")).unwrap();
    let folder = folder.map(|entry| entry.unwrap().path()).next().unwrap();
    let mut bomb =
        "<?xml version=\"1.0\"?><!DOCTYPE us-patent-grant [<!ENTITY a \"aaaaaaaaaa\">".to_owned();
    for (entity, inner) in "bcdefghij".chars().zip("abcdefghi".chars()) {
        bomb += &format!("<!ENTITY {entity} \"{}\">", format!("&{inner};").repeat(10));
    }
    bomb += "]><us-patent-grant><invention-title>&j;</invention-title></us-patent-grant>";
    std::fs::write(folder.join("bomb.xml"), bomb).unwrap();
    std::fs::write(folder.join("giant.tif"), giant_tiff()).unwrap();
    let sheets = files(&folder, &["tif"]).len() - 1;

    let mut command = scratch.command(&["import", "designs", "--format", "json"]);
    let output = limited(&mut command).output().unwrap();
    assert_eq!(
        output.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["imported"], sheets);
    let reasons = report["failed_files"].to_string();
    assert!(
        reasons.contains("bomb.xml") && reasons.contains("giant.tif"),
        "{reasons}"
    );
    assert!(reasons.contains("60000 x 60000"), "{reasons}");
}

/// Limits the address space: a gigabyte above what the threads' stacks and arenas reserve.
fn limited(command: &mut std::process::Command) -> std::process::Command {
    let mut shell = std::process::Command::new("sh");
    shell
        .arg("-c")
        .arg("ulimit -v 2000000; exec \"$0\" \"$@\"")
        .arg(command.get_program())
        .args(command.get_args());
    for (key, value) in command.get_envs() {
        if let Some(value) = value {
            shell.env(key, value);
        }
    }
    if let Some(directory) = command.get_current_dir() {
        shell.current_dir(directory);
    }
    shell
}

/// A bilevel TIFF that declares 60,000 x 60,000 pixels in one short uncompressed strip.
fn giant_tiff() -> Vec<u8> {
    let entries: [(u16, u16, u32); 8] = [
        (256, 4, 60_000),
        (257, 4, 60_000),
        (258, 3, 8),
        (259, 3, 1),
        (262, 3, 1),
        (273, 4, 8),
        (278, 4, 60_000),
        (279, 4, 100),
    ];
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    file.extend((entries.len() as u16).to_le_bytes());
    for (tag, kind, value) in entries {
        file.extend(tag.to_le_bytes());
        file.extend(kind.to_le_bytes());
        file.extend(1_u32.to_le_bytes());
        file.extend(value.to_le_bytes());
    }
    file.extend([0; 4]);
    file
}
