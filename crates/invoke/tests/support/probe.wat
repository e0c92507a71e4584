;; A contract with one function for each thing that can happen to a call.
(module
  (import "l" "_" (func $put (param i64 i64 i64) (result i64)))
  (import "l" "0" (func $has (param i64 i64) (result i64)))
  (import "l" "1" (func $get (param i64 i64) (result i64)))
  (import "x" "5" (func $fail_with_error (param i64) (result i64)))
  (import "a" "0" (func $require_auth (param i64) (result i64)))
  (import "d" "_" (func $call (param i64 i64 i64) (result i64)))
  (import "d" "0" (func $try_call (param i64 i64 i64) (result i64)))
  ;; Interface version: protocol 28, no pre-release.
  (@custom "contractenvmetav0" "\00\00\00\00\00\00\00\1c\00\00\00\00")

  ;; Keeps a value under the number 0, as U32: body 0, tag 4.
  (func (export "__constructor") (param $value i64) (result i64)
    (call $put (i64.const 4) (local.get $value) (i64.const 1)))
  (func (export "get") (param $key i64) (result i64)
    (call $get (local.get $key) (i64.const 1)))
  (func (export "put") (param $key i64) (param $value i64) (result i64)
    (call $put (local.get $key) (local.get $value) (i64.const 1)))
  ;; Fails with the contract's error of that number: the same body, with the tag of an error.
  (func $fail (export "fail") (param $code i64) (result i64)
    (call $fail_with_error
      (i64.or (i64.and (local.get $code) (i64.const 0xffffffff00000000)) (i64.const 3))))
  ;; The first call with a key succeeds; every other fails with error 5.
  (func (export "once") (param $key i64) (result i64)
    (if (result i64) (i64.eq (call $has (local.get $key) (i64.const 1)) (i64.const 1))
      (then (call $fail (i64.const 0x0000000500000004)))
      (else (call $put (local.get $key) (local.get $key) (i64.const 1)))))
  (func (export "as") (param $who i64) (result i64)
    (call $require_auth (local.get $who)))
  (func (export "relay") (param $contract i64) (param $function i64) (param $args i64) (result i64)
    (call $call (local.get $contract) (local.get $function) (local.get $args)))
  (func (export "try_relay")
    (param $contract i64) (param $function i64) (param $args i64) (result i64)
    (drop (call $try_call (local.get $contract) (local.get $function) (local.get $args)))
    (i64.const 2)))
