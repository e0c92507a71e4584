//! The contracts, and how large each may be: rent is paid on wasm bytes for ever, so a size is a
//! budget like any other cost.

use anyhow::{Result, bail};

/// The unit of the budgets.
const KB: usize = 1024;

/// A package that is built to wasm.
pub struct Contract {
    /// The package's name, and the file's.
    pub name: &'static str,
    /// The most bytes its optimised wasm may have; none for what is never paid for on a
    /// network.
    pub budget_bytes: Option<usize>,
}

const fn budgeted(name: &'static str, budget_bytes: usize) -> Contract {
    Contract { name, budget_bytes: Some(budget_bytes) }
}

const fn free(name: &'static str) -> Contract {
    Contract { name, budget_bytes: None }
}

/// Every contract of the repository.
pub const CONTRACTS: [Contract; 14] = [
    budgeted("performance-monitor", 30 * KB),
    budgeted("analytics-storage", 32 * KB),
    budgeted("alerting", 32 * KB),
    budgeted("dashboard", 24 * KB),
    budgeted("external-monitoring", 28 * KB),
    free("circuit-breaker"),
    free("insurance-pool"),
    free("example-oracle"),
    // Roles, two-step admin, pause and upgrade, and nothing else: what each contract starts from.
    budgeted("probe-base", 8 * KB + KB / 2),
    free("probe-caller"),
    free("probe-floor"),
    free("probe-naive"),
    free("probe-next"),
    free("probe-responder"),
];

/// The contracts with these names, or all of them when there are no names.
pub fn select(names: &[&str]) -> Result<Vec<&'static Contract>> {
    if names.is_empty() {
        return Ok(CONTRACTS.iter().collect());
    }
    names.iter().map(|name| find(name)).collect()
}

fn find(name: &str) -> Result<&'static Contract> {
    if let Some(contract) = CONTRACTS.iter().find(|contract| contract.name == name) {
        return Ok(contract);
    }
    let known: Vec<&str> = CONTRACTS.iter().map(|contract| contract.name).collect();
    bail!("expected one of {}, not `{name}`", known.join(", "))
}

/// What one build of a contract came to, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// As the compiler left it.
    pub compiled: usize,
    /// After spec shaking.
    pub shaken: usize,
    /// After optimising: what is deployed.
    pub optimised: usize,
}

/// The table of sizes against budgets, and the names of those that are beyond by more than an
/// allowance.
pub fn table(
    rows: &[(&Contract, Sizes)],
    allowance_per_mille: usize,
) -> (String, Vec<&'static str>) {
    let mut text = format!(
        "{:<20} {:>9} {:>9} {:>10} {:>7} {:>7} {:>6}\n",
        "contract", "compiled", "shaken", "optimised", "KB", "budget", "used"
    );
    let mut beyond = Vec::new();
    for (contract, sizes) in rows {
        text += &format!(
            "{:<20} {:>9} {:>9} {:>10} {:>7.2}",
            contract.name,
            sizes.compiled,
            sizes.shaken,
            sizes.optimised,
            sizes.optimised as f64 / KB as f64
        );
        if let Some(budget) = contract.budget_bytes {
            let is_over = sizes.optimised > budget;
            text += &format!(
                " {:>7.1} {:>5.0}%{}",
                budget as f64 / KB as f64,
                100.0 * sizes.optimised as f64 / budget as f64,
                if is_over { "  beyond its budget" } else { "" }
            );
            if sizes.optimised > budget + budget * allowance_per_mille / 1_000 {
                beyond.push(contract.name);
            }
        }
        text.push('\n');
    }
    (text, beyond)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(optimised: usize) -> Sizes {
        Sizes { compiled: 60_000, shaken: 30_000, optimised }
    }

    #[test]
    fn a_contract_of_exactly_its_budget_passes_and_one_byte_more_does_not() {
        let contract = budgeted("some-contract", 24 * KB);
        let (text, beyond) = table(&[(&contract, sizes(24 * KB))], 0);
        assert!(beyond.is_empty() && !text.contains("beyond"));
        let (text, beyond) = table(&[(&contract, sizes(24 * KB + 1))], 0);
        assert_eq!(beyond, ["some-contract"]);
        assert!(text.contains("beyond its budget"));
    }

    #[test]
    fn an_allowance_is_told_and_has_an_end() {
        let contract = budgeted("some-contract", 20_000);
        let (text, beyond) = table(&[(&contract, sizes(20_400))], 20);
        assert!(beyond.is_empty() && text.contains("beyond its budget"));
        let (_, beyond) = table(&[(&contract, sizes(20_401))], 20);
        assert_eq!(beyond, ["some-contract"]);
    }

    #[test]
    fn an_unknown_contract_is_refused_with_the_known_ones() {
        let refused = select(&["no-such-contract"]).err().expect("there is no such contract");
        assert!(refused.to_string().contains("probe-floor"));
    }

    #[test]
    fn every_wasm_package_of_the_workspace_is_built() {
        let root = lumenscope_contract_wasm::repository_root();
        let manifest = std::fs::read_to_string(root.join("Cargo.toml")).expect("a manifest");
        let members = manifest.lines().filter_map(|line| line.trim().strip_prefix('"'));
        let members = members.filter_map(|line| line.split('"').next());
        let mut found: Vec<String> = Vec::new();
        for member in members {
            let Ok(text) = std::fs::read_to_string(root.join(member).join("Cargo.toml")) else {
                continue;
            };
            if text.contains("cdylib") {
                let name = text.lines().find_map(|line| line.strip_prefix("name = \""));
                found.push(name.expect("a name").trim_end_matches('"').to_owned());
            }
        }
        found.sort();
        let mut known: Vec<String> = CONTRACTS.iter().map(|c| c.name.to_owned()).collect();
        known.sort();
        assert_eq!(found, known);
    }
}
