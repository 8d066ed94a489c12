//! The forms in which a photo is looked for.

/// What of a photo is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Form {
    /// The picture as it came.
    #[default]
    AsIs,
    /// Its subject, cut out on white.
    CutOut,
    /// Its subject as a line drawing.
    Drawing,
}

impl Form {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::AsIs, Self::CutOut, Self::Drawing];

    /// `as_is`, `cut_out` or `drawing`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AsIs => "as_is",
            Self::CutOut => "cut_out",
            Self::Drawing => "drawing",
        }
    }

    /// The form of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }
}
