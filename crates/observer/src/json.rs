//! Integers in JSON: as numbers while every reader keeps them exact, as text above.

use serde::Serializer;

/// 2^53 - 1, the largest integer that a double holds exactly along with its neighbours.
const EXACT_MAX: u128 = (1 << 53) - 1;

pub(crate) fn unsigned<S: Serializer>(value: &u128, serializer: S) -> Result<S::Ok, S::Error> {
    match u64::try_from(*value) {
        Ok(small) if *value <= EXACT_MAX => serializer.serialize_u64(small),
        _ => serializer.collect_str(value),
    }
}

pub(crate) fn signed<S: Serializer>(value: &i128, serializer: S) -> Result<S::Ok, S::Error> {
    match i64::try_from(*value) {
        Ok(small) if value.unsigned_abs() <= EXACT_MAX => serializer.serialize_i64(small),
        _ => serializer.collect_str(value),
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    #[derive(Serialize)]
    struct Numbers {
        #[serde(serialize_with = "super::unsigned")]
        unsigned: u128,
        #[serde(serialize_with = "super::signed")]
        signed: i128,
    }

    #[test]
    fn integers_that_a_double_cannot_hold_are_text() {
        let text =
            |unsigned, signed| serde_json::to_string(&Numbers { unsigned, signed }).expect("JSON");
        assert_eq!(
            text((1 << 53) - 1, -((1 << 53) - 1)),
            r#"{"unsigned":9007199254740991,"signed":-9007199254740991}"#
        );
        assert_eq!(
            text(1 << 53, -(1 << 53)),
            r#"{"unsigned":"9007199254740992","signed":"-9007199254740992"}"#
        );
    }
}
