//! Dashboards of Grafana made of every template and of any document: by the published model, without
//! overlap, every query PromQL, nothing of a stranger's text alive.

mod drawing;
mod model;
mod options;

use std::collections::BTreeSet;

use lumenscope_board::testing::any_dashboard;
use lumenscope_board::{Dashboard, Granularity, Kind, Layout, Statistic, Variables, Widget};
use lumenscope_grafana::{Converted, Note, PLUGINS, convert};
use lumenscope_templates::TEMPLATES;
use model::{Model, Panel};
use options::{CodeLanguage, Options, TextMode};
use promql_parser::parser;
use proptest::prelude::*;

const VECTOR: &str = include_str!("../../../../docs/vectors/dashboard.json");
/// What Grafana puts in place of what it replaces, in queries of ours.
const REPLACED: [(&str, &str); 5] = [
    ("$__interval", "1h"),
    ("$__range", "86400s"),
    ("$contract", "C"),
    ("$function", ".*"),
    ("$subject", ".*"),
];

fn documents() -> Vec<Dashboard> {
    let of = |template| Dashboard::of_template(template, Variables::default()).expect("known");
    let vector = Dashboard::from_json(VECTOR).expect("a document");
    TEMPLATES.iter().map(of).chain([vector]).collect()
}

/// The dashboard as the published model has it, after everything that always holds.
fn checked(document: &Dashboard) -> (Model, Converted) {
    let converted = convert(document);
    let model: Model = serde_json::from_value(converted.dashboard.clone())
        .unwrap_or_else(|error| panic!("{error}: {:#}", converted.dashboard));
    assert_eq!(model.panels.len(), document.widgets.len());
    let ids: BTreeSet<_> = model.panels.iter().map(|panel| panel.id).collect();
    assert_eq!(ids.len(), model.panels.len());
    for (slot, panel) in model.panels.iter().enumerate() {
        let place = &panel.grid_pos;
        assert!(place.w >= 1 && place.h >= 1 && place.x + place.w <= 24, "{place:?}");
        for other in &model.panels[..slot] {
            assert!(!place.overlaps(&other.grid_pos), "{place:?} over {:?}", other.grid_pos);
        }
        asks_well(panel);
    }
    replaces_only_ours(&converted.dashboard.to_string());
    (model, converted)
}

fn asks_well(panel: &Panel) {
    for target in panel.targets.iter().flatten() {
        let mut query = target.expr.clone();
        REPLACED.iter().for_each(|(variable, value)| query = query.replace(variable, value));
        assert!(!query.contains('$'), "{query}");
        parser::parse(&query).unwrap_or_else(|error| panic!("{query}: {error}"));
    }
}

/// Every `$` begins a variable of ours, and there is no `[[`, but in the list of panels itself.
fn replaces_only_ours(dashboard: &str) {
    let ours =
        ["__interval", "__range", "contract", "function", "subject", "__all", "{DS_PROMETHEUS}"];
    for (_, after) in dashboard.match_indices('$').map(|(at, _)| dashboard.split_at(at + 1)) {
        let is_ours = ours.iter().any(|name| after.starts_with(name));
        assert!(is_ours || after.starts_with('\u{2060}'), "${}", after.split_at(12).0);
    }
    assert!(!dashboard.contains("[["));
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn any_document_becomes_a_dashboard(document in any_dashboard()) {
        let (model, converted) = checked(&document);
        for (widget, panel) in document.widgets.iter().zip(&model.panels) {
            let thresholds = panel.field_config.defaults.thresholds.as_ref();
            let steps = thresholds.map_or(0, |of| of.steps.len());
            let expected = if widget.metric.is_some() { widget.thresholds.len() + 1 } else { 0 };
            prop_assert_eq!(steps, expected);
        }
        // What is said of a panel is said in the panel.
        for noted in &converted.notes {
            let description = model.panels[noted.widget].description.as_deref();
            prop_assert!(description.is_some_and(|of| of.contains(&noted.note.sentence())));
        }
    }
}

#[test]
fn every_template_becomes_a_dashboard_and_panels_keep_their_rows() {
    for document in documents() {
        let (model, _) = checked(&document);
        for (widget, panel) in document.widgets.iter().zip(&model.panels) {
            let place = &panel.grid_pos;
            let expected = [widget.x * 2, widget.y * 3, widget.width * 2, widget.height * 3];
            assert_eq!([place.x, place.y, place.w, place.h], expected, "{}", document.name);
            let plugin = PLUGINS.iter().find(|(kind, ..)| *kind == widget.kind).expect("known");
            assert_eq!(panel.plugin, plugin.1);
        }
    }
}

