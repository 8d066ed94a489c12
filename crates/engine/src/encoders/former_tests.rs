//! Collections that were made while the first built-in encoder was the only one: their record
//! says `builtin`, and its fingerprint.

use std::fs;
use std::path::PathBuf;

use lookalike_imaging::{PreprocessKind, RgbImage, encode_png};

use crate::fixture::Fixture;
use crate::import::{Control, ImportReport, ImportRequest, Originals};
use crate::search::{Limit, Query, QueryFile, SearchRequest};
use crate::{
    BUILTIN, CollectionReport, CollectionSettings, EngineError, ReEmbedRequest, Unchanged,
};

/// White, with a figure of some of four strokes: no two have the same.
fn picture(index: usize) -> Vec<u8> {
    let (side, strokes) = (96, [0b0011, 0b0101, 0b0110, 0b1010, 0b1100, 0b0111][index]);
    let mut data = vec![255; side * side * 3];
    for step in 0..60 {
        let ends = [
            (18 + step, 18),
            (18 + step, 18 + step),
            (18, 18 + step),
            (78 - step / 2, 18 + step),
        ];
        for (stroke, (x, y)) in ends.into_iter().enumerate() {
            if strokes >> stroke & 1 == 1 {
                data[(y * side + x) * 3..][..9].fill(0);
            }
        }
    }
    let side = side as u32;
    encode_png(&RgbImage::new(side, side, data).unwrap()).unwrap()
}

fn import(fixture: &Fixture, indexes: std::ops::Range<usize>, model: Option<&str>) -> ImportReport {
    let folder: PathBuf = fixture.directory.path().join("pictures");
    fs::create_dir_all(&folder).unwrap();
    for index in indexes {
        fs::write(folder.join(format!("{index}.png")), picture(index)).unwrap();
    }
    let request = ImportRequest {
        shard: None,
        paths: vec![folder],
        collection: "default".into(),
        settings: CollectionSettings {
            model: model.map(str::to_owned),
            ..CollectionSettings::default()
        },
        batch_size: None,
        originals: Originals::Reference,
        only: None,
        within: None,
        data_dir: fixture.directory.path().join("data"),
    };
    let importer = fixture.engine.importer();
    importer.run(&request, &Control::default()).unwrap()
}

/// Makes the collection as it was made then.
fn made_by_the_former_release(fixture: &Fixture) {
    let settings = CollectionSettings {
        model: Some("builtin-1".into()),
        ..CollectionSettings::default()
    };
    let collections = fixture.engine.collections();
    let mut spec = collections.spec("default", &settings).unwrap();
    assert_eq!((spec.dim, spec.size), (192, Some(112)));
    assert_eq!(spec.preprocess, Some(PreprocessKind::Letterbox));
    spec.model = Some(BUILTIN.into());
    let catalog = fixture.engine.stores().catalog();
    catalog
        .write(0, |tx| {
            tx.create_collection(&spec)?;
            Ok::<_, EngineError>(())
        })
        .unwrap();
}

/// The name and the score of what resembles a picture most.
fn best(fixture: &Fixture, index: usize) -> (String, u64, f64) {
    let search = SearchRequest {
        queries: vec![Query::Image(QueryFile::new(None, picture(index)))],
        collections: vec!["default".into()],
        limit: Limit::Items(1),
        ..SearchRequest::default()
    };
    let found = fixture.engine.search().run(&search).unwrap();
    let hit = &found.results[0].pages[0];
    let id = hit.id.unsigned_abs();
    (hit.file_name.clone(), id, f64::from(hit.score))
}

fn report(fixture: &Fixture) -> CollectionReport {
    fixture.engine.collections().report("default").unwrap()
}

fn re_embed(fixture: &Fixture, model: Option<&str>) -> Result<ImportReport, EngineError> {
    let request = ReEmbedRequest {
        collection: "default".into(),
        model: model.map(str::to_owned),
        preprocess: None,
        size: None,
        unchanged: Unchanged::Refused,
        into: None,
        leave_out_missing: false,
    };
    fixture
        .engine
        .re_embedder()
        .run(&request, &Control::default())
}

#[test]
fn they_go_on_with_it_and_go_over_to_the_present_one_when_re_embedded() {
    let fixture = Fixture::new();
    made_by_the_former_release(&fixture);
    assert_eq!(import(&fixture, 0..4, None).imported, 4);
    // Both of its names are right.
    assert_eq!(import(&fixture, 4..5, Some("builtin")).imported, 1);
    assert_eq!(import(&fixture, 5..6, Some("builtin-1")).imported, 1);

    let before = report(&fixture);
    let model = before.model.unwrap();
    assert_eq!((before.dim, before.num_entities), (192, 6));
    assert_eq!(model.name, "builtin-1");
    assert_eq!(model.superseded_by.as_deref(), Some("builtin"));
    assert_eq!(model.bands["weak"], 0.3);
    let (name, id, score) = best(&fixture, 2);
    assert_eq!(name, "2.png");
    assert!(score > 0.999, "{score}");
    let stores = fixture.engine.stores();
    let collection = stores.catalog().collection("default").unwrap();
    let encoder = stores.encoders().of_collection(&collection).unwrap();
    assert_eq!(encoder.patch_size().unwrap(), 14);

    let stays = re_embed(&fixture, Some("builtin-1")).unwrap_err();
    assert!(stays.to_string().contains("already"), "{stays}");
    assert_eq!(re_embed(&fixture, None).unwrap().imported, 6);
    let after = report(&fixture);
    let model = after.model.unwrap();
    assert_eq!((after.dim, after.size), (256, Some(320)));
    // The letterbox was the former encoder's own.
    assert_eq!(after.preprocess.as_deref(), Some("figure"));
    assert_eq!(
        (model.name.as_str(), model.superseded_by),
        ("builtin", None)
    );
    let (name, same, score) = best(&fixture, 2);
    assert_eq!((name.as_str(), same), ("2.png", id));
    assert!(score > 0.999, "{score}");
}
