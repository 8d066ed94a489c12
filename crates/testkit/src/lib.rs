//! Helpers for tests only: free ports, processes, tiny models, letters of drawn sheets.

pub mod http;
pub mod hub_imitation;
pub mod letters;
pub mod web_imitation;
