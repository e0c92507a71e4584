//! All pages: what each explains, and where.

use std::collections::{BTreeMap, BTreeSet};

use lumenscope_tests::authorisation::Table;

use super::costs::{self, Cost};
use super::interface::Interface;
use super::links::anchors;
use super::page::Writer;
use super::prose::{Places, linked, sentence};
use super::sources::{Kind, Member};

/// All pages, which link to each other.
pub struct Site {
    pub pages: Vec<Page>,
    pub costs: Vec<Cost>,
    pub tables: Vec<Table>,
    /// The names of errors by their codes.
    pub errors: BTreeMap<u32, String>,
}

/// A page to be.
pub struct Page {
    pub of: Interface,
    /// Types that the spec does not have and documentation explains.
    pub besides: Vec<String>,
    /// Where each function and type is, by name.
    pub functions: BTreeMap<String, String>,
    types: BTreeMap<String, String>,
}

impl Page {
    pub fn file(&self) -> String {
        format!("{}.md", self.of.name)
    }

    fn new(of: Interface) -> Self {
        let besides = besides(&of);
        let functions: Vec<String> =
            of.functions.iter().map(|function| function.name.to_utf8_string_lossy()).collect();
        let types: Vec<String> = of.types.keys().chain(&besides).cloned().collect();
        let before = [of.name, "Functions"];
        let headings = before.into_iter().chain(functions.iter().map(String::as_str));
        let headings = headings.chain(["Types"]).chain(types.iter().map(String::as_str));
        let anchors = anchors(headings);
        let (of_functions, of_types) = anchors[before.len()..].split_at(functions.len());
        Self {
            functions: functions.into_iter().zip(of_functions.iter().cloned()).collect(),
            types: types.into_iter().zip(of_types[1..].iter().cloned()).collect(),
            besides,
            of,
        }
    }

    fn anchor(&self, name: &str) -> Option<&String> {
        self.functions.get(name).or_else(|| self.types.get(name))
    }

    fn function_link(&self, name: &str) -> String {
        format!("[`{name}`]({}#{})", self.file(), self.functions[name])
    }
}

/// What documentation links to, the interface's own file declares and the spec does not have.
fn besides(of: &Interface) -> Vec<String> {
    let mut docs: Vec<&str> = Vec::new();
    for function in &of.functions {
        docs.push(of.member_doc(of.declares, &function.name.to_utf8_string_lossy()));
    }
    let spec_types = of.types.keys().cloned();
    let events = of.events.iter().map(|event| event.name.0.to_utf8_string_lossy());
    let errors = of.errors.iter().map(|errors| errors.name.to_utf8_string_lossy());
    let documented: Vec<String> = spec_types.chain(events).chain(errors).collect();
    let members = |name: &str| -> Vec<&str> {
        let Some(item) = of.item(name) else { return Vec::new() };
        let inner: &[Member] = match &item.kind {
            Kind::Struct(members)
            | Kind::Enum(members)
            | Kind::Module(members)
            | Kind::Trait(members) => members,
            _ => &[],
        };
        let inner = inner.iter().map(|member| member.doc.as_str());
        inner.chain([item.doc.as_str()]).collect()
    };
    documented.iter().for_each(|name| docs.extend(members(name)));
    let mut found = BTreeSet::new();
    let mut signatures: Vec<String> = Vec::new();
    loop {
        let names = docs.iter().flat_map(|doc| linked(doc));
        let named_by_type = signatures.iter().flat_map(|says| {
            says.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned)
        });
        let new: Vec<String> = names
            .chain(named_by_type)
            .filter(|name| {
                of.explains(name)
                    && name != of.declares
                    && !documented.contains(name)
                    && !found.contains(name)
            })
            .collect();
        if new.is_empty() {
            return found.into_iter().collect();
        }
        for name in new {
            docs.extend(members(&name));
            if let Some(Kind::Struct(members)) = of.item(&name).map(|item| &item.kind) {
                signatures.extend(members.iter().map(|member| member.says.clone()));
            }
            found.insert(name);
        }
    }
}

/// Links as a page has them.
pub struct From<'a> {
    pub site: &'a Site,
    pub page: &'a Page,
}

impl Places for From<'_> {
    fn place(&self, name: &str) -> Option<String> {
        let mut errors = self.page.of.errors.iter();
        if errors.any(|errors| errors.name.to_utf8_string_lossy() == name) {
            return Some("#errors".to_owned());
        }
        if let Some(anchor) = self.page.anchor(name) {
            return Some(format!("#{anchor}"));
        }
        self.site.pages.iter().find_map(|page| {
            let anchor = page.types.get(name)?;
            Some(format!("{}#{anchor}", page.file()))
        })
    }
}

impl Site {
    pub fn new(errors: BTreeMap<u32, String>) -> Self {
        let pages = Interface::all().into_iter().map(Page::new).collect();
        let tables = lumenscope_tests::authorisation::tables().expect("who may call what");
        Self { pages, costs: costs::all(), tables, errors }
    }

    /// The text of a page.
    pub fn render(&self, page: &Page) -> String {
        let writer = Writer { site: self, page, links: From { site: self, page } };
        writer.page()
    }

    /// A table of every function of the suite.
    pub fn index(&self) -> String {
        let mut rows = BTreeMap::new();
        for page in &self.pages {
            for name in page.functions.keys() {
                let what = sentence(page.of.member_doc(page.of.declares, name), &page.of);
                let row = format!("| {} | {} | {what} |\n", page.function_link(name), page.of.name);
                rows.insert((name.clone(), page.of.name), row);
            }
        }
        let head = String::from("| function | of | |\n|---|---|---|\n");
        rows.into_values().fold(head, |table, row| table + &row)
    }
}
