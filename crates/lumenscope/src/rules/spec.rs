//! A rule as its owner writes it: the JSON that `create_rule` takes on the command line.

use std::collections::BTreeMap;

use lumenscope_invoke::{Record, ValueError};
use lumenscope_meta::{Address, Hash};
use lumenscope_templates::rules::RuleTemplate;
use serde::{Deserialize, Serialize};

/// Alerting's `RuleSpec`. Every field is there, so that any of them can be changed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    pub name: String,
    /// `None`: all contracts of the owner.
    pub contract: Option<String>,
    /// `None`: all streams that watch the metric.
    pub function: Option<String>,
    /// `None`: all.
    pub subject: Option<String>,
    pub metric: String,
    /// Number of `RuleStatistic`.
    pub statistic: u32,
    /// Number of `RuleCondition`.
    pub condition: u32,
    pub parameters: Vec<u32>,
    /// Number of `RuleOperator`.
    pub operator: u32,
    #[serde(with = "wide")]
    pub threshold: i128,
    #[serde(with = "wide")]
    pub threshold_high: i128,
    pub window_s: u32,
    pub min_points: u32,
    pub for_s: u32,
    pub keep_firing_for_s: u32,
    /// Number of `Severity`.
    pub severity: u32,
    pub cooldown_s: u32,
    /// Number of `NoDataPolicy`.
    pub no_data: u32,
    /// 64 hexadecimal digits.
    pub policy: Option<String>,
    pub labels: BTreeMap<String, String>,
    pub annotations: BTreeMap<String, String>,
}

impl Spec {
    /// What a rule on the ledger says.
    ///
    /// # Errors
    /// When a field is missing or of another kind: this version does not know such rules.
    pub fn read(spec: &Record) -> Result<Self, ValueError> {
        let texts = |field| -> Result<BTreeMap<String, String>, ValueError> {
            let map: Record = spec.get(field)?;
            map.names().map(|name| Ok((name.to_owned(), map.get(name)?))).collect()
        };
        Ok(Spec {
            name: spec.get("name")?,
            contract: spec.get::<Option<Address>>("contract")?.map(|of| of.to_string()),
            function: spec.get("function")?,
            subject: spec.get("subject")?,
            metric: spec.get("metric")?,
            statistic: spec.get("statistic")?,
            condition: spec.get("condition")?,
            parameters: spec.get("parameters")?,
            operator: spec.get("operator")?,
            threshold: spec.get("threshold")?,
            threshold_high: spec.get("threshold_high")?,
            window_s: spec.get("window_s")?,
            min_points: spec.get("min_points")?,
            for_s: spec.get("for_s")?,
            keep_firing_for_s: spec.get("keep_firing_for_s")?,
            severity: spec.get("severity")?,
            cooldown_s: spec.get("cooldown_s")?,
            no_data: spec.get("no_data")?,
            policy: spec.get::<Option<Hash>>("policy")?.map(|id| id.to_string()),
            labels: texts("labels")?,
            annotations: texts("annotations")?,
        })
    }

    /// A template's rule on a contract, on all of its streams or those of a function.
    pub fn of_template(
        template: &RuleTemplate,
        contract: &Address,
        function: Option<&str>,
    ) -> Self {
        Spec {
            name: template.name.to_owned(),
            contract: Some(contract.to_string()),
            function: function.map(str::to_owned),
            subject: None,
            metric: template.metric.to_owned(),
            statistic: template.statistic,
            condition: template.condition,
            parameters: template.parameters.to_vec(),
            operator: template.operator,
            threshold: template.threshold,
            threshold_high: template.threshold_high,
            window_s: template.window_s,
            min_points: template.min_points,
            for_s: template.for_s,
            keep_firing_for_s: template.keep_firing_for_s,
            severity: template.severity,
            cooldown_s: template.cooldown_s,
            no_data: template.no_data,
            policy: None,
            labels: BTreeMap::new(),
            annotations: BTreeMap::new(),
        }
    }
}

/// Numbers of 128 bits: text, as the command line takes them. Read as numbers too.
mod wide {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Number(i64),
        Text(String),
    }

    pub fn serialize<S: Serializer>(value: &i128, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i128, D::Error> {
        match Written::deserialize(deserializer) {
            Ok(Written::Number(number)) => Ok(number.into()),
            Ok(Written::Text(text)) => text.parse().map_err(|_| {
                D::Error::custom(format!("expected a whole number as text, came {text:?}"))
            }),
            Err(_) => Err(D::Error::custom("expected a whole number, as text such as \"1000\"")),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The average of `amount` over an hour is above 1,000.
    pub fn spec() -> Spec {
        Spec {
            name: "large".to_owned(),
            contract: Some(Address::from_contract_id([9; 32]).to_string()),
            function: Some("swap".to_owned()),
            subject: None,
            metric: "amount".to_owned(),
            statistic: 0,
            condition: 1,
            parameters: Vec::new(),
            operator: 0,
            threshold: 1_000,
            threshold_high: 0,
            window_s: 3_600,
            min_points: 1,
            for_s: 0,
            keep_firing_for_s: 0,
            severity: 3,
            cooldown_s: 600,
            no_data: 3,
            policy: None,
            labels: BTreeMap::new(),
            annotations: BTreeMap::new(),
        }
    }

    #[test]
    fn it_goes_through_json_with_every_field_and_128_bits_as_text() {
        let spec = Spec { threshold: -(1 << 90), ..spec() };
        let json = serde_json::to_value(&spec).expect("JSON");
        assert_eq!(json["threshold"], (-(1_i128 << 90)).to_string());
        assert!(json["policy"].is_null() && json["subject"].is_null());
        assert_eq!(json.as_object().map(|fields| fields.len()), Some(21));
        assert_eq!(serde_json::from_value::<Spec>(json).expect("a spec"), spec);
    }

    #[test]
    fn what_is_no_number_and_what_is_no_field_is_named() {
        let with = |field: &str, value: serde_json::Value| {
            let mut json = serde_json::to_value(spec()).expect("JSON");
            json[field] = value;
            serde_json::from_value::<Spec>(json).map_err(|error| error.to_string())
        };
        assert_eq!(with("threshold", 5.into()).map(|spec| spec.threshold), Ok(5));
        assert!(with("threshold", "1,000".into()).is_err_and(|error| error.contains("\"1,000\"")));
        assert!(with("treshold", 5.into()).is_err_and(|error| error.contains("treshold")));
    }
}
