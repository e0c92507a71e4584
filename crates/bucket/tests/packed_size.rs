//! What a bucket takes, on series shaped like those of a monitored contract.

use lumenscope_bucket::Statistics;
use lumenscope_bucket::packed::{BUCKET_BYTES_MAX, Encoder, HEADER_BYTES, PackedBucket};

/// Bytes that an hourly bucket may take, the header's share included.
const BYTES_PER_BUCKET_MAX: f64 = 22.0;
/// The same where values spread over more than 32 bits: the digits of one mean, two extremes, one
/// last value and one sum of squares are that many, and none of them can be guessed.
const WIDE_BYTES_PER_BUCKET_MAX: f64 = 40.0;
/// The same bucket as a plain struct: two times 4 bytes of time, 64 of statistics.
const PLAIN_BYTES: f64 = 72.0;
/// Buckets of one entry: history keeps a day in each.
const HOURS_PER_ENTRY: usize = 24;
const DAYS: usize = 60;

/// A small generator, so that the figures are the same on every run (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ bits >> 31
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// About normal, mean 0, deviation 1.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }

    fn lognormal(&mut self, median: f64, width: f64) -> i64 {
        (median.ln() + width * self.normal()).exp() as i64
    }
}

/// More calls by day than by night.
fn calls(random: &mut Random, hour: usize, busiest: f64) -> usize {
    let daily = 1.0 + ((hour % 24) as f64 / 24.0 * std::f64::consts::TAU).sin();
    (busiest / 2.0 * daily * (0.8 + 0.4 * random.unit())) as usize
}

type Draw = Box<dyn FnMut(&mut Random) -> i64>;
type Shape = (&'static str, f64, Draw);

fn wide_shapes() -> Vec<Shape> {
    vec![
        ("token amounts, 7 decimals", 50.0, Box::new(|r| r.lognormal(2.5e10, 1.2))),
        ("uniform over 2^43", 100.0, Box::new(|r| (r.next() >> 21) as i64)),
    ]
}

fn shapes() -> Vec<Shape> {
    let mut price = 1_000_000.0;
    vec![
        ("instructions, 100 calls an hour", 100.0, Box::new(|r| r.lognormal(5.0e6, 0.15))),
        ("instructions, 5,000 calls an hour", 5_000.0, Box::new(|r| r.lognormal(5.0e6, 0.15))),
        ("instructions, 3 calls an hour", 3.0, Box::new(|r| r.lognormal(5.0e6, 0.15))),
        ("time, heavy tail", 100.0, Box::new(|r| r.lognormal(900.0, 0.8))),
        ("inclusion fee", 100.0, Box::new(|r| if r.unit() < 0.9 { 100 } else { 5_000 })),
        ("non-refundable fee", 100.0, Box::new(|r| r.lognormal(45_000.0, 0.05))),
        ("rent", 100.0, Box::new(|r| if r.unit() < 0.1 { r.lognormal(5.0e5, 0.3) } else { 0 })),
        ("entries written", 100.0, Box::new(|r| 2 + (r.unit() * 3.0) as i64)),
        ("bytes written", 100.0, Box::new(|r| 400 + 12 * (r.unit() * 30.0) as i64)),
        ("failed", 100.0, Box::new(|r| i64::from(r.unit() < 0.1))),
        (
            "price, a random walk",
            60.0,
            Box::new(move |r| {
                price *= 1.0 + 0.001 * r.normal();
                price as i64
            }),
        ),
        ("constant", 100.0, Box::new(|_| 42)),
    ]
}

fn hours(random: &mut Random, busiest: f64, draw: &mut Draw) -> Vec<PackedBucket> {
    (0..DAYS * 24)
        .filter_map(|hour| {
            let mut statistics = Statistics::EMPTY;
            for _ in 0..calls(random, hour, busiest) {
                statistics.record(draw(random));
            }
            let start_hour = 500_000 + hour as u32;
            (!statistics.is_empty()).then_some(PackedBucket { start_hour, hours: 1, statistics })
        })
        .collect()
}

fn packed_len(buckets: &[PackedBucket]) -> usize {
    let mut out = vec![0; HEADER_BYTES + buckets.len() * BUCKET_BYTES_MAX];
    let mut encoder = Encoder::new(&mut out).unwrap();
    buckets.iter().for_each(|bucket| encoder.push(bucket).unwrap());
    encoder.finish()
}

fn check(shapes: Vec<Shape>, bytes_max: f64) {
    let mut random = Random(2026);
    println!("{:36} {:>9} {:>9} {:>9}", "bytes per bucket", "by day", "one run", "plain");
    for (name, busiest, mut draw) in shapes {
        let buckets = hours(&mut random, busiest, &mut draw);
        let count = buckets.len() as f64;
        let by_day: usize = buckets.chunks(HOURS_PER_ENTRY).map(packed_len).sum();
        let by_day = by_day as f64 / count;
        let one_run = packed_len(&buckets) as f64 / count;
        println!("{name:36} {by_day:9.2} {one_run:9.2} {PLAIN_BYTES:9.2}");
        assert!(by_day <= bytes_max, "{name}: {by_day:.2}");
    }
}

#[test]
fn an_hourly_bucket_of_an_execution_takes_at_most_22_bytes() {
    check(shapes(), BYTES_PER_BUCKET_MAX);
}

#[test]
fn an_hourly_bucket_of_wide_values_takes_little_more_than_its_digits() {
    check(wide_shapes(), WIDE_BYTES_PER_BUCKET_MAX);
}