/// Whoever reads documents checks them; what is made of another one stays a dashboard.
#[test]
fn a_place_outside_the_grid_becomes_one_inside() {
    let far = [(12, 1), (13, 40), (u32::MAX, 1), (0, u32::MAX), (u32::MAX, u32::MAX), (0, 0)];
    let wide =
        far.map(|(x, width)| Widget { x, width, ..widget(Kind::Line, "calls", Statistic::Count) });
    let (model, _) = checked(&document(&wide, Variables::default()));
    let columns = model.panels.iter().map(|panel| (panel.grid_pos.x, panel.grid_pos.w));
    let expected = [(23, 1), (23, 1), (23, 1), (0, 24), (23, 1), (0, 1)];
    assert_eq!(columns.collect::<Vec<_>>(), expected);
}

fn widget(kind: Kind, metric: &str, statistic: Statistic) -> Widget {
    Widget {
        kind,
        x: 0,
        y: 0,
        width: 6,
        height: 3,
        title: "t".to_owned(),
        contract: None,
        function: None,
        subject: None,
        metric: kind.is_measured().then(|| metric.to_owned()),
        statistic,
        max_points: 60,
        granularity: Granularity::Hour,
        compare_s: 0,
        top: 0,
        thresholds: Vec::new(),
    }
}

fn document(widgets: &[Widget], variables: Variables) -> Dashboard {
    Dashboard {
        name: "n".to_owned(),
        description: String::new(),
        layout: Layout::Free,
        columns: 12,
        rows: 14,
        variables,
        range_s: 0,
        widgets: widgets.to_vec(),
    }
}

/// The panel of a widget, and what is said of it.
fn drawn(widget: Widget) -> (Panel, Vec<Note>) {
    let (mut model, converted) = checked(&document(&[widget], Variables::default()));
    let notes = converted.notes.iter().map(|noted| noted.note).collect();
    (model.panels.remove(0), notes)
}

fn queries(panel: &Panel) -> Vec<String> {
    panel.targets.iter().flatten().map(|target| target.expr.clone()).collect()
}

/// The table of the crate's documentation, cell by cell.
#[test]
fn each_statistic_becomes_what_the_series_say_or_nothing() {
    use Statistic::{Average, Count, ErrorRatio, Last, Maximum, Minimum, PerSecond, Sum};
    let open = r#"contract="$contract",function=~"$function",subject=~"$subject""#;
    let increase = |series: &str| format!("sum (increase({series}{{{open}}}[$__range]))");
    let rate = |series: &str| format!("sum (rate({series}{{{open}}}[$__range]))");
    let mean = |sum: &str, count: &str| format!("{} / ({} > 0)", increase(sum), increase(count));
    let executions = "soroban_execution_instructions_count";
    let (timer, failures) = ("soroban_fee_rent_stroops", "soroban_execution_failures_total");
    let (timer_sum, timer_count) = (format!("{timer}_sum"), format!("{timer}_count"));
    let (own_sum, own_count) = ("soroban_own_premium_sum", "soroban_own_premium_count");
    let level = |over: &str, by: &str| {
        let figure = format!("{over}_over_time(soroban_ttl_ledgers{{{open}}}[$__range])");
        format!("{by} ({figure})")
    };
    let last = "max by (function, subject)";
    let own_last = format!("{last} (last_over_time(soroban_own_premium_last{{{open}}}[$__range]))");
    let none = String::new;
    for (metric, statistic, expected, notes) in [
        ("fee_rent", Average, mean(&timer_sum, &timer_count), vec![]),
        ("fee_rent", Sum, increase(&timer_sum), vec![]),
        ("fee_rent", Minimum, none(), vec![Note::Missing(Minimum)]),
        ("fee_rent", Maximum, none(), vec![Note::Missing(Maximum)]),
        ("fee_rent", Count, increase(&timer_count), vec![]),
        ("fee_rent", Last, none(), vec![Note::Missing(Last)]),
        ("fee_rent", ErrorRatio, mean(&timer_sum, &timer_count), vec![]),
        ("fee_rent", PerSecond, rate(&timer_sum), vec![]),
        ("failed", Average, mean(failures, executions), vec![]),
        ("failed", Sum, increase(failures), vec![]),
        ("failed", Count, increase(executions), vec![]),
        ("failed", ErrorRatio, mean(failures, executions), vec![]),
        ("failed", Maximum, none(), vec![Note::Missing(Maximum)]),
        ("failed", PerSecond, rate(failures), vec![]),
        ("calls", Sum, increase("soroban_calls_total"), vec![]),
        ("calls", PerSecond, rate("soroban_calls_total"), vec![]),
        ("calls", Count, none(), vec![Note::Missing(Count)]),
        ("calls", Average, none(), vec![Note::Missing(Average)]),
        ("calls", Last, none(), vec![Note::Missing(Last)]),
        ("ttl_ledgers", Last, level("last", last), vec![]),
        ("ttl_ledgers", Minimum, level("min", "min"), vec![Note::Scraped]),
        ("ttl_ledgers", Maximum, level("max", "max"), vec![Note::Scraped]),
        ("ttl_ledgers", Average, level("avg", "avg"), vec![Note::Scraped]),
        ("ttl_ledgers", Sum, none(), vec![Note::Missing(Sum)]),
        ("ttl_ledgers", Count, none(), vec![Note::Missing(Count)]),
        ("premium", Average, mean(own_sum, own_count), vec![Note::NonNegative]),
        ("premium", Sum, increase(own_sum), vec![Note::NonNegative]),
        ("premium", PerSecond, rate(own_sum), vec![Note::NonNegative]),
        ("premium", Count, increase(own_count), vec![]),
        ("premium", Last, own_last, vec![]),
        ("premium", Minimum, none(), vec![Note::Missing(Minimum)]),
    ] {
        let (panel, noted) = drawn(widget(Kind::Stat, metric, statistic));
        assert_eq!(queries(&panel).concat(), expected, "{metric} {statistic:?}");
        assert_eq!(noted, notes, "{metric} {statistic:?}");
    }
}

