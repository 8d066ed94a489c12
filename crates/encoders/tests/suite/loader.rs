//! Files that are missing, misshapen or broken, and what is said about them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use lookalike_encoders::{LoadError, Precision, Registry};
use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensors, serialize};
use tempfile::TempDir;

use crate::common::{fixtures, load, options};

/// A copy of a fixture that a test may break.
fn copy(fixture: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    for entry in fs::read_dir(fixtures().join(fixture)).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
    }
    folder
}

fn error(path: &Path) -> LoadError {
    match Registry::default().load(path, &options(Precision::Auto, 1)) {
        Ok(_) => panic!("{} loads", path.display()),
        Err(error) => error,
    }
}

/// Checks the message, which starts with the path of `file`.
#[track_caller]
fn assert_message(folder: &TempDir, file: &str, expected: &str) {
    let error = error(folder.path()).to_string();
    let start = folder.path().join(file).display().to_string();
    assert!(
        error.starts_with(&start) && error.contains(expected),
        "{error}"
    );
}

type Tensors = BTreeMap<String, (Dtype, Vec<usize>, Vec<u8>)>;

/// Rewrites the fixture's weights after `change`.
fn rewrite(folder: &TempDir, change: impl FnOnce(&mut Tensors)) {
    let path = folder.path().join("model.safetensors");
    let bytes = fs::read(&path).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let mut tensors: Tensors = file
        .tensors()
        .into_iter()
        .map(|(name, t)| (name, (t.dtype(), t.shape().to_vec(), t.data().to_vec())))
        .collect();
    change(&mut tensors);
    let views = tensors.iter().map(|(name, (dtype, shape, data))| {
        (name, TensorView::new(*dtype, shape.clone(), data).unwrap())
    });
    fs::write(&path, serialize(views, None).unwrap()).unwrap();
}

fn edit_config(folder: &TempDir, from: &str, to: &str) {
    let path = folder.path().join("config.json");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from));
    fs::write(path, text.replace(from, to)).unwrap();
}

const KEY: &str = "encoder.layer.1.attention.attention.key.weight";

#[test]
fn a_path_that_is_not_there() {
    let path = PathBuf::from("/no/such/model");
    assert!(matches!(error(&path), LoadError::NotFound { .. }));
    let message = error(&path).to_string();
    assert!(
        message.starts_with("/no/such/model: not found; a model is a folder"),
        "{message}"
    );
}

#[test]
fn a_folder_without_its_files() {
    let folder = copy("gelu");
    fs::remove_file(folder.path().join("model.safetensors")).unwrap();
    assert_message(&folder, "model.safetensors", "not found");
    fs::remove_file(folder.path().join("config.json")).unwrap();
    assert_message(&folder, "config.json", "not found");
    let folder = copy("registers-sharded");
    fs::remove_file(folder.path().join("model-00002-of-00003.safetensors")).unwrap();
    assert_message(
        &folder,
        "model-00002-of-00003.safetensors",
        "lists this shard",
    );
}

#[test]
fn a_file_of_another_kind() {
    let folder = copy("gelu");
    let path = folder.path().join("weights.bin");
    fs::write(&path, b"x").unwrap();
    assert!(
        error(&path)
            .to_string()
            .contains("neither .npz nor .safetensors")
    );
}

