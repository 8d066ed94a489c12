//! What every request passes, whatever it asks for: who asks, from where and how often, bodies and
//! queries under limits, and the envelope of answers and failures.

pub(crate) mod access;
pub(crate) mod arrival;
pub(crate) mod body;
pub(crate) mod client;
pub(crate) mod connections;
pub(crate) mod cookie;
pub(crate) mod envelope;
pub(crate) mod file_name;
pub(crate) mod form_body;
pub(crate) mod headers;
pub(crate) mod hints;
pub(crate) mod host;
pub(crate) mod identity;
pub(crate) mod origin;
pub(crate) mod path;
pub(crate) mod query;
pub(crate) mod range;
pub(crate) mod rate;
pub(crate) mod rates;
pub(crate) mod request_id;
pub(crate) mod slots;
pub(crate) mod stream;
pub(crate) mod upload;
pub(crate) mod upload_memory;
