//! Documents: what is written is read, on the ledger and off it; what is wrong is named.

use lumenscope_board::testing::any_dashboard;
use lumenscope_board::{
    Dashboard, Fault, Granularity, Kind, LedgerError, Statistic, Variables, Widget, limits,
};
use lumenscope_invoke::{Address, FromVal as _, ScVal, ToVal as _, record};
use lumenscope_templates::TEMPLATES;
use proptest::prelude::*;
use serde_json::{Value, json};

const VECTOR: &str = include_str!("../../../docs/vectors/dashboard.json");

fn vector() -> Value {
    serde_json::from_str(VECTOR).expect("JSON")
}

/// What reading the vector with one place changed says.
fn refused(pointer: &str, value: Value) -> String {
    let mut document = vector();
    *document.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = value;
    Dashboard::from_json(&document.to_string()).expect_err(pointer).to_string()
}

/// What the contract would hold of it, as `dashboard` and `widgets` return it.
fn through_the_ledger(dashboard: &Dashboard) -> Result<Dashboard, LedgerError> {
    let details = dashboard.details_val().expect("a value");
    let widgets =
        Vec::<ScVal>::from_val(&dashboard.widgets_val().expect("values")).expect("a list");
    // In slots with gaps, in pages of three.
    let mut read = Vec::new();
    for (page, widgets) in (0_u32..).zip(widgets.chunks(3)) {
        let entries = (0_u32..).zip(widgets).map(|(place, widget)| {
            let slot = 2 * (3 * page + place);
            (slot.to_val().expect("a value"), widget.clone())
        });
        read.extend(Dashboard::widget_page(&map(entries.collect()))?);
    }
    Dashboard::from_ledger(&details, read)
}

/// A map of the host with these keys; `record` makes those with names.
fn map(entries: Vec<(ScVal, ScVal)>) -> ScVal {
    let ScVal::Map(Some(mut map)) = record(&[("a", ScVal::Void)]).expect("a record") else {
        panic!("a map")
    };
    let mut like = map.0.to_vec();
    let template = like.remove(0);
    like.extend(entries.into_iter().map(|(key, val)| {
        let mut entry = template.clone();
        (entry.key, entry.val) = (key, val);
        entry
    }));
    map.0 = like.try_into().expect("fits");
    ScVal::Map(Some(map))
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn a_document_goes_to_the_ledger_and_comes_back_as_it_was(dashboard in any_dashboard()) {
        prop_assert_eq!(dashboard.check(), Ok(()));
        prop_assert_eq!(through_the_ledger(&dashboard), Ok(dashboard.clone()));
        let json = dashboard.to_json().expect("JSON");
        prop_assert!(json.len() <= limits::DOCUMENT_BYTES_MAX / 2);
        prop_assert_eq!(Dashboard::from_json(&json).expect("a document"), dashboard);
    }

    /// What is refused is refused because of a cell or a row, counted one by one.
    #[test]
    fn two_widgets_lie_where_their_layout_allows(
        layout in 0..3_usize, one in (0..6_u32, 0..6_u32, 1..4_u32, 1..4_u32),
        other in (0..6_u32, 0..6_u32, 1..4_u32, 1..4_u32),
    ) {
        let mut document = vector();
        document["layout"] = json!(["grid", "rows", "free"][layout]);
        (document["columns"], document["rows"]) = (json!(6), json!(6));
        let at = |(x, y, width, height): (u32, u32, u32, u32)| {
            let mut widget = vector()["widgets"][3].clone();
            for (field, value) in [("x", x), ("y", y), ("width", width), ("height", height)] {
                widget[field] = value.into();
            }
            widget
        };
        document["widgets"] = json!([at(one), at(other)]);
        let cells = |(x, y, width, height): (u32, u32, u32, u32)| -> Vec<(u32, u32)> {
            (x..x + width).flat_map(|x| (y..y + height).map(move |y| (x, y))).collect()
        };
        let inside = cells(one).iter().chain(&cells(other)).all(|(x, y)| *x < 6 && *y < 6);
        let apart = cells(one).iter().all(|cell| !cells(other).contains(cell));
        let rows = |of| cells(of).iter().map(|cell| cell.1).collect::<std::collections::BTreeSet<_>>();
        let even = rows(one) == rows(other) || rows(one).is_disjoint(&rows(other));
        let allowed = inside && (layout == 2 || apart) && (layout != 1 || even);
        prop_assert_eq!(Dashboard::from_json(&document.to_string()).is_ok(), allowed);
    }
}

