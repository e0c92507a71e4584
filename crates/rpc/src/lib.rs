//! lumenscope-rpc
