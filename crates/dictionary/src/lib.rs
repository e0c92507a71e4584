//! lumenscope-dictionary