/// The vector of version 1, field by field: what it means never changes.
#[test]
fn the_vector_means_what_it_meant() {
    let contract = Address::from_contract_id([9; 32]);
    let account = Address::from_account_key([7; 32]);
    let line = Widget {
        kind: Kind::Line,
        x: 0,
        y: 0,
        width: 6,
        height: 3,
        title: "Premiums".to_owned(),
        contract: None,
        function: Some("pay_premium".to_owned()),
        subject: Some("crops".to_owned()),
        metric: Some("premium".to_owned()),
        statistic: Statistic::Average,
        max_points: 60,
        granularity: Granularity::Day,
        compare_s: 604_800,
        top: 0,
        thresholds: vec![-5, 0, i128::MAX],
    };
    let table = Widget {
        kind: Kind::Table,
        x: 6,
        title: String::new(),
        contract: Some(account),
        function: None,
        subject: None,
        metric: Some("failed".to_owned()),
        statistic: Statistic::ErrorRatio,
        max_points: 1,
        granularity: Granularity::Hour,
        compare_s: 0,
        top: 5,
        thresholds: Vec::new(),
        ..line.clone()
    };
    let alerts = Widget {
        kind: Kind::AlertList,
        x: 0,
        y: 3,
        width: 12,
        height: 2,
        title: "Alerts".to_owned(),
        contract: None,
        metric: None,
        statistic: Statistic::Count,
        top: 0,
        ..table.clone()
    };
    let text = Widget {
        kind: Kind::Text,
        y: 5,
        width: 3,
        height: 1,
        title: "Who to call: \u{201c}the pool's team\u{201d} \u{2603}".to_owned(),
        ..alerts.clone()
    };
    let expected = Dashboard {
        name: "Pool".to_owned(),
        description: "What the pool takes in".to_owned(),
        layout: lumenscope_board::Layout::Rows,
        columns: 12,
        rows: 6,
        variables: Variables {
            contract: Some(contract),
            function: None,
            subject: Some("crops".to_owned()),
        },
        range_s: 2_592_000,
        widgets: vec![line, table, alerts, text],
    };
    assert_eq!(Dashboard::from_json(VECTOR).expect("a document"), expected);
    assert_eq!(expected.to_json().expect("JSON"), VECTOR);
}

#[test]
fn a_later_version_and_another_format_are_refused_in_a_sentence() {
    let mut later = vector();
    (later["version"], later["refresh_s"]) = (json!(2), json!(30));
    let error = Dashboard::from_json(&later.to_string()).expect_err("later").to_string();
    assert!(error.starts_with("version: expected 1, came 2: a later lumenscope wrote"), "{error}");
    assert_eq!(refused("/version", json!(0)), "version: expected 1, came 0");
    let error = refused("/format", json!("grafana"));
    assert_eq!(error, "format: expected \"lumenscope-dashboard\", came \"grafana\"");
}

