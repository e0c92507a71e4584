//! Signatures of deliveries, and what a receiver believes.

use lumenscope_credentials::Random;
use lumenscope_credentials::webhook::{
    Headers, SignError, TOLERANCE_S, VerifyError, WebhookSecret, WebhookSecretError, sign, verify,
};

const NOW_S: u64 = 1_800_000_000;
const BODY: &[u8] = br#"{"alert":1}"#;

fn secret(seed: u8) -> WebhookSecret {
    WebhookSecret::generate(&mut Random::from_seed(&[seed; 32]))
}

fn signed(secrets: &[&WebhookSecret]) -> Headers {
    sign("msg_1", NOW_S, BODY, secrets).expect("signed")
}

fn verified(headers: &Headers, secrets: &[&WebhookSecret]) -> Result<(), VerifyError> {
    verify(headers, BODY, secrets, NOW_S, TOLERANCE_S)
}

#[test]
fn a_receiver_with_either_secret_of_a_rotation_believes_the_delivery() {
    let (old, new, other) = (secret(1), secret(2), secret(3));
    let headers = signed(&[&new, &old]);
    assert_eq!(headers.signature.split(' ').count(), 2);
    for secrets in [&[&old][..], &[&new], &[&other, &old]] {
        assert_eq!(verified(&headers, secrets), Ok(()));
    }
    assert_eq!(verified(&headers, &[&other]), Err(VerifyError::Forged));
    assert_eq!(verified(&headers, &[]), Err(VerifyError::Forged));
    assert_eq!(verified(&signed(&[&new]), &[&old]), Err(VerifyError::Forged));
    assert_eq!(verified(&signed(&[&new]), &[&old, &new]), Ok(()));
}

#[test]
fn id_time_and_body_are_signed() {
    let secret = secret(1);
    let headers = signed(&[&secret]);
    for changed in [
        Headers { id: "msg_2".to_owned(), ..headers.clone() },
        Headers { timestamp: (NOW_S + 1).to_string(), ..headers.clone() },
    ] {
        assert_eq!(verified(&changed, &[&secret]), Err(VerifyError::Forged));
    }
    let another = verify(&headers, b"{}", &[&secret], NOW_S, TOLERANCE_S);
    assert_eq!(another, Err(VerifyError::Forged));
}

#[test]
fn a_delivery_is_believed_within_the_tolerance() {
    let secret = secret(1);
    let headers = signed(&[&secret]);
    let at = |now_s| verify(&headers, BODY, &[&secret], now_s, TOLERANCE_S);
    for now_s in [NOW_S - TOLERANCE_S, NOW_S, NOW_S + TOLERANCE_S] {
        assert_eq!(at(now_s), Ok(()));
    }
    let (timestamp_s, tolerance_s) = (NOW_S, TOLERANCE_S);
    let now_s = NOW_S + TOLERANCE_S + 1;
    assert_eq!(at(now_s), Err(VerifyError::TooOld { timestamp_s, now_s, tolerance_s }));
    let now_s = NOW_S - TOLERANCE_S - 1;
    assert_eq!(at(now_s), Err(VerifyError::TooNew { timestamp_s, now_s, tolerance_s }));
}

#[test]
fn malformed_headers_are_refused_and_entries_of_other_versions_passed_over() {
    let secret = secret(1);
    let headers = signed(&[&secret]);
    let with = |signature: String| Headers { signature, ..headers.clone() };
    for (signature, expected) in [
        (format!("v1a,xyz v2,abc {}", headers.signature), Ok(())),
        (format!("v1, v1,% {}", headers.signature), Ok(())),
        (String::new(), Err(VerifyError::Unsigned)),
        (headers.signature.replace("v1,", "v2,"), Err(VerifyError::Unsigned)),
        (headers.signature.replace("v1,", ""), Err(VerifyError::Unsigned)),
        ("v1,".to_owned(), Err(VerifyError::Forged)),
        (headers.signature[..20].to_owned(), Err(VerifyError::Forged)),
        (format!("{}{}", "v1, ".repeat(8), headers.signature), Err(VerifyError::Forged)),
    ] {
        assert_eq!(verified(&with(signature.clone()), &[&secret]), expected, "{signature:?}");
    }
    for timestamp in ["", "now", "-1", "+1800000000", "01800000000", "1800000000.0", " 1800000000"]
    {
        let headers = Headers { timestamp: timestamp.to_owned(), ..headers.clone() };
        assert_eq!(verified(&headers, &[&secret]), Err(VerifyError::Timestamp), "{timestamp}");
    }
    for id in ["", "msg.1", "msg\n1", "mßg"] {
        assert_eq!(sign(id, NOW_S, BODY, &[&secret]), Err(SignError::Id(id.to_owned())));
        let headers = Headers { id: id.to_owned(), ..headers.clone() };
        assert_eq!(verified(&headers, &[&secret]), Err(VerifyError::Id));
    }
    assert_eq!(sign("msg_1", NOW_S, BODY, &[]), Err(SignError::NoSecret));
}

#[test]
fn a_secret_is_read_as_it_is_written_and_has_a_secrets_length() {
    let written = secret(1).written();
    assert_eq!(WebhookSecret::read(&written), Ok(secret(1)));
    let of = |bytes: &str| WebhookSecret::read(bytes).map(|_| ());
    assert_eq!(of(&written["whsec_".len()..]), Err(WebhookSecretError::Malformed));
    assert_eq!(of("whsec_?"), Err(WebhookSecretError::Malformed));
    assert_eq!(of("whsec_"), Err(WebhookSecretError::Length(0)));
    assert_eq!(of(&format!("whsec_{}", "AAAA".repeat(7))), Err(WebhookSecretError::Length(21)));
    assert_eq!(of(&format!("whsec_{}", "AAAA".repeat(8))), Ok(()));
    assert_eq!(of(&format!("whsec_{}", "AAAA".repeat(22))), Err(WebhookSecretError::Length(66)));
}
