//! What the widgets leave open, as variables of Grafana that a viewer chooses.

use std::collections::BTreeSet;

use lumenscope_board::Dashboard;
use lumenscope_dictionary::prometheus::{LABEL_CONTRACT, LABEL_FUNCTION, LABEL_SUBJECT};
use serde_json::{Value, json};

use crate::data_source;
use crate::query::{self, Streams, Subject};

/// The variables that any query of the dashboard names.
pub fn variables(dashboard: &Dashboard) -> Vec<Value> {
    let mut names = BTreeSet::new();
    let (mut contract, mut function, mut subject) = (false, false, false);
    for widget in &dashboard.widgets {
        let Some(metric) = &widget.metric else { continue };
        names.extend(query::series(metric));
        let streams = Streams::of(widget, &dashboard.variables);
        contract |= streams.contract.is_none();
        function |= streams.function.is_none();
        subject |= streams.subject == Subject::Open;
    }
    let names = names.into_iter().collect::<Vec<_>>().join("|");
    let series = format!("__name__=~\"{names}\"");
    let of_contract = match contract {
        true => format!("{series},{LABEL_CONTRACT}=\"$contract\""),
        false => series.clone(),
    };
    let said = &dashboard.variables;
    let mut variables = Vec::new();
    if contract {
        let chosen = said.contract.as_ref().map(ToString::to_string);
        variables.push(variable(LABEL_CONTRACT, &series, false, chosen));
    }
    if function {
        variables.push(variable(LABEL_FUNCTION, &of_contract, true, said.function.clone()));
    }
    if subject {
        variables.push(variable(LABEL_SUBJECT, &of_contract, true, said.subject.clone()));
    }
    variables
}

/// A variable of the values that a label has in the series; `all` of them may be chosen at once.
fn variable(label: &str, series: &str, all: bool, chosen: Option<String>) -> Value {
    let query = format!("label_values({{{series}}}, {label})");
    let current = match chosen {
        Some(chosen) => Some(json!({ "selected": true, "text": chosen, "value": chosen })),
        None if all => Some(json!({ "selected": true, "text": "All", "value": "$__all" })),
        // The first that there is.
        None => None,
    };
    let mut variable = json!({
        "type": "query",
        "name": label,
        "label": label,
        "datasource": data_source(),
        // 1: the values of a label.
        "query": {
            "qryType": 1,
            "query": query,
            "refId": "PrometheusVariableQueryEditor-VariableQuery",
        },
        "hide": 0,
        "includeAll": all,
        // Streams without the label too.
        "allValue": all.then_some(".*"),
        "multi": false,
        "options": [],
        // When the dashboard loads.
        "refresh": 1,
        "regex": "",
        "skipUrlSync": false,
        // By name.
        "sort": 1,
    });
    if let Some(current) = current {
        variable["current"] = current;
    }
    variable
}
