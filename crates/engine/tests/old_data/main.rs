//! Data directories of earlier versions open, answer as they did, and are brought to the present.

#[cfg(test)]
mod first_release;
