//! What one tenant of the suite tries against another: to read, mute, fill or bill. Which test shows
//! what is said in `docs/security/threat-model.md`.

mod callers;
mod directory;
mod exports;
mod handover;
mod ids;
mod links;
mod nonces;
mod offers;
mod page;
mod rendering;
mod responders;
mod rules;
mod streams;
mod within;

use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::dashboard::{
    DashboardDetails, DashboardLayout, DashboardVariables, DashboardViewer, RenderedPage,
    TimeRange, Widget,
};
use lumenscope_interfaces::external_monitoring::{
    IntegrationAuth, IntegrationDirection, IntegrationFormat, IntegrationKind,
};
use lumenscope_interfaces::performance_monitor::{
    MetricKind, MetricSpec, NO_SKETCH, RecordingMode, StreamSpec,
};
use soroban_sdk::testutils::Address as _;
use soroban_sdk::{
    Address, Bytes, BytesN, Env, Error, IntoVal, Map, TryFromVal, Val, Vec as SdkVec, vec,
};

use super::watched::{METRIC, UNWATCHED};
use super::world::{START_S, Stored, World, is_wasm};

/// An owner with a monitored contract, and a stranger who has one too, and knows everything that is
/// public.
pub struct Neighbours {
    pub world: World,
    pub external: Address,
    /// The stranger's contract.
    pub theirs: Address,
}

impl Neighbours {
    pub fn new() -> Self {
        let world = World::new();
        let constructor = (world.admin.clone(), 0_u64);
        let external = if is_wasm() {
            let wasm = lumenscope_contract_wasm::read("external-monitoring").expect("built");
            world.e.register(&*wasm, constructor)
        } else {
            world.e.register(external_monitoring::ExternalMonitoringContract, constructor)
        };
        // Whoever has a contract registers it; nobody is asked.
        let theirs = Address::generate(&world.e);
        let registration = (theirs.clone(), theirs.clone(), Some(world.stranger.clone()));
        world.must(&theirs, &world.monitor, "register", registration);
        Self { world, external, theirs }
    }

    /// A call that has to succeed, and its answer.
    pub fn get<T: TryFromVal<Env, Val>>(
        &self,
        who: &Address,
        contract: &Address,
        function: &str,
        args: impl IntoVal<Env, SdkVec<Val>>,
    ) -> T {
        let answer = self.world.call(who, contract, function, args, &[]);
        answer.unwrap_or_else(|error| panic!("{function}: {error:?}"))
    }

    /// Why a call is refused.
    pub fn refusal(
        &self,
        who: &Address,
        contract: &Address,
        function: &str,
        args: impl IntoVal<Env, SdkVec<Val>>,
    ) -> Option<Error> {
        self.world.call::<Val>(who, contract, function, args, &[]).err()
    }

    /// A stream of the stranger's contract.
    pub fn their_stream(&self, function: &str) -> StreamKey {
        StreamKey { contract: self.theirs.clone(), ..self.world.stream(function) }
    }

    /// The stranger opens a stream of their contract with a watched metric and another one.
    pub fn open_theirs(&self, stream: &StreamKey) {
        let args = (stream.clone(), self.shape());
        self.world.must(&self.world.stranger, &self.world.monitor, "open_stream", args);
    }

    /// A stream with a watched metric and another one.
    pub fn shape(&self) -> StreamSpec {
        let metric = |name, watched| MetricSpec {
            name: self.world.symbol(name),
            unit: self.world.symbol("stroops"),
            kind: MetricKind::Timer,
            watched,
            sketch: NO_SKETCH,
        };
        let metrics = vec![&self.world.e, metric(METRIC, true), metric(UNWATCHED, false)];
        StreamSpec { metrics, mode: RecordingMode::Rollup, witnesses: false }
    }

    /// Everything that the five contracts hold.
    pub fn stored(&self) -> Stored {
        let w = &self.world;
        w.stored(&[&w.monitor, &w.history, &w.alerting, &w.dashboard, &self.external])
    }

    /// An account makes a private dashboard with these widgets.
    pub fn dashboard(&self, owner: &Address, widgets: &[Widget]) -> BytesN<32> {
        let w = &self.world;
        let details = DashboardDetails {
            name: w.text("what matters"),
            description: w.text(""),
            layout: DashboardLayout::Grid,
            columns: 12,
            rows: 40,
            variables: no_variables(),
            range_s: 0,
        };
        let mut all = SdkVec::new(&w.e);
        widgets.iter().for_each(|widget| all.push_back(widget.clone()));
        self.get(owner, &w.dashboard, "instantiate", (owner.clone(), details, all))
    }

    pub fn render(
        &self,
        who: &Address,
        dashboard: &BytesN<32>,
        viewer: DashboardViewer,
        (cursor, limit): (u32, u32),
    ) -> Result<RenderedPage, Error> {
        let range = TimeRange { from_s: START_S, to_s: self.world.now_s() + 1 };
        let args = (dashboard.clone(), viewer, range, no_variables(), cursor, limit);
        self.world.call(who, &self.world.dashboard, "render", args, &[])
    }

    /// What creates an account's integration that needs no credentials.
    pub fn integration(&self, owner: &Address) -> impl IntoVal<Env, SdkVec<Val>> + use<> {
        let w = &self.world;
        let mut config = Map::new(&w.e);
        config.set(w.symbol("endpoint"), w.text("https://hooks.example.com"));
        (
            owner.clone(),
            w.text("on call"),
            IntegrationKind::Webhook,
            IntegrationDirection::Outbound,
            config,
            IntegrationAuth::None,
            Bytes::new(&w.e),
            IntegrationFormat::Json,
            0_u32,
        )
    }

    /// What requests an export of the contract's last hour.
    pub fn export(&self, owner: &Address) -> impl IntoVal<Env, SdkVec<Val>> + use<> {
        let w = &self.world;
        let (now_s, nothing) = (w.now_s(), None::<soroban_sdk::Symbol>);
        let contracts = vec![&w.e, w.pool.clone()];
        (owner.clone(), contracts, nothing, now_s - 3_600, now_s, IntegrationFormat::Csv)
    }
}

pub fn no_variables() -> DashboardVariables {
    DashboardVariables { contract: None, function: None, subject: None }
}
