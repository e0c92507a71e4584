//! The bytes of version 1, for ever: entries that are on a ledger must stay readable.

use lumenscope_bucket::{Statistics, VALUE_LIMIT};
use lumenscope_hot::{
    BYTES_MAX, EXPORT_BYTES_MAX, Export, HotError, INLINE_BYTES, INLINE_RULES_MAX,
    METRIC_EXPORT_BYTES, MetricShape, Moment, ONE_RING_BYTES, Recorder, Reporter,
    SKETCH_HEAD_BYTES, SLOTS, Sample, View, create, minutes, newest_minute, ring_of_one, window,
    with_inline_rules,
};
use lumenscope_sketch::SketchLayout;

/// 2027-01-15T08:00Z.
const START_S: u64 = 1_800_000_000;
const HOT: &str = include_str!("golden/hot-v1.hex");
const EXPORT: &str = include_str!("golden/export-v1.hex");

fn hex(bytes: &[u8]) -> String {
    let line = |line: &[u8]| line.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    bytes.chunks(48).map(|bytes| line(bytes) + "\n").collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

/// Two metrics: `instructions`, watched and sketched, and a custom one. Three hours, a late
/// sample, a clamped one, a primary reporter and a witness.
fn recorded() -> Vec<u8> {
    let mut blob = vec![0; BYTES_MAX];
    let sketch = SketchLayout::new(100, 1_000, 24).ok();
    let first = MetricShape { code: 1, sketch, continues: 0 };
    let metrics = [first, MetricShape::default()];
    let bytes =
        create(None::<&View>, &metrics, 1, true, (START_S / 3_600) as u32, &mut blob).unwrap();
    blob.truncate(bytes);
    let mut recorder = Recorder::parse(&mut blob).unwrap();
    let mut record = |metric, at_s, now_s, value| {
        let moment = Moment::new(at_s, now_s);
        let slot = recorder.place(moment.hour).unwrap();
        recorder.add(metric, slot, moment, &Sample::of(value));
        recorder.next_sequence();
    };
    record(0, START_S + 61, START_S + 61, 250);
    record(0, START_S + 3_600, START_S + 3_601, 900);
    record(1, START_S + 3_661, START_S + 3_662, -7);
    record(0, START_S + 7_200, START_S + 7_201, 5_000);
    record(0, START_S + 62, START_S + 7_202, 300);
    record(1, START_S + 7_203, START_S + 7_203, i128::MAX);
    recorder.accept(Reporter { seat: 0, generation: 3, sequence: 41 }).unwrap();
    recorder.accept(Reporter { seat: 3, generation: 4, sequence: 42 }).unwrap();
    recorder.add_witnessed(1, 3, &Statistics::of(-9));
    blob
}

#[test]
fn recording_writes_these_bytes() {
    assert_eq!(hex(&recorded()), HOT);
}

#[test]
fn these_bytes_mean_this() {
    let blob = bytes(HOT);
    let view = View::parse(&blob).unwrap();
    assert_eq!((view.metrics(), view.code(0), view.code(1)), (2, 1, 0));
    assert_eq!(view.metric_of_code(1), Some(0));
    assert_eq!(view.metric_of_code(2), None);
    assert_eq!((view.sequence(), view.flushed_before()), (6, 500_000));
    let hours: Vec<_> = view.slots().map(|slot| slot.span.start_hour).collect();
    assert_eq!(hours, [500_000, 500_001, 500_002]);
    let first = view.statistics(0, 0);
    assert_eq!((first.count, first.sum, first.min, first.max, first.last), (2, 550, 250, 300, 300));
    assert_eq!(first.sum_of_squares, 250 * 250 + 300 * 300);
    assert_eq!(view.statistics(1, 2).max, VALUE_LIMIT);
    let totals = view.totals(0);
    assert_eq!((totals.count, totals.sum, totals.last), (4, 6_450, 5_000));
    assert_eq!((view.clamped(0), view.clamped(1)), (0, 1));
    assert_eq!((view.late(0), view.late(1)), (1, 0));
    let kept: Vec<_> = minutes(view.ring(0).unwrap()).collect();
    assert_eq!((kept.len(), kept[0].minute), (1, 30_000_120));
    assert_eq!(kept[0].statistics.sum, 5_000);
    assert_eq!(view.ring(1), None);
    assert_eq!(view.last_sequence(None, 3), 41);
    assert_eq!(view.last_sequence(None, 2), 0);
    assert_eq!(view.last_sequence(Some(2), 4), 42);
    // It began when the totals were -7 and the limit of values.
    assert_eq!(view.witnessed(1, 2, 4).sum, VALUE_LIMIT as i128 - 7 - 9);
    assert_eq!(view.witnessed(1, 2, 3), Statistics::EMPTY);
    assert_eq!(view.sketch(0), SketchLayout::new(100, 1_000, 24).ok());
    assert_eq!(view.sketch(1), None);
}

#[test]
fn an_export_is_these_bytes_and_means_this() {
    let mut blob = recorded();
    let before = blob.clone();
    let mut recorder = Recorder::parse(&mut blob).unwrap();
    let slots = recorder.view().slots_through(500_001);
    let mut written = String::new();
    let mut behind = Vec::new();
    recorder.export(slots, |export, sketches| {
        written = hex(export);
        behind = sketches.to_vec();
    });
    assert_eq!(recorder.bytes(), before);
    assert_eq!(written, EXPORT);
    // The sketch leaves with all but the newest hour: its place, layout, and twice 26 counters.
    assert_eq!(behind, before[before.len() - SKETCH_HEAD_BYTES - 4 * 26..]);
    recorder.export(slots - 1, |_, sketches| assert!(sketches.is_empty()));
    recorder.export(0, |_, sketches| assert!(sketches.is_empty()));
    let exported = bytes(EXPORT);
    let export = Export::parse(&exported).unwrap();
    assert_eq!((export.metrics(), export.sketches_at()), (2, exported.len()));
    let buckets: Vec<_> = export.buckets().collect();
    assert_eq!(buckets.len(), 2);
    assert_eq!((buckets[0].span.start_hour, buckets[1].span.end_hour), (500_000, 500_001));
    assert_eq!(buckets[0].statistics(0).sum, 550);
    assert_eq!(buckets[1].statistics(1), Statistics::of(-7));
}

#[test]
fn an_entry_of_one_metric_begins_with_its_export_and_its_ring() {
    let blob = bytes(HOT);
    let whole = View::parse(&blob).unwrap();
    let alone = |metric| {
        let (code, sketch) = (whole.code(metric), whole.sketch(metric));
        let shape = MetricShape { code, sketch, continues: metric + 1 };
        let mut one = vec![0; BYTES_MAX];
        let watched = whole.is_watched(metric).into();
        let len = create(Some(&whole), &[shape], watched, true, 0, &mut one).unwrap();
        one.truncate(len);
        one
    };
    let (watched, plain) = (alone(0), alone(1));
    for (metric, one) in [(0, &watched), (1, &plain)] {
        let export = Export::parse(&one[..METRIC_EXPORT_BYTES]).unwrap();
        assert_eq!((export.metrics(), export.len()), (1, 3));
        let view = View::parse(one).unwrap();
        for slot in whole.slots() {
            assert_eq!(export.span(slot.index), slot.span);
            assert_eq!(export.statistics(0, slot.index), whole.statistics(metric, slot.index));
        }
        assert_eq!(view.totals(0), whole.totals(metric));
        assert_eq!(view.clamped(0), whole.clamped(metric));
        assert_eq!(view.ring(0), whole.ring(metric));
        assert_eq!(view.ring(0), ring_of_one(one));
        assert_eq!(view.sketch(0), whole.sketch(metric));
        assert_eq!(view.quantile(0, 500), whole.quantile(metric, 500));
        assert_eq!(view.witnessed(0, 2, 4), whole.witnessed(metric, 2, 4));
        assert_eq!((view.sequence(), view.flushed_before()), (6, 500_000));
    }
    assert_eq!(ring_of_one(&blob), None, "an entry of two metrics");
    assert_eq!(ring_of_one(&watched[..ONE_RING_BYTES - 1]), None);
}

#[test]
fn inline_rules_stand_between_witnesses_and_sketches_and_follow_their_metrics() {
    let mut plain = recorded();
    let before = View::parse(&plain.clone()).unwrap().quantile(0, 500);
    let mut rules = [[0xaa_u8; INLINE_BYTES], [0xbb; INLINE_BYTES]];
    for rule in &mut rules {
        // Of the first metric.
        rule[68..72].fill(0);
    }
    let entry = Recorder::parse(&mut plain).unwrap();
    let mut blob = vec![0; BYTES_MAX];
    let len = with_inline_rules(&entry, &rules.concat(), &mut blob).unwrap();
    blob.truncate(len);
    let (at, bytes) = (plain.len() - 2 * 26 * 2 - SKETCH_HEAD_BYTES, 2 * INLINE_BYTES);
    assert_eq!(blob[at..at + bytes], rules.concat());
    assert_eq!([&blob[..61], &[0], &blob[62..at], &blob[at + bytes..]].concat(), plain);
    let view = View::parse(&blob).unwrap();
    assert_eq!((view.inline_rules(), view.quantile(0, 500)), (2, before));
    assert_eq!(view.inline_ring(1), view.ring(0));

    // The metric goes to another place, then is no longer watched, then goes.
    let shape = |continues| MetricShape { continues, ..MetricShape::default() };
    let mut other = vec![0; BYTES_MAX];
    let mut reshape = |shapes: &[MetricShape], watched| {
        let len = create(Some(&view), shapes, watched, true, 0, &mut other).unwrap();
        let view = View::parse(&other[..len]).unwrap();
        (0..view.inline_rules()).map(|number| view.inline_rule(number).to_vec()).collect::<Vec<_>>()
    };
    let mut moved = rules.map(|rule| rule.to_vec());
    moved.iter_mut().for_each(|rule| rule[68] = 1);
    assert_eq!(reshape(&[shape(2), shape(1)], 0b10), moved);
    assert_eq!(reshape(&[shape(2), shape(1)], 0b01), Vec::<Vec<u8>>::new());
    assert_eq!(reshape(&[shape(2)], 1), Vec::<Vec<u8>>::new());
    // Alone, a metric has its rules.
    assert_eq!(reshape(&[shape(1)], 1).len(), 2);
}

#[test]
fn a_window_of_a_ring_adds_up_its_minutes() {
    let blob = recorded();
    let ring = View::parse(&blob).unwrap().ring(0).unwrap();
    let held: Vec<_> = minutes(ring).collect();
    let newest = held.last().unwrap().minute;
    assert_eq!(newest_minute(ring), newest);
    for first in newest - 12..=newest {
        for last in first..=newest {
            let mut total = Statistics::EMPTY;
            for slot in held.iter().filter(|slot| (first..=last).contains(&slot.minute)) {
                total.merge(&slot.statistics);
            }
            assert_eq!(window(ring, first, last), total, "{first} to {last}");
        }
    }
    assert_eq!(newest_minute(&[0; 436]), 0);
}

#[test]
fn a_stream_of_four_plain_metrics_takes_920_bytes() {
    let mut blob = vec![0; BYTES_MAX];
    assert_eq!(
        create(None::<&View>, &[MetricShape::default(); 4], 0, false, 0, &mut blob),
        Ok(920)
    );
}

#[test]
fn the_largest_entry_and_the_largest_export_fit_their_bounds() {
    let sketch = SketchLayout::new(100, 1_000_000, 96).ok();
    let plain = MetricShape::default();
    let mut metrics = [plain; 16];
    metrics[3].sketch = sketch;
    metrics[15].sketch = sketch;
    let mut blob = vec![0; BYTES_MAX];
    let plain_bytes = create(None::<&View>, &metrics, u16::MAX, true, 0, &mut blob).unwrap();
    let mut entry = blob[..plain_bytes].to_vec();
    let entry = Recorder::parse(&mut entry).unwrap();
    let rules = [0; 3 * INLINE_BYTES];
    let most = &rules[..INLINE_RULES_MAX * INLINE_BYTES];
    assert_eq!(with_inline_rules(&entry, &rules, &mut blob), Err(HotError::ShapeInvalid));
    assert_eq!(with_inline_rules(&entry, most, &mut blob), Ok(BYTES_MAX));
    let mut recorder = Recorder::parse(&mut blob).unwrap();
    for hour in 0..5 {
        recorder.place(hour * 24).unwrap();
    }
    recorder.export(SLOTS, |export, _| assert_eq!(export.len(), EXPORT_BYTES_MAX));
    metrics[0].sketch = sketch;
    assert_eq!(
        create(None::<&View>, &metrics, u16::MAX, true, 0, &mut blob),
        Err(HotError::ShapeInvalid)
    );
    assert_eq!(
        create(None::<&View>, &[plain; 17], u16::MAX, true, 0, &mut blob),
        Err(HotError::ShapeInvalid)
    );
    assert_eq!(create(None::<&View>, &[], 0, true, 0, &mut blob), Err(HotError::ShapeInvalid));
}

#[test]
fn a_blob_that_contradicts_itself_is_refused_whatever_byte_is_wrong() {
    let blob = recorded();
    let refused = |blob: &[u8]| View::parse(blob).err() == Some(HotError::BlobInvalid);
    assert!(refused(&[]));
    assert!(refused(&blob[..blob.len() - 1]));
    assert!(refused(&[blob.clone(), vec![0]].concat()));
    for (at, value) in [
        (0, 2),
        (1, 0),
        (1, 17),
        (1, 3),
        (2, 0),
        (3, 5),
        (58, 3),
        (59, 1),
        (60, 3),
        (61, 2),
        (61, 3),
    ] {
        let mut wrong = blob.clone();
        wrong[at] = value;
        assert!(refused(&wrong), "byte {at} = {value}");
    }
    let export = bytes(EXPORT);
    let refused = |export: &[u8]| Export::parse(export).err() == Some(HotError::BlobInvalid);
    assert!(refused(&[]));
    assert!(refused(&export[..export.len() - 1]));
    // Of fewer metrics, the rest would be sketches.
    for (at, value) in [(0, 2), (1, 3), (3, 5)] {
        let mut wrong = export.clone();
        wrong[at] = value;
        assert!(refused(&wrong), "byte {at} = {value}");
    }
}

#[test]
fn no_bytes_make_reading_panic() {
    let mut blob = recorded();
    for at in 0..blob.len() {
        for value in [0, 1, 0x7f, 0xff] {
            let before = std::mem::replace(&mut blob[at], value);
            if let Ok(view) = View::parse(&blob) {
                for metric in 0..view.metrics() {
                    view.totals(metric);
                    view.unflushed(metric);
                    view.quantile(metric, 500);
                    view.late(metric);
                    assert!(minutes(view.ring(metric).unwrap_or(&[])).count() <= 12);
                }
            }
            blob[at] = before;
        }
    }
}
