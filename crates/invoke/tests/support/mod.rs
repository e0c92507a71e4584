//! A served development ledger with a contract on it.
#![allow(dead_code)]

use lumenscope_invoke::{Account, Address, Invoker, Keypair, args};
use lumenscope_localnet::server::{ClosePolicy, Running, ServerOptions, serve};
use lumenscope_localnet::{Localnet, Options};
use stellar_xdr_30::{
    Limits, ScSpecEntry, ScSpecFunctionV0, ScSpecUdtErrorEnumCaseV0, ScSpecUdtErrorEnumV0,
    WriteXdr as _,
};

pub const STROOPS_PER_XLM: i64 = 10_000_000;

/// Names of the probe's functions that its spec declares; `put` it keeps to itself.
const DECLARED: [&str; 6] = ["get", "fail", "once", "as", "relay", "try_relay"];

/// The probe with a spec: its functions, and the name of error 5.
pub fn probe_wasm() -> Vec<u8> {
    let mut wasm = wat::parse_str(include_str!("probe.wat")).expect("wat");
    let functions = DECLARED.map(|name| {
        ScSpecEntry::FunctionV0(ScSpecFunctionV0 {
            name: name.try_into().expect("a symbol"),
            ..Default::default()
        })
    });
    let errors = ScSpecEntry::UdtErrorEnumV0(ScSpecUdtErrorEnumV0 {
        name: "ProbeError".try_into().expect("short"),
        cases: vec![ScSpecUdtErrorEnumCaseV0 {
            doc: "The key was used before.".try_into().expect("short"),
            name: "AlreadyUsed".try_into().expect("short"),
            value: 5,
        }]
        .try_into()
        .expect("one case"),
        ..Default::default()
    });
    let entries = functions.into_iter().chain([errors]);
    let spec: Vec<u8> =
        entries.flat_map(|entry| entry.to_xdr(Limits::none()).expect("encodes")).collect();
    let name = b"contractspecv0";
    let mut section = vec![u8::try_from(name.len()).expect("short")];
    section.extend(name);
    section.extend(spec);
    wasm.push(0);
    wasm.extend(leb128(section.len()));
    wasm.extend(section);
    wasm
}

fn leb128(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let byte = u8::try_from(number & 0x7f).expect("seven bits");
        number >>= 7;
        if number == 0 {
            bytes.push(byte);
            return bytes;
        }
        bytes.push(byte | 0x80);
    }
}

pub struct Bench {
    pub running: Running,
    pub invoker: Invoker,
}

impl Bench {
    /// A ledger that closes with each transaction.
    pub async fn start() -> Self {
        let localnet = Localnet::new(&Options::mainnet().expect("settings")).expect("a ledger");
        let options = ServerOptions {
            listen: "127.0.0.1:0".parse().expect("an address"),
            admin_port: 0,
            allow_remote: false,
            close: ClosePolicy::OnSend,
            friendbot_stroops: 10_000 * STROOPS_PER_XLM,
        };
        let running = serve(localnet, &options).await.expect("served");
        let url = format!("http://{}", running.rpc_address);
        let invoker = Invoker::connect(&url).await.expect("connected");
        Bench { running, invoker }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.running.rpc_address)
    }

    /// A funded account.
    pub async fn account(&self, seed: u8) -> Account {
        let account = Account::new(Keypair::from_seed([seed; 32]));
        self.invoker.fund(&account.address()).await.expect("funded");
        account
    }

    /// The probe, constructed with the number 42.
    pub async fn probe(&self, account: &Account, salt: u8) -> Address {
        let (hash, _) = self.invoker.upload(account, probe_wasm()).await.expect("uploaded");
        let args = args![42_u32].expect("arguments");
        let created = self.invoker.create(account, hash, [salt; 32], args).await;
        created.expect("created").0
    }

    pub async fn close_ledgers(&self, count: u32) {
        let closed = self.running.ledger.with(move |ledger| {
            for _ in 0..count {
                ledger.close_ledger().expect("closed");
            }
        });
        closed.await.expect("the ledger is there");
    }
}
