//! Schemas, and the columns that items become.

use lookalike_storage::{IndexKind, Metric};

use super::*;
use crate::testing::{collection, item, stored};

#[test]
fn texts_are_cut_at_whole_characters() {
    assert_eq!(cut("short", 8), "short");
    assert_eq!(cut("图图图", 8), "图图");
    assert_eq!(cut("图", 2), "");
}

#[test]
fn a_schema_is_as_it_was_made() {
    let collection = collection(3, Metric::Cosine, IndexKind::Auto);
    let made = schema("x", &collection);
    assert_eq!(made.fields.len(), FIELDS.len() + 1);
    assert_eq!(
        made.fields
            .iter()
            .filter(|field| field.is_primary_key)
            .count(),
        1
    );
    check("x", &collection, &made).unwrap();
}

#[test]
fn all_differences_are_in_one_message() {
    let ours = collection(3, Metric::Cosine, IndexKind::Auto);
    let mut other = schema("x", &collection(4, Metric::Cosine, IndexKind::Auto));
    other.fields.remove(2);
    other.fields[3].type_params[0].value = "100".into();
    other.fields.push(FieldSchema {
        name: "more".into(),
        ..FieldSchema::default()
    });
    let error = check("x", &ours, &other).unwrap_err().to_string();
    for part in [
        "`x`",
        "no field `figure_index`",
        "`file_name` is VARCHAR(100), expected VARCHAR(256)",
        "`embedding` is FLOAT_VECTOR(4), expected FLOAT_VECTOR(3)",
        "a field `more` besides",
        "rebuild-index default",
    ] {
        assert!(error.contains(part), "{part}: {error}");
    }
}

#[test]
fn rows_become_columns() {
    let collection = collection(2, Metric::L2, IndexKind::Flat);
    let item = item(5);
    let stored = stored(5, &[&[1.0, 2.0], &[3.0, 4.0]]);
    let rows = [0, 1].map(|figure| Row {
        item: &item,
        stored: &stored,
        figure,
    });
    let columns = columns(&collection, &rows);
    let column = |name: &str| {
        let found = columns.iter().find(|column| column.field_name == name);
        found.unwrap().field.clone().unwrap()
    };
    let scalars = |name| match column(name) {
        Field::Scalars(scalars) => scalars.data.unwrap(),
        Field::Vectors(_) => panic!("{name} holds vectors"),
    };
    assert_eq!(
        scalars("id"),
        Scalars::Long(LongArray {
            data: vec![1280, 1281]
        })
    );
    assert_eq!(
        scalars("figure_index"),
        Scalars::Int(IntArray { data: vec![0, 1] })
    );
    assert_eq!(
        scalars("patent_id"),
        Scalars::Text(StringArray {
            data: vec![String::new(); 2]
        })
    );
    assert_eq!(
        scalars("pub_date"),
        Scalars::Long(LongArray { data: vec![-1; 2] })
    );
    let Field::Vectors(vectors) = column("embedding") else {
        panic!("no vectors");
    };
    assert_eq!(vectors.floats.unwrap().data, [1.0, 2.0, 3.0, 4.0]);
}
