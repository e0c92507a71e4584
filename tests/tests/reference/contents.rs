//! The pages of the contracts, and the contents of them all.

use std::collections::BTreeMap;

use super::declared::udt;
use super::errors::{SOURCES, errors, interface};
use super::interface::Interface;
use super::prose::sentence;
use super::site::Site;
use super::types::{ADDRESS, Shape, hex_digits, json};
use super::{AGAIN, keep};

/// What a page of the contents says before and after the tables.
const ABOUT: &str = "\
# Reference

Written from the contracts' specs, the documentation of their interfaces, the [table of who may call what]\
(../security/authorisation.md) and the [measured costs](../costs.md). A test compares; to write the pages anew:

";
const HOW_TO_READ: &str = "\
## How to read a page

- A line of `stellar` names its arguments as variables. Accounts are addresses or names of identities. Where a type \
has a form in JSON, that is what such a variable holds: every field is there, what is absent is `null`, an `i128` \
is a string, an enum is a number, bytes are hexadecimal.
- `u64` with `_s` are seconds UTC since 1970 or durations in seconds; `_hour`, `_slot`, `_ledgers` say what they \
count. Values of metrics are in the metric's own unit. 10,000,000 stroops are 1 XLM.
- Costs are what the call adds to a transaction; rent is paid when an entry is created, grows or is extended. \
[More](../costs.md).
- A call that is refused ends with `Error(Contract, #CODE)`: [errors.md](errors.md).

";

fn site() -> Site {
    let mut names = BTreeMap::new();
    for (file, _, _) in SOURCES {
        let source = interface(file);
        names.extend(errors(&source).into_iter().map(|(code, name, _)| (code, name.to_owned())));
    }
    Site::new(names)
}

#[test]
fn the_pages_of_the_contracts_say_what_they_declare() {
    let site = site();
    for page in &site.pages {
        keep(&format!("docs/reference/{}", page.file()), &site.render(page));
    }
}

#[test]
fn the_contents_name_every_page_and_every_function() {
    let site = site();
    let mut contents = format!("{ABOUT}```sh\n{AGAIN}\n```\n\n| page | |\n|---|---|\n");
    for page in &site.pages {
        let about = sentence(&page.of.own().about, &page.of);
        let prefix = format!("`{}`: ", page.of.name);
        let about = about.strip_prefix(&prefix).unwrap_or(&about);
        contents.push_str(&format!("| [{}]({}) | {about} |\n", page.of.name, page.file()));
    }
    contents.push_str("| [errors](errors.md) | what each error code means |\n");
    contents.push_str(
        "| [templates](templates.md) | rules and dashboards to begin with, and what each holds |\n\n",
    );
    contents.push_str(HOW_TO_READ);
    contents.push_str(&format!("## Functions\n\n{}", site.index()));
    keep("docs/reference/README.md", &contents);
}

/// With the parser of the command line itself.
#[test]
fn the_forms_in_json_are_what_the_command_line_reads() {
    let mut read = 0;
    for of in Interface::all() {
        let spec = soroban_spec_tools::Spec::new(&of.spec);
        for name in of.types.keys() {
            if !matches!(of.types[name], Shape::Struct(_)) {
                continue;
            }
            let Some(form) = json(&udt(name), &|name| of.types.get(name).cloned()) else {
                continue;
            };
            let mut form = form
                .replace(ADDRESS, "CAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAD2KM")
                .replace("<hex digits>", "00");
            for bytes in 0..=160 {
                form = form.replace(&hex_digits(bytes), &"00".repeat(bytes as usize));
            }
            let value = spec.from_string(&form, &udt(name));
            assert!(value.is_ok(), "{}: {name}: {value:?}\n{form}", of.name);
            read += 1;
        }
    }
    assert!(read > 10, "forms are read");
}