#[test]
fn what_is_wrong_is_named_with_its_place_what_was_expected_and_what_came() {
    for (pointer, value, expected) in [
        ("/widgets/1/kind", json!("radar"), "widgets[1].kind: unknown variant `radar`, expected"),
        ("/widgets/0/max_points", json!("60"), "widgets[0].max_points: invalid type: string"),
        ("/widgets/0/max_points", json!(97), "widgets[0].max_points: expected 1 to 96, came 97"),
        ("/widgets/0/thresholds/0", json!("1,000"), "widgets[0].thresholds: expected a whole"),
        ("/widgets/0/thresholds/0", json!(5), "widgets[0].thresholds[0]: invalid type: integer"),
        ("/widgets/0/thresholds/0", json!("1"), "widgets[0].thresholds: expected at most 4"),
        ("/widgets/0/thresholds/0", json!("+1"), "widgets[0].thresholds: expected a whole"),
        ("/variables/contract", json!("CAAA"), "variables.contract: expected the address"),
        ("/variables/function", json!("a b"), "variables.function: expected at most 32 of"),
        ("/widgets/0/metric", json!(null), "widgets[0].metric: expected a metric of a line"),
        ("/widgets/3/metric", json!("a"), "widgets[3].metric: expected no metric of a text"),
        ("/widgets/2/metric", json!("a"), "widgets[2].metric: expected no metric of an alert_list"),
        ("/widgets/0/width", json!(2), "widgets[0]: expected at least 3 by 2 cells of a line"),
        ("/widgets/1/x", json!(5), "widgets[1]: expected cells that widgets[0] (6 by 3 at 0, 0)"),
        ("/widgets/1/height", json!(2), "widgets[1]: expected the rows of widgets[0]"),
        ("/widgets/3/y", json!(6), "widgets[3]: expected a place within 12 by 6 cells"),
        ("/widgets/0/top", json!(9), "widgets[0].top: expected 0 to 8, came 9"),
        ("/range_s", json!(315_576_001), "range_s: expected 0 to 315576000"),
        ("/name", json!(""), "name: expected 1 to 64 bytes, came 0"),
        ("/description", json!("é".repeat(129)), "description: expected 0 to 256 bytes, came 258"),
        ("/columns", json!(49), "columns: expected 1 to 48, came 49"),
        ("/rows", json!(0), "rows: expected 1 to 200, came 0"),
    ] {
        let error = refused(pointer, value);
        assert!(error.starts_with(expected), "{pointer}: {error}");
    }
}

#[test]
fn thresholds_rise_by_at_least_one_and_are_few() {
    let expected = "widgets[0].thresholds: expected at most 4 numbers, each above the one before";
    for (thresholds, came) in [
        (json!(["1", "1"]), "2 numbers, not rising"),
        (json!(["2", "1"]), "2 numbers, not rising"),
        (json!(["1", "2", "3", "4", "5"]), "5 numbers, rising"),
    ] {
        let error = refused("/widgets/0/thresholds", thresholds);
        assert_eq!(error, format!("{expected}, came {came}"));
    }
}

/// One character more than there may be is enough to see that it is too long.
#[test]
fn a_name_that_is_too_long_is_not_repeated_whole() {
    let error = refused("/variables/function", json!("x".repeat(40)));
    assert!(error.ends_with(&format!(", came {:?}", "x".repeat(33))), "{error}");
}

#[test]
fn every_field_has_to_be_there_once_and_no_other() {
    let whole = vector();
    for object in ["", "/variables", "/widgets/0"] {
        let fields = whole.pointer(object).and_then(Value::as_object).expect("an object");
        for field in fields.keys() {
            let mut without = whole.clone();
            let place = without.pointer_mut(object).and_then(Value::as_object_mut);
            place.expect("an object").remove(field);
            let error = Dashboard::from_json(&without.to_string()).expect_err(field).to_string();
            assert!(error.contains(&format!("missing field `{field}`")), "{object}: {error}");
        }
        let mut more = whole.clone();
        more.pointer_mut(object).expect("an object")["colour"] = json!(1);
        let error = Dashboard::from_json(&more.to_string()).expect_err("unknown").to_string();
        assert!(error.contains("unknown field `colour`"), "{error}");
    }
    let twice = VECTOR.replacen("\"rows\":", "\"rows\": 6, \"rows\":", 1);
    let error = Dashboard::from_json(&twice).expect_err("twice").to_string();
    assert!(error.contains("duplicate field `rows`"), "{error}");
}

