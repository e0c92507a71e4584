//! The packed encoding as its documentation tells it, written down a second time: what the library
//! writes is this, bit for bit, and what no bucket has is refused, each part by itself.

use lumenscope_bucket::packed::{
    BUCKET_BYTES_MAX, Decoder, Encoder, HEADER_BYTES, PackedBucket, PackedError, Series, VERSION,
};
use lumenscope_bucket::{Statistics, VALUE_LIMIT};
use proptest::prelude::*;

const LIMIT: i64 = VALUE_LIMIT;

/// Bits in the order they are sent.
#[derive(Default)]
struct Bits(Vec<bool>);

impl Bits {
    fn put(&mut self, value: u128, bits: u32) {
        self.0.extend((0..bits).rev().map(|bit| value >> bit & 1 == 1));
    }

    fn adaptive(&mut self, value: u128, width: &mut u32) {
        let bits = u128::BITS - value.leading_zeros();
        let zeros = zigzag(i64::from(bits) - i64::from(*width));
        if zeros <= 6 {
            self.put(1, zeros as u32 + 1);
        } else {
            self.put(0, 7);
            self.put(bits.into(), 8);
        }
        if bits > 0 {
            self.put(value & !(1 << (bits - 1)), bits - 1);
        }
        *width = bits;
    }

    fn series(&self, buckets: u16) -> Vec<u8> {
        let byte = |bits: &[bool]| {
            let byte = bits.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
            byte << (8 - bits.len())
        };
        let [low, high] = buckets.to_le_bytes();
        let buckets = self.0.chunks(8).map(byte);
        [VERSION, low, high].into_iter().chain(buckets).collect()
    }
}

fn zigzag(value: i64) -> u128 {
    if value < 0 { -2 * i128::from(value) - 1 } else { 2 * i128::from(value) }.unsigned_abs()
}

#[derive(Clone, Copy, Debug)]
struct Parts {
    count: u64,
    mean: i64,
    below: u64,
    above: u64,
    rest: u64,
    last_above_min: u64,
    squares: u128,
}

impl Parts {
    fn of(statistics: &Statistics) -> Self {
        let Statistics { count, sum, min, max, last, sum_of_squares } = *statistics;
        let (n, mean) = (i128::from(count), sum.div_euclid(count.into()));
        let distances = sum_of_squares - 2 * mean * sum + n * mean * mean;
        Self {
            count,
            mean: mean as i64,
            below: (mean - i128::from(min)) as u64,
            above: (i128::from(max) - mean) as u64,
            rest: (sum - mean * n) as u64,
            last_above_min: (last - min) as u64,
            squares: distances as u128,
        }
    }
}

/// Writes modelled buckets, one after the other.
#[derive(Default)]
struct Writer {
    bits: Bits,
    end_hour: i64,
    hours: i64,
    count: i128,
    mean: i128,
    widths: [u32; 7],
}

impl Writer {
    fn put(&mut self, start_hour: u32, hours: u32, parts: &Parts) {
        let (start_hour, hours) = (i64::from(start_hour), i64::from(hours));
        let widths = &mut self.widths;
        let differs = start_hour != self.end_hour || hours != self.hours;
        self.bits.put(differs.into(), 1);
        if differs {
            self.bits.put(0, 1);
            self.bits.adaptive(zigzag(start_hour - self.end_hour), &mut widths[0]);
            self.bits.adaptive(hours as u128, &mut widths[1]);
        }
        let more = i128::from(parts.count).wrapping_sub(self.count) as i64;
        self.bits.adaptive(zigzag(more), &mut widths[2]);
        let further = i128::from(parts.mean).wrapping_sub(self.mean) as i64;
        self.bits.adaptive(zigzag(further), &mut widths[3]);
        self.bits.adaptive(parts.below.into(), &mut widths[4]);
        self.bits.adaptive(parts.above.into(), &mut widths[5]);
        let range = parts.below.saturating_add(parts.above);
        if range != 0 {
            let bits_of = |value: u64| u64::BITS - value.leading_zeros();
            self.bits.put(parts.rest.into(), bits_of(parts.count.wrapping_sub(1)));
            self.bits.put(parts.last_above_min.into(), bits_of(range));
            self.bits.adaptive(parts.squares, &mut widths[6]);
        }
        self.end_hour = start_hour + hours;
        self.hours = hours;
        (self.count, self.mean) = (parts.count.into(), parts.mean.into());
    }
}

