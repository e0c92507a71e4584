//! lumenscope-sdk
#![no_std]
