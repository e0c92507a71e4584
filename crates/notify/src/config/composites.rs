//! Composites of the file.

use lumenscope_rules::compose::{Ask, COMPOSITES_MAX};
use lumenscope_rules::{NoData, Severity};

use super::{ConfigFault, FieldFault, at, at_most, distinct, each, file, parsed};
use crate::alert::Owner;
use crate::composite::{Composite, CompositeFault, Composites, Member, RULE};
use crate::matcher::{Matcher, Matchers, Operator};

pub fn read(path: &str, from: &[file::Composite]) -> Result<Composites, ConfigFault> {
    at_most(path, from.len(), COMPOSITES_MAX)?;
    distinct(path, from.iter().map(|composite| composite.name.as_str()))?;
    let all = each(from, |place, of| {
        let path = format!("{path}[{place}]");
        let composite = Composite {
            name: of.name.clone(),
            severity: severity(of.severity),
            asks: asks(of.asks),
            members: each(&of.members, |place, member| {
                self::member(&format!("{path}.members[{place}]"), member, from)
            })?,
            labels: of.labels.clone(),
            no_data: no_data(of.no_data),
            for_s: of.for_s,
        };
        at(path, composite.check())?;
        Ok(composite)
    })?;
    at(path, Composites::new(all).map_err(CompositeFault::from))
}

fn member(
    path: &str,
    from: &file::Member,
    composites: &[file::Composite],
) -> Result<Member, ConfigFault> {
    let (one, other) = ("contract", "composite");
    match (&from.contract, &from.composite) {
        (Some(contract), None) => {
            let contract = at(format!("{path}.contract"), Owner::new(contract))?;
            let texts = from.matchers.as_deref().unwrap_or_default();
            let mut matchers: Vec<Matcher> = parsed(&format!("{path}.matchers"), texts)?;
            if let Some(rule) = &from.rule {
                let matcher = Matcher::new(RULE, Operator::Equal, rule);
                matchers.insert(0, at(format!("{path}.rule"), matcher)?);
            }
            let matchers = at(format!("{path}.matchers"), Matchers::new(matchers))?;
            Ok(Member::Alerts { contract: contract.as_str().to_owned(), matchers })
        }
        (None, Some(name)) => {
            for (field, is_there) in
                [("rule", from.rule.is_some()), ("matchers", from.matchers.is_some())]
            {
                if is_there {
                    return at(path, Err(FieldFault::BesideComposite { field }));
                }
            }
            if !composites.iter().any(|composite| composite.name == *name) {
                let fault = FieldFault::UnknownComposite { came: name.clone() };
                return at(format!("{path}.composite"), Err(fault));
            }
            Ok(Member::Composite(name.clone()))
        }
        (contract, _) => {
            let came = if contract.is_some() { "both" } else { "none" };
            at(path, Err(FieldFault::OneOf { one, other, came }))
        }
    }
}

fn severity(from: file::Severity) -> Severity {
    match from {
        file::Severity::Info => Severity::Info,
        file::Severity::Low => Severity::Low,
        file::Severity::Medium => Severity::Medium,
        file::Severity::High => Severity::High,
        file::Severity::Critical => Severity::Critical,
    }
}

fn asks(from: file::Ask) -> Ask {
    match from {
        file::Ask::All => Ask::All,
        file::Ask::Any => Ask::Any,
        file::Ask::AtLeast(needed) => Ask::AtLeast(needed),
        file::Ask::ThenWithinS(within_s) => Ask::Then { within_s },
    }
}

fn no_data(from: file::NoData) -> NoData {
    match from {
        file::NoData::Alert => NoData::Alert,
        file::NoData::Normal => NoData::Normal,
        file::NoData::Shown => NoData::NoData,
        file::NoData::KeepLast => NoData::KeepLast,
    }
}
