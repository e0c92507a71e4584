//! Verifying a signed request: what a contract does before it acts for a program.

use anyhow::Result;
use lumenscope_interfaces::external_monitoring::{ApiKeyKind, ApiScope};
use lumenscope_tests::apply_stability::{Change, Expectation, Monitored, run, violations};
use lumenscope_tests::costs::scenarios::{keyed, request};
use lumenscope_tests::stage::{Call, Stage, on_stage};
use lumenscope_tests::suite::Suite;
use soroban_sdk::BytesN;

use crate::times::{HOUR_ENDS_S, HOUR_S, MID_HOUR_S, MINUTE_S};

/// A contract that verifies requests, each with the next nonce.
#[derive(Clone)]
struct Verifying {
    suite: Suite,
    key: BytesN<32>,
    nonce: u64,
}

impl Monitored for Verifying {
    fn stage(&mut self) -> &mut Stage {
        &mut self.suite.stage
    }

    fn calls(&mut self, count: u32) -> Result<Vec<Call>> {
        Ok((0..count).map(|_| self.next()).collect())
    }
}

impl Verifying {
    fn new(stage: Stage) -> Result<Self> {
        let mut suite = Suite::new(stage)?;
        suite.stage.close_at(MID_HOUR_S - HOUR_S)?;
        let key = keyed(&mut suite)?;
        Ok(Self { suite, key, nonce: 0 })
    }

    fn next(&mut self) -> Call {
        self.nonce += 1;
        request(&self.suite, "verify_request", &self.key, self.nonce)
    }

    fn use_some(&mut self, requests: u32) -> Result<()> {
        for _ in 0..requests {
            let call = self.next();
            self.suite.stage.act(&[call])?;
        }
        Ok(())
    }

    fn act(&mut self, call: Call) -> Result<()> {
        self.suite.stage.act(&[call])
    }
}

fn wait(world: &mut Verifying, seconds: u64) -> Result<()> {
    let now_s = world.stage().ledger().close_time_s();
    world.stage().close_at(now_s + seconds)
}

fn used_once(world: &mut Verifying) -> Result<()> {
    world.stage().close_at(MID_HOUR_S)?;
    world.use_some(1)
}

fn changes() -> Vec<Change<Verifying>> {
    let stable =
        |name, before, between| Change { name, before, between, expectation: Expectation::Stable };
    Vec::from([
        stable("nothing", used_once, |_| Ok(())),
        stable("the first request of a key", |w| w.stage().close_at(MID_HOUR_S), |_| Ok(())),
        stable("a minute passes, and with it the window of the rate", used_once, |w| {
            wait(w, MINUTE_S)
        }),
        stable("an hour ends", |w| w.stage().close_at(HOUR_ENDS_S), |w| wait(w, 3)),
        stable("others overtake it", used_once, |w| {
            // With nonces above those that were simulated.
            w.nonce += 8;
            w.use_some(5)
        }),
        stable("nonces far ahead are used", used_once, |w| {
            w.nonce += 100;
            w.use_some(1)
        }),
        stable("the owner rotates the key", used_once, |w| {
            let expires_s = w.stage().ledger().close_time_s() + 24 * HOUR_S;
            let material = BytesN::from_array(w.suite.env(), &[3; 32]);
            let rotate = (w.key.clone(), material, expires_s, HOUR_S);
            let rotate = w.suite.connections("rotate_api_key", rotate);
            w.act(rotate)
        }),
        stable("the owner does something else, of which the audit log says", used_once, |w| {
            let expires_s = w.stage().ledger().close_time_s() + 24 * HOUR_S;
            let material = BytesN::from_array(w.suite.env(), &[3; 32]);
            let create = (
                w.suite.caller.clone(),
                w.suite.text("another"),
                ApiKeyKind::Ed25519,
                material,
                ApiScope::ReadMetrics.bit(),
                60_u32,
                expires_s,
            );
            let create = w.suite.connections("create_api_key", create);
            w.act(create)
        }),
        stable("the contract is paused", used_once, |w| {
            let pause = w.suite.connections("pause", ());
            w.act(pause)
        }),
    ])
}

#[test]
fn verify_request_applies_as_simulated() -> Result<()> {
    on_stage(|stage| {
        let trials = run(&Verifying::new(stage)?, &changes())?;
        assert_eq!(violations(&trials), Vec::<String>::new());
        Ok(())
    })
}
