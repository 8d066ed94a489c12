//! A transaction in which a catalogue is changed. Each kind of row adds its own changes to it.

use rusqlite::Connection;

/// Changes that become visible together, or not at all.
#[derive(Debug)]
pub struct WriteTransaction<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) now: i64,
}
