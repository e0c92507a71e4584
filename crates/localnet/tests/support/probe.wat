;; A contract with one function per thing that can happen to a transaction.
(module
  (import "l" "_" (func $put (param i64 i64 i64) (result i64)))
  (import "l" "1" (func $get (param i64 i64) (result i64)))
  (import "l" "2" (func $delete (param i64 i64) (result i64)))
  (import "x" "1" (func $event (param i64 i64) (result i64)))
  (import "x" "4" (func $timestamp (result i64)))
  (import "a" "0" (func $require_auth (param i64) (result i64)))
  (import "v" "_" (func $vec_new (result i64)))
  (import "v" "6" (func $vec_push (param i64 i64) (result i64)))
  ;; Interface version: protocol 28, no pre-release.
  (@custom "contractenvmetav0" "\00\00\00\00\00\00\00\1c\00\00\00\00")

  (func (export "put") (param $key i64) (param $value i64) (result i64)
    (call $put (local.get $key) (local.get $value) (i64.const 1)))
  (func (export "put_temporary") (param $key i64) (param $value i64) (result i64)
    (call $put (local.get $key) (local.get $value) (i64.const 0)))
  (func (export "get") (param $key i64) (result i64)
    (call $get (local.get $key) (i64.const 1)))
  (func (export "delete") (param $key i64) (result i64)
    (call $delete (local.get $key) (i64.const 1)))
  ;; Writes under the ledger's time: another key at apply than in simulation.
  (func (export "put_now") (param $value i64) (result i64)
    (call $put (call $timestamp) (local.get $value) (i64.const 1)))
  (func (export "emit") (param $topic i64) (param $value i64) (result i64)
    (call $event
      (call $vec_push (call $vec_new) (local.get $topic))
      (local.get $value)))
  (func (export "as") (param $who i64) (result i64)
    (call $require_auth (local.get $who)))
  (func (export "fail") (result i64) unreachable)
  (func (export "spin") (result i64) (loop $again (br $again)) unreachable))
