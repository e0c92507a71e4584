//! How much of what the network allows the largest calls take.

mod alerts;
mod dashboards;
mod lanes;
