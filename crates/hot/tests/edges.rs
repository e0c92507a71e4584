//! What lies at the bounds of an entry, and beside them.

use lumenscope_bucket::{Statistics, fixed};
use lumenscope_hot::{
    BYTES_MAX, Export, HotError, INLINE_BYTES, INLINE_RULES_MAX, MetricShape, Moment,
    ONE_RING_BYTES, Recorder, Reporter, SKETCH_HEAD_BYTES, Sample, Span, View, WITNESSES, create,
    known_through, newest_minute, unpacked, with_inline_rules,
};
use lumenscope_sketch::{
    BINS_MAX, Quantile, RELATIVE_ERROR_MAX_BP, SketchLayout, VALUE_MAX as SKETCH_VALUE_MAX,
};

const PLAIN: MetricShape = MetricShape { code: 0, sketch: None, continues: 0 };
/// Where an entry's header says what else there is.
const AT_METRICS: usize = 1;
const AT_SKETCHES: usize = 60;
const AT_INLINE: usize = 61;
const HEADER_BYTES: usize = 64;
const METRIC_BYTES: usize = 2 + 212;

fn entry(
    former: Option<&[u8]>,
    metrics: &[MetricShape],
    watched: u16,
    witnesses: bool,
    hour: u32,
) -> Vec<u8> {
    let mut blob = vec![0; BYTES_MAX];
    let former = former.map(|former| View::parse(former).unwrap());
    let len = create(former.as_ref(), metrics, watched, witnesses, hour, &mut blob).unwrap();
    blob.truncate(len);
    blob
}

fn continuing(continues: usize) -> MetricShape {
    MetricShape { continues, ..PLAIN }
}

fn record(blob: &mut [u8], metric: usize, hour: u32, value: i128) {
    let mut recorder = Recorder::parse(blob).unwrap();
    let at_s = u64::from(hour) * 3_600;
    let slot = recorder.place(hour).unwrap();
    recorder.add(metric, slot, Moment::new(at_s, at_s), &Sample::of(value));
}

fn is_refused(blob: &[u8]) -> bool {
    View::parse(blob).err() == Some(HotError::BlobInvalid)
}

/// Inserts zeros.
fn with_zeros(blob: &[u8], at: usize, zeros: usize) -> Vec<u8> {
    [&blob[..at], &vec![0; zeros], &blob[at..]].concat()
}

#[test]
fn more_than_an_entry_may_have_is_refused_also_where_its_length_fits() {
    let mut nothing = vec![0; HEADER_BYTES];
    nothing[0] = 1;
    assert!(is_refused(&nothing), "no metrics");

    let most = entry(None, &[PLAIN; 16], 0, false, 0);
    assert!(View::parse(&most).is_ok());
    let mut more = with_zeros(&most, most.len(), METRIC_BYTES);
    more[AT_METRICS] = 17;
    assert!(is_refused(&more), "17 metrics");

    let one = entry(None, &[PLAIN], 0, false, 0);
    for number in 1..=INLINE_RULES_MAX + 1 {
        let mut more = with_zeros(&one, one.len(), number * INLINE_BYTES);
        more[AT_INLINE] = number as u8;
        assert_eq!(is_refused(&more), number > INLINE_RULES_MAX, "{number} inline rules");
    }

    let sketch = SketchLayout::new(1, 100, 64).ok();
    let sketched = entry(None, &[MetricShape { sketch, ..PLAIN }], 0, false, 0);
    let at = one.len();
    for number in 1..=3 {
        let mut more = [&one[..], &sketched[at..].repeat(number)].concat();
        more[AT_SKETCHES] = number as u8;
        assert_eq!(is_refused(&more), number > 2, "{number} sketches");
        // One that is said to be there, and is not.
        more[AT_SKETCHES] = number as u8 + 1;
        assert!(is_refused(&more));
        assert!(is_refused(&[&more[..], &[0; SKETCH_HEAD_BYTES]].concat()));
    }
}

