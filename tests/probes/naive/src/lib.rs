//! probe-naive
#![no_std]
