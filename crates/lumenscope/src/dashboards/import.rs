//! `dashboards import`: a document as the arguments of `instantiate`. Whoever owns it signs, so that is
//! done with their own tool and key.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use lumenscope_meta::Address;
use serde_json::Value;

use super::file;
use crate::exit::Usage;
use crate::output;
use crate::suite::monitored;

/// Makes the arguments with which `stellar contract invoke` puts a document onto the ledger.
#[derive(Args, Clone, Debug)]
pub struct ImportArgs {
    /// The document; - reads standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Who will own the dashboard, and signs.
    #[arg(long, value_name = "ADDRESS", value_parser = monitored)]
    owner: Address,
    /// Folder for the two files that the arguments name.
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    out: PathBuf,
    /// Overwrite other files of these names.
    #[arg(long)]
    force: bool,
    /// JSON with the arguments themselves; no files.
    #[arg(long)]
    json: bool,
}

/// Writes the two files and prints what follows `stellar contract invoke --id DASHBOARD --`.
///
/// # Errors
/// When the document is not one, or a file cannot be written.
pub fn run(args: &ImportArgs) -> anyhow::Result<()> {
    let arguments = file::read(&args.file)?.arguments();
    let owner = &args.owner;
    if args.json {
        let all = serde_json::json!({
            "owner": owner, "details": arguments.details, "widgets": arguments.widgets,
        });
        return output::json(&all);
    }
    std::fs::create_dir_all(&args.out)
        .with_context(|| format!("cannot make the folder {}", args.out.display()))?;
    let source = std::fs::canonicalize(&args.file).ok();
    let written = |name: &str, value: &Value| -> anyhow::Result<String> {
        let path = args.out.join(name);
        if source.is_some() && std::fs::canonicalize(&path).ok() == source {
            let wrong = "expected a file of another name, or another folder with --out: this one \
                         would be overwritten with what is made of it";
            return Err(Usage(format!("{}: {wrong}", path.display())).into());
        }
        let text = format!("{}\n", serde_json::to_string_pretty(value)?);
        file::write(&path, &text, args.force, "name a folder with --out")?;
        Ok(quoted(&path.display().to_string()))
    };
    let details = written("details.json", &arguments.details)?;
    let widgets = written("widgets.json", &arguments.widgets)?;
    // As JSON: a bare address would be looked up among the command line's keys.
    output::print(&format!(
        "instantiate --owner '\"{owner}\"' --details-file-path {details} --widgets-file-path {widgets}\n"
    ))
}

/// A word of a shell.
fn quoted(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte);
    if word.bytes().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_word_of_a_shell() {
        assert_eq!(quoted("./args/details.json"), "./args/details.json");
        assert_eq!(quoted("a b/it's"), r"'a b/it'\''s'");
        assert_eq!(quoted("$(x)"), "'$(x)'");
    }
}