#[test]
fn a_sketch_is_read_within_the_bounds_of_sketches() {
    let plain = entry(None, &[PLAIN], 0, false, 0).len();
    let of = |bins: u16| {
        let layout = SketchLayout::new(1, 100, bins).ok();
        entry(None, &[MetricShape { sketch: layout, ..PLAIN }], 0, false, 0)
    };
    let with = |bins: u16, at: usize, value: &[u8]| {
        let mut blob = of(bins);
        let at = plain + 1 + at;
        blob[at..at + value.len()].copy_from_slice(value);
        blob
    };
    let largest = SKETCH_VALUE_MAX.to_le_bytes();
    let larger = (SKETCH_VALUE_MAX + 1).to_le_bytes();
    for at in [0, 8] {
        assert!(!is_refused(&with(64, at, &largest)), "{at}");
        assert!(is_refused(&with(64, at, &larger)), "{at}");
    }
    let coarsest = RELATIVE_ERROR_MAX_BP.to_le_bytes();
    assert!(!is_refused(&with(64, 18, &coarsest)));
    assert!(is_refused(&with(64, 18, &(RELATIVE_ERROR_MAX_BP + 1).to_le_bytes())));
    let most = of(BINS_MAX);
    assert!(!is_refused(&most));
    // As many more counters as it then says.
    let mut more = with_zeros(&most, most.len(), 4);
    more[plain + 17..plain + 19].copy_from_slice(&(BINS_MAX + 1).to_le_bytes());
    assert!(is_refused(&more));
}

#[test]
fn the_last_counter_of_an_entry_is_read() {
    let sketch = SketchLayout::new(10, 1_000, 64).ok();
    let mut blob = entry(None, &[MetricShape { sketch, ..PLAIN }], 0, false, 0);
    record(&mut blob, 0, 1, 5_000);
    let mut recorder = Recorder::parse(&mut blob).unwrap();
    assert_eq!(recorder.remove_through(1), 1);
    assert_eq!(recorder.view().quantile(0, 500), Some(Quantile::AboveRange));
    assert_eq!(blob[blob.len() - 2..], [1, 0]);
}

#[test]
fn a_flush_that_finds_nothing_leaves_sketches_where_they_are() {
    let sketch = SketchLayout::new(10, 1_000, 64).ok();
    let mut blob = entry(None, &[MetricShape { sketch, ..PLAIN }], 0, false, 0);
    record(&mut blob, 0, 5, 100);
    for _ in 0..3 {
        let mut recorder = Recorder::parse(&mut blob).unwrap();
        let slots = recorder.view().slots_through(4);
        assert_eq!(slots, 0);
        recorder.export(slots, |export, sketches| {
            let export = Export::parse(export).unwrap();
            assert!(export.is_empty() && sketches.is_empty());
        });
        assert_eq!(recorder.remove_through(4), 0);
    }
    let mut recorder = Recorder::parse(&mut blob).unwrap();
    assert!(matches!(recorder.view().quantile(0, 500), Some(Quantile::Value(_))));
    recorder.export(1, |export, sketches| {
        assert!(!Export::parse(export).unwrap().is_empty() && !sketches.is_empty());
    });
}

