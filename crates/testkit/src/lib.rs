//! Helpers for tests only: free ports, processes, tiny models, drawn sheets and their letters, seeded numbers.

pub mod drawn_sheets;
pub mod http;
pub mod hub_imitation;
pub mod letters;
pub mod numbers;
pub mod s3_imitation;
pub mod web_imitation;
