//! What people look at: dashboards of widgets on a grid, who may see and change them, and all
//! their data in one call.
//!
//! A **dashboard** is one entry: its details, its version, who may see it, and the **places** of
//! all its widgets, so that a placement is checked and stored in one write. A **widget**'s
//! definition is an entry of its own, under the dashboard's id and the widget's **slot**, together
//! with the definitions before it, its **revisions**. An edit of a widget writes those two entries.
//!
//! Every edit names the version it was made on; a stale one is refused whole. Data are never
//! stored here, nor computed: `render` passes on the buckets that analytics-storage keeps and the
//! alerts that are up, each widget on its own, so that a source that fails takes one widget with it
//! and not the page. Whoever draws a widget computes its figure from the buckets, with
//! `lumenscope-bucket`, as the service does.
#![no_std]

mod access;
mod board;
mod contract;
mod edits;
mod events;
mod grid;
mod raw;
mod refusal;
mod render;
mod shape;
mod sharing;
mod source;
mod span;
mod storage;
mod validate;

#[cfg(test)]
mod test;

pub use contract::{DashboardContract, DashboardContractClient};