#[test]
fn witnesses_are_kept_where_both_shapes_keep_them() {
    let sketch = SketchLayout::new(1, 100, 64).ok();
    // Something that is not zero behind the metrics.
    let sketched = MetricShape { sketch, ..PLAIN };
    let mut without = entry(None, &[sketched], 0, false, 0);
    record(&mut without, 0, 1, 7);
    let seen = |blob: &[u8]| {
        let view = View::parse(blob).unwrap();
        (0..3)
            .map(|witness| (view.last_sequence(Some(witness), 2), view.witnessed(0, witness, 2)))
            .collect::<Vec<_>>()
    };
    let nothing = vec![(0, Statistics::EMPTY); 3];
    let shapes = [MetricShape { continues: 1, ..sketched }];
    let begun = entry(Some(&without), &shapes, 0, true, 0);
    assert_eq!(seen(&begun), nothing);
    assert!((0..u16::MAX).all(|generation| {
        let view = View::parse(&begun).unwrap();
        generation == 0 || view.last_sequence(Some(0), generation) == 0
    }));

    let mut with = begun;
    let mut recorder = Recorder::parse(&mut with).unwrap();
    recorder.accept(Reporter { seat: 2, generation: 2, sequence: 9 }).unwrap();
    recorder.add_witnessed(0, 2, &Statistics::of(3));
    let counted = Statistics { count: 2, sum: 10, ..Statistics::EMPTY };
    assert_eq!(seen(&with)[1], (9, counted));
    assert_eq!(seen(&entry(Some(&with), &shapes, 0, true, 0)), seen(&with));
    // Dropped, and not found again.
    let dropped = entry(Some(&with), &shapes, 0, false, 0);
    assert_eq!(dropped, without);
    assert_eq!(seen(&dropped), nothing);
    assert_eq!(seen(&entry(Some(&dropped), &shapes, 0, true, 0)), nothing);
    assert_eq!(View::parse(&dropped).unwrap().totals(0).sum, 7);
    // Where nothing lies behind the metrics.
    let plain = entry(None, &[PLAIN], 0, false, 0);
    assert_eq!(seen(&entry(Some(&plain), &[continuing(1)], 0, true, 0)), nothing);
}

#[test]
fn a_stored_entry_of_another_version_is_refused() {
    let blob = entry(None, &[PLAIN], 0, true, 0);
    let mut room = [0; BYTES_MAX];
    room[..blob.len()].copy_from_slice(&blob);
    let recorder = Recorder::stored(&mut room, blob.len()).unwrap();
    assert_eq!((recorder.bytes(), recorder.view().metrics()), (&blob[..], 1));
    room[0] = 2;
    assert_eq!(Recorder::stored(&mut room, blob.len()).err(), Some(HotError::BlobInvalid));
}

#[test]
fn a_metric_that_continues_none_begins_anew() {
    let mut former = entry(None, &[PLAIN, PLAIN], 0b11, false, 0);
    record(&mut former, 0, 1, 7);
    record(&mut former, 1, 1, 8);
    let totals = |blob: &[u8], metric| View::parse(blob).unwrap().totals(metric).sum;
    let blob = entry(Some(&former), &[continuing(2), continuing(3), PLAIN], 0b111, false, 0);
    assert_eq!((0..3).map(|metric| totals(&blob, metric)).collect::<Vec<_>>(), [8, 0, 0]);
    let view = View::parse(&blob).unwrap();
    for metric in 1..3 {
        assert_eq!(view.unflushed(metric), Statistics::EMPTY);
        assert!(view.ring(metric).unwrap().iter().all(|byte| *byte == 0));
    }
}

#[test]
fn a_rule_whose_metric_is_not_continued_by_any_of_sixteen_goes() {
    let mut former = entry(None, &[PLAIN], 1, false, 0);
    let recorder = Recorder::parse(&mut former).unwrap();
    let mut ruled = vec![0; BYTES_MAX];
    let len = with_inline_rules(&recorder, &[0; INLINE_BYTES], &mut ruled).unwrap();
    ruled.truncate(len);
    let blob = entry(Some(&ruled), &[PLAIN; 16], u16::MAX, false, 0);
    assert_eq!(View::parse(&blob).unwrap().inline_rules(), 0);
}

#[test]
fn where_an_inline_rule_stands_is_stored_in_its_place() {
    let mut plain = entry(None, &[PLAIN], 1, true, 0);
    let recorder = Recorder::parse(&mut plain).unwrap();
    let mut ruled = vec![0; BYTES_MAX];
    let len = with_inline_rules(&recorder, &[0; 2 * INLINE_BYTES], &mut ruled).unwrap();
    ruled.truncate(len);
    let before = ruled.clone();
    let mut recorder = Recorder::parse(&mut ruled).unwrap();
    recorder.set_inline_rule(1, &[7; INLINE_BYTES]);
    let view = recorder.view();
    assert_eq!((view.inline_rule(0), view.inline_rule(1)), (&[0; 96][..], &[7; 96][..]));
    assert_eq!(ruled[..len - INLINE_BYTES], before[..len - INLINE_BYTES]);
}

