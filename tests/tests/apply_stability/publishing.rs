//! Publishing a dashboard: the one act that takes a place in a list of everybody's.

use std::collections::VecDeque;

use anyhow::{Context as _, Result, ensure};
use lumenscope_interfaces::dashboard::{DashboardAccess, DashboardLayout};
use lumenscope_tests::apply_stability::{Change, Expectation, Monitored, run, violations};
use lumenscope_tests::stage::{Call, Stage, on_stage};
use lumenscope_tests::suite::Suite;
use soroban_sdk::{Address, BytesN};

use crate::times::MID_HOUR_S;

/// More than are published in one trial: fifteen in simulations, one between, eight anew.
const DASHBOARDS: u32 = 25;

/// An owner who publishes one dashboard after the other.
#[derive(Clone)]
struct Publisher {
    suite: Suite,
    private: VecDeque<BytesN<32>>,
}

impl Monitored for Publisher {
    fn stage(&mut self) -> &mut Stage {
        &mut self.suite.stage
    }

    fn calls(&mut self, count: u32) -> Result<Vec<Call>> {
        (0..count).map(|_| self.share(None, DashboardAccess::View)).collect()
    }
}

impl Publisher {
    fn new(stage: Stage) -> Result<Self> {
        let mut suite = Suite::new(stage)?;
        suite.stage.close_at(MID_HOUR_S)?;
        let mut private = VecDeque::new();
        for _ in 0..DASHBOARDS {
            let (name, text) = (suite.text("a board"), suite.text(""));
            let create = (suite.caller.clone(), name, text, DashboardLayout::Grid, 12_u32, 8_u32);
            let create = suite.dashboards("create_dashboard", create);
            private.push_back(suite.stage.perform(&create)?);
        }
        Ok(Self { suite, private })
    }

    /// Shares the next one, which is not come back to.
    fn share(&mut self, account: Option<Address>, access: DashboardAccess) -> Result<Call> {
        let id = self.private.pop_front().context("none is left")?;
        Ok(self.suite.dashboards("share", (id, account, access)))
    }

    fn act(&mut self, account: Option<Address>, access: DashboardAccess) -> Result<()> {
        let call = self.share(account, access)?;
        self.suite.stage.act(&[call])
    }
}

fn changes() -> Vec<Change<Publisher>> {
    let change = |name, between, expectation| Change {
        name,
        before: |_: &mut Publisher| Ok(()),
        between,
        expectation,
    };
    Vec::from([
        change("nothing", |_| Ok(()), Expectation::Stable),
        change(
            "another dashboard is shared with somebody",
            |w| w.act(Some(w.suite.alerting.clone()), DashboardAccess::View),
            Expectation::Stable,
        ),
        change(
            "another dashboard is published first",
            |w| w.act(None, DashboardAccess::View),
            Expectation::MayFailOnce,
        ),
    ])
}

#[test]
fn a_publication_is_sent_anew_where_another_came_first() -> Result<()> {
    on_stage(|stage| {
        let trials = run(&Publisher::new(stage)?, &changes())?;
        assert_eq!(violations(&trials), Vec::<String>::new());
        // What is documented is what happens.
        let second = trials.last().context("no trial")?;
        ensure!(second.applied.iter().all(|applied| !applied.as_simulated()), "{second:?}");
        Ok(())
    })
}
