//! lumenscope-hot
#![no_std]
