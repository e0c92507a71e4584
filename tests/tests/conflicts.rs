//! Which calls the network may apply at the same time: those of which none writes what another
//! reads or writes.

use anyhow::Result;
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::performance_monitor::ReporterRole;
use lumenscope_localnet::xdr::{LedgerFootprint, LedgerKey};
use lumenscope_tests::stage::{Call, on_stage};
use lumenscope_tests::suite::Suite;
use soroban_sdk::{Address, String as SdkString, vec};

const FUNCTION: &str = "swap";

fn footprint(suite: &Suite, call: Call) -> Result<LedgerFootprint> {
    let function = suite.stage.through("call", &[call])?;
    Ok(suite.stage.simulate(&function)?.data.resources.footprint)
}

/// The keys that one writes and the other reads or writes.
fn shared(one: &LedgerFootprint, other: &LedgerFootprint) -> Vec<LedgerKey> {
    let writes = |from: &LedgerFootprint, of: &LedgerFootprint| {
        let touched = |key: &&LedgerKey| of.read_only.contains(key) || of.read_write.contains(key);
        from.read_write.iter().filter(touched).cloned().collect::<Vec<_>>()
    };
    [writes(one, other), writes(other, one)].concat()
}

/// Records into the stream itself, or one of its lanes.
fn record(suite: &Suite, contract: &Address, lane: Option<u32>) -> Call {
    let stream = StreamKey { contract: contract.clone(), lane, ..suite.stream(FUNCTION) };
    let samples = vec![suite.env(), (suite.stage.symbol("premium"), 9i128)];
    suite.monitor("record_samples", (stream, samples))
}

/// Another contract, for which the same caller records.
fn another_contract(suite: &mut Suite) -> Result<Address> {
    let (caller, other) = (suite.caller.clone(), suite.stage.account(77)?);
    let spec = suite.spec(suite.pool_metrics());
    let stream = StreamKey { contract: other.clone(), ..suite.stream(FUNCTION) };
    for call in [
        suite.monitor("register", (caller.clone(), other.clone(), caller.clone())),
        suite.monitor("set_reporter", (other.clone(), caller, ReporterRole::Recorder)),
        suite.monitor("open_stream", (stream, spec)),
    ] {
        suite.stage.act(&[call])?;
    }
    Ok(other)
}

#[test]
fn two_contracts_and_two_lanes_share_no_key_that_one_of_them_writes() -> Result<()> {
    on_stage(|stage| {
        let mut suite = Suite::new(stage)?;
        let caller = suite.caller.clone();
        let other = another_contract(&mut suite)?;
        for lane in [None, Some(1), Some(2)] {
            let stream = StreamKey { lane, ..suite.stream(FUNCTION) };
            let open = suite.monitor("open_stream", (stream, suite.spec(suite.pool_metrics())));
            suite.stage.act(&[open])?;
        }
        let calls = [
            ("the stream", record(&suite, &caller, None)),
            ("lane 1", record(&suite, &caller, Some(1))),
            ("lane 2", record(&suite, &caller, Some(2))),
            ("another contract", record(&suite, &other, None)),
        ];
        let mut footprints = Vec::new();
        for (name, call) in calls {
            let footprint = footprint(&suite, call)?;
            assert_eq!(footprint.read_write.len(), 1, "{name} writes one entry");
            footprints.push((name, footprint));
        }
        for (place, (one, its)) in footprints.iter().enumerate() {
            for (other, others) in &footprints[..place] {
                assert_eq!(shared(its, others), [], "{one} and {other}");
            }
        }
        // The check sees what is shared: two calls of one stream.
        let again = footprint(&suite, record(&suite, &caller, None))?;
        assert_eq!(shared(&footprints[0].1, &again).len(), 2);
        // record_metric is the stream's, as record_samples without a lane is.
        let none: Option<SdkString> = None;
        let symbol = |name| suite.stage.symbol(name);
        let metric = suite.monitor(
            "record_metric",
            (other, symbol("premium"), 9i128, symbol("stroops"), symbol(FUNCTION), none),
        );
        let metric = footprint(&suite, metric)?;
        assert_eq!(shared(&footprints[0].1, &metric), []);
        assert_eq!(shared(&footprints[3].1, &metric).len(), 2);
        Ok(())
    })
}
