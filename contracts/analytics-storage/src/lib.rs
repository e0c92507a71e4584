//! analytics-storage
#![no_std]
