//! alerting
#![no_std]
