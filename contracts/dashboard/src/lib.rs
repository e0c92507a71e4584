//! dashboard
#![no_std]
