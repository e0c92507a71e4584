//! lumenscope-tests
