//! Answers as Milvus 2.3.5 encodes them, and what becomes of them.

use super::*;
use crate::wire::{Found, Status};

/// Bytes of an answer to a search with two queries: rows 7 and 9 for the first, row 7 for the
/// second. Written down field by field, so that a wrong number of a field shows.
fn two_queries() -> Vec<u8> {
    let results = [
        // num_queries, top_k: skipped.
        vec![0x08, 2, 0x10, 2],
        // scores, packed floats.
        [vec![0x22, 12], floats(&[0.5, 0.25, 1.0])].concat(),
        // ids: the numbers 7, 9, 7.
        vec![0x2A, 7, 0x0A, 5, 0x0A, 3, 7, 9, 7],
        // topks.
        vec![0x32, 2, 2, 1],
    ]
    .concat();
    // The ids' message is a message in a message: lengths count what follows.
    [vec![0x0A, 0, 0x12, results.len() as u8], results].concat()
}

fn floats(values: &[f32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

#[test]
fn rows_go_to_their_queries() {
    let found = Found::decode(two_queries().as_slice()).unwrap();
    let row = |id, score| FoundRow { id, score };
    let rows = rows_of(found, 2).unwrap();
    assert_eq!(rows, [vec![row(7, 0.5), row(9, 0.25)], vec![row(7, 1.0)]]);
}

#[test]
fn nothing_found_is_an_answer() {
    let rows = rows_of(Found::default(), 3).unwrap();
    assert_eq!(rows, [vec![], vec![], vec![]]);
}

#[test]
fn a_status_is_read() {
    let bytes = [&[0x08, 4, 0x12, 2][..], b"no", &[0x18, 100]].concat();
    let status = Status::decode(bytes.as_slice()).unwrap();
    let expected = Status {
        error_code: 4,
        reason: "no".into(),
        code: 100,
        retriable: false,
    };
    assert_eq!(status, expected);
}

#[test]
fn requests_are_encoded_by_their_numbers() {
    let delete = Delete {
        db_name: "d".into(),
        collection_name: "c".into(),
        expr: "id in [1]".into(),
    };
    let expected = [&[0x12, 1, b'd', 0x1A, 1, b'c', 0x2A, 9][..], b"id in [1]"].concat();
    assert_eq!(delete.encode_to_vec(), expected);
    let load = GetLoadState {
        collection_name: "c".into(),
        db_name: "d".into(),
    };
    assert_eq!(load.encode_to_vec(), [0x12, 1, b'c', 0x22, 1, b'd']);
}

#[test]
fn columns_that_are_something_else_are_refused() {
    let column = |scalars| FieldData {
        data_type: 5,
        field_name: "id".into(),
        field: Some(Field::Scalars(ScalarField {
            data: Some(scalars),
        })),
    };
    let longs_of = |scalars| longs(&[column(scalars)], "id");
    let numbers = crate::wire::LongArray { data: vec![3, 4] };
    assert_eq!(longs_of(Scalars::Long(numbers)).unwrap(), [3, 4]);
    let texts = crate::wire::StringArray { data: vec![] };
    assert!(longs_of(Scalars::Text(texts)).is_err());
    assert_eq!(longs(&[], "id").unwrap(), [] as [i64; 0]);
}
