//! The packed encoding loses nothing, costs what it says, and survives any bytes.

use lumenscope_bucket::packed::{
    BUCKET_BYTES_MAX, BUCKETS_MAX, Decoder, Encoder, HEADER_BYTES, PackedBucket, PackedError,
    Series, VERSION,
};
use lumenscope_bucket::{Statistics, VALUE_LIMIT};
use proptest::prelude::*;

fn encode(buckets: &[PackedBucket]) -> Vec<u8> {
    let mut out = vec![0; HEADER_BYTES + buckets.len() * BUCKET_BYTES_MAX];
    let mut encoder = Encoder::new(&mut out).unwrap();
    for bucket in buckets {
        encoder.push(bucket).unwrap();
    }
    let len = encoder.finish();
    out.truncate(len);
    out
}

fn decode(bytes: &[u8]) -> Result<Vec<PackedBucket>, PackedError> {
    Decoder::new(bytes)?.collect()
}

fn any_statistics() -> impl Strategy<Value = Statistics> {
    let edge = || prop_oneof![Just(i64::MIN), Just(i64::MAX), Just(0), any::<i64>(), -9..9i64];
    let wide = || prop_oneof![Just(i128::MIN), Just(i128::MAX), any::<i128>(), -9..9i128];
    let count = prop_oneof![Just(0), Just(u64::MAX), any::<u64>(), 0..9u64];
    (count, wide(), edge(), edge(), edge(), wide()).prop_map(
        |(count, sum, min, max, last, sum_of_squares)| Statistics {
            count,
            sum,
            min,
            max,
            last,
            sum_of_squares,
        },
    )
}

fn true_statistics() -> impl Strategy<Value = Statistics> {
    let value = prop_oneof![
        -9..9i64,
        -1_000_000..1_000_000i64,
        -VALUE_LIMIT..=VALUE_LIMIT,
        Just(VALUE_LIMIT),
        Just(-VALUE_LIMIT),
    ];
    prop::collection::vec(value, 1..30).prop_map(|values| {
        let mut statistics = Statistics::EMPTY;
        values.iter().for_each(|value| statistics.record(*value));
        statistics
    })
}