#[test]
fn an_unknown_architecture() {
    let folder = copy("gelu");
    edit_config(
        &folder,
        r#""model_type": "dinov2""#,
        r#""model_type": "resnet""#,
    );
    assert!(matches!(
        error(folder.path()),
        LoadError::UnknownArchitecture { .. }
    ));
    assert_message(&folder, "config.json", "unknown architecture 'resnet'");
    assert_message(
        &folder,
        "config.json",
        "known: dinov2, dinov2_with_registers",
    );
    edit_config(&folder, r#""model_type": "resnet""#, r#""type": "resnet""#);
    assert_message(
        &folder,
        "config.json",
        "unknown architecture (no model_type)",
    );
}

#[test]
fn a_missing_tensor() {
    let folder = copy("gelu");
    rewrite(&folder, |tensors| drop(tensors.remove(KEY)));
    assert!(matches!(
        error(folder.path()),
        LoadError::MissingTensor { .. }
    ));
    let expected = format!("tensor {KEY} is missing, expected shape [40, 40]");
    assert_message(&folder, "model.safetensors", &expected);
}

#[test]
fn more_layers_than_there_are() {
    let folder = copy("gelu");
    edit_config(
        &folder,
        r#""num_hidden_layers": 2"#,
        r#""num_hidden_layers": 3"#,
    );
    assert_message(&folder, "model.safetensors", "encoder.layer.2.");
}

#[test]
fn a_misshapen_tensor() {
    let folder = copy("gelu");
    rewrite(&folder, |tensors| {
        tensors.get_mut(KEY).unwrap().1 = vec![20, 80];
    });
    assert!(matches!(
        error(folder.path()),
        LoadError::TensorShape { .. }
    ));
    let expected = format!("tensor {KEY} has shape [20, 80], expected [40, 40]");
    assert_message(&folder, "model.safetensors", &expected);
}

#[test]
fn a_configuration_for_other_weights() {
    let folder = copy("gelu");
    edit_config(&folder, r#""image_size": 56"#, r#""image_size": 518"#);
    assert_message(
        &folder,
        "model.safetensors",
        "embeddings.position_embeddings has shape [1, 17, 40], expected [1, 1370, 40]",
    );
}

#[test]
fn a_tensor_of_integers() {
    let folder = copy("gelu");
    rewrite(&folder, |tensors| {
        tensors.get_mut(KEY).unwrap().0 = Dtype::I32;
    });
    assert_message(
        &folder,
        "model.safetensors",
        &format!("tensor {KEY} holds I32"),
    );
}

#[test]
fn truncated_weights() {
    let folder = copy("gelu");
    let path = folder.path().join("model.safetensors");
    let bytes = fs::read(&path).unwrap();
    for length in [0, 4, 8, 100, 4000, bytes.len() / 2, bytes.len() - 1] {
        fs::write(&path, &bytes[..length]).unwrap();
        let error = error(folder.path());
        assert!(
            matches!(error, LoadError::Truncated { .. }),
            "{length}: {error}"
        );
    }
    assert_message(
        &folder,
        "model.safetensors",
        "truncated: tensor layernorm.weight needs",
    );
    fs::write(&path, [&bytes[..], b"rest"].concat()).unwrap();
    assert_message(
        &folder,
        "model.safetensors",
        "4 bytes after the last tensor",
    );
}

#[test]
fn headers_that_lie() {
    let folder = copy("gelu");
    let path = folder.path().join("model.safetensors");
    fs::write(&path, [&u64::MAX.to_le_bytes()[..], b"{}"].concat()).unwrap();
    assert!(matches!(error(folder.path()), LoadError::Truncated { .. }));
    let header = br#"{"x":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#;
    fs::write(
        &path,
        [&(header.len() as u64).to_le_bytes()[..], header].concat(),
    )
    .unwrap();
    assert_message(
        &folder,
        "model.safetensors",
        "malformed: no safetensors header",
    );
    fs::write(&path, [&2_u64.to_le_bytes()[..], b"[["].concat()).unwrap();
    assert_message(
        &folder,
        "model.safetensors",
        "malformed: no safetensors header",
    );
}

#[test]
fn an_index_that_points_elsewhere() {
    let folder = copy("registers-sharded");
    let path = folder.path().join("model.safetensors.index.json");
    fs::write(&path, r#"{"weight_map": {"x": "../../etc/passwd"}}"#).unwrap();
    assert_message(
        &folder,
        "model.safetensors.index.json",
        "is not a file name",
    );
    fs::write(&path, "{}").unwrap();
    assert_message(&folder, "model.safetensors.index.json", "weight_map");
}

#[test]
fn truncated_and_damaged_archives() {
    for fixture in ["npz", "npz-prefix-f16"] {
        let folder = copy(fixture);
        let path = folder.path().join("model.npz");
        let bytes = fs::read(&path).unwrap();
        for length in [0, 4, bytes.len() / 2, bytes.len() - 1] {
            fs::write(&path, &bytes[..length]).unwrap();
            let error = error(&path);
            assert!(
                matches!(error, LoadError::Malformed { .. }),
                "{length}: {error}"
            );
            assert!(
                error.to_string().starts_with(&path.display().to_string()),
                "{error}"
            );
        }
        let mut damaged = bytes.clone();
        // In the middle of the largest array: its checksum is then wrong.
        let middle = bytes.len() / 2;
        damaged[middle] ^= 0xff;
        fs::write(&path, damaged).unwrap();
        let error = error(&path).to_string();
        assert!(error.contains("malformed: tensor "), "{error}");
    }
}

#[test]
fn archives_of_something_else() {
    let folder = copy("npz");
    let path = folder.path().join("model.npz");
    let mut archive = zip::ZipWriter::new(fs::File::create(&path).unwrap());
    archive
        .start_file("features.npy", zip::write::SimpleFileOptions::default())
        .unwrap();
    let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3), }";
    let header = [
        b"\x93NUMPY\x01\x00",
        &(text.len() as u16).to_le_bytes()[..],
        text.as_bytes(),
    ];
    std::io::Write::write_all(&mut archive, &header.concat()).unwrap();
    archive.finish().unwrap();
    let error = error(&path);
    assert!(
        matches!(error, LoadError::UnknownArchitecture { .. }),
        "{error}"
    );
    assert!(
        error
            .to_string()
            .contains("without a tensor embeddings.patch_embeddings"),
        "{error}"
    );
}

#[test]
fn a_broken_preprocessor_configuration() {
    let folder = copy("gelu");
    fs::write(folder.path().join("preprocessor_config.json"), "{").unwrap();
    assert_message(&folder, "preprocessor_config.json", "malformed");
}

#[test]
fn heads_of_any_size_have_every_precision() {
    let gelu = fixtures().join("gelu");
    for precision in [Precision::F32, Precision::Bf16, Precision::Int8] {
        let loaded = Registry::default().load(&gelu, &options(precision, 1));
        assert_eq!(loaded.unwrap().facts().precision, precision);
    }
}

#[test]
fn facts_of_a_model() {
    let path = fixtures().join("swiglu-registers");
    let model = load(&path, 1);
    let facts = model.facts();
    let described = Registry::default().describe(&path).unwrap();
    assert_eq!(described, facts.description);
    assert_eq!(described.family, "dinov2");
    assert_eq!((described.dim, described.input.default), (40, 56));
    assert!(described.extra.trained);
    assert_eq!(facts.precision, Precision::F32);
    let device = model.device();
    assert_eq!(device.name(), "cpu");
    assert!(["portable", "avx2", "avx512", "amx"].contains(&device.instructions()));
    // Patches, CLS, positions, registers, norm; per layer 4 linear maps, SwiGLU of 112, the rest.
    let outside = 588 * 40 + 40 + 40 + 17 * 40 + 4 * 40 + 80;
    let layer = 4 * (40 * 40 + 40) + (224 * 40 + 224) + (40 * 112 + 40) + 4 * 40 + 2 * 40;
    assert_eq!(facts.parameters, outside + 2 * layer);
}

#[test]
fn the_fingerprint_follows_the_weights_and_nothing_else() {
    let folder = copy("gelu");
    let before = load(folder.path(), 1).facts().fingerprint.clone();
    // Of the first release: collections that were made then have it in their catalogue.
    assert_eq!(
        before,
        "9115818ed55de0b9fd172e232e69ac9f9a4219666e9ebb15367f8ab96e331353"
    );
    assert_eq!(
        load(&fixtures().join("gelu"), 2).facts().fingerprint,
        before
    );
    rewrite(&folder, |tensors| {
        let prefixed = std::mem::take(tensors).into_iter();
        tensors.extend(prefixed.map(|(name, tensor)| (format!("dinov2.{name}"), tensor)));
    });
    assert_eq!(load(folder.path(), 1).facts().fingerprint, before);
    rewrite(&folder, |tensors| {
        tensors.get_mut("dinov2.layernorm.bias").unwrap().2[1] ^= 1;
    });
    assert_ne!(load(folder.path(), 1).facts().fingerprint, before);
}