/// The bytes of a header may be those of a layout: it is taken for no sketch.
#[test]
fn a_header_that_reads_like_a_layout_is_no_sketch() {
    let (hour, calls) = (500_000, 100);
    let mut former = entry(None, &[PLAIN], 0, false, hour);
    let mut recorder = Recorder::parse(&mut former).unwrap();
    (0..calls).for_each(|_| _ = recorder.next_sequence());
    let layout = SketchLayout::new(1 | calls << 24, i64::from(hour) << 24, BINS_MAX).unwrap();
    let encoded = layout.encode();
    let generation = u16::from(encoded[16]) << 8;
    let sequence = encoded[17..].iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    recorder.accept(Reporter { seat: 0, generation, sequence }).unwrap();
    assert_eq!(former[1..21], encoded);
    let shape = MetricShape { sketch: Some(layout), ..continuing(1) };
    let blob = entry(Some(&former), &[shape], 0, false, 0);
    assert_eq!(View::parse(&blob).unwrap().quantile(0, 500), Some(Quantile::Empty));
}

#[test]
fn the_pair_that_loses_least_is_the_one_that_merges() {
    let spans = |hours: [u32; 5]| {
        let mut blob = entry(None, &[PLAIN], 0, false, 0);
        hours.iter().for_each(|hour| record(&mut blob, 0, *hour, 1));
        let view = View::parse(&blob).unwrap();
        view.slots().map(|slot| slot.span).collect::<Vec<_>>()
    };
    let span = |start_hour, end_hour| Span { start_hour, end_hour };
    // Days of January 1970, then one of February and one of March.
    let day = |day: u32, hour: u32| day * 24 + hour;
    let (february, march) = (day(40, 0), day(70, 0));
    // Two of one day, though others are older and of one month.
    assert_eq!(
        spans([day(1, 0), day(2, 0), day(2, 5), day(3, 0), day(4, 0)]),
        [day(1, 0), day(2, 0), day(3, 0), day(4, 0)]
            .map(|hour| span(hour, if hour == day(2, 0) { day(2, 5) } else { hour }))
    );
    // Two of one month, though others are older.
    assert_eq!(
        spans([day(1, 0), february, february + 24, march, march + 24]),
        [
            span(day(1, 0), day(1, 0)),
            span(february, february + 24),
            span(march, march),
            span(march + 24, march + 24)
        ]
    );
    // The oldest two, where none are of one month.
    let (april, may) = (day(100, 0), day(130, 0));
    assert_eq!(
        spans([day(1, 0), february, march, april, may]),
        [span(day(1, 0), february), span(march, march), span(april, april), span(may, may)]
    );
}

#[test]
fn two_sketches_are_two() {
    let sketch = |bins| SketchLayout::new(10, 1_000, bins).ok();
    let metrics = [
        PLAIN,
        MetricShape { sketch: sketch(64), ..PLAIN },
        MetricShape { sketch: sketch(96), ..PLAIN },
    ];
    let mut blob = entry(None, &metrics, 0, false, 0);
    let near = |blob: &[u8], metric, expected: i64| {
        let Some(Quantile::Value(value)) = View::parse(blob).unwrap().quantile(metric, 500) else {
            panic!("metric {metric} has no value");
        };
        assert!((value - expected).abs() * 20 <= expected, "{value}, expected {expected}");
    };
    for (metric, value) in [(1, 100), (2, 500)] {
        record(&mut blob, metric, 1, value);
        let view = View::parse(&blob).unwrap();
        assert_eq!(view.quantile(0, 500), None);
        assert_eq!(view.sketch(metric).map(|layout| layout.bins()), Some([0, 64, 96][metric]));
    }
    let check = |blob: &[u8]| {
        near(blob, 1, 100);
        near(blob, 2, 500);
    };
    check(&blob);
    Recorder::parse(&mut blob).unwrap().remove_through(1);
    check(&blob);
    // Each follows its metric.
    let swapped =
        [MetricShape { continues: 3, ..metrics[2] }, MetricShape { continues: 2, ..metrics[1] }];
    let swapped = entry(Some(&blob), &swapped, 0, false, 0);
    near(&swapped, 0, 500);
    near(&swapped, 1, 100);
    record(&mut blob, 0, 2, 0);
    Recorder::parse(&mut blob).unwrap().remove_through(2);
    let view = View::parse(&blob).unwrap();
    assert_eq!([1, 2].map(|metric| view.quantile(metric, 500)), [Some(Quantile::Empty); 2]);
}

