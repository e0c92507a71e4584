//! `lumenscope dashboards` against a development ledger with the suite on wasm: a template onto the
//! ledger, listed, shown, exported by its owner and over a share link, and made for Grafana.

use std::path::{Path, PathBuf};
use std::process::Output;

use lumenscope_board::{Dashboard, Variables};
use lumenscope_invoke::{Address, Hash, ScVal, args};
use lumenscope_testbed::Testbed;
use serde_json::Value;
use tokio::process::Command;

const VECTOR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/vectors/dashboard.json");
/// The number of `DashboardAccess::View`.
const VIEW: u32 = 1;
const DAY_S: u64 = 86_400;

struct Bench {
    bed: Testbed,
    dashboards: Address,
    folder: PathBuf,
}

impl Bench {
    async fn start() -> Self {
        let bed = Testbed::start().await;
        let folder = bed.folder(Path::new(env!("CARGO_TARGET_TMPDIR")), "dashboards");
        let dashboards = bed.contract("dashboard");
        Bench { bed, dashboards, folder }
    }

    async fn send(&self, function: &str, args: Vec<ScVal>) -> ScVal {
        self.bed.send(&self.dashboards, function, args).await
    }

    /// Puts a document onto the ledger. Returns its id.
    async fn instantiate(&self, document: &Dashboard) -> String {
        let details = document.details_val().expect("a value");
        let widgets = document.widgets_val().expect("values");
        let args = args![self.bed.account.address(), details, widgets].expect("args");
        let ScVal::Bytes(id) = self.send("instantiate", args).await else { panic!("an id") };
        id.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    async fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_lumenscope"))
            .arg("dashboards")
            .args(arguments)
            .current_dir(&self.folder)
            .envs(self.bed.environment(&self.folder))
            .output()
            .await
            .expect("started")
    }

    async fn said(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    async fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.said(arguments).await).expect("JSON")
    }

    async fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        let errors = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(output.status.code(), Some(2), "{errors}");
        errors
    }
}

