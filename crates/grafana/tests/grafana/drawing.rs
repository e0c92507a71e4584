//! What a panel says and how it draws, kind by kind.

use lumenscope_board::{Kind, Statistic, Variables, Widget};
use lumenscope_grafana::Note;
use serde_json::json;

use crate::model::{ColorMode, Format, RequiredKind};
use crate::{checked, document, drawn, widget};

#[test]
fn a_grafana_is_asked_for_the_panels_that_are_used_and_once() {
    let required = |kinds: &[Kind]| {
        let widgets: Vec<_> =
            kinds.iter().map(|kind| widget(*kind, "failed", Statistic::Sum)).collect();
        let (model, _) = checked(&document(&widgets, Variables::default()));
        let (mut panels, mut others) = (Vec::new(), Vec::new());
        for of in model.requires {
            if of.kind == RequiredKind::Panel { panels.push(of.id) } else { others.push(of.id) }
        }
        assert_eq!(others, ["grafana", "prometheus"]);
        panels
    };
    assert_eq!(required(&[]), Vec::<String>::new());
    assert_eq!(required(&[Kind::Text]), ["text"]);
    assert_eq!(required(&[Kind::Bar, Kind::Line, Kind::Stat, Kind::Stat]), ["timeseries", "stat"]);
}

#[test]
fn a_panel_is_called_as_the_widget_or_after_its_metric() {
    let title = |kind, title: &str| {
        let of = widget(kind, "failed", Statistic::ErrorRatio);
        drawn(Widget { title: title.to_owned(), ..of }).0.title
    };
    assert_eq!(title(Kind::Line, "Failures"), "Failures");
    assert_eq!(title(Kind::Line, ""), "failed: error_ratio");
    assert_eq!(title(Kind::AlertList, "What is up"), "What is up");
    assert_eq!(title(Kind::AlertList, ""), "");
    assert_eq!(title(Kind::Text, "Read this"), "");
}

#[test]
fn a_series_is_called_after_its_stream_or_its_statistic() {
    let legends = |kind, compare_s| {
        let of = widget(kind, "failed", Statistic::Sum);
        let (panel, _) = drawn(Widget { compare_s, ..of });
        let targets = panel.targets.expect("queries");
        targets.into_iter().map(|of| of.legend_format).collect::<Vec<_>>()
    };
    assert_eq!(legends(Kind::Line, 0), ["sum"]);
    assert_eq!(legends(Kind::Line, 3_600), ["sum", "sum (3600 s earlier)"]);
    assert_eq!(legends(Kind::Pie, 0), ["{{function}} {{subject}}"]);
    let table = "{{function}} {{subject}}";
    assert_eq!(legends(Kind::Table, 60), [table, &format!("{table} (60 s earlier)")]);
}

#[test]
fn a_table_is_one_of_the_streams_without_the_time() {
    for kind in [Kind::Line, Kind::Bar, Kind::Pie, Kind::Gauge, Kind::Stat, Kind::Heatmap] {
        let (panel, notes) = drawn(widget(kind, "failed", Statistic::Sum));
        assert_eq!((panel.transformations, notes), (Vec::<String>::new(), vec![]), "{kind:?}");
        assert_eq!(panel.targets.expect("queries")[0].format, Format::TimeSeries, "{kind:?}");
    }
    let (panel, _) = drawn(widget(Kind::Table, "failed", Statistic::Sum));
    assert_eq!(panel.transformations, ["merge", "organize"]);
    assert_eq!(panel.targets.expect("queries")[0].format, Format::Table);
}

#[test]
fn a_line_and_bars_are_drawn_with_their_thresholds_and_others_as_grafana_does() {
    let custom = |kind, thresholds: &[i128]| {
        let of = widget(kind, "failed", Statistic::Sum);
        let (panel, _) = drawn(Widget { thresholds: thresholds.to_vec(), ..of });
        panel.field_config.defaults.custom.expect("how it is drawn")
    };
    for (kind, style) in [(Kind::Line, "line"), (Kind::Bar, "bars")] {
        for (thresholds, mode) in [([].as_slice(), "off"), (&[1], "line")] {
            let custom = custom(kind, thresholds);
            assert_eq!(custom["drawStyle"], style);
            assert_eq!(custom["thresholdsStyle"]["mode"], mode);
            assert_eq!(custom["spanNulls"], false, "a gap stays one");
        }
    }
    for kind in [Kind::Pie, Kind::Gauge, Kind::Stat, Kind::Table, Kind::Heatmap] {
        assert_eq!(custom(kind, &[1]), json!({}), "{kind:?}");
    }
}

