//! Names, folders and variables, without any network.

use std::collections::BTreeMap;

use super::super::pull;
use super::*;

fn put_model(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("config.json"), "{}").unwrap();
    fs::write(folder.join("model.safetensors"), "").unwrap();
}

fn environment() -> HubEnvironment {
    let mut environment = HubEnvironment::from_variables(|_| None);
    environment.endpoint = "http://127.0.0.1:9".to_owned();
    environment
}

#[test]
fn models_on_this_machine_come_in_order() {
    let root = tempfile::tempdir().unwrap();
    let (data, cache) = (root.path().join("data"), root.path().join("cache"));
    let mut environment = environment();
    environment.cache_dirs = vec![root.path().join("missing"), cache.clone()];
    let located = |name: &str| locate(name, &data, &environment).unwrap();
    assert_eq!(located("builtin"), Located::Builtin);
    let target = data.join("models/dinov2-small");
    assert_eq!(
        located("dinov2-small"),
        Located::Remote {
            repository: "facebook/dinov2-small".to_owned(),
            target: target.clone()
        }
    );
    // In the cache, first without, then with the reference.
    let model = cache.join("models--facebook--dinov2-small");
    put_model(&model.join("snapshots/aaa"));
    assert_eq!(
        located("dinov2-small"),
        Located::Local(model.join("snapshots/aaa"))
    );
    put_model(&model.join("snapshots/bbb"));
    fs::create_dir_all(model.join("refs")).unwrap();
    fs::write(model.join("refs/main"), "bbb\n").unwrap();
    assert_eq!(
        located("dinov2-small"),
        Located::Local(model.join("snapshots/bbb"))
    );
    assert_eq!(
        located("hf:facebook/dinov2-small"),
        Located::Local(model.join("snapshots/bbb"))
    );
    fs::write(model.join("refs/main"), "../../../elsewhere").unwrap();
    assert_eq!(
        located("dinov2-small"),
        Located::Local(model.join("snapshots/aaa"))
    );
    put_model(&target);
    assert_eq!(located("dinov2-small"), Located::Local(target.clone()));
    let path = target.to_str().unwrap();
    assert_eq!(located(path), Located::Local(target.clone()));
    put_model(&data.join("models/my-own"));
    assert_eq!(
        located("my-own"),
        Located::Local(data.join("models/my-own"))
    );
    let other = located("hf:some-one/a_model.v2");
    let target = data.join("models/some-one--a_model.v2");
    assert_eq!(
        other,
        Located::Remote {
            repository: "some-one/a_model.v2".to_owned(),
            target
        }
    );
    let npz = root.path().join("vit-dinov2-base.npz");
    fs::write(&npz, "").unwrap();
    assert_eq!(located(npz.to_str().unwrap()), Located::Local(npz));
}

#[test]
fn names_that_lead_nowhere_say_why() {
    let root = tempfile::tempdir().unwrap();
    let environment = environment();
    let message = |name: &str| {
        locate(name, root.path(), &environment)
            .unwrap_err()
            .to_string()
    };
    assert!(message("dino-small").contains("dinov2-small"));
    assert!(message("facebook/dinov2-small").contains("hf:facebook/dinov2-small"));
    for name in [
        "hf:dinov2",
        "hf:../x",
        "hf:a/..",
        "hf:a/b/c",
        "hf:a/b c",
        "hf:",
    ] {
        assert!(message(name).contains("hf:owner/name"), "{name}");
    }
    for name in ["..", ".", ""] {
        assert!(message(name).contains("no model"), "{name}");
    }
    let folder = root.path().join("folder");
    fs::create_dir_all(&folder).unwrap();
    assert!(message(folder.to_str().unwrap()).contains("no config.json"));
    fs::write(folder.join("config.json"), "{}").unwrap();
    assert!(message(folder.to_str().unwrap()).contains("neither model.safetensors nor"));
    fs::write(
        folder.join("model.safetensors.index.json"),
        "{\"weight_map\": {\"a\": \"b\"}}",
    )
    .unwrap();
    assert!(message(folder.to_str().unwrap()).contains("are missing"));
    assert!(message(folder.join("config.json").to_str().unwrap()).contains(".npz"));
    assert!(pull("builtin", root.path(), &environment, &mut |_| {}).is_err());
}

#[test]
fn the_environment_is_read_as_the_hubs_tools_do() {
    let read = |pairs: &[(&str, &str)]| {
        let pairs: BTreeMap<String, String> = pairs
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect();
        HubEnvironment::from_variables(move |name| pairs.get(name).cloned())
    };
    let default = read(&[
        ("HOME", "/home/u"),
        ("HF_TOKEN", " "),
        ("HF_HUB_OFFLINE", "0"),
    ]);
    assert_eq!(
        (default.endpoint.as_str(), default.token, default.offline),
        ("https://huggingface.co", None, false)
    );
    assert_eq!(
        default.cache_dirs,
        [PathBuf::from("/home/u/.cache/huggingface/hub")]
    );
    let full = read(&[
        ("HF_ENDPOINT", "https://mirror.example/"),
        ("HF_TOKEN", "t\n"),
        ("HF_HUB_OFFLINE", "yes"),
        ("HF_HOME", "/hf"),
        ("HF_HUB_CACHE", "/c"),
        ("XDG_CACHE_HOME", "/x"),
        ("HOME", "/home/u"),
        ("SSL_CERT_FILE", "/ca.pem"),
    ]);
    assert_eq!(
        (full.endpoint.as_str(), full.token.as_deref(), full.offline),
        ("https://mirror.example", Some("t"), true)
    );
    assert_eq!(
        full.cache_dirs,
        ["/c", "/hf/hub", "/x/huggingface/hub"].map(PathBuf::from)
    );
    assert_eq!(full.ca_bundle, Some(PathBuf::from("/ca.pem")));
}
