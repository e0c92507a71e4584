//! lumenscope-bucket