fn one(parts: Parts) -> Result<PackedBucket, PackedError> {
    let mut writer = Writer::default();
    writer.put(500_000, 1, &parts);
    let bytes = writer.bits.series(1);
    let read = Decoder::new(&bytes).unwrap().next().unwrap();
    // A contract reads by other code.
    let mut bucket = PackedBucket::default();
    assert_eq!(Series::reader(&bytes).code(&mut bucket), read.is_ok());
    read
}

fn samples(values: &[i64]) -> Statistics {
    let mut statistics = Statistics::EMPTY;
    values.iter().for_each(|value| statistics.record(*value));
    statistics
}

/// Three samples, 1, 2 and 4.
const GOOD: Parts =
    Parts { count: 3, mean: 2, below: 1, above: 2, rest: 1, last_above_min: 3, squares: 5 };

#[test]
fn parts_of_samples_are_read() {
    let statistics = samples(&[1, 2, 4]);
    assert_eq!(one(GOOD), Ok(PackedBucket { start_hour: 500_000, hours: 1, statistics }));
}

#[test]
fn parts_at_their_limits_are_read() {
    let limit = LIMIT as u64;
    let at = [
        Parts { mean: LIMIT - 2, ..GOOD },
        Parts { mean: -LIMIT + 1, ..GOOD },
        Parts { mean: LIMIT, below: 2 * limit, above: 0, last_above_min: 2 * limit, ..GOOD },
        Parts { mean: -LIMIT, below: 0, above: 2 * limit, last_above_min: 0, ..GOOD },
        Parts { count: u32::MAX.into(), rest: u64::from(u32::MAX) - 1, ..GOOD },
        Parts { count: 1, rest: 0, ..GOOD },
        Parts { squares: (1 << 120) - 1, ..GOOD },
        Parts { squares: 0, ..GOOD },
        Parts { squares: 1 << 62, ..GOOD },
        Parts { squares: 1 << 63, ..GOOD },
        Parts { squares: 1 << 64, ..GOOD },
        Parts { mean: 0, below: 1 << 31, above: 1 << 31, last_above_min: 1 << 32, ..GOOD },
        Parts { mean: 0, below: (1 << 31) - 1, above: 1 << 31, last_above_min: 1 << 31, ..GOOD },
    ];
    for parts in at {
        let read = one(parts).map(|bucket| bucket.statistics);
        let Ok(Statistics { count, sum, min, max, last, sum_of_squares }) = read else {
            panic!("{parts:?}: {read:?}");
        };
        assert_eq!(count, parts.count);
        assert_eq!(sum, i128::from(parts.mean) * i128::from(count) + i128::from(parts.rest));
        assert_eq!(min, parts.mean - parts.below as i64);
        assert_eq!(max, parts.mean + parts.above as i64);
        assert_eq!(last, min + parts.last_above_min as i64);
        let centre = i128::from(parts.mean) * (sum + i128::from(parts.rest));
        assert_eq!(sum_of_squares, centre + parts.squares as i128);
    }
}

#[test]
fn a_part_that_no_bucket_has_is_refused_whatever_the_others_are() {
    let around = u64::MAX - 4;
    let no = [
        Parts { mean: -LIMIT, below: 1, above: 0, rest: 0, last_above_min: 0, ..GOOD },
        Parts { mean: LIMIT, below: 0, above: 1, rest: 0, last_above_min: 0, ..GOOD },
        // The smallest above the largest, by a distance once around.
        Parts { mean: 0, below: around, above: 0, rest: 0, last_above_min: 0, ..GOOD },
        Parts { mean: 0, below: 0, above: around, rest: 0, last_above_min: 0, ..GOOD },
        Parts { mean: 0, below: around, above: 7, rest: 0, last_above_min: 0, ..GOOD },
        Parts { count: 0, rest: 0, ..GOOD },
        Parts { count: 1 << 32, ..GOOD },
        Parts { rest: 3, ..GOOD },
        Parts { below: 1, above: 1, last_above_min: 3, ..GOOD },
        Parts { squares: 1 << 120, ..GOOD },
    ];
    for parts in no {
        let read = one(parts);
        assert!(read.is_err(), "{parts:?}: {read:?}");
    }
}