#[tokio::test]
async fn a_document_comes_back_from_the_ledger_as_it_went_there() {
    let bench = Bench::start().await;
    let me = bench.bed.account.address().to_string();
    let vector = std::fs::read_to_string(VECTOR).expect("the vector");
    let document = Dashboard::from_json(&vector).expect("a document");
    let id = bench.instantiate(&document).await;

    // A private one: for its owner, named without a signature, and for nobody else.
    assert_eq!(bench.said(&["export", &id, "--account", &me]).await, vector);
    let error = bench.refused(&["export", &id]).await;
    assert!(error.contains("is it private? See --account and --secret-file"), "{error}");
    let stranger = Address::from_account_key([5; 32]).to_string();
    let error = bench.refused(&["export", &id, "--account", &stranger]).await;
    assert!(error.contains("this account may see"), "{error}");

    let secret = [42; 32];
    let id_bytes = Hash::from_hex(&id).expect("an id");
    let now_s =
        bench.bed.running.ledger.with(|ledger| ledger.close_time_s()).await.expect("a ledger");
    let link = args![id_bytes, Hash::of(&secret), now_s + DAY_S].expect("args");
    bench.send("share_link", link).await;
    std::fs::write(bench.folder.join("secret"), format!("{}\n", Hash(secret))).expect("written");
    std::fs::write(bench.folder.join("other"), format!("{}\n", Hash([1; 32]))).expect("written");
    assert_eq!(bench.said(&["export", &id, "--secret-file", "secret"]).await, vector);
    let error = bench.refused(&["export", &id, "--secret-file", "other"]).await;
    assert!(error.contains("this share link shows") && !error.contains("0101"), "{error}");

    // As many widgets as there may be: pages of them, in slots with gaps.
    let text = document.widgets[3].clone();
    let mut many = document.clone();
    (many.rows, many.layout) = (40, lumenscope_board::Layout::Grid);
    many.widgets = (0..40).map(|y| lumenscope_board::Widget { y, ..text.clone() }).collect();
    let wide = bench.instantiate(&many).await;
    let wide_bytes = Hash::from_hex(&wide).expect("an id");
    for (slot, version) in [(7_u32, 0_u32), (30, 1)] {
        let gone = args![bench.bed.account.address(), wide_bytes, version, slot, None::<ScVal>];
        bench.send("put_widget", gone.expect("args")).await;
    }
    many.widgets.retain(|widget| widget.y != 7 && widget.y != 30);
    let exported = bench.said(&["export", &wide, "--account", &me]).await;
    assert_eq!(Dashboard::from_json(&exported).expect("a document"), many);

    let list = bench.json(&["list", "--owner", &me, "--json"]).await;
    let of = |at: usize| (&list["dashboards"][at]["id"], &list["dashboards"][at]["widgets"]);
    assert_eq!(of(0), (&id.as_str().into(), &4.into()));
    assert_eq!(of(1), (&wide.as_str().into(), &38.into()));
    assert_eq!(bench.said(&["list", "--public"]).await, "0 dashboards\n");
    bench.send("share", args![id_bytes, ScVal::Void, VIEW].expect("args")).await;
    let table = bench.said(&["list", "--public"]).await;
    for expected in ["1 dashboard\n", "Pool", "everybody", &id] {
        assert!(table.contains(expected), "{expected} is not in\n{table}");
    }
    assert_eq!(bench.said(&["export", &id]).await, vector);
    bench.send("remove_dashboard", args![wide_bytes].expect("args")).await;
    assert!(bench.said(&["list", "--owner", &me]).await.starts_with("1 dashboard\n"));

    let shown = bench.said(&["show", &id]).await;
    for expected in [
        "  layout    rows, 12 by 6 cells\n",
        "  function  as the viewer chooses\n",
        "6x3 at 6,0",
        "average(premium) of",
        "top 5",
    ] {
        assert!(shown.contains(expected), "{expected} is not in\n{shown}");
    }
    assert!(shown.lines().all(|line| line.chars().count() <= 100), "{shown}");
    let shown = bench.json(&["show", &id, "--json"]).await;
    assert_eq!((&shown["slots"][3], &shown["dashboard"]["name"]), (&3.into(), &"Pool".into()));

    // From the ledger and from the file the same dashboard of Grafana.
    bench.said(&["export", &id, "--out", "pool.json"]).await;
    let grafana = bench.json(&["grafana", &id]).await;
    assert_eq!(grafana, bench.json(&["grafana", "pool.json"]).await);
    assert_eq!(grafana["panels"][0]["type"], "timeseries");
    bench.bed.running.stop().await;
}

fn offline(arguments: &[&str], folder: &Path) -> Output {
    std::process::Command::new(env!("CARGO_BIN_EXE_lumenscope"))
        .arg("dashboards")
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("started")
}

