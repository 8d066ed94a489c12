//! How well pictures are found: tasks with known answers, put to encoders and to plain baselines.
//!
//! Every method sees the same pictures and is asked the same questions. A measure stands with its
//! interval, which is over objects (patents, classes): the sheets of one patent are not independent
//! witnesses.

mod damage;
mod dataset;
mod interval;
mod measures;
mod method;
mod run;
mod summary;
mod task;

pub use damage::Damage;
pub use dataset::{Dataset, DatasetPicture, Object, PdfSheet, PictureKind, PictureSource, Unread};
pub use interval::Estimate;
pub use method::{Baseline, Embedded, Method};
pub use run::{Evaluation, Progress, Settings, evaluate};
pub use summary::{Difference, Row, Summary};
pub use task::{TaskKind, TaskKinds};