#[test]
fn a_flush_of_all_opens_the_hour_after_it() {
    let mut blob = entry(None, &[PLAIN], 0, false, 5);
    let known_through = |blob: &[u8]| {
        known_through(blob[..ONE_RING_BYTES].first_chunk::<ONE_RING_BYTES>().unwrap())
    };
    let mut watched = entry(None, &[PLAIN], 1, false, 5);
    assert_eq!(known_through(&watched), u32::MAX);
    for blob in [&mut blob, &mut watched] {
        record(blob, 0, 7, 1);
        record(blob, 0, 9, 1);
    }
    assert_eq!(known_through(&watched), 6);
    let mut recorder = Recorder::parse(&mut blob).unwrap();
    assert_eq!(recorder.remove_through(7), 1);
    assert_eq!(recorder.view().flushed_before(), 8);
    assert_eq!(recorder.remove_through(20), 1);
    assert_eq!(recorder.view().flushed_before(), 21);
    assert_eq!(recorder.place(20), Err(HotError::HourFlushed));
    assert_eq!(recorder.remove_through(3), 0);
    assert_eq!(recorder.view().flushed_before(), 21, "never earlier again");
}

#[test]
fn only_single_hours_that_were_flushed_are_counted_in() {
    let counted = |hours: &[u32]| {
        let mut kept = entry(None, &[PLAIN], 0, false, 100);
        let mut apart = kept.clone();
        let mut recorder = Recorder::parse(&mut apart).unwrap();
        recorder.set_apart();
        for hour in hours {
            record(&mut apart, 0, *hour, 1);
        }
        let apart = View::parse(&apart).unwrap();
        Recorder::parse(&mut kept).unwrap().count_in(&apart)
    };
    assert!(counted(&[1, 2, 50, 99]));
    assert!(!counted(&[1, 100]), "an hour that is open");
    assert!(!counted(&[1, 101]), "an hour to come");
    assert!(!counted(&[1, 2, 3, 4, 5]), "two hours in one slot");
}

#[test]
fn what_is_said_of_an_entry_is_what_it_was_made_with() {
    for witnesses in [false, true] {
        let mut blob = entry(None, &[PLAIN], 0, witnesses, 0);
        assert_eq!(View::parse(&blob).unwrap().has_witnesses(), witnesses);
        let mut recorder = Recorder::parse(&mut blob).unwrap();
        let sequence = 0x0102_0304_0506_0708;
        recorder.accept(Reporter { seat: 0, generation: 9, sequence }).unwrap();
        assert_eq!(recorder.view().primary_sequence(), sequence);
        for seat in 1..=5 {
            let accepted = recorder.accept(Reporter { seat, generation: 9, sequence: 1 });
            let seated = witnesses && seat <= WITNESSES;
            assert_eq!(accepted, if seated { Ok(()) } else { Err(HotError::NoWitnesses) });
        }
    }
    let mut statistics = Statistics::of(-7);
    statistics.record(1 << 40);
    assert_eq!(unpacked(&fixed::encode(&statistics)), statistics);
}

#[test]
fn the_newest_minute_is_found_wherever_it_lies_in_the_ring() {
    let mut blob = entry(None, &[PLAIN], 1, false, 0);
    for minute in 1_000..1_030 {
        let mut recorder = Recorder::parse(&mut blob).unwrap();
        let at_s = minute * 60;
        let moment = Moment::new(at_s, at_s);
        let slot = recorder.place(moment.hour).unwrap();
        recorder.add(0, slot, moment, &Sample::of(1));
        let view = recorder.view();
        assert_eq!(u64::from(newest_minute(view.ring(0).unwrap())), minute);
    }
}
