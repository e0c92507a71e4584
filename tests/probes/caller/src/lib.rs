//! probe-caller
#![no_std]
