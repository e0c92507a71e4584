//! probe-floor
#![no_std]
