//! lumenscope-observer
