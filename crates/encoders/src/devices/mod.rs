//! What models compute on.

pub(crate) mod cpu;
