//! What a count of facets answers.

/// How many items share a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetCount {
    /// The value, as the filter of the field takes it.
    pub value: String,
    /// Items.
    pub count: u64,
}

/// Counts by field, the most frequent value first, ties by value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    /// Items that pass all filters.
    pub total: u64,
    /// Locarno classes.
    pub loc_class: Vec<FacetCount>,
    /// US classes.
    pub us_class: Vec<FacetCount>,
    /// Applicants.
    pub applicant: Vec<FacetCount>,
    /// Applicants' countries.
    pub country: Vec<FacetCount>,
    /// Years of the grant; counted without `pub_date_from` and `pub_date_to`.
    pub pub_year: Vec<FacetCount>,
    /// `in_force` and `expired`, today.
    pub status: Vec<FacetCount>,
    /// Tags.
    pub tags: Vec<FacetCount>,
    /// Image formats.
    pub format: Vec<FacetCount>,
    /// Folders and archives below the one that holds everything, each with all that lies below it.
    pub folder: Vec<FacetCount>,
    /// Attributes of few values, of items and their patents, those of the most items first.
    pub attributes: Vec<AttributeFacet>,
}

/// Counts of an attribute's values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeFacet {
    /// Its name.
    pub name: String,
    /// Counted without the filters of this attribute.
    pub values: Vec<FacetCount>,
}
