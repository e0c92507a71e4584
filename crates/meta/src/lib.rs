//! lumenscope-meta