#[test]
fn statistics_without_a_model_come_back_whole() {
    let equal = samples(&[5, 5]);
    let no = [
        Statistics { sum_of_squares: equal.sum_of_squares + 1, ..equal },
        Statistics { sum: equal.sum + 1, ..equal },
        Statistics { last: 6, ..equal },
        Statistics { sum: equal.sum + (1 << 64), ..equal },
    ];
    for statistics in no {
        let bucket = PackedBucket { start_hour: 500_000, hours: 1, statistics };
        let mut out = [0; HEADER_BYTES + BUCKET_BYTES_MAX];
        let mut encoder = Encoder::new(&mut out).unwrap();
        encoder.push(&bucket).unwrap();
        let len = encoder.finish();
        assert_eq!(Decoder::new(&out[..len]).unwrap().next(), Some(Ok(bucket)));
    }
}

#[test]
fn what_is_left_is_counted_down() {
    let bucket = PackedBucket { start_hour: 7, hours: 2, statistics: Statistics::of(9) };
    assert_eq!(bucket.end_hour(), 9);
    assert_eq!(PackedBucket { hours: u32::MAX, ..bucket }.end_hour(), u32::MAX);
    // More than one byte counts.
    let (buckets, mut out) = (0x0203, [0; 8_000]);
    let mut writer = Series::writer(&mut out, buckets);
    for done in 0..buckets {
        assert_eq!(writer.left(), buckets - done);
        assert!(writer.code(&mut { bucket }));
    }
    let len = writer.finish().unwrap();
    assert_eq!(out[..3], [VERSION, 3, 2]);
    let mut reader = Series::reader(&out);
    let mut decoder = Decoder::new(&out[..len]).unwrap();
    for done in 0..buckets {
        assert_eq!((reader.left(), decoder.buckets_left()), (buckets - done, buckets - done));
        let mut read = PackedBucket::default();
        assert!(reader.code(&mut read));
        assert_eq!(read, bucket);
        assert_eq!(decoder.next(), Some(Ok(bucket)));
    }
    assert_eq!((reader.left(), decoder.buckets_left()), (0, 0));
    assert_eq!(decoder.next(), None);
}

#[test]
fn a_bucket_that_does_not_fit_is_refused_when_it_comes() {
    let statistics = Statistics { sum: i128::MAX, ..Statistics::of(1) };
    let bucket = PackedBucket { start_hour: 500_000, hours: 1, statistics };
    let mut out = [0; HEADER_BYTES + 8];
    let mut encoder = Encoder::new(&mut out).unwrap();
    assert_eq!(encoder.push(&bucket), Err(PackedError::Full));
    let mut writer = Series::writer(&mut out, 1);
    assert!(!writer.code(&mut { bucket }));
    assert_eq!(writer.finish(), None);
    // And to read one that ends early.
    assert!(!Series::reader(&[VERSION, 1, 0, 0x80]).code(&mut { bucket }));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn what_is_written_is_what_the_documentation_says(
        spans in prop::collection::vec(
            (
                0..3u32, 1..30u32,
                prop::collection::vec(
                    prop_oneof![-3..3i64, -1_000_000..1_000_000i64, -LIMIT..=LIMIT], 1..20,
                ),
            ),
            1..30,
        )
    ) {
        let mut expected = Writer::default();
        let mut out = vec![0; HEADER_BYTES + spans.len() * BUCKET_BYTES_MAX];
        let mut encoder = Encoder::new(&mut out).unwrap();
        let mut end_hour = 490_000;
        for (gap, hours, values) in &spans {
            let start_hour = end_hour + gap;
            end_hour = start_hour + hours;
            let statistics = samples(values);
            expected.put(start_hour, *hours, &Parts::of(&statistics));
            encoder.push(&PackedBucket { start_hour, hours: *hours, statistics }).unwrap();
        }
        let len = encoder.finish();
        prop_assert_eq!(&out[..len], &expected.bits.series(spans.len() as u16)[..]);
    }
}
