//! lumenscope-keeper
