//! A served ledger and a client for it.

use crate::support::{XLM, probe_wasm};
use lumenscope_localnet::server::{ClosePolicy, Running, ServerOptions, serve};
use lumenscope_localnet::xdr::{
    AccountId, Limits, Memo, MuxedAccount, Operation, OperationBody, Preconditions, ReadXdr,
    SequenceNumber, SorobanTransactionData, Transaction, TransactionEnvelope, TransactionExt,
    TransactionV1Envelope, Uint256, VecM, WriteXdr,
};
use lumenscope_localnet::{Localnet, Options, account_id, sha256, sign_transaction};
use serde_json::{Value, json};

/// The tests' signer. Its key is no secret.
pub fn signer() -> ed25519_dalek::SigningKey {
    ed25519_dalek::SigningKey::from_bytes(&[7; 32])
}

pub fn signer_account() -> AccountId {
    account_id(signer().verifying_key().to_bytes())
}

pub struct Served {
    pub running: Running,
    client: reqwest::Client,
}

impl Served {
    pub async fn start(close: ClosePolicy) -> Self {
        Self::start_with(Localnet::new(&Options::mainnet().unwrap()).unwrap(), close).await
    }

    pub async fn start_with(localnet: Localnet, close: ClosePolicy) -> Self {
        // A second test of this process finds it installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let options = ServerOptions {
            listen: "127.0.0.1:0".parse().unwrap(),
            admin_port: 0,
            allow_remote: false,
            close,
            friendbot_stroops: 10_000 * XLM,
        };
        let running = serve(localnet, &options).await.unwrap();
        Self { running, client: reqwest::Client::builder().no_proxy().build().unwrap() }
    }

    pub async fn post(&self, body: String) -> Value {
        let url = format!("http://{}/any/path", self.running.rpc_address);
        let answer = self.client.post(url).body(body).send().await.unwrap();
        answer.json().await.unwrap()
    }

    pub async fn ask(&self, method: &str, params: Value) -> Value {
        let request = json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params });
        let answer = self.post(request.to_string()).await;
        assert_eq!((&answer["jsonrpc"], &answer["id"]), (&json!("2.0"), &json!(7)));
        answer
    }

    /// The result of a method that must not fail.
    pub async fn result(&self, method: &str, params: Value) -> Value {
        let mut answer = self.ask(method, params).await;
        assert!(answer["error"].is_null(), "{method}: {answer}");
        answer["result"].take()
    }

    /// The error of a method that must fail: code and message.
    pub async fn error(&self, method: &str, params: Value) -> (i64, String) {
        let answer = self.ask(method, params).await;
        let error = &answer["error"];
        let code = error["code"].as_i64().unwrap_or_else(|| panic!("{method}: {answer}"));
        (code, error["message"].as_str().unwrap().to_owned())
    }

    pub async fn friendbot(&self, account: &AccountId) -> (u16, Value) {
        let url = format!("http://{}/friendbot?addr={account}", self.running.rpc_address);
        let answer = self.client.get(url).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    pub async fn admin(&self, path: &str, body: Value) -> (u16, Value) {
        let url = format!("http://{}/admin/{path}", self.running.admin_address);
        let request = self.client.post(url).header("content-type", "application/json");
        let answer = request.body(body.to_string()).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// Signs and sends an operation of the signer; simulates it first when it needs resources.
    pub async fn send(&self, body: OperationBody, simulate: bool) -> Value {
        let sequence = self.signer_sequence().await + 1;
        let mut transaction = transaction(body, sequence);
        if simulate {
            let unsigned = TransactionEnvelope::Tx(TransactionV1Envelope {
                tx: transaction.clone(),
                signatures: VecM::default(),
            });
            let simulated =
                self.result("simulateTransaction", json!({ "transaction": base64(&unsigned) }));
            let simulated = simulated.await;
            assert!(simulated["error"].is_null(), "{simulated}");
            let data: SorobanTransactionData = from_base64(&simulated["transactionData"]);
            transaction.fee = 100 + u32::try_from(data.resource_fee).unwrap();
            transaction.ext = TransactionExt::V1(data);
        }
        let envelope = self.sign(transaction).await;
        self.result("sendTransaction", json!({ "transaction": base64(&envelope) })).await
    }

    pub async fn sign(&self, transaction: Transaction) -> TransactionEnvelope {
        let network = self.result("getNetwork", json!({})).await;
        let network_id = sha256(network["passphrase"].as_str().unwrap().as_bytes());
        sign_transaction(transaction, network_id, &[&signer()]).unwrap()
    }

    pub async fn signer_sequence(&self) -> i64 {
        let account = signer_account();
        let ledger = &self.running.ledger;
        let found = ledger
            .with(move |ledger| ledger.world().account(&account).map(|account| account.seq_num.0));
        found.await.unwrap().unwrap()
    }

    /// Sends an operation and returns the transaction that came of it.
    pub async fn apply(&self, body: OperationBody, simulate: bool) -> Value {
        let sent = self.send(body, simulate).await;
        assert_eq!(sent["status"], "PENDING", "{sent}");
        self.result("getTransaction", json!({ "hash": sent["hash"] })).await
    }

    /// Uploads the probe contract; its wasm hash.
    pub async fn upload_probe(&self) -> [u8; 32] {
        use lumenscope_localnet::xdr::{HostFunction, InvokeHostFunctionOp};
        let wasm = probe_wasm();
        let hash = sha256(&wasm);
        let invoke = InvokeHostFunctionOp {
            host_function: HostFunction::UploadContractWasm(wasm.try_into().unwrap()),
            auth: VecM::default(),
        };
        let applied = self.apply(OperationBody::InvokeHostFunction(invoke), true).await;
        assert_eq!(applied["status"], "SUCCESS", "{applied}");
        hash
    }
}

pub fn transaction(body: OperationBody, sequence: i64) -> Transaction {
    Transaction {
        source_account: MuxedAccount::Ed25519(Uint256(signer().verifying_key().to_bytes())),
        fee: 100,
        seq_num: SequenceNumber(sequence),
        cond: Preconditions::None,
        memo: Memo::None,
        operations: vec![Operation { source_account: None, body }].try_into().unwrap(),
        ext: TransactionExt::V0,
    }
}

pub fn base64(value: &impl WriteXdr) -> String {
    value.to_xdr_base64(Limits::none()).unwrap()
}

pub fn from_base64<T: ReadXdr>(value: &Value) -> T {
    T::from_xdr_base64(value.as_str().unwrap(), Limits::none()).unwrap()
}
