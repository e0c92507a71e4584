//! A stranger who opens every stream there is to open.

use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::performance_monitor::{MonitorError, STREAMS_PER_CONTRACT_MAX};

use super::super::watched::{FUNCTION, METRIC, record};
use super::super::world::{UNAUTHORISED, refused};
use super::Neighbours;

#[test]
fn streams_of_a_spammer_take_no_place_of_anothers() {
    let n = Neighbours::new();
    let w = &n.world;
    let open = |stream: &StreamKey| {
        let args = (stream.clone(), n.shape());
        n.refusal(&w.stranger, &w.monitor, "open_stream", args)
    };
    for number in 0..STREAMS_PER_CONTRACT_MAX {
        assert_eq!(open(&n.their_stream(&format!("f{number}"))), None);
    }
    let full = Some(refused(MonitorError::TooMany as u32));
    assert_eq!(open(&n.their_stream("one_more")), full);
    // Of somebody else's contract: not one.
    let before = n.stored();
    assert_eq!(open(&w.stream(FUNCTION)), Some(UNAUTHORISED));
    assert!(n.stored() == before);

    assert_eq!(w.monitor().streams(&w.pool, &0, &50).len(), 2, "those that its owner opened");
    assert_eq!(w.open(FUNCTION, &[METRIC]), Ok(()));
    record(w, &w.stream(FUNCTION), 7);
    assert_eq!(w.monitor().streams(&w.pool, &0, &50).len(), 3);
}
