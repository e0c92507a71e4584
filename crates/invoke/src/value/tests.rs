use lumenscope_meta::Address;

use super::*;
use crate::args;

fn check<T: ToVal + FromVal + PartialEq + std::fmt::Debug>(value: T) {
    let encoded = value.to_val().expect("encodes");
    assert_eq!(T::from_val(&encoded).expect("decodes"), value);
}

#[test]
fn every_kind_of_value_survives_the_way_there_and_back() {
    check(true);
    check(u32::MAX);
    check(i32::MIN);
    check(u64::MAX);
    check(i64::MIN);
    check(u128::MAX);
    check(i128::MIN);
    check(());
    check("a string".to_owned());
    check([7_u8; 32]);
    check(Address::from_contract_id([3; 32]));
    check(Address::from_account_key([4; 32]));
    check(Some(5_u32));
    check(None::<u32>);
    check(vec![1_i128, -1]);
}

#[test]
fn a_struct_is_sorted_as_the_host_demands_and_read_by_field() {
    let value = record(&[
        ("zeta", 1_u32.to_val().expect("a value")),
        ("alpha", symbol("x").expect("a symbol")),
    ])
    .expect("a struct");
    let ScVal::Map(Some(map)) = &value else { panic!("a map") };
    assert!(map.0[0].key < map.0[1].key);
    let read = Record::from_val(&value).expect("a struct");
    assert_eq!(read.get::<u32>("zeta"), Ok(1));
    assert_eq!(read.get::<String>("alpha"), Ok("x".to_owned()));
    assert_eq!(read.get::<u32>("beta"), Err(ValueError::MissingField("beta".to_owned())));
}

#[test]
fn another_kind_is_refused_by_name() {
    let error = u32::from_val(&ScVal::Bool(true)).expect_err("refused");
    assert_eq!(error.to_string(), "expected a U32, got Bool");
}

#[test]
fn a_symbol_takes_only_what_the_host_takes() {
    assert!(symbol("record_metric_0").is_ok());
    for wrong in ["with space", "umläut", "a_name_of_thirty_three_characters"] {
        assert!(symbol(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn arguments_of_different_kinds_make_one_list() {
    let arguments = args![1_u32, "text", symbol("s")?, None::<u64>].expect("arguments");
    assert_eq!(arguments.len(), 4);
    assert_eq!(arguments[3], ScVal::Void);
    assert!(args![symbol("not a symbol")?].is_err());
}
