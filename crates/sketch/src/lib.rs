//! lumenscope-sketch
