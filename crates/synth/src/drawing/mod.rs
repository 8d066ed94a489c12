//! Line drawings: a solid in, bilevel pages out.

mod depth;
mod figure;
mod font;
mod lines;
mod page;
mod sheet;
#[cfg(test)]
mod tests;
mod view;

pub(crate) use depth::{DepthBuffer, Plane, scan};
pub(crate) use figure::Subject;
pub(crate) use page::Page;
pub(crate) use sheet::{Header, Pairs, SheetPlan, draw, pairs, plan, sheet_count};
pub(crate) use view::{Axes, View};
