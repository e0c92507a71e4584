//! `docs/reference/templates.md` says what every template holds. To write it anew:
//! `LUMENSCOPE_WRITE_REFERENCE=1 cargo nextest run --workspace --test page`.

use std::fmt::Write as _;
use std::path::Path;

use lumenscope_templates::rules::{RULES, Records, RuleTemplate};
use lumenscope_templates::{COLUMNS, Figure, ROWS, TEMPLATES, Widget};

const PAGE: &str = "docs/reference/templates.md";

const ABOUT: &str = "# Templates

Rules and dashboards to begin with: data of [crates/templates](../../crates/templates/src), no part of
the contracts. `lumenscope rules template` and `lumenscope dashboards template` make of one what
[alerting](alerting.md) and [dashboard](dashboard.md) take. Thresholds are starting points: every
contract has its own usual.

## Rules

What makes each of them fire, and what only looks like it, is in
[tests/tests/templates](../../tests/tests/templates). A figure is that of the samples of the window.
Too little data counts as the last column says ([`NoDataPolicy`](alerting.md#nodatapolicy)). Times are
in seconds.

";

const DASHBOARDS: &str = "
## Dashboards

Each is a grid of {columns} columns and {rows} rows, for any one contract. A place is column, row,
columns, rows. Calls are counted by `failed`, of which every execution has one sample.
";

/// By the numbers of the contract's types.
const STATISTICS: [&str; 8] = [
    "average",
    "sum",
    "minimum",
    "maximum",
    "count",
    "last",
    "share that is not 0 (basis points)",
    "sum a second (thousandths)",
];
const OPERATORS: [&str; 7] =
    ["above", "at least", "below", "at most", "equal to", "other than", "outside"];
const SEVERITIES: [&str; 5] = ["info", "low", "medium", "high", "critical"];
const NO_DATA: [&str; 4] = ["condition met", "condition not met", "said", "as before"];

fn asks(rule: &RuleTemplate) -> String {
    let figure = STATISTICS[rule.statistic as usize];
    let operator = OPERATORS[rule.operator as usize];
    let bound = if operator == "outside" {
        format!("{operator} {} to {}", digits(rule.threshold), digits(rule.threshold_high))
    } else {
        assert_eq!(rule.threshold_high, 0, "{}", rule.name);
        format!("{operator} {}", digits(rule.threshold))
    };
    match (rule.condition, rule.parameters) {
        (1, []) => format!("{figure} {bound}"),
        (2, [0]) => format!("{figure}, change from the window before (basis points) {bound}"),
        (3, [shift, points, quiet]) => format!(
            "{figure}, distance from its usual (hundredths of standard deviations) {bound}; the newest weighs \
             1 in {}, judged after {points} minutes, no other for {quiet}",
            1 << shift
        ),
        (5, []) => {
            assert_eq!((operator, rule.threshold), ("at least", 0), "{}", rule.name);
            "no sample".to_owned()
        }
        other => panic!("{}: {other:?}", rule.name),
    }
}

/// In groups of three.
fn digits(value: i128) -> String {
    let mut text = value.unsigned_abs().to_string();
    for at in
        (1..text.len()).rev().filter(|at| (text.len() - at).is_multiple_of(3)).collect::<Vec<_>>()
    {
        text.insert(at, ',');
    }
    if value < 0 { format!("-{text}") } else { text }
}

fn recorded_by(records: Records) -> &'static str {
    match records {
        Records::Keeper => "a keeper",
        Records::Contract => "the contract",
        Records::Operator => "who runs nodes",
    }
}

fn figure(widget: &Widget) -> &'static str {
    match widget.figure {
        Figure::ErrorRatio => "share that is not 0",
        of => STATISTICS[of as usize],
    }
}

fn page() -> String {
    let mut page = ABOUT.to_owned();
    page.push_str(
        "| rule | severity | metric | recorded by | asks | window | samples at least | for | keeps firing | cooldown | too little data |\n\
         |---|---|---|---|---|--:|--:|--:|--:|--:|---|\n",
    );
    for rule in RULES {
        writeln!(
            page,
            "| {} | {} | `{}` | {} | {} | {} | {} | {} | {} | {} | {} |",
            rule.name,
            SEVERITIES[rule.severity as usize],
            rule.metric,
            recorded_by(rule.records),
            asks(&rule),
            digits(rule.window_s.into()),
            rule.min_points,
            rule.for_s,
            rule.keep_firing_for_s,
            digits(rule.cooldown_s.into()),
            NO_DATA[rule.no_data as usize],
        )
        .unwrap();
    }
    let about = DASHBOARDS.replace("{columns}", &COLUMNS.to_string());
    page.push_str(&about.replace("{rows}", &ROWS.to_string()));
    for template in TEMPLATES {
        writeln!(page, "\n### {}\n", template.name).unwrap();
        page.push_str("| widget | drawn as | function | metric | figure | place |\n|---|---|---|---|---|---|\n");
        for widget in template.widgets {
            let (function, metric, figure) = match widget.metric {
                Some(metric) => {
                    let function = widget.function.map(|function| format!("`{function}`"));
                    (function.unwrap_or("all".to_owned()), format!("`{metric}`"), figure(widget))
                }
                None => Default::default(),
            };
            let [column, row, columns, rows] = widget.place;
            writeln!(
                page,
                "| {} | {:?} | {function} | {metric} | {figure} | {column}, {row}, {columns}, {rows} |",
                widget.title, widget.kind,
            )
            .unwrap();
        }
    }
    page
}

#[test]
fn the_page_says_what_the_templates_are() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(PAGE);
    let page = page();
    if std::env::var_os("LUMENSCOPE_WRITE_REFERENCE").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    for (number, (came, expected)) in kept.lines().zip(page.lines()).enumerate() {
        assert_eq!(came, expected, "{PAGE}:{}", number + 1);
    }
    assert_eq!(kept, page, "{PAGE}");
}