#[test]
fn a_drawing_over_time_asks_by_the_step_and_each_stream_is_drawn_where_the_kind_says() {
    for (kind, window, by) in [
        (Kind::Line, "$__interval", "sum ("),
        (Kind::Bar, "$__interval", "sum ("),
        (Kind::Heatmap, "$__interval", "sum by (function, subject) ("),
        (Kind::Pie, "$__range", "sum by (function, subject) ("),
        (Kind::Table, "$__range", "sum by (function, subject) ("),
        (Kind::Gauge, "$__range", "sum ("),
        (Kind::Stat, "$__range", "sum ("),
    ] {
        let (panel, _) = drawn(widget(kind, "failed", Statistic::Sum));
        let query = queries(&panel).concat();
        assert!(query.starts_with(by) && query.contains(&format!("[{window}]")), "{query}");
        let over_time = window == "$__interval";
        let target = &panel.targets.as_ref().expect("queries")[0];
        assert_eq!((target.range, target.instant), (over_time, !over_time));
        assert_eq!(panel.interval.as_deref(), over_time.then_some("1h"));
        assert_eq!(panel.max_data_points, over_time.then_some(60));
    }
}

#[test]
fn what_was_earlier_comes_beside_it_and_the_top_is_chosen() {
    let line = widget(Kind::Line, "failed", Statistic::Sum);
    let (panel, notes) = drawn(Widget { compare_s: 86_400, top: 3, ..line.clone() });
    let queries = queries(&panel);
    assert_eq!(queries.len(), 2);
    assert!(queries[0].starts_with("topk(3, sum by (function, subject) ("), "{}", queries[0]);
    assert!(queries[1].contains("[$__interval] offset 86400s"), "{}", queries[1]);
    assert_eq!(notes, [Note::TopAtEachPoint]);
    let pie = widget(Kind::Pie, "failed", Statistic::Sum);
    let (panel, notes) = drawn(Widget { compare_s: 86_400, ..pie });
    assert_eq!((self::queries(&panel).len(), notes), (1, vec![Note::NotCompared]));
    let (panel, notes) = drawn(Widget { granularity: Granularity::Month, ..line });
    assert_eq!((panel.interval.as_deref(), notes), (Some("30d"), vec![Note::MonthOfThirtyDays]));
}

