//! lumenscope-invoke