#[test]
fn more_than_a_dashboard_can_hold_is_refused() {
    let long = " ".repeat(limits::DOCUMENT_BYTES_MAX) + VECTOR;
    assert!(Dashboard::from_json(&long).is_err_and(|error| error.to_string().contains("bytes")));
    let room = limits::DOCUMENT_BYTES_MAX - VECTOR.len();
    assert!(Dashboard::from_json(&(" ".repeat(room) + VECTOR)).is_ok());
    let error = Dashboard::from_json(&(" ".repeat(room + 1) + VECTOR)).expect_err("a byte more");
    assert_eq!(error.to_string(), "expected at most 262144 bytes, came 262145");
    let mut many = vector();
    (many["layout"], many["rows"]) = (json!("free"), json!(200));
    let text = many["widgets"][3].clone();
    many["widgets"] = vec![text; limits::WIDGETS_MAX + 1].into();
    let error = Dashboard::from_json(&many.to_string()).expect_err("many").to_string();
    assert_eq!(error, "widgets: expected at most 40, came 41");
    assert!(Dashboard::from_json(&(VECTOR.to_owned() + "{}")).is_err());
}

#[test]
fn what_the_ledger_holds_is_read_with_the_same_care() {
    let dashboard = Dashboard::from_json(VECTOR).expect("a document");
    let widgets =
        Vec::<ScVal>::from_val(&dashboard.widgets_val().expect("values")).expect("a list");
    let changed = |field: &str, value: ScVal| {
        let ScVal::Map(Some(map)) = widgets[0].clone() else { panic!("a struct") };
        let mut map = map.0.to_vec();
        let entry =
            map.iter_mut().find(|entry| String::from_val(&entry.key).as_deref() == Ok(field));
        entry.expect(field).val = value;
        let entries = map.into_iter().map(|entry| (entry.key, entry.val)).collect();
        let page = self::map(vec![(4_u32.to_val().expect("a value"), self::map(entries))]);
        Dashboard::widget_page(&page).expect_err(field).to_string()
    };
    let error = changed("kind", 9_u32.to_val().expect("a value"));
    assert_eq!(
        error,
        "widgets[4].kind: expected a number that this version knows, below 9, came 9"
    );
    let error = changed("title", ScVal::Void);
    assert!(error.starts_with("widgets[4].title: expected a String"), "{error}");
    let ScVal::String(mut text) = "ab".to_val().expect("a value") else { panic!("a string") };
    text.0 = vec![b'a', 0xff].try_into().expect("fits");
    let error = changed("title", ScVal::String(text));
    assert_eq!(error, "widgets[4].title: expected UTF-8, came 2 bytes that are none");
    let mut large = dashboard.clone();
    large.columns = 100;
    let fault = through_the_ledger(&large).expect_err("large");
    assert!(matches!(fault, LedgerError::Fault(Fault { path, .. }) if path == "columns"));
}

#[test]
fn every_template_is_a_document() {
    for template in &TEMPLATES {
        let dashboard = Dashboard::of_template(template, Variables::default()).expect("known");
        assert_eq!(dashboard.check(), Ok(()), "{}", template.name);
        assert_eq!(dashboard.widgets.len(), template.widgets.len());
    }
}

#[test]
fn arguments_are_as_the_command_line_takes_them() {
    let arguments = Dashboard::from_json(VECTOR).expect("a document").arguments();
    assert_eq!(arguments.details["layout"], 1);
    assert_eq!(arguments.details["variables"]["function"], Value::Null);
    let line = &arguments.widgets[0];
    assert_eq!(
        (&line["kind"], &line["statistic"], &line["granularity"]),
        (&json!(0), &json!(0), &json!(1))
    );
    assert_eq!(line["thresholds"], json!(["-5", "0", i128::MAX.to_string()]));
    let mut fields: Vec<_> = line.as_object().expect("a struct").keys().collect();
    fields.sort();
    assert_eq!(fields.len(), 16);
}
