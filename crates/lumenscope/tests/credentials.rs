//! Keys, sealed credentials and signed requests from the command line: what is written where, and
//! that a secret is printed nowhere.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use lumenscope_credentials::{Method, Request, SignedRequest, SigningKey, Token};
use lumenscope_meta::{Address, Hash, Network};

const ENDPOINT: &str = "https://hooks.example.com";
const CREDENTIALS: &str = r#"{"version":1,"type":"webhook","url":"https://hooks.example.com/5f1d","secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}"#;

/// An empty folder for a test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("credentials-{name}"));
    // What an earlier run left; there is nothing to remove the first time.
    std::fs::remove_dir_all(&folder).ok();
    std::fs::create_dir_all(&folder).expect("made");
    folder
}

/// Runs the binary in a folder with this on standard input.
fn lumenscope(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lumenscope"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("LUMENSCOPE_LOG")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    // Whoever does not read its input closes it.
    child.stdin.take().expect("piped").write_all(input.as_bytes()).ok();
    child.wait_with_output().expect("it ends")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn done(folder: &Path, arguments: &[&str], input: &str) -> String {
    let output = lumenscope(folder, arguments, input);
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout).trim_end().to_owned()
}

/// How a command ends that cannot be done, and what it says.
fn refused(folder: &Path, arguments: &[&str], input: &str) -> (Option<i32>, String) {
    let output = lumenscope(folder, arguments, input);
    assert!(output.stdout.is_empty(), "{}", text(&output.stdout));
    (output.status.code(), text(&output.stderr))
}

fn contract() -> Address {
    Address::from_contract_id([1; 32])
}

fn owner() -> Address {
    Address::from_account_key([4; 32])
}

#[test]
fn a_key_goes_into_a_file_of_its_own_and_its_public_half_is_printed() {
    let folder = folder("key");
    let written = |name: &str| std::fs::read_to_string(folder.join(name)).expect("written");
    let signing = done(&folder, &["key", "new", "--out", "keys/signing"], "");
    let key = SigningKey::read(&written("keys/signing")).expect("a key");
    assert_eq!(signing, Hash(key.public()).to_string());
    let bearer = done(&folder, &["key", "new", "--bearer", "--out", "token"], "");
    let token = Token::read(&written("token")).expect("a token");
    assert_eq!(bearer, Hash(token.hash()).to_string());
    let service = done(&folder, &["service-key", "new", "--out", "service"], "");
    for (file, show, public) in [
        ("keys/signing", ["key", "show"], &signing),
        ("token", ["key", "show"], &bearer),
        ("service", ["service-key", "show"], &service),
    ] {
        let mode = std::fs::metadata(folder.join(file)).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
        let secret = written(file);
        let output = lumenscope(&folder, &[show[0], show[1], file], "");
        assert_eq!(text(&output.stdout).trim_end(), public);
        assert!(!text(&output.stderr).contains(secret.trim()));
        assert_eq!(&done(&folder, &[show[0], show[1], "-"], &secret), public);
        let (status, errors) = refused(&folder, &[show[0], "new", "--out", file], "");
        assert_eq!(status, Some(1), "{errors}");
        assert!(errors.contains("File exists"), "{errors}");
        assert_eq!(written(file), secret, "nothing is overwritten");
    }
}

#[test]
fn a_secret_that_anybody_may_read_is_noted() {
    let folder = folder("readers");
    done(&folder, &["service-key", "new", "--out", "key"], "");
    let note = "note: anybody on this machine can read key, which holds a secret\n";
    for (mode, expected) in [(0o600, ""), (0o640, ""), (0o644, note), (0o604, note)] {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(folder.join("key"), permissions).expect("set");
        let output = lumenscope(&folder, &["service-key", "show", "key"], "");
        assert!(output.status.success(), "{mode:o}");
        assert_eq!(text(&output.stderr), expected, "{mode:o}");
    }
}

#[test]
fn a_file_with_something_else_is_refused_without_repeating_it() {
    let folder = folder("wrong");
    done(&folder, &["key", "new", "--out", "key"], "");
    let key = std::fs::read_to_string(folder.join("key")).expect("written");
    let mistyped = key.replace(&key[20..22], "77");
    for (arguments, input, expected) in [
        (["service-key", "show", "-"], key.as_str(), "came an API key that signs"),
        (["key", "show", "-"], mistyped.as_str(), "a typing error"),
        (["key", "show", "-"], "hunter2", "which begins with lumenscope_key_"),
        (["key", "show", "-"], &"hunter2".repeat(1_000), "too long for a secret"),
        (["key", "show", "/nonexistent"], "", "cannot read /nonexistent"),
    ] {
        let (status, errors) = refused(&folder, &arguments, input);
        assert_eq!(status, Some(1), "{errors}");
        assert!(errors.contains(expected), "{errors}");
        for secret in ["hunter2", &key[20..], &mistyped[20..]] {
            assert!(!errors.contains(secret.trim()), "{errors}");
        }
    }
}

