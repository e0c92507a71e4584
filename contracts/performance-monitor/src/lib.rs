//! performance-monitor
#![no_std]
