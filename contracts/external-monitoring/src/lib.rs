//! external-monitoring
#![no_std]