/// Arguments that say what credentials are for.
fn place<'a>(contract: &'a str, owner: &'a str, endpoint: &'a str) -> Vec<&'a str> {
    vec![
        "--network",
        "testnet",
        "--contract",
        contract,
        "--owner",
        owner,
        "--kind",
        "webhook",
        "--endpoint",
        endpoint,
    ]
}

#[test]
fn credentials_are_sealed_from_a_file_or_standard_input_and_opened_where_they_belong() {
    let folder = folder("seal");
    let public = done(&folder, &["service-key", "new", "--out", "service"], "");
    let (contract, owner) = (contract().to_string(), owner().to_string());
    let here = place(&contract, &owner, ENDPOINT);
    let seal = [&["seal", "--service-key", &public][..], &here].concat();
    let piped = done(&folder, &seal, CREDENTIALS);
    std::fs::write(folder.join("credentials"), format!("{CREDENTIALS}\n")).expect("written");
    let read = done(&folder, &[&seal[..], &["--credentials", "credentials"]].concat(), "");
    assert_ne!(piped, read, "sealing is never the same twice");
    for sealed in [&piped, &read] {
        let open = ["open", "--service-key-file", "service", sealed];
        let open_here = [&open[..], &here].concat();
        assert_eq!(done(&folder, &open_here, ""), "webhook: a url and a secret");
        let revealed = done(&folder, &[&open_here[..], &["--reveal"]].concat(), "");
        assert_eq!(revealed, CREDENTIALS);
        let elsewhere = place(&contract, &contract, ENDPOINT);
        let (status, errors) = refused(&folder, &[&open[..], &elsewhere].concat(), "");
        assert_eq!(status, Some(1));
        assert!(errors.contains("another network, contract, owner"), "{errors}");
    }
}

