use lumenscope_interfaces::external_monitoring::*;
use soroban_sdk::Bytes;

use crate::integrations::Draft;
use crate::stage::*;

const AUTH_TYPES: [(IntegrationAuth, &str); 6] = [
    (IntegrationAuth::None, "none"),
    (IntegrationAuth::ApiKey, "key"),
    (IntegrationAuth::Bearer, "bearer"),
    (IntegrationAuth::Basic, "basic"),
    (IntegrationAuth::Hmac, "hmac"),
    (IntegrationAuth::OAuth2, "oauth2"),
];
const DIRECTIONS: [(IntegrationDirection, &str); 3] = [
    (IntegrationDirection::Outbound, "out"),
    (IntegrationDirection::Inbound, "in"),
    (IntegrationDirection::Both, "both"),
];
const FORMATS: [(IntegrationFormat, &str); 5] = [
    (IntegrationFormat::Json, "json"),
    (IntegrationFormat::Prometheus, "prometheus"),
    (IntegrationFormat::OpenMetrics, "openmetrics"),
    (IntegrationFormat::Csv, "csv"),
    (IntegrationFormat::Text, "text"),
];

/// The table of `IntegrationKind` in words: authentication, directions, formats, configuration.
const KINDS: [(IntegrationKind, [&str; 4]); 10] = [
    (
        IntegrationKind::Prometheus,
        ["none bearer basic", "in out both", "prometheus openmetrics", "endpoint"],
    ),
    (IntegrationKind::Grafana, ["key bearer basic", "in out both", "json", "endpoint"]),
    (IntegrationKind::Datadog, ["key", "out", "json", "site"]),
    (IntegrationKind::PagerDuty, ["key", "out both", "json", ""]),
    (IntegrationKind::Slack, ["key bearer", "out", "json text", "channel"]),
    (IntegrationKind::Discord, ["key bearer", "out", "json text", "channel"]),
    (IntegrationKind::Telegram, ["bearer", "out", "json text", "chat_id"]),
    (IntegrationKind::Email, ["none key basic oauth2", "out", "json csv text", "to from"]),
    (
        IntegrationKind::Webhook,
        [
            "none key bearer basic hmac oauth2",
            "in out both",
            "json prometheus openmetrics csv text",
            "endpoint",
        ],
    ),
    (
        IntegrationKind::Custom,
        [
            "none key bearer basic hmac oauth2",
            "in out both",
            "json prometheus openmetrics csv text",
            "",
        ],
    ),
];

fn has(words: &str, word: &str) -> bool {
    words.split(' ').any(|one| one == word)
}

/// Entries for a configuration that needs these.
fn entries(keys: &str) -> Vec<(&str, &str)> {
    let keys = keys.split(' ').filter(|key| !key.is_empty());
    let value = |key| match key {
        "endpoint" => "https://example.org",
        "from" | "to" => "team@example.org",
        _ => "team",
    };
    keys.map(|key| (key, value(key))).collect()
}

/// An integration with the first of everything that its kind takes.
fn plain(s: &Stage, kind: IntegrationKind) -> Draft {
    let words = words_of(kind);
    let first = |words: &'static str| words.split(' ').next().expect("a word");
    let auth = AUTH_TYPES.iter().find(|(_, word)| *word == first(words[0])).expect("known").0;
    let format = FORMATS.iter().find(|(_, word)| *word == first(words[2])).expect("known").0;
    with_auth(
        s,
        Draft { kind, config: s.config(&entries(words[3])), format, ..Draft::new(s) },
        auth,
    )
}

fn words_of(kind: IntegrationKind) -> [&'static str; 4] {
    KINDS.iter().find(|(known, _)| *known == kind).expect("known").1
}

fn with_auth(s: &Stage, draft: Draft, auth: IntegrationAuth) -> Draft {
    let is_public = auth == IntegrationAuth::None;
    let sealed = if is_public { Bytes::new(&s.e) } else { s.sealed(1, 100) };
    Draft { auth, sealed, ..draft }
}

#[test]
fn every_kind_can_be_created_and_no_two_share_an_id() {
    let s = Stage::new();
    let owner = s.account();
    let mut ids = std::collections::BTreeSet::new();
    for (kind, _) in KINDS {
        let draft = plain(&s, kind);
        ids.insert(draft.create(&s, &owner).expect("it is valid").to_array());
        ids.insert(draft.create(&s, &s.account()).expect("it is valid").to_array());
    }
    assert_eq!(ids.len(), 2 * KINDS.len());
    assert_eq!(s.client.count_of(&ConnectionKind::Integration, &owner), KINDS.len() as u32);
}

