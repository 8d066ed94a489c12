//! Items that have several figures.

use std::fs;
use std::path::PathBuf;

use lookalike_banks::BankLayout;
use lookalike_catalog::Figure;
use lookalike_engine::CollectionSettings;
use lookalike_engine::fixture::Fixture;
use lookalike_engine::import::{Control, ImportRequest, Originals};
use lookalike_imaging::{PreprocessKind, RgbImage, encode_png};
use lookalike_testkit::drawn_sheets::{Drawn, HEIGHT, Shape, WIDTH, sheet};
use lookalike_transfer::{BankExportRequest, BankImportRequest, export_bank, import_banks};

const FRAMES: Drawn = (Shape::Frames, 100, 80, '1');
const FAN: Drawn = (Shape::Fan, 600, 880, '2');
const LADDER: Drawn = (Shape::Ladder, 350, 500, '1');

/// Says what the two figures of its sheet 1 show.
const GRANT: &str = "<us-patent-grant><us-bibliographic-data-grant><publication-reference>\
    <document-id><country>US</country><doc-number>D0907292</doc-number><kind>S1</kind>\
    <date>20210105</date></document-id></publication-reference>\
    <application-reference appl-type=\"design\"/></us-bibliographic-data-grant>\
    <drawings><figure num=\"00001\"><img file=\"USD0907292-20210105-D00001.TIF\"/></figure>\
    </drawings><description><description-of-drawings>\
    <p>FIG. 1 is a front view of a frame; and,</p>\
    <p>FIG. 2 is a rear view thereof.</p></description-of-drawings></description>\
    </us-patent-grant>";

const SHEET: &str = "USD0907292-20210105-D00001.TIF";

fn png(figures: &[Drawn]) -> Vec<u8> {
    encode_png(&RgbImage::from_grey(WIDTH, HEIGHT, sheet(figures)).unwrap()).unwrap()
}

/// A folder with a grant, its sheet of two figures, and a sheet with one.
fn folder(fixture: &Fixture) -> PathBuf {
    let folder = fixture.directory.path().join("grant");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("USD0907292-20210105.XML"), GRANT).unwrap();
    // Told apart by content, not by name.
    fs::write(folder.join(SHEET), png(&[FRAMES, FAN])).unwrap();
    fs::write(folder.join("ladder.png"), png(&[LADDER])).unwrap();
    folder
}

fn import(fixture: &Fixture) {
    let request = ImportRequest {
        shard: None,
        paths: vec![folder(fixture)],
        only: None,
        within: None,
        collection: "default".into(),
        settings: CollectionSettings {
            preprocess: Some(PreprocessKind::Figure),
            ..CollectionSettings::default()
        },
        batch_size: None,
        originals: Originals::Reference,
        data_dir: fixture.directory.path().join("data"),
    };
    let report = fixture.engine.importer().run(&request, &Control::default());
    let report = report.unwrap();
    assert_eq!((report.imported, report.failed), (2, 0), "{report:?}");
}

/// The sheet of two figures: its id, and the figures.
fn item(fixture: &Fixture) -> (u64, Vec<Figure>) {
    let item = fixture.engine.pictures().find(SHEET, None).unwrap();
    let id = item.id.unsigned_abs();
    let vector = fixture.engine.library().vector(id).unwrap();
    let catalog = fixture.engine.stores().catalog();
    let figures = vector.figures.iter().map(|row| {
        let row = (id, row.figure_index as u8);
        catalog.figures(&[row]).unwrap()[&row].clone()
    });
    (id, figures.collect())
}

#[test]
fn banks_carry_a_row_for_each_figure_out_and_in() {
    let fixture = Fixture::new();
    import(&fixture);
    let (id, figures) = item(&fixture);
    let views: Vec<_> = figures
        .iter()
        .map(|figure| figure.view.as_deref())
        .collect();
    assert_eq!(views, [None, Some("front"), Some("back")]);
    let vectors = fixture.engine.library().vector(id).unwrap();
    for (layout, name) in [
        (BankLayout::Npz, "bank.npz"),
        (BankLayout::Npy, "bank.npy"),
        (BankLayout::Files, "bank"),
    ] {
        let output = fixture.directory.path().join(name);
        let request = BankExportRequest {
            collection: "default".into(),
            output: output.clone(),
            layout,
        };
        let stores = fixture.engine.stores();
        let exported = export_bank(stores, &request, &Control::default()).unwrap();
        assert_eq!(exported.exported, 4, "three rows and one");
        let into = Fixture::new();
        let request = BankImportRequest {
            banks: vec![output],
            collection: "default".into(),
            metric: None,
            index: None,
            normalize: None,
            encoder: None,
        };
        for imported in [4, 0] {
            let stores = into.engine.stores();
            let report = import_banks(stores, &request, &Control::default()).unwrap();
            assert_eq!((report.total, report.imported), (4, imported), "{name}");
            assert_eq!(report.failed, 0, "{report:?}");
        }
        let (copy, copied) = item(&into);
        assert_eq!(copied, figures);
        let copied = into.engine.library().vector(copy).unwrap();
        for (row, original) in copied.figures.iter().zip(&vectors.figures) {
            assert_eq!(row.vector, original.vector);
        }
    }
}