#[test]
fn what_cannot_be_sealed_is_said_without_repeating_it() {
    let folder = folder("unsealed");
    let public = done(&folder, &["service-key", "new", "--out", "service"], "");
    let (contract, owner) = (contract().to_string(), owner().to_string());
    for (endpoint, credentials, status, expected) in [
        ("https://example.com", CREDENTIALS, 1, "came one elsewhere"),
        ("http://hooks.example.com", CREDENTIALS, 2, "https:// and its host"),
        ("https://a:b@hooks.example.com", CREDENTIALS, 2, "something else at byte 11"),
        (ENDPOINT, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 1, "as JSON"),
        (ENDPOINT, "", 1, "as JSON"),
    ] {
        let here = place(&contract, &owner, endpoint);
        let seal = [&["seal", "--service-key", &public][..], &here].concat();
        let (code, errors) = refused(&folder, &seal, credentials);
        assert_eq!(code, Some(status), "{errors}");
        assert!(errors.contains(expected), "{errors}");
        assert!(!errors.contains("MfKQ9r8GKYqr") && !errors.contains("5f1d"), "{errors}");
    }
    let nowhere = place(&contract, &owner, ENDPOINT);
    let nowhere = [&["seal", "--service-key", &public], &nowhere[..nowhere.len() - 2]].concat();
    let (code, errors) = refused(&folder, &nowhere, CREDENTIALS);
    assert_eq!(code, Some(2));
    assert!(errors.contains("expected the --endpoint of a webhook, or --inbound"), "{errors}");
    done(&folder, &[&nowhere[..], &["--inbound"]].concat(), CREDENTIALS);
    // Of Datadog the site, which is where the key goes.
    let key = r#"{"version":1,"type":"token","token":"t"}"#;
    let mut datadog = place(&contract, &owner, "datadoghq.eu");
    let kind = datadog.iter().position(|word| *word == "webhook").expect("a kind");
    datadog[kind] = "datadog";
    let seal = [&["seal", "--service-key", &public][..], &datadog].concat();
    let sealed = done(&folder, &seal, key);
    let open = ["open", "--service-key-file", "service", &sealed];
    assert_eq!(done(&folder, &[&open[..], &datadog].concat(), ""), "token");
    for more in [&[][..], &["--inbound"]] {
        let nowhere = [&seal[..seal.len() - 2], more].concat();
        let (code, errors) = refused(&folder, &nowhere, key);
        assert_eq!(code, Some(2));
        assert!(errors.contains("expected the --endpoint of a datadog, its site"), "{errors}");
    }
    let mut moved = datadog;
    *moved.last_mut().expect("the site") = "evil.example";
    assert_eq!(refused(&folder, &[&open[..], &moved].concat(), "").0, Some(1));
    *moved.last_mut().expect("the site") = "https://datadoghq.eu";
    let (code, errors) = refused(&folder, &[&open[..], &moved].concat(), "");
    assert_eq!(code, Some(2));
    assert!(errors.contains("expected a site as the name of its host"), "{errors}");
    // The contract would take it: nothing is sealed that no delivery reaches.
    let token = r#"{"version":1,"type":"token","token":"t"}"#;
    for endpoint in ["https://localhost", "https://10.0.0.1", "https://[::1]:8443"] {
        let here = place(&contract, &owner, endpoint);
        let seal = [&["seal", "--service-key", &public][..], &here].concat();
        let (code, errors) = refused(&folder, &seal, token);
        assert_eq!(code, Some(1));
        assert!(errors.contains("sends nothing there\n  because: expected a "), "{errors}");
    }
    // Where the URL is the secret, it is no less a place.
    let mut chat = place(&contract, &owner, ENDPOINT);
    let kind = chat.iter().position(|word| *word == "webhook").expect("a kind");
    for (name, url) in [
        ("discord", "http://169.254.169.254/5f1d"),
        ("slack", "http://hooks.slack.com/5f1d"),
        ("slack", "https://127.0.0.1/5f1d"),
        ("custom", "https://MfKQ9r8GKYqr.internal/5f1d"),
    ] {
        chat[kind] = name;
        let seal = [&["seal", "--service-key", &public], &chat[..chat.len() - 2]].concat();
        let text = format!(r#"{{"version":1,"type":"url","url":"{url}"}}"#);
        let (code, errors) = refused(&folder, &seal, &text);
        assert_eq!(code, Some(1), "{errors}");
        assert!(errors.contains("sends nothing to the credentials' url"), "{errors}");
        assert!(!errors.contains("MfKQ9r8GKYqr") && !errors.contains("5f1d"), "{errors}");
    }
    chat[kind] = "slack";
    let inbound =
        [&["seal", "--service-key", &public], &chat[..chat.len() - 2], &["--inbound"]].concat();
    let (code, errors) = refused(&folder, &inbound, token);
    assert_eq!(code, Some(2));
    assert!(errors.contains("a slack never comes to the service"), "{errors}");
    let mut elsewhere = place(&contract, &owner, ENDPOINT);
    elsewhere[1] = "tesnet";
    let seal = [&["seal", "--service-key", &public][..], &elsewhere].concat();
    let (code, errors) = refused(&folder, &seal, CREDENTIALS);
    assert_eq!(code, Some(2));
    assert!(errors.contains("expected public, testnet"), "{errors}");
}

#[test]
fn a_request_is_signed_for_exactly_what_was_asked_for() {
    let folder = folder("request");
    let public = done(&folder, &["key", "new", "--out", "key"], "");
    std::fs::write(folder.join("body"), "{}").expect("written");
    let (key, contract, caller) = (Hash([2; 32]).to_string(), contract(), owner());
    let sign = [
        "request",
        "sign",
        "--key-file",
        "key",
        "--network",
        "testnet",
        "--contract",
        contract.as_str(),
        "--key",
        &key,
        "--generation",
        "3",
        "--caller",
        caller.as_str(),
        "--method",
        "read_metrics",
    ];
    let more = ["--body", "body", "--nonce", "42", "--expires-s", "1800000300"];
    let line = done(&folder, &[&sign[..], &more].concat(), "");
    let body_hash = Hash::of(b"{}");
    let start = format!(
        "--caller {caller} --key {key} --generation 3 --method read_metrics \
         --body_hash {body_hash} --nonce 42 --expires_s 1800000300 --signature "
    );
    let signature = line.strip_prefix(&start).unwrap_or_else(|| panic!("{line}"));
    let request = Request {
        network_id: Network::new("Test SDF Network ; September 2015").id(),
        contract: contract.clone(),
        key: [2; 32],
        generation: 3,
        caller: caller.clone(),
        method: Method::new("read_metrics").expect("a symbol"),
        body_hash: body_hash.0,
        nonce: 42,
        expires_s: 1_800_000_300,
    };
    let signature = hex::decode(signature).expect("hex").try_into().expect("64 bytes");
    let public = Hash::from_hex(&public).expect("a public key").0;
    assert_eq!(SignedRequest { request, signature }.is_signed_by(&public), Ok(true));

    let lines = [(); 2].map(|()| done(&folder, &sign, ""));
    let nonces = lines.each_ref().map(|line| {
        let after = line.split_once("--nonce ").expect("a nonce").1;
        after.split(' ').next().and_then(|nonce| nonce.parse::<u64>().ok()).expect("a number")
    });
    assert!(nonces[0] < nonces[1], "{nonces:?}");
    let empty = Hash::of(b"").to_string();
    assert!(lines[0].contains(&empty), "{}", lines[0]);
}

#[test]
fn a_token_signs_nothing() {
    let folder = folder("token");
    done(&folder, &["key", "new", "--bearer", "--out", "token"], "");
    let (key, contract, caller) = (Hash([2; 32]).to_string(), contract(), owner());
    let sign = [
        "request",
        "sign",
        "--key-file",
        "token",
        "--network",
        "testnet",
        "--contract",
        contract.as_str(),
        "--key",
        &key,
        "--caller",
        caller.as_str(),
        "--method",
        "read",
    ];
    let (status, errors) = refused(&folder, &sign, "");
    assert_eq!(status, Some(1));
    assert!(errors.contains("came a bearer token"), "{errors}");
}