#[test]
fn colours_are_of_the_value_where_there_are_thresholds_or_one_figure() {
    use ColorMode::{PaletteClassic, Thresholds};
    for (kind, without) in [
        (Kind::Line, PaletteClassic),
        (Kind::Pie, PaletteClassic),
        (Kind::Table, PaletteClassic),
        (Kind::Gauge, Thresholds),
        (Kind::Stat, Thresholds),
    ] {
        let color = |thresholds: Vec<i128>| {
            let of = widget(kind, "failed", Statistic::Sum);
            let (panel, _) = drawn(Widget { thresholds, ..of });
            panel.field_config.defaults.color.expect("a colour").mode
        };
        assert_eq!(color(Vec::new()), without, "{kind:?}");
        assert_eq!(color(vec![1]), Thresholds, "{kind:?}");
    }
}

#[test]
fn the_gauge_of_a_share_ends_at_the_whole() {
    let bounds = |kind, statistic| {
        let (panel, _) = drawn(widget(kind, "failed", statistic));
        (panel.field_config.defaults.min, panel.field_config.defaults.max)
    };
    assert_eq!(bounds(Kind::Gauge, Statistic::ErrorRatio), (Some(0.0), Some(1.0)));
    assert_eq!(bounds(Kind::Gauge, Statistic::Sum), (None, None));
    assert_eq!(bounds(Kind::Stat, Statistic::ErrorRatio), (None, None));
}

#[test]
fn variables_choose_from_the_series_that_are_asked() {
    let widgets = [
        widget(Kind::Line, "failed", Statistic::Sum),
        widget(Kind::Stat, "fee_rent", Statistic::Count),
        widget(Kind::Stat, "ttl_ledgers", Statistic::Last),
        widget(Kind::Stat, "premium", Statistic::Last),
    ];
    let (model, _) = checked(&document(&widgets, Variables::default()));
    let names = "soroban_execution_failures_total|soroban_execution_instructions_count\
                 |soroban_fee_rent_stroops_count|soroban_fee_rent_stroops_sum\
                 |soroban_own_premium_count|soroban_own_premium_last|soroban_own_premium_sum\
                 |soroban_ttl_ledgers";
    let queries: Vec<_> = model.templating.list.into_iter().map(|of| of.query.query).collect();
    let series = format!("__name__=~\"{names}\"");
    let of_contract = format!("{series},contract=\"$contract\"");
    assert_eq!(
        queries,
        [
            format!("label_values({{{series}}}, contract)"),
            format!("label_values({{{of_contract}}}, function)"),
            format!("label_values({{{of_contract}}}, subject)"),
        ]
    );
}

#[test]
fn what_differs_is_said_in_a_sentence() {
    for (note, sentence) in [
        (
            Note::Missing(Statistic::ErrorRatio),
            "The exported series do not say this metric's share; the ledger does.",
        ),
        (
            Note::Missing(Statistic::PerSecond),
            "The exported series do not say this metric's sum a second; the ledger does.",
        ),
        (
            Note::Missing(Statistic::Minimum),
            "The exported series do not say this metric's minimum; the ledger does.",
        ),
        (Note::Scraped, "Of the values that were scraped: those in between are missed."),
        (
            Note::NonNegative,
            "Right as long as no sample is negative: a sum that goes down is taken for a restart.",
        ),
        (Note::TopAtEachPoint, "The greatest streams at each point of time."),
        (Note::NotCompared, "What it was earlier is not drawn in this kind of panel."),
        (Note::MonthOfThirtyDays, "A month is taken for 30 days."),
        (
            Note::AlertsElsewhere,
            "Alerts of Grafana and its data sources; those on the ledger are not exported.",
        ),
    ] {
        assert_eq!(note.sentence(), sentence);
    }
}
