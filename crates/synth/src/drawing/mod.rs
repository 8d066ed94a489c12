//! Line drawings: a solid in, bilevel pages out.

mod depth;
mod figure;
mod font;
mod layout;
mod lines;
mod page;
mod scan;
mod sheet;
#[cfg(test)]
mod tests;
mod view;

pub(crate) use depth::{DepthBuffer, Plane, scan};
pub(crate) use figure::Subject;
pub(crate) use layout::{Figure, Grouping};
pub(crate) use page::Page;
pub(crate) use sheet::{PAGE as SHEET, SheetPlan, draw, plan};
pub(crate) use view::{Axes, View};
