//! USPTO file names, patent numbers, grant XML, folder layouts and archives. Decodes no images and
//! stores nothing.
//!
//! What comes in was written by others and is not trusted: every function here
//! takes arbitrary bytes or names and answers with a value or a reason. Nothing
//! is ever fetched, neither a DTD nor an entity.

mod date;
mod grant;
mod locarno;
mod patent_id;
mod sheet_name;
mod source;
mod us_class;

pub use date::{Status, status};
pub use grant::{
    Citation, Cited, Examiner, ExaminerRank, Figure, Grant, GrantError, GrantErrorKind, GrantImage,
    Grants, Hague, ImageComparison, MAX_DOCUMENT_BYTES, ParentPatent, Priority, Relation,
    RelationKind, View, figure_descriptions, parse_grant, parse_grants, usual_term,
};
pub use locarno::{canonical_loc_class, loc_class_prefix};
pub use patent_id::{PatentId, PatentIdError};
pub use sheet_name::SheetName;
pub use source::{
    OpenFile, PatentFolder, Reach, Scan, SourceError, SourceErrorKind, SourceFile, Stamp,
    is_clutter, may_be_source, page_path, scan, without_page,
};
pub use us_class::{canonical_us_class, us_class_prefix};
