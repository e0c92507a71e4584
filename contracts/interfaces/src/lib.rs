//! lumenscope-interfaces
#![no_std]
