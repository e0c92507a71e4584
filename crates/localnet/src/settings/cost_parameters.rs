//! The host's cost parameters, read off its default budget.
//!
//! The host keeps its defaults private, but prints them: the debug form of a budget is a table
//! with a line per kind of work. Nothing is copied here, so nothing can go stale; a table that
//! looks different from the expected one is a fault, and a test charges budgets to check it.

use crate::Fault;
use crate::xdr::{ContractCostParamEntry, ContractCostParams, ContractCostType, ExtensionPoint};
use soroban_env_host::budget::Budget;

/// What each kind of work costs, in instructions and in bytes of memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CostParameters {
    /// Instructions.
    pub cpu: ContractCostParams,
    /// Bytes of memory.
    pub memory: ContractCostParams,
}

/// The parameters that the host crate ships with.
///
/// # Errors
/// When the host's table is not the expected one.
pub fn host_cost_parameters() -> Result<CostParameters, Fault> {
    let table = format!("{:?}", Budget::default());
    let (mut cpu, mut memory) = (Vec::new(), Vec::new());
    for kind in ContractCostType::variants() {
        let terms = terms(&table, kind).ok_or_else(|| {
            Fault::Settings(format!("the host's table of cost parameters has no line of {kind:?}"))
        })?;
        cpu.push(parameter(terms[0], terms[1]));
        memory.push(parameter(terms[2], terms[3]));
    }
    Ok(CostParameters {
        cpu: ContractCostParams(cpu.try_into()?),
        memory: ContractCostParams(memory.try_into()?),
    })
}

/// The four terms of a kind: constant and linear, of instructions and of memory. In its line they
/// follow the kind, its iterations, input, instructions and memory.
fn terms(table: &str, kind: ContractCostType) -> Option<[i64; 4]> {
    let name = format!("{kind:?}");
    let line = table.lines().find(|line| line.split_whitespace().next() == Some(&name))?;
    let fields: Vec<&str> = line.split_whitespace().collect();
    let [_, _, _, _, _, terms @ ..] = fields.as_slice() else { return None };
    let terms: Vec<i64> = terms.iter().map(|term| term.parse().ok()).collect::<Option<_>>()?;
    terms.try_into().ok()
}

fn parameter(const_term: i64, linear_term: i64) -> ContractCostParamEntry {
    ContractCostParamEntry { ext: ExtensionPoint::V0, const_term, linear_term }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Linear terms are in 1/128ths.
    const SCALE: u64 = 128;

    fn charged(kind: ContractCostType, input: u64) -> (u64, u64) {
        let budget = Budget::default();
        if budget.charge(kind, Some(input)).is_err() {
            budget.reset_default().unwrap();
            // Kinds without an input refuse one.
            budget.charge(kind, None).unwrap();
        }
        (budget.get_cpu_insns_consumed().unwrap(), budget.get_mem_bytes_consumed().unwrap())
    }

    #[test]
    fn the_table_says_what_the_host_charges() {
        let parameters = host_cost_parameters().unwrap();
        let mut linear = 0;
        for kind in ContractCostType::variants() {
            let [cpu, memory] =
                [&parameters.cpu, &parameters.memory].map(|costs| costs.0[kind as usize].clone());
            // A whole pairing of this input would pass the default budget: charge none of it.
            let input = if cpu.linear_term > 90_000_000 { 0 } else { SCALE };
            let (cpu_charged, memory_charged) = charged(kind, input);
            let takes_input = input > 0 && charged(kind, 0) != charged(kind, input);
            linear += usize::from(takes_input);
            let expected = |terms: &ContractCostParamEntry| {
                let linear_part = if takes_input { terms.linear_term } else { 0 };
                u64::try_from(terms.const_term + linear_part).unwrap()
            };
            assert_eq!(cpu_charged, expected(&cpu), "{kind:?}");
            assert_eq!(memory_charged, expected(&memory), "{kind:?}");
        }
        assert!(linear > 20, "only {linear} kinds showed a linear term");
    }
}