#[test]
fn a_template_becomes_files_that_the_command_line_takes() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("dashboards-offline");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("made");
    let listed = offline(&["template"], &folder);
    let listed = String::from_utf8(listed.stdout).expect("UTF-8");
    assert!(listed.contains("insurance") && listed.contains("deviation"), "{listed}");
    let contract = Address::from_contract_id([9; 32]);
    let made = ["template", "oracle", "--contract", contract.as_str(), "--out", "oracle.json"];
    assert!(offline(&made, &folder).status.success());
    let text = std::fs::read_to_string(folder.join("oracle.json")).expect("written");
    let variables = Variables { contract: Some(contract.clone()), ..Variables::default() };
    let expected = Dashboard::of_template(&lumenscope_templates::ORACLE, variables).expect("known");
    assert_eq!(Dashboard::from_json(&text).expect("a document"), expected);

    let owner = Address::from_account_key([7; 32]).to_string();
    let import = ["import", "oracle.json", "--owner", &owner, "--out", "args"];
    let said = String::from_utf8(offline(&import, &folder).stdout).expect("UTF-8");
    let arguments = "--details-file-path args/details.json --widgets-file-path args/widgets.json";
    assert_eq!(said, format!("instantiate --owner '\"{owner}\"' {arguments}\n"));
    let written = |name: &str| -> Value {
        let text = std::fs::read_to_string(folder.join("args").join(name)).expect("written");
        serde_json::from_str(&text).expect("JSON")
    };
    assert_eq!(written("details.json"), expected.arguments().details);
    assert_eq!(written("widgets.json"), expected.arguments().widgets);
    // Again, and over what somebody else wrote.
    assert!(offline(&import, &folder).status.success());
    std::fs::write(folder.join("args/widgets.json"), "mine").expect("written");
    let refused = offline(&import, &folder);
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&refused.stderr).contains("there is another file of this name")
    );
    assert_eq!(std::fs::read_to_string(folder.join("args/widgets.json")).expect("there"), "mine");
    assert!(offline(&[&import[..], &["--force"]].concat(), &folder).status.success());
    let json = offline(&["import", "oracle.json", "--owner", &owner, "--json"], &folder).stdout;
    let json: Value = serde_json::from_slice(&json).expect("JSON");
    assert_eq!(
        (&json["owner"], &json["widgets"]),
        (&owner.clone().into(), &written("widgets.json"))
    );

    // What is somebody's own is overwritten only by who says so; the same again is the same.
    assert!(offline(&made, &folder).status.success());
    for other in [
        vec!["template", "security", "--out", "oracle.json"],
        vec!["grafana", "oracle.json", "--out", "oracle.json"],
    ] {
        let refused = offline(&other, &folder);
        assert_eq!(refused.status.code(), Some(2), "{other:?}");
        let errors = String::from_utf8_lossy(&refused.stderr);
        assert!(errors.contains("oracle.json: there is another file of this name"), "{errors}");
        assert_eq!(std::fs::read_to_string(folder.join("oracle.json")).expect("there"), text);
    }
    let made = ["template", "security", "--out", "security.json"];
    std::fs::write(folder.join("security.json"), "mine").expect("written");
    assert!(offline(&[&made[..], &["--force"]].concat(), &folder).status.success());
    assert_ne!(std::fs::read_to_string(folder.join("security.json")).expect("there"), "mine");

    // What Prometheus does not have is said on standard error, and is no failure.
    let grafana = offline(&["grafana", "oracle.json"], &folder);
    assert!(grafana.status.success());
    let notes = String::from_utf8(grafana.stderr).expect("UTF-8");
    assert!(notes.contains("note: widgets[2]: The exported series do not say"), "{notes}");

    std::fs::write(folder.join("other.json"), text.replace("\"version\": 1", "\"version\": 2"))
        .expect("written");
    std::fs::write(folder.join("empty.json"), "{}").expect("written");
    for (arguments, expected) in [
        (vec!["import", "other.json", "--owner", "GAAA"], "expected"),
        (vec!["grafana", "other.json"], "holds no dashboard: version: expected 1, came 2"),
        (vec!["template", "orakel"], "one of executive, technical"),
        (vec!["export", "abc"], "64 hexadecimal digits"),
        (vec!["list"], "<--owner <ADDRESS>|--public>"),
        (vec!["list", "--public", "--owner", &owner], "cannot be used with"),
        (vec!["template", "--out", "x.json"], "expected the template's name"),
        (vec!["grafana", "empty.json"], "holds no dashboard: the document: "),
    ] {
        let refused = offline(&arguments, &folder);
        let errors = String::from_utf8(refused.stderr).expect("UTF-8");
        assert_eq!(refused.status.code(), Some(2), "{arguments:?}: {errors}");
        assert!(errors.contains(expected), "{arguments:?}: {errors}");
    }
}
