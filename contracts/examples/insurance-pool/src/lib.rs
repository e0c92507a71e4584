//! insurance-pool
#![no_std]