#[test]
fn units_and_thresholds_are_those_of_the_series() {
    let shown = |metric, statistic, figure| {
        let thresholds = vec![figure];
        let (panel, _) = drawn(Widget { thresholds, ..widget(Kind::Stat, metric, statistic) });
        let defaults = panel.field_config.defaults;
        let steps = defaults.thresholds.expect("thresholds").steps;
        let colours: Vec<_> = steps.iter().map(|step| step.color.clone()).collect();
        (defaults.unit.expect("a unit"), steps[1].value.expect("a value"), colours[0].clone())
    };
    let of = |unit: &str, value: f64, colour: &str| (unit.to_owned(), value, colour.to_owned());
    use Statistic::{Average, Count, ErrorRatio, Last, PerSecond, Sum};
    assert_eq!(shown("time_us", Average, 2_500_000), of("s", 2.5, "green"));
    assert_eq!(shown("time_us", Count, 25), of("short", 25.0, "green"));
    assert_eq!(shown("failed", ErrorRatio, 500), of("percentunit", 0.05, "green"));
    assert_eq!(shown("bytes_read", PerSecond, 1_500), of("Bps", 1.5, "green"));
    assert_eq!(shown("fee_rent", Sum, 7), of("suffix: stroops", 7.0, "green"));
    assert_eq!(shown("ttl_ledgers", Last, 100), of("suffix: ledgers", 100.0, "yellow"));
    assert_eq!(shown("premium", Sum, -1), of("short", -1.0, "green"));
}

#[test]
fn a_viewer_chooses_what_widgets_leave_open_and_nothing_else() {
    let line = widget(Kind::Line, "failed", Statistic::Sum);
    let names = |widgets: &[Widget], variables: Variables| {
        let (model, _) = checked(&document(widgets, variables));
        let list = model.templating.list;
        let current = |of: &model::Variable| of.current.as_ref().map(|of| of.value.clone());
        list.iter().map(|of| (of.name.clone(), current(of))).collect::<Vec<_>>()
    };
    let open = names(std::slice::from_ref(&line), Variables::default());
    let all = Some("$__all".to_owned());
    let expected = [("contract", None), ("function", all.clone()), ("subject", all)];
    assert_eq!(open, expected.map(|(name, value)| (name.to_owned(), value)));
    let said = Variables { function: Some("swap".to_owned()), ..Variables::default() };
    let named = names(std::slice::from_ref(&line), said.clone());
    let expected = [("contract", None), ("function", Some("swap".to_owned()))];
    assert_eq!(named, expected.map(|(name, value)| (name.to_owned(), value)));
    // The stream without subject, since the function is said.
    let (model, _) = checked(&document(std::slice::from_ref(&line), said));
    assert!(queries(&model.panels[0])[0].contains(r#"function=~"$function",subject="""#));
    let contract = lumenscope_board::Dashboard::from_json(VECTOR).expect("one").variables.contract;
    let fixed = Widget {
        contract: contract.clone(),
        function: Some("swap".to_owned()),
        subject: Some("xlm".to_owned()),
        ..line
    };
    assert!(names(std::slice::from_ref(&fixed), Variables::default()).is_empty());
    let (model, _) = checked(&document(&[fixed], Variables::default()));
    let address = contract.expect("one");
    let expected = format!(r#"{{contract="{address}",function="swap",subject="xlm"}}"#);
    assert!(queries(&model.panels[0])[0].contains(&expected));
    assert!(names(&[widget(Kind::Text, "", Statistic::Count)], Variables::default()).is_empty());
}

#[test]
fn a_strangers_text_is_shown_as_it_is_and_nowhere_rendered() {
    let hostile = "$contract [[x]] <img src=x onerror=alert(1)> [a](javascript:alert(1))";
    let text = Widget { title: hostile.to_owned(), ..widget(Kind::Text, "", Statistic::Count) };
    let (panel, _) = drawn(text);
    assert_eq!((panel.title.as_str(), &panel.description), ("", &None));
    let Options::Text(shown) = &panel.options else { panic!("{panel:?}") };
    assert_eq!(shown.mode, TextMode::Code);
    let code = shown.code.as_ref().expect("how code is shown");
    assert_eq!(code.language, CodeLanguage::Plaintext);
    let content = &shown.content;
    assert_eq!(content.replace('\u{2060}', ""), hostile);
    assert!(content.starts_with("$\u{2060}contract [\u{2060}[x"));
    let alerts =
        Widget { title: hostile.to_owned(), ..widget(Kind::AlertList, "", Statistic::Count) };
    let (panel, notes) = drawn(alerts);
    assert_eq!(panel.description.as_deref(), Some(Note::AlertsElsewhere.sentence().as_str()));
    assert_eq!(notes, [Note::AlertsElsewhere]);
}

#[test]
fn it_looks_back_as_far_as_the_document_says() {
    let mut day = document(&[], Variables::default());
    assert_eq!(checked(&day).0.time.from, "now-86400s");
    day.range_s = 3_600;
    assert_eq!(checked(&day).0.time.from, "now-3600s");
}