#[test]
fn a_kind_takes_what_its_documentation_says_and_nothing_else() {
    let s = Stage::new();
    let mut created = 0;
    for (kind, [auth_types, directions, formats, _]) in KINDS {
        // A new owner for each kind, so that no audit log or page grows with the test.
        let owner = s.account();
        for (auth, word) in AUTH_TYPES {
            let expected = (!has(auth_types, word)).then_some(ConnectionError::AuthNotOfKind);
            let result = with_auth(&s, plain(&s, kind), auth).create(&s, &owner);
            assert_eq!(result.as_ref().err(), refusal(expected).as_ref(), "{kind:?} {word}");
            created += u32::from(result.is_ok());
        }
        for (direction, word) in DIRECTIONS {
            let expected = (!has(directions, word)).then_some(ConnectionError::DirectionNotOfKind);
            let result = Draft { direction, ..plain(&s, kind) }.create(&s, &owner);
            assert_eq!(result.err(), refusal(expected), "{kind:?} {word}");
        }
        for (format, word) in FORMATS {
            let expected = (!has(formats, word)).then_some(ConnectionError::FormatNotOfKind);
            let result = Draft { format, ..plain(&s, kind) }.create(&s, &owner);
            assert_eq!(result.err(), refusal(expected), "{kind:?} {word}");
        }
    }
    assert_eq!(created, 3 + 3 + 1 + 1 + 2 + 2 + 1 + 4 + 6 + 6);
}

fn refusal(expected: Option<ConnectionError>) -> Option<soroban_sdk::Error> {
    expected.map(|error| soroban_sdk::Error::from_contract_error(error as u32))
}

#[test]
fn each_entry_that_a_kind_needs_is_missed_unless_the_tool_comes_to_the_service() {
    let s = Stage::new();
    let owner = s.account();
    for (kind, [_, directions, _, keys]) in KINDS {
        for left_out in keys.split(' ').filter(|key| !key.is_empty()) {
            let mut others = entries(keys);
            others.retain(|(key, _)| *key != left_out);
            let lacking = Draft { config: s.config(&others), ..plain(&s, kind) };
            let missing = refused(ConnectionError::ConfigKeyMissing);
            assert_eq!(lacking.create(&s, &owner), missing, "{kind:?} without {left_out}");
            if has(directions, "in") {
                let inbound = Draft { direction: IntegrationDirection::Inbound, ..lacking.clone() };
                assert!(inbound.create(&s, &owner).is_ok(), "{kind:?}");
                let both = Draft { direction: IntegrationDirection::Both, ..lacking };
                assert_eq!(both.create(&s, &owner), missing, "{kind:?} without {left_out}");
            }
        }
    }
}

#[test]
fn an_update_is_held_to_the_kind_too() {
    let s = Stage::new();
    let owner = s.account();
    let draft = plain(&s, IntegrationKind::Slack);
    let id = draft.create(&s, &owner).expect("it is valid");
    let before = s.client.integration(&id);
    let basic = Draft { auth: IntegrationAuth::Basic, ..draft.clone() };
    assert_eq!(basic.update(&s, &owner, &id), refused(ConnectionError::AuthNotOfKind));
    let nowhere = Draft { config: s.config(&[]), ..draft.clone() };
    assert_eq!(nowhere.update(&s, &owner, &id), refused(ConnectionError::ConfigKeyMissing));
    let plain_http = s.config(&[("channel", "team"), ("endpoint", "http://example.org")]);
    let open = Draft { config: plain_http, ..draft.clone() };
    assert_eq!(open.update(&s, &owner, &id), refused(ConnectionError::EndpointInvalid));
    assert_eq!(s.client.integration(&id), before);
    assert_eq!(draft.update(&s, &owner, &id), Ok(()));
}

