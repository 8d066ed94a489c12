//! Vector indexes: build, add, delete, filter, search.
