//! lumenscope-localnet
