//! The contracts, each with its spec and the words about it.

use std::collections::BTreeMap;

use lumenscope_localnet::xdr::{
    ScSpecEntry, ScSpecEventV0, ScSpecFunctionV0, ScSpecTypeDef, ScSpecUdtErrorEnumV0,
};

use super::sources::{Item, Kind, Source};
use super::types::{Shape, named};

/// Of each contract: its package, its interface's file and trait, and the variable that guides call
/// its id.
pub const CONTRACTS: [(&str, &str, &str, &str); 5] = [
    ("performance-monitor", "performance_monitor", "PerformanceMonitor", "monitor"),
    ("analytics-storage", "analytics_storage", "AnalyticsStorage", "history"),
    ("alerting", "alerting", "Alerting", "alerting"),
    ("dashboard", "dashboard", "Dashboards", "dashboard"),
    ("external-monitoring", "external_monitoring", "ExternalMonitoring", "external"),
];
/// What all of them have besides: a page of its own.
pub const ADMINISTRATION: &str = "administration";
/// What packed numbers are made of.
const PACKED: &str = "crates/rules/src/state.rs";
const GOVERNANCE: &str = "Governance";
/// Errors of what every contract has: our own, and those of the library's two-step transfer.
const ERRORS_OF_ALL: [&str; 2] = ["GovernanceError", TRANSFER];
const TRANSFER: &str = "RoleTransferError";
/// What the library's mean: their words are in its source alone.
const OF_TRANSFER: [(&str, &str); 4] = [
    ("NoPendingTransfer", "Administration is not offered, or the offer was withdrawn."),
    (
        "InvalidLiveUntilLedger",
        "The offer ends in the past, or later than the network lets an entry live.",
    ),
    (
        "InvalidPendingAccount",
        "It is offered to another account than the one whose offer is withdrawn.",
    ),
    ("TransferExpired", "The offer's last ledger is past."),
];
pub const CONSTRUCTOR: &str = "__constructor";

/// What one page is about.
pub struct Interface {
    /// The contract's package, or [`ADMINISTRATION`].
    pub name: &'static str,
    /// The variable that holds the contract's id in an example.
    pub id: &'static str,
    /// The trait that declares the functions.
    pub declares: &'static str,
    /// In the order in which the trait declares them.
    pub functions: Vec<ScSpecFunctionV0>,
    pub constructor: Option<ScSpecFunctionV0>,
    /// Structs, enums and unions.
    pub types: BTreeMap<String, Shape>,
    pub errors: Vec<ScSpecUdtErrorEnumV0>,
    pub events: Vec<ScSpecEventV0>,
    /// Where words are looked for, the interface's own file first.
    sources: Vec<Source>,
    /// All of the spec.
    pub spec: Vec<ScSpecEntry>,
}

impl Interface {
    /// The pages: the contracts', then the one of administration.
    pub fn all() -> Vec<Self> {
        let mut all: Vec<Self> =
            CONTRACTS.iter().map(|contract| Self::of(*contract, false)).collect();
        let administration = Self::of(CONTRACTS[0], true);
        for contract in CONTRACTS {
            let other = Self::of(contract, true);
            assert_eq!(other.functions, administration.functions, "{}", contract.0);
            assert_eq!(other.types, administration.types, "{}", contract.0);
        }
        all.push(administration);
        all
    }

