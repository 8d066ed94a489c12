//! Data directories are closed to other users.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use super::*;

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn new_and_old_data_directories_are_closed_to_others() {
    let above = TempDir::new().unwrap();
    let data = above.path().join("shelf/data");
    drop(Catalog::open_for_writing(&data).unwrap());
    assert_eq!(mode(&data), 0o700);
    assert_eq!(mode(&data.join("catalog.sqlite")), 0o600);
    // Those above may be others' too.
    assert_eq!(mode(&above.path().join("shelf")) & 0o700, 0o700);
    for path in [data.clone(), data.join("catalog.sqlite")] {
        fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
    }
    drop(Catalog::open(&data).unwrap());
    assert_eq!(mode(&data), 0o755, "who only reads changes nothing");
    drop(Catalog::open_for_writing(&data).unwrap());
    assert_eq!(mode(&data), 0o700);
    assert_eq!(mode(&data.join("catalog.sqlite")), 0o700);
}
