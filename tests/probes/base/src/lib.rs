//! probe-base
#![no_std]
