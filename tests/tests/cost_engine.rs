//! The cost engine, on probes whose costs are known another way.

use anyhow::Result;
use lumenscope_localnet::xdr::ScVal;
use lumenscope_tests::costs::{LEDGERS_PER_YEAR, RENT_STRESS_FACTOR, measure};
use lumenscope_tests::stage::{Call, Stage, list, on_stage};

fn naive_call(stage: &mut Stage, function: &'static str) -> Result<Call> {
    let naive = stage.deploy("probe-naive", ())?;
    let caller = stage.caller()?;
    Ok(stage.call(&naive, function, (caller, stage.symbol("fee"), 7_i128)))
}

/// Instructions declared beyond what was measured: applying needs a little more than recording.
/// A multiple of what the fee is counted in, so that it cancels out to the stroop.
const MARGIN: u32 = 1_000_000;

/// Applies the calls with what was measured, and gives what the ledger charged for resources, and
/// for rent.
fn charged(stage: &mut Stage, function: &'static str, calls: &[Call]) -> Result<(i64, i64)> {
    let function = stage.through(function, calls)?;
    let mut simulation = stage.simulate(&function)?;
    simulation.data.resources.instructions = stage.record(&function)?.instructions + MARGIN;
    let outcome = stage.apply(&function, &simulation, Some(1_000))?;
    assert_eq!(outcome.failure(), None);
    let fees = outcome.fees;
    Ok((fees.non_refundable_stroops + fees.events_stroops, fees.rent_stroops))
}

#[test]
fn what_is_measured_is_what_the_ledger_charges() -> Result<()> {
    on_stage(|mut stage| {
        // Creates an entry and emits nothing; then writes it; then emits an event of 512 bytes.
        let call = naive_call(&mut stage, "announcing")?;
        let calls = [call];
        for _ in 0..2 {
            let (figures, _) = measure(&mut stage.clone(), &calls)?;
            let (free, no_rent) = charged(&mut stage.clone(), "noop", &calls)?;
            let (paid, rent) = charged(&mut stage, "call", &calls)?;
            assert_eq!(figures.stroops, paid - free);
            assert_eq!(figures.rent_stroops, rent - no_rent);
        }
        stage.close_at(stage.ledger().close_time_s() + 3_600)?;
        let (figures, _) = measure(&mut stage.clone(), &calls)?;
        assert!(figures.event_bytes > 512);
        let (free, _) = charged(&mut stage.clone(), "noop", &calls)?;
        let (paid, _) = charged(&mut stage, "call", &calls)?;
        assert_eq!(figures.stroops, paid - free);
        Ok(())
    })
}

#[test]
fn the_floor_of_the_floor_is_the_floor() -> Result<()> {
    on_stage(|mut stage| {
        let floor = stage.deploy("probe-floor", ())?;
        let entry = list(vec![ScVal::U32(1), ScVal::U32(1_000), ScVal::Bool(false)])?;
        let entries = stage.decode(&list(vec![entry])?)?;
        let events = stage.decode(&list(Vec::new())?)?;
        let calls = [stage.call(&floor, "put", (entries, events))];
        for entries_created in [1, 0] {
            let (figures, floor) = measure(&mut stage.clone(), &calls)?;
            let floor = floor.expect("an entry that is written has a floor");
            assert_eq!(figures.written_bytes, floor.written_bytes);
            assert_eq!(figures.rent_stroops, floor.rent_stroops);
            assert_eq!(figures.rent_stroops > 0, entries_created == 1);
            assert!((figures.stroops - floor.stroops).abs() <= 1, "{figures:?} {floor:?}");
            stage.act(&calls)?;
        }
        Ok(())
    })
}

#[test]
fn a_contract_with_logic_costs_more_than_its_floor() -> Result<()> {
    on_stage(|mut stage| {
        let calls = [naive_call(&mut stage, "branching")?];
        stage.act(&calls)?;
        let (figures, floor) = measure(&mut stage, &calls)?;
        let floor = floor.expect("an entry that is written has a floor");
        assert_eq!(figures.entries_written, 1);
        assert_eq!(figures.written_bytes, floor.written_bytes);
        assert!(figures.instructions > floor.instructions);
        assert!(figures.stroops > floor.stroops);
        Ok(())
    })
}

#[test]
fn rent_is_what_the_formula_of_the_network_says() -> Result<()> {
    on_stage(|mut stage| {
        let calls = [naive_call(&mut stage, "branching")?];
        stage.act(&calls)?;
        let (figures, _) = measure(&mut stage, &calls)?;
        // bytes x ledgers x rate / (1024 x 1215); writing the time to live comes on top.
        let rent = |rate: i64| {
            figures.written_bytes * i64::from(LEDGERS_PER_YEAR) * rate / (1_024 * 1_215)
        };
        let ttl_write = figures.year_rent_stroops - rent(1_000);
        assert!((1_250..=1_300).contains(&ttl_write), "{ttl_write}");
        let ttl_write = figures.year_rent_10x_stroops - rent(1_000 * RENT_STRESS_FACTOR);
        assert!((1_250..=1_300).contains(&ttl_write), "{ttl_write}");
        Ok(())
    })
}

#[test]
fn two_days_of_a_stream_cost_what_their_transactions_do_and_hours_are_their_rent() -> Result<()> {
    use lumenscope_tests::costs::year::{KEEPINGS, keep, plain_rent_stroops};
    let [default, rarely, briefly, ..] = KEEPINGS;
    let hourly = keep(default, 48)?;
    // Opening, 48 flushes, two days made.
    assert_eq!(hourly.transactions, 1 + 48 + 2);
    let rarely = keep(rarely, 48)?;
    assert_eq!(rarely.transactions, 1 + 16 + 2);
    let apart_stroops = (rarely.rent_stroops - hourly.rent_stroops).abs();
    assert!(apart_stroops < 100, "the same is kept, created a few ledgers apart");
    assert!(rarely.fees_stroops < hourly.fees_stroops);
    assert_eq!(keep(briefly, 48)?.transactions, hourly.transactions + 1, "the owner's choice");
    let [plain, stress] = plain_rent_stroops(8)?;
    // Ten times the rate, less the writes that rent pays for.
    assert!(plain > 100 * hourly.rent_stroops && stress > 9 * plain);
    Ok(())
}
