//! Sketches of a hot entry through rollover, late samples and flush.

use lumenscope_bucket::Statistics;
use lumenscope_hot::{BYTES_MAX, MetricShape, Moment, Recorder, Sample, View, create};
use lumenscope_sketch::{Quantile, SketchLayout};

const HOUR_S: u64 = 3_600;

fn entry() -> Vec<u8> {
    let mut blob = vec![0; BYTES_MAX];
    let sketch = SketchLayout::new(10, 1_000, 64).ok();
    let metrics = [MetricShape::default(), MetricShape { sketch, ..MetricShape::default() }];
    let bytes = create(None::<&View>, &metrics, 0, false, 0, &mut blob).unwrap();
    blob.truncate(bytes);
    blob
}

fn record(recorder: &mut Recorder, hour: u64, sample: Sample) {
    let moment = Moment::new(hour * HOUR_S, hour * HOUR_S);
    let slot = recorder.place(moment.hour).unwrap();
    recorder.add(1, slot, moment, &sample);
}

/// The quantile is exact up to the sketch's 5 %.
fn near(came: Option<Quantile>, expected: i64) {
    let Some(Quantile::Value(value)) = came else { panic!("{came:?}, expected {expected}") };
    assert!((value - expected).abs() * 20 <= expected, "{value}, expected {expected}");
}

#[test]
fn quantiles_span_all_hours_before_a_flush() {
    let mut blob = entry();
    let mut recorder = Recorder::parse(&mut blob).unwrap();
    assert_eq!(recorder.view().quantile(0, 500), None);
    assert_eq!(recorder.view().quantile(1, 500), Some(Quantile::Empty));
    for (hour, value) in [(1, 100), (2, 200), (3, 300), (2, 400), (9, 500), (10, 600), (11, 700)] {
        record(&mut recorder, hour, Sample::of(value));
    }
    let view = recorder.view();
    for (per_mille, expected) in [(0, 100), (143, 200), (500, 400), (1_000, 700)] {
        near(view.quantile(1, per_mille), expected);
    }
}

#[test]
fn a_flush_of_all_closed_hours_forgets_what_came_before_the_one_before() {
    let mut blob = entry();
    let mut recorder = Recorder::parse(&mut blob).unwrap();
    for (hour, value) in [(1, 100), (2, 200), (3, 300)] {
        record(&mut recorder, hour, Sample::of(value));
    }
    assert_eq!(recorder.remove_through(1), 1);
    near(recorder.view().quantile(1, 0), 100);
    assert_eq!(recorder.remove_through(2), 1);
    near(recorder.view().quantile(1, 0), 100);
    record(&mut recorder, 4, Sample::of(400));
    assert_eq!(recorder.remove_through(2), 0);
    near(recorder.view().quantile(1, 0), 100);
    assert_eq!(recorder.remove_through(3), 1);
    near(recorder.view().quantile(1, 0), 400);
    assert_eq!(recorder.remove_through(4), 1);
    assert_eq!(recorder.view().quantile(1, 0), Some(Quantile::Empty));
}

#[test]
fn values_outside_the_range_are_said_to_be_and_aggregates_are_left_out() {
    let mut blob = entry();
    let mut recorder = Recorder::parse(&mut blob).unwrap();
    let mut aggregate = Statistics::of(500);
    aggregate.record(500);
    record(&mut recorder, 1, Sample::aggregate(aggregate));
    assert_eq!(recorder.view().quantile(1, 500), Some(Quantile::Empty));
    record(&mut recorder, 1, Sample::of(9));
    record(&mut recorder, 1, Sample::of(1_001));
    record(&mut recorder, 1, Sample::of(i128::MIN));
    assert_eq!(recorder.view().quantile(1, 0), Some(Quantile::BelowRange));
    assert_eq!(recorder.view().quantile(1, 1_000), Some(Quantile::AboveRange));
    assert_eq!(recorder.view().unflushed(1).count, 5);
}
