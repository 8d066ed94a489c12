//! How shapes are made of what the core returns: field by field, each field checked.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// A field of a shape, made of the same field of what it shows.
pub(crate) trait Of<T> {
    fn of(value: T) -> Self;
}

/// What is shown as it is.
macro_rules! same {
    ($($kind:ty),* $(,)?) => { $(
        impl Of<$kind> for $kind {
            fn of(value: $kind) -> Self {
                value
            }
        }
    )* };
}

same!(
    bool,
    u8,
    f32,
    f64,
    i64,
    u32,
    u64,
    usize,
    String,
    &'static str,
    [f64; 2],
    [f64; 4],
    [u32; 4],
    Value,
    Map<String, Value>,
);

impl<T, U: Of<T>> Of<Option<T>> for Option<U> {
    fn of(value: Option<T>) -> Self {
        value.map(U::of)
    }
}

impl<T, U: Of<T>> Of<Vec<T>> for Vec<U> {
    fn of(values: Vec<T>) -> Self {
        values.into_iter().map(U::of).collect()
    }
}

impl<T, U: Of<T>> Of<BTreeMap<String, T>> for BTreeMap<String, U> {
    fn of(values: BTreeMap<String, T>) -> Self {
        let each = |(name, value)| (name, U::of(value));
        values.into_iter().map(each).collect()
    }
}

/// `same_fields!(A => B { .. })` makes a `B` of an `A` that has these fields and no others.
macro_rules! same_fields {
    ($from:ty => $to:ty { $($field:ident),* $(,)? }) => {
        impl From<$from> for $to {
            fn from(source: $from) -> Self {
                type Source = $from;
                let Source { $($field),* } = source;
                Self { $($field: $crate::convert::Of::of($field)),* }
            }
        }

        impl $crate::convert::Of<$from> for $to {
            fn of(source: $from) -> Self {
                source.into()
            }
        }
    };
}

/// The same for an enum without data.
macro_rules! same_variants {
    ($from:ty => $to:ty { $($variant:ident),* $(,)? }) => {
        impl From<$from> for $to {
            fn from(source: $from) -> Self {
                type Source = $from;
                match source {
                    $(Source::$variant => Self::$variant,)*
                }
            }
        }

        impl $crate::convert::Of<$from> for $to {
            fn of(source: $from) -> Self {
                source.into()
            }
        }
    };
}

pub(crate) use {same_fields, same_variants};