fn series(
    statistics: impl Strategy<Value = Statistics>,
) -> impl Strategy<Value = Vec<PackedBucket>> {
    let start = prop_oneof![500_000..500_100u32, any::<u32>()];
    let hours = prop_oneof![Just(1u32), Just(24), 0..800u32, any::<u32>()];
    let bucket = (start, hours, statistics)
        .prop_map(|(start_hour, hours, statistics)| PackedBucket { start_hour, hours, statistics });
    prop::collection::vec(bucket, 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_buckets_come_back(buckets in series(any_statistics())) {
        prop_assert_eq!(decode(&encode(&buckets)), Ok(buckets));
    }

    #[test]
    fn a_series_of_a_known_number_of_buckets_is_the_same(buckets in series(any_statistics())) {
        let expected = encode(&buckets);
        let mut bytes = vec![0; expected.len()];
        let mut writer = Series::writer(&mut bytes, buckets.len() as u16);
        for mut bucket in buckets.iter().copied() {
            prop_assert!(writer.code(&mut bucket));
        }
        prop_assert_eq!((writer.left(), writer.finish()), (0, Some(expected.len())));
        prop_assert_eq!(&bytes, &expected);
        let mut reader = Series::reader(&bytes);
        for bucket in &buckets {
            let mut read = PackedBucket::default();
            prop_assert!(reader.code(&mut read));
            prop_assert_eq!(&read, bucket);
        }
        prop_assert_eq!(reader.left(), 0);
    }

    #[test]
    fn a_series_of_a_known_number_of_buckets_that_does_not_fit_says_so(
        buckets in series(any_statistics()),
        short in 1..9usize,
    ) {
        let len = encode(&buckets).len();
        prop_assume!(len > short);
        let mut bytes = vec![0; len - short];
        let mut writer = Series::writer(&mut bytes, buckets.len() as u16);
        let coded = buckets.iter().copied().all(|mut bucket| writer.code(&mut bucket));
        prop_assert!(!coded || writer.finish().is_none());
    }

    #[test]
    fn buckets_of_samples_come_back(buckets in series(true_statistics())) {
        prop_assert_eq!(decode(&encode(&buckets)), Ok(buckets));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = decode(&bytes);
        let mut series = bytes;
        series.splice(0..0, [VERSION, 255, 255]);
        match decode(&series) {
            // Every bucket takes a bit at least: nothing is made from nothing.
            Ok(buckets) => prop_assert!(buckets.len() <= series.len() * 8),
            Err(error) => {
                let expected = matches!(error, PackedError::Truncated | PackedError::Corrupt);
                prop_assert!(expected, "{error:?}");
            }
        }
    }

    #[test]
    fn a_changed_bit_never_panics(
        buckets in series(true_statistics()), at in any::<prop::sample::Index>(), bit in 0..8,
    ) {
        let mut bytes = encode(&buckets);
        let at = at.index(bytes.len());
        bytes[at] ^= 1u8 << bit;
        let _ = decode(&bytes);
    }

    #[test]
    fn a_shortened_series_is_refused(buckets in series(true_statistics()), cut in 1..20usize) {
        prop_assume!(!buckets.is_empty());
        let bytes = encode(&buckets);
        let kept = bytes.len().saturating_sub(cut);
        prop_assert_eq!(decode(&bytes[..kept]), Err(PackedError::Truncated));
    }

    #[test]
    fn series_behind_each_other_are_read_as_one(
        all in prop::collection::vec(series(true_statistics()), 1..5),
    ) {
        let bytes: Vec<u8> = all.iter().flat_map(|buckets| encode(buckets)).collect();
        prop_assert_eq!(decode(&bytes), Ok(all.concat()));
    }

    #[test]
    fn what_follows_a_series_and_is_none_is_refused(
        buckets in series(true_statistics()), rest in prop::collection::vec(2..=u8::MAX, 3..40),
    ) {
        let mut bytes = encode(&buckets);
        bytes.extend(&rest);
        prop_assert_eq!(decode(&bytes), Err(PackedError::VersionUnknown { came: rest[0] }));
    }

    #[test]
    fn a_series_that_does_not_fit_is_refused(buckets in series(any_statistics()), short in 1..9usize) {
        prop_assume!(!buckets.is_empty());
        let mut out = vec![0; encode(&buckets).len() - short];
        let Ok(mut encoder) = Encoder::new(&mut out) else { return Ok(()) };
        let mut refused = false;
        for bucket in &buckets {
            refused |= encoder.push(bucket) == Err(PackedError::Full);
        }
        // The last byte may be pending: its bits were all counted before it was written.
        prop_assert!(refused || encoder.finish() > out.len());
    }
}

#[test]
fn no_bucket_is_larger_than_the_bound() {
    let plain = Statistics {
        count: u64::MAX,
        sum: i128::MIN,
        min: i64::MIN,
        max: i64::MAX,
        last: -1,
        sum_of_squares: i128::MAX,
    };
    let wide = Statistics {
        count: u32::MAX.into(),
        sum: 0,
        min: -VALUE_LIMIT,
        max: VALUE_LIMIT,
        last: VALUE_LIMIT,
        sum_of_squares: i128::from(u32::MAX) * i128::from(VALUE_LIMIT).pow(2),
    };
    for statistics in [plain, wide] {
        for (start_hour, hours) in [(u32::MAX, u32::MAX), (0, u32::MAX), (u32::MAX, 0)] {
            let bytes = encode(&[PackedBucket { start_hour, hours, statistics }]).len();
            assert!(bytes <= HEADER_BYTES + BUCKET_BYTES_MAX, "{bytes}");
        }
    }
}

#[test]
fn an_empty_series_is_a_header() {
    assert_eq!(encode(&[]), [VERSION, 0, 0]);
    assert_eq!(decode(&[VERSION, 0, 0]), Ok(vec![]));
}

#[test]
fn a_series_holds_no_more_than_its_bound() {
    let mut out = vec![0; 100_000];
    let mut encoder = Encoder::new(&mut out).unwrap();
    let bucket = PackedBucket { start_hour: 0, hours: 0, statistics: Statistics::of(0) };
    for _ in 0..BUCKETS_MAX {
        encoder.push(&bucket).unwrap();
    }
    assert_eq!(encoder.push(&bucket), Err(PackedError::Full));
}

#[test]
fn other_versions_are_refused_by_name() {
    assert_eq!(decode(&[2, 0, 0]), Err(PackedError::VersionUnknown { came: 2 }));
    assert_eq!(decode(&[VERSION, 0]), Err(PackedError::Truncated));
}

/// What is on a ledger is read for ever: these bytes never change their meaning.
#[test]
fn version_1_is_read_as_it_was_written() {
    let hour = |start_hour, values: &[i64]| {
        let mut statistics = Statistics::EMPTY;
        values.iter().for_each(|value| statistics.record(*value));
        PackedBucket { start_hour, hours: 1, statistics }
    };
    let contradiction = Statistics { sum: 1 << 90, ..Statistics::of(-1) };
    let buckets = [
        hour(500_000, &[4_812_334, 5_100_219, 4_950_777]),
        hour(500_001, &[5_000_000, 4_900_123]),
        hour(500_002, &[0, 0, 0, 0]),
        hour(500_010, &[-7]),
        PackedBucket { start_hour: 500_011, hours: 13, statistics: contradiction },
        hour(500_024, &[VALUE_LIMIT, -VALUE_LIMIT]),
    ];
    let golden = "010600800a7424020600305cca580090ac740090e5c1439960090d39372468400708ec61890c313800001294a60ad0400305c4164000000080026d00097c00001a000000000000000200000000080000000000000000000001fffffffffffffffffffffffffffffffffffffffffffffffe00000000000000000000000000000003415c00b00000000000002c000000000000000000000000580000000000000000000000";
    let hex: String = encode(&buckets).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, golden);
    assert_eq!(decode(&encode(&buckets)), Ok(buckets.to_vec()));
}
