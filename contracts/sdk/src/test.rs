//! The failure contract, clause by clause, as far as it shows while a transaction is simulated.
//! What happens between simulation and application, and archived monitors, are the subject of the
//! repository's apply-stability suite.

mod guard;
mod reading;
mod recording;
mod world;
