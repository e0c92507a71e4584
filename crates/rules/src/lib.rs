//! lumenscope-rules
