//! Helpers for tests only: free ports, processes, tiny models.

pub mod http;
pub mod hub_imitation;
pub mod web_imitation;
