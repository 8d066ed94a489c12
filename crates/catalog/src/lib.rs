//! The durable truth in SQLite: collections, items, patents, embeddings.