    fn of(
        (name, file, own_trait, id): (&'static str, &str, &'static str, &'static str),
        administers: bool,
    ) -> Self {
        let wasm = lumenscope_contract_wasm::read(name).expect("built");
        let spec = soroban_spec::read::from_wasm(&wasm).expect("a spec");
        let interface = |file: &str| format!("contracts/interfaces/src/{file}.rs");
        let own = [interface(file), format!("contracts/{name}/src/events.rs")];
        let shared = ["common", "governance"].map(interface);
        let others = CONTRACTS.iter().filter(|other| other.1 != file);
        let others = others.map(|other| interface(other.1));
        let mut paths: Vec<String> = own.into_iter().chain(shared).chain(others).collect();
        paths.push(PACKED.to_owned());
        if administers {
            paths.swap(0, 3);
        }
        let mut this = Self {
            name: if administers { ADMINISTRATION } else { name },
            id: if administers { "contract" } else { id },
            declares: if administers { GOVERNANCE } else { own_trait },
            functions: Vec::new(),
            constructor: None,
            types: BTreeMap::new(),
            errors: Vec::new(),
            events: Vec::new(),
            sources: paths.iter().map(|path| Source::read(path)).collect(),
            spec,
        };
        this.sort(administers);
        this.events.sort_by_key(|event| event.name.0.to_utf8_string_lossy());
        this
    }

    /// Takes out of the spec what is of this page.
    fn sort(&mut self, administers: bool) {
        let of_all: Vec<String> = self.names_of(GOVERNANCE);
        let mut declared = self.names_of(self.declares);
        let mut functions = BTreeMap::new();
        let mut shapes = BTreeMap::new();
        for entry in &self.spec {
            match entry {
                ScSpecEntry::FunctionV0(function) => {
                    let name = function.name.to_utf8_string_lossy();
                    if name == CONSTRUCTOR && !administers {
                        self.constructor = Some(function.clone());
                    } else if of_all.contains(&name) == administers && name != CONSTRUCTOR {
                        functions.insert(name, function.clone());
                    }
                }
                ScSpecEntry::UdtErrorEnumV0(errors) => {
                    let name = errors.name.to_utf8_string_lossy();
                    if ERRORS_OF_ALL.contains(&&*name) == administers {
                        self.errors.push(errors.clone());
                    }
                }
                ScSpecEntry::EventV0(event) => {
                    if (event.name.0.to_utf8_string_lossy() == "Governed") == administers {
                        self.events.push(event.clone());
                    }
                }
                other => {
                    let (name, shape) = Shape::of(other);
                    shapes.insert(name, shape);
                }
            }
        }
        declared.retain(|name| functions.contains_key(name));
        assert_eq!(declared.len(), functions.len(), "{}: {functions:?}", self.name);
        self.functions = declared.iter().filter_map(|name| functions.remove(name)).collect();
        // Of the types those that this page's functions and events name.
        let mut to_take: Vec<String> = Vec::new();
        let of_functions = self.functions.iter().flat_map(|function| {
            let inputs = function.inputs.iter().map(|input| &input.type_);
            inputs.chain(function.outputs.iter())
        });
        let of_events = self.events.iter().flat_map(|event| event.params.iter().map(|p| &p.type_));
        of_functions.chain(of_events).for_each(|of| to_take.extend(named(of)));
        while let Some(name) = to_take.pop() {
            if let Some(shape) = shapes.remove(&name) {
                shape.types().for_each(|of: &ScSpecTypeDef| to_take.extend(named(of)));
                self.types.insert(name, shape);
            }
        }
    }

    fn names_of(&self, declares: &str) -> Vec<String> {
        match &self.item(declares).unwrap_or_else(|| panic!("no trait {declares}")).kind {
            Kind::Trait(functions) => functions.iter().map(|member| member.name.clone()).collect(),
            _ => panic!("{declares} is no trait"),
        }
    }

    /// What the sources declare by this name.
    pub fn item(&self, name: &str) -> Option<&Item> {
        self.sources.iter().find_map(|source| source.items.get(name))
    }

    /// Whether a page of this interface explains that item: its own file declares it, or it is a part
    /// of a packed number.
    pub fn explains(&self, name: &str) -> bool {
        let packed = self.sources.last().filter(|_| self.name != ADMINISTRATION);
        let places = [Some(&self.sources[0]), packed];
        let mut items = places.into_iter().flatten().filter_map(|source| source.items.get(name));
        items.any(|item| !matches!(item.kind, Kind::Const(_)))
    }

    /// What the interface's own file declares.
    pub fn own(&self) -> &Source {
        &self.sources[0]
    }

    /// The words about an item, which there have to be.
    pub fn doc(&self, name: &str) -> &str {
        let said = self.item(name).map(|item| item.doc.as_str());
        said.filter(|doc| !doc.is_empty())
            .unwrap_or_else(|| panic!("{}: nothing is said about `{name}`", self.name))
    }

    /// The words about a member of an item, which there have to be.
    pub fn member_doc(&self, item: &str, member: &str) -> &str {
        if item == TRANSFER {
            let found = OF_TRANSFER.iter().find(|(known, _)| *known == member);
            return found.unwrap_or_else(|| panic!("nothing is said about `{member}`")).1;
        }
        let members = match self.item(item).map(|item| &item.kind) {
            Some(Kind::Struct(members) | Kind::Enum(members) | Kind::Trait(members)) => members,
            _ => panic!("{}: no source declares `{item}`", self.name),
        };
        let found = members.iter().find(|known| known.name == member);
        found
            .map(|member| member.doc.as_str())
            .filter(|doc| !doc.is_empty())
            .unwrap_or_else(|| panic!("{}: nothing is said about `{item}::{member}`", self.name))
    }
}
