//! Finding models on this machine, and downloading them from an imitation of the hub.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lookalike_fetch::models::{HubEnvironment, Located, ModelError, PullProgress, locate, pull};
use lookalike_testkit::hub_imitation::{COMMIT, HubFile, HubImitation, HubSettings};
use sha2::{Digest, Sha256};

const SMALL: &str = "facebook/dinov2-small";

fn large(bytes: &[u8]) -> HubFile {
    let sha256 = Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    HubFile {
        bytes: bytes.to_vec(),
        sha256: Some(sha256),
    }
}

fn plain(text: &str) -> HubFile {
    HubFile {
        bytes: text.as_bytes().to_vec(),
        sha256: None,
    }
}

/// Long enough for several reads, and different everywhere.
fn weights() -> Vec<u8> {
    (0..3_000_000u32)
        .map(|index| (index.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect()
}

fn repository(files: &[(&str, HubFile)]) -> BTreeMap<String, HubFile> {
    files
        .iter()
        .map(|(name, file)| (format!("{SMALL}/{name}"), file.clone()))
        .collect()
}

fn whole_model() -> BTreeMap<String, HubFile> {
    repository(&[
        ("config.json", plain("{\"model_type\": \"dinov2\"}")),
        ("preprocessor_config.json", plain("{}")),
        ("model.safetensors", large(&weights())),
    ])
}

fn environment(endpoint: &str) -> HubEnvironment {
    let mut environment = HubEnvironment::from_variables(|_| None);
    environment.endpoint = endpoint.to_owned();
    environment.retry_delay = Duration::from_millis(1);
    environment
}

/// A hub, an environment that points to it and an empty data directory.
struct Setting {
    hub: HubImitation,
    environment: HubEnvironment,
    data: tempfile::TempDir,
}

impl Setting {
    fn new(settings: HubSettings) -> Self {
        let hub = HubImitation::start(settings);
        let environment = environment(&hub.endpoint());
        Self {
            hub,
            environment,
            data: tempfile::tempdir().unwrap(),
        }
    }

    fn pull(&self) -> Result<PathBuf, ModelError> {
        pull(
            "dinov2-small",
            self.data.path(),
            &self.environment,
            &mut |_| {},
        )
    }

    fn target(&self) -> PathBuf {
        self.data.path().join("models/dinov2-small")
    }

    fn storage_ranges(&self) -> Vec<Option<String>> {
        let requests = self.hub.requests().into_iter();
        requests
            .filter(|request| request.to_storage && request.method == "GET")
            .map(|request| request.range)
            .collect()
    }
}

/// File names, sorted.
fn listing(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn downloads_a_model_and_then_finds_it() {
    let setting = Setting::new(HubSettings {
        files: whole_model(),
        ..HubSettings::default()
    });
    let mut steps: Vec<PullProgress> = Vec::new();
    let folder = pull(
        "dinov2-small",
        setting.data.path(),
        &setting.environment,
        &mut |step| steps.push(step),
    )
    .unwrap();
    assert_eq!(folder, setting.target());
    assert_eq!(
        listing(&folder),
        [
            "config.json",
            "model.safetensors",
            "preprocessor_config.json"
        ]
    );
    assert_eq!(
        fs::read(folder.join("model.safetensors")).unwrap(),
        weights()
    );
    let last = steps.last().unwrap();
    assert_eq!((last.done_bytes, last.total_bytes), (3_000_026, 3_000_026));
    assert!(
        steps.is_sorted_by_key(|step| step.done_bytes),
        "progress never runs back"
    );
    assert!(
        setting
            .hub
            .requests()
            .iter()
            .skip(1)
            .all(|request| request.to_storage || request.path.contains(COMMIT))
    );
    // The second time nothing is asked for.
    let before = setting.hub.requests().len();
    assert_eq!(setting.pull().unwrap(), folder);
    assert_eq!(setting.hub.requests().len(), before);
}

#[test]
fn a_folder_of_open_clip_comes_with_what_it_has() {
    let files = [
        ("open_clip_config.json", plain("{}")),
        ("tokenizer.json", plain("{}")),
        ("open_clip_model.safetensors", large(&weights())),
    ];
    let owned =
        |(name, file): (&str, HubFile)| (format!("patentclip/PatentCLIP_Vit_B/{name}"), file);
    let hub = HubImitation::start(HubSettings {
        files: files.into_iter().map(owned).collect(),
        ..HubSettings::default()
    });
    let data = tempfile::tempdir().unwrap();
    let environment = environment(&hub.endpoint());
    let folder = pull("patentclip-b-32", data.path(), &environment, &mut |_| ()).unwrap();
    assert_eq!(
        listing(&folder),
        [
            "open_clip_config.json",
            "open_clip_model.safetensors",
            "tokenizer.json"
        ]
    );
    let located = locate("patentclip-b-32", data.path(), &environment).unwrap();
    assert_eq!(located, Located::Local(folder));
}

#[test]
fn terms_of_a_licence_come_before_any_request() {
    let hub = HubImitation::start(HubSettings {
        token: Some("hf_secret".to_owned()),
        ..HubSettings::default()
    });
    let data = tempfile::tempdir().unwrap();
    let mut told = Vec::new();
    let error = pull(
        "dinov3-small",
        data.path(),
        &environment(&hub.endpoint()),
        &mut |progress| told.push((progress.terms, hub.requests().len())),
    )
    .unwrap_err();
    assert!(
        error.to_string().contains("accepted its licence"),
        "{error}"
    );
    assert_eq!(told.len(), 1);
    let (terms, requests) = told[0];
    assert!(terms.unwrap().contains("DINOv3 License"));
    assert_eq!(requests, 0);
}

#[test]
fn the_token_stays_with_the_hub() {
    let settings = HubSettings {
        files: whole_model(),
        token: Some("hf_secret".to_owned()),
        ..HubSettings::default()
    };
    let mut setting = Setting::new(settings);
    setting.environment.token = Some("hf_secret".to_owned());
    setting.pull().unwrap();
    let requests = setting.hub.requests();
    assert!(requests.iter().any(|request| request.to_storage));
    for request in requests {
        assert_eq!(
            request.authorization.is_some(),
            !request.to_storage,
            "{request:?}"
        );
    }
    assert!(!format!("{:?}", setting.environment).contains("hf_secret"));
}

#[test]
fn without_the_token_the_hub_denies() {
    let settings = HubSettings {
        files: whole_model(),
        token: Some("hf_secret".to_owned()),
        ..HubSettings::default()
    };
    let error = Setting::new(settings).pull().unwrap_err();
    assert!(
        matches!(error, ModelError::Denied { status: 401, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("HF_TOKEN"), "{error}");
}

#[test]
fn a_broken_transfer_goes_on_where_it_was() {
    let setting = Setting::new(HubSettings {
        files: whole_model(),
        cut_transfers: 2,
        ..HubSettings::default()
    });
    let folder = setting.pull().unwrap();
    assert_eq!(
        fs::read(folder.join("model.safetensors")).unwrap(),
        weights()
    );
    let expected = [
        None,
        Some("bytes=1500000-".to_owned()),
        Some("bytes=2250000-".to_owned()),
    ];
    assert_eq!(setting.storage_ranges(), expected);
}

#[test]
fn a_later_run_takes_up_what_an_earlier_one_left() {
    let setting = Setting::new(HubSettings {
        files: whole_model(),
        ..HubSettings::default()
    });
    fs::create_dir_all(setting.target()).unwrap();
    fs::write(
        setting.target().join("model.safetensors.incomplete"),
        &weights()[..1_000_000],
    )
    .unwrap();
    let folder = setting.pull().unwrap();
    assert_eq!(
        fs::read(folder.join("model.safetensors")).unwrap(),
        weights()
    );
    assert_eq!(
        setting.storage_ranges(),
        [Some("bytes=1000000-".to_owned())]
    );
}

#[test]
fn what_was_left_by_another_revision_is_thrown_away() {
    for left in [1_000_000, 3_000_000, 4_000_000] {
        let setting = Setting::new(HubSettings {
            files: whole_model(),
            ..HubSettings::default()
        });
        fs::create_dir_all(setting.target()).unwrap();
        fs::write(
            setting.target().join("model.safetensors.incomplete"),
            vec![7; left],
        )
        .unwrap();
        let folder = setting.pull().unwrap();
        assert_eq!(
            fs::read(folder.join("model.safetensors")).unwrap(),
            weights(),
            "{left}"
        );
    }
}

#[test]
fn a_server_without_ranges_sends_all_again() {
    let settings = HubSettings {
        files: whole_model(),
        cut_transfers: 1,
        ignores_ranges: true,
        ..HubSettings::default()
    };
    let setting = Setting::new(settings);
    let folder = setting.pull().unwrap();
    assert_eq!(
        fs::read(folder.join("model.safetensors")).unwrap(),
        weights()
    );
}

#[test]
fn a_server_that_always_breaks_off_is_given_up() {
    let settings = HubSettings {
        files: whole_model(),
        cut_transfers: 99,
        ignores_ranges: true,
        ..HubSettings::default()
    };
    let setting = Setting::new(settings);
    let error = setting.pull().unwrap_err();
    assert!(matches!(error, ModelError::Transfer { .. }), "{error}");
    assert_eq!(
        listing(&setting.target()),
        ["model.safetensors.incomplete"],
        "nothing half-done has a model's name"
    );
    assert!(matches!(
        locate("dinov2-small", setting.data.path(), &setting.environment).unwrap(),
        Located::Remote { .. }
    ));
}

#[test]
fn a_wrong_checksum_is_refused() {
    let mut files = whole_model();
    files
        .get_mut(&format!("{SMALL}/model.safetensors"))
        .unwrap()
        .sha256 = Some("ab".repeat(32));
    let setting = Setting::new(HubSettings {
        files,
        ..HubSettings::default()
    });
    let error = setting.pull().unwrap_err();
    assert!(
        matches!(&error, ModelError::Checksum { expected, .. } if *expected == "ab".repeat(32)),
        "{error}"
    );
    assert!(listing(&setting.target()).is_empty());
}

#[test]
fn passing_troubles_are_waited_out() {
    let setting = Setting::new(HubSettings {
        files: whole_model(),
        unavailable: 1,
        ..HubSettings::default()
    });
    setting.pull().unwrap();
    let error = Setting::new(HubSettings {
        files: whole_model(),
        unavailable: 99,
        ..HubSettings::default()
    })
    .pull()
    .unwrap_err();
    assert!(error.to_string().contains("status 503"), "{error}");
}

#[test]
fn sharded_weights_come_whole() {
    let index = "{\"metadata\": {}, \"weight_map\": {\"a\": \"model-1.safetensors\", \"b\": \"model-2.safetensors\", \
                 \"c\": \"model-1.safetensors\"}}";
    let setting = Setting::new(HubSettings {
        files: repository(&[
            ("config.json", plain("{}")),
            ("model.safetensors.index.json", plain(index)),
            ("model-1.safetensors", large(b"one")),
            ("model-2.safetensors", large(b"two")),
        ]),
        ..HubSettings::default()
    });
    let folder = setting.pull().unwrap();
    let expected = [
        "config.json",
        "model-1.safetensors",
        "model-2.safetensors",
        "model.safetensors.index.json",
    ];
    assert_eq!(listing(&folder), expected);
    fs::remove_file(folder.join("model-2.safetensors")).unwrap();
    let located = locate("dinov2-small", setting.data.path(), &setting.environment).unwrap();
    assert!(
        matches!(located, Located::Remote { .. }),
        "a missing shard makes it incomplete"
    );
    setting.pull().unwrap();
    assert_eq!(listing(&folder), expected);
}

#[test]
fn an_index_never_names_files_elsewhere() {
    for name in ["../../evil", "/etc/evil", "a/b", "..", "a\\\\b", ""] {
        let setting = Setting::new(HubSettings {
            files: repository(&[
                ("config.json", plain("{}")),
                (
                    "model.safetensors.index.json",
                    plain(&format!("{{\"weight_map\": {{\"a\": \"{name}\"}}}}")),
                ),
            ]),
            ..HubSettings::default()
        });
        let error = setting.pull().unwrap_err();
        assert!(
            error.to_string().contains("outside its folder"),
            "{name}: {error}"
        );
    }
}

#[test]
fn what_the_hub_lacks_is_named() {
    let setting = Setting::new(HubSettings::default());
    let error = setting.pull().unwrap_err();
    assert!(
        matches!(&error, ModelError::NotOnHub { file, .. } if file == "config.json"),
        "{error}"
    );
    assert!(!setting.target().exists());
    let only_config = HubSettings {
        files: repository(&[("config.json", plain("{}"))]),
        ..HubSettings::default()
    };
    let error = Setting::new(only_config).pull().unwrap_err();
    assert!(
        matches!(&error, ModelError::NotOnHub { file, .. } if file == "model.safetensors"),
        "{error}"
    );
}

#[test]
fn two_downloads_of_one_model_do_not_mix() {
    let setting = Setting::new(HubSettings {
        files: whole_model(),
        ..HubSettings::default()
    });
    fs::create_dir_all(setting.target()).unwrap();
    let other = fs::File::create(setting.target().join("model.safetensors.incomplete")).unwrap();
    other.lock().unwrap();
    let error = setting.pull().unwrap_err();
    assert!(matches!(error, ModelError::Busy { .. }), "{error}");
    drop(other);
    setting.pull().unwrap();
}

#[test]
fn without_network_one_message_says_what_to_put_where() {
    let data = tempfile::tempdir().unwrap();
    // A port that was free a moment ago: nobody listens.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let unreachable = environment(&format!("http://127.0.0.1:{port}"));
    let mut offline = environment("https://huggingface.co");
    offline.offline = true;
    for environment in [unreachable, offline] {
        let error = pull("dinov2-base-reg", data.path(), &environment, &mut |_| {}).unwrap_err();
        assert!(matches!(error, ModelError::NoCopy { .. }), "{error}");
        let message = error.to_string();
        let folder = data
            .path()
            .join("models/dinov2-base-reg")
            .display()
            .to_string();
        for part in [
            "dinov2-base-reg",
            "facebook/dinov2-with-registers-base",
            "config.json",
            "model.safetensors",
            "preprocessor_config.json",
            &folder,
            &environment.endpoint,
        ] {
            assert!(message.contains(part), "{part}: {message}");
        }
        assert!(!message.contains('\n'));
        assert!(listing(data.path()).is_empty(), "nothing was created");
    }
}