#[test]
fn an_endpoint_is_an_encrypted_url_without_credentials_wherever_there_is_one() {
    let s = Stage::new();
    let owner = s.account();
    let longest = format!("https://{}", "a".repeat(CONFIG_VALUE_BYTES_MAX as usize - 8));
    for (kind, entries) in [
        (IntegrationKind::Webhook, vec![]),
        (IntegrationKind::PagerDuty, vec![]),
        (IntegrationKind::Slack, vec![("channel", "team")]),
        (IntegrationKind::Custom, vec![]),
    ] {
        let create = |endpoint: &str| {
            let mut entries = entries.clone();
            entries.push(("endpoint", endpoint));
            Draft { config: s.config(&entries), ..plain(&s, kind) }.create(&s, &owner)
        };
        for endpoint in [
            "https://a",
            "https://hooks.example.org:8443/a/b?c=%20d&e=f;g#h",
            "https://[2001:db8::1]/write",
            "https://xn--bcher-kva.example/~team/!$'()*+,",
            &longest,
        ] {
            assert!(create(endpoint).is_ok(), "{kind:?} {endpoint}");
        }
        let mut strange: Vec<String> = [
            "http://example.org",
            "HTTPS://example.org",
            "https:/",
            "https://",
            "https:///path",
            "https://-example.org",
            "https://.",
            "ftp://example.org",
            "example.org",
        ]
        .map(String::from)
        .into();
        // Whatever byte a URL does not hold, at the end and in the midst.
        for byte in (0..=b' ').chain(*b"\"<>@\\^`{|}\x7f") {
            strange.push(format!("https://example.org/{}x", char::from(byte)));
            strange.push(format!("https://example.org{}", char::from(byte)));
        }
        strange.push("https://bücher.example".to_owned());
        for endpoint in strange {
            let refusal = refused(ConnectionError::EndpointInvalid);
            assert_eq!(create(&endpoint), refusal, "{kind:?} {endpoint:?}");
        }
    }
}

#[test]
fn what_is_written_to_is_one_line_and_mail_goes_to_an_address() {
    let s = Stage::new();
    let owner = s.account();
    let create = |kind, key: &str, value: &str| {
        let mut entries = entries(words_of(kind)[3]);
        entries.retain(|(known, _)| *known != key);
        entries.push((key, value));
        Draft { config: s.config(&entries), ..plain(&s, kind) }.create(&s, &owner)
    };
    let refusal = refused(ConnectionError::ConfigInvalid);
    let receivers = [
        (IntegrationKind::Slack, "channel", ["#ops", "C0123456789", "チーム"]),
        (IntegrationKind::Discord, "channel", ["alerts", "Ops Alerts", "équipe"]),
        (IntegrationKind::Telegram, "chat_id", ["-1001234567890", "@ops", "7"]),
        (IntegrationKind::Email, "to", ["a@b", "on-call+pool@example.org", "équipe@exemple.fr"]),
        (IntegrationKind::Email, "from", ["a@b", "lumenscope@example.org", "x@y.z"]),
    ];
    for (kind, key, values) in receivers {
        for value in values {
            assert!(create(kind, key, value).is_ok(), "{kind:?} {key} {value}");
        }
        // A line of a message's head would follow, or nothing be read as something.
        let last = if key == "to" || key == "from" { b' ' } else { b'\x1f' };
        for byte in (0..=last).chain([0x7f]) {
            for value in [format!("a@b{}c", char::from(byte)), format!("a@b{}", char::from(byte))] {
                assert_eq!(create(kind, key, &value), refusal, "{kind:?} {key} {value:?}");
            }
        }
    }
    for key in ["to", "from"] {
        for value in [
            "a", "ab", "team", "@", "@b", "a@", "@@", "@@@", "a@@", "@@b", "@b@", "a@b,c@d",
            "x@y@z",
        ] {
            assert_eq!(create(IntegrationKind::Email, key, value), refusal, "{key} {value}");
        }
    }
    // Where a kind does not need them, such entries are whatever people agree on.
    assert!(create(IntegrationKind::Custom, "to", "two words").is_ok());
    assert!(create(IntegrationKind::Webhook, "channel", "two words").is_ok());
}

#[test]
fn codes_that_stand_for_nothing_and_other_types_are_refused() {
    use soroban_sdk::{BytesN, Error, IntoVal, Val, Vec};
    let s = Stage::new();
    let owner = s.account();
    let draft = plain(&s, IntegrationKind::Webhook);
    let create = |place: u32, value: Val| -> Result<BytesN<32>, Error> {
        let mut args: Vec<Val> = (
            &owner,
            &draft.name,
            draft.kind,
            draft.direction,
            &draft.config,
            draft.auth,
            &draft.sealed,
            draft.format,
            draft.interval_s,
        )
            .into_val(&s.e);
        if place > 0 {
            args.set(place, value);
        }
        s.call(&owner, "create_integration", args)
    };
    let nothing: Val = ().into();
    assert!(create(0, nothing).is_ok());
    let shape = refused(ConnectionError::ShapeInvalid);
    for (place, past) in [(2, 10u32), (3, 3), (5, 6), (7, 5)] {
        for value in [past, u32::MAX] {
            assert_eq!(create(place, value.into()), shape, "{place} {value}");
        }
    }
    for place in 1..=8 {
        assert_eq!(create(place, nothing), shape, "{place}");
    }
    let numbers = soroban_sdk::Map::<Val, Val>::from_array(&s.e, [(1u32.into(), nothing)]);
    assert_eq!(create(4, numbers.to_val()), shape);
}
