//! The page of a contract.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use lumenscope_localnet::xdr::{
    ScSpecEventDataFormat, ScSpecEventParamLocationV0, ScSpecFunctionV0, ScSpecTypeDef,
};
use lumenscope_tests::authorisation::Table;

use super::costs::{self, Cost};
use super::interface::{ADMINISTRATION, CONTRACTS, Interface};
use super::links::anchors;
use super::prose::{Places, line, linked, paragraphs, sentence};
use super::sources::{Kind, Member};
use super::types::{Shape, json, named, text};
use super::who;

/// Where administration is measured.
const MEASURED: &str = CONTRACTS[0].0;
/// Columns of a line of code.
const WIDTH: usize = 96;

/// All pages, which link to each other.
pub struct Site {
    pub pages: Vec<Page>,
    costs: Vec<Cost>,
    tables: Vec<Table>,
    errors: BTreeMap<u32, String>,
}

/// A page to be.
pub struct Page {
    pub of: Interface,
    /// Types that the spec does not have and documentation explains.
    besides: Vec<String>,
    /// Where each function and type is, by name.
    functions: BTreeMap<String, String>,
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
struct From<'a> {
    site: &'a Site,
    page: &'a Page,
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
            for (name, _) in &page.functions {
                let what = sentence(page.of.member_doc(page.of.declares, name), &page.of);
                let row = format!("| {} | {} | {what} |\n", page.function_link(name), page.of.name);
                rows.insert((name.clone(), page.of.name), row);
            }
        }
        let head = String::from("| function | of | |\n|---|---|---|\n");
        rows.into_values().fold(head, |table, row| table + &row)
    }
}

struct Writer<'a> {
    site: &'a Site,
    page: &'a Page,
    links: From<'a>,
}

impl Writer<'_> {
    fn of(&self) -> &Interface {
        &self.page.of
    }

    fn blocks(&self, doc: &str) -> String {
        let blocks = paragraphs(doc, self.of(), &self.links);
        blocks.into_iter().fold(String::new(), |text, block| text + &block + "\n\n")
    }

    fn line(&self, doc: &str) -> String {
        line(doc, self.of(), &self.links)
    }

    /// A type's name with links to what it is made of.
    fn type_links(&self, of: &ScSpecTypeDef) -> String {
        let mut types = named(of);
        types.dedup();
        let plain = format!("`{}`", text(of, &str::to_owned));
        match types.as_slice() {
            [] => plain,
            [one] => match self.links.place(one) {
                Some(place) => format!("[{plain}]({place})"),
                None => plain,
            },
            _ => {
                let links: Vec<String> = types.iter().map(|name| self.type_link(name)).collect();
                format!("{plain}: {}", links.join(", "))
            }
        }
    }

    fn type_link(&self, name: &str) -> String {
        let place = self.links.place(name);
        place.map_or_else(|| format!("`{name}`"), |place| format!("[`{name}`]({place})"))
    }

    fn page(&self) -> String {
        let of = self.of();
        let mut out = format!("# {}\n\n", of.name);
        out.push_str(&self.about());
        out.push_str("<!-- Generated: docs/reference/README.md says how. -->\n\n");
        out.push_str("| function | |\n|---|---|\n");
        for (name, doc) in self.functions() {
            let anchor = &self.page.functions[&name];
            writeln!(out, "| [`{name}`](#{anchor}) | {} |", sentence(doc, of)).expect("text");
        }
        let mut more = vec!["[types](#types)", "[events](#events)", "[errors](#errors)"];
        let limits = self.limits();
        if !limits.is_empty() {
            more.push("[limits](#limits)");
        }
        if of.name != ADMINISTRATION {
            more.push("[administration](administration.md), which every contract has");
        }
        writeln!(out, "\nThen: {}.\n", more.join(", ")).expect("text");
        out.push_str(&self.constructor());
        out.push_str("## Functions\n\n");
        of.functions.iter().for_each(|function| out.push_str(&self.function(function)));
        out.push_str("## Types\n\n");
        of.types.iter().for_each(|(name, shape)| out.push_str(&self.spec_type(name, shape)));
        self.page.besides.iter().for_each(|name| out.push_str(&self.source_type(name)));
        out.push_str(&self.events());
        out.push_str(&self.errors());
        out.push_str(&limits);
        out.trim_end().to_owned() + "\n"
    }

    fn functions(&self) -> impl Iterator<Item = (String, &str)> {
        let of = self.of();
        of.functions.iter().map(|function| {
            let name = function.name.to_utf8_string_lossy();
            let doc = of.member_doc(of.declares, &name);
            (name, doc)
        })
    }

    fn about(&self) -> String {
        let of = self.of();
        let mut about = of.own().about.as_str();
        if of.name == ADMINISTRATION {
            // The rest is about how a contract's code gets it.
            about = about.split("\n\n").next().unwrap_or_default();
        }
        self.blocks(about) + &self.blocks(of.doc(of.declares))
    }

    fn constructor(&self) -> String {
        let Some(constructor) = &self.of().constructor else { return String::new() };
        let signature = signature(constructor).replacen("__constructor", "constructor", 1);
        format!("Deployed with:\n\n```rust\n{signature}\n```\n\n")
    }

    fn function(&self, function: &ScSpecFunctionV0) -> String {
        let of = self.of();
        let name = function.name.to_utf8_string_lossy();
        let mut out = format!("### `{name}`\n\n");
        out.push_str(&self.blocks(of.member_doc(of.declares, &name)));
        writeln!(out, "```rust\n{}\n```\n", signature(function)).expect("text");
        let inputs = function.inputs.iter().map(|input| &input.type_);
        let mut types: Vec<String> =
            inputs.chain(function.outputs.iter()).flat_map(named).collect();
        let mut seen = BTreeSet::new();
        types.retain(|name| seen.insert(name.clone()));
        if !types.is_empty() {
            let links: Vec<String> = types.iter().map(|name| self.type_link(name)).collect();
            writeln!(out, "Types: {}.\n", links.join(", ")).expect("text");
        }
        out.push_str(&self.who(&name));
        out.push_str(&self.invocation(&name, function));
        out.push_str(&self.costs(&name));
        out
    }

    fn who(&self, name: &str) -> String {
        let section = self.of().name;
        let table = self.site.tables.iter().find(|table| table.section == section);
        let table = table.unwrap_or_else(|| panic!("{section}: nobody says who may call it"));
        let error = |code: u32| match self.site.errors.get(&code) {
            Some(name) => format!("{code} `{name}`"),
            None => panic!("{name} is refused with {code}, which is no error"),
        };
        let page = format!("[Who may](../security/authorisation.md#{section})");
        match who::lines(table, name, &error).as_slice() {
            [one] => format!("{page}: {one}.\n\n"),
            cases => {
                let list: String = cases.iter().map(|case| format!("- {case}.\n")).collect();
                format!("{page}:\n\n{list}\n")
            }
        }
    }

    fn invocation(&self, name: &str, function: &ScSpecFunctionV0) -> String {
        let begin = format!("stellar contract invoke --id ${} --source $source -- ", self.of().id);
        let arguments = function.inputs.iter().map(|input| {
            let name = input.name.to_utf8_string_lossy();
            format!("--{name} \"${name}\"")
        });
        let words: Vec<String> = std::iter::once(name.to_owned()).chain(arguments).collect();
        let mut lines = begin.clone() + &words.join(" ");
        if lines.len() > WIDTH {
            lines = begin + "\\\n   ";
            let mut width = 4;
            for word in &words {
                if width + word.len() > WIDTH {
                    lines.push_str(" \\\n       ");
                    width = 8;
                }
                width += word.len() + 1;
                lines.push(' ');
                lines.push_str(word);
            }
        }
        format!("```sh\n{lines}\n```\n\n")
    }

    fn costs(&self, name: &str) -> String {
        let administers = self.of().name == ADMINISTRATION;
        let contract = if administers { MEASURED } else { self.of().name };
        let costs = self.site.costs.iter();
        let costs = costs.filter(|cost| cost.contract == contract && cost.entry_point == name);
        match costs::table(costs) {
            Some(table) => table + "\n",
            None => "Not among the [measured costs](../costs.md).\n\n".to_owned(),
        }
    }

    fn spec_type(&self, name: &str, shape: &Shape) -> String {
        let of = self.of();
        let mut out = format!("### `{name}`\n\n{}", self.blocks(of.doc(name)));
        match shape {
            Shape::Struct(fields) => {
                let rows = fields.iter().map(|(field, is)| {
                    (field.clone(), self.type_links(is), of.member_doc(name, field))
                });
                out.push_str(&self.table(["field", "type"], rows));
                if self.is_asked_for(name) {
                    let shapes = |name: &str| of.types.get(name).cloned();
                    let udt = udt(name);
                    if let Some(form) = json(&udt, &shapes) {
                        writeln!(out, "```json\n{}\n```\n", wrapped(&form)).expect("text");
                    }
                }
            }
            Shape::Enum(cases) => {
                let rows = cases.iter().map(|(case, number)| {
                    (number.to_string(), format!("`{case}`"), of.member_doc(name, case))
                });
                out.push_str(&self.plain_table(["number", "name"], rows));
            }
            Shape::Union(cases) => {
                let rows = cases.iter().map(|(case, holds)| {
                    let holds: Vec<String> = holds.iter().map(|is| self.type_links(is)).collect();
                    (case.clone(), holds.join(", "), of.member_doc(name, case))
                });
                out.push_str(&self.table(["case", "holds"], rows));
            }
        }
        out
    }

    /// Whether a function takes it.
    fn is_asked_for(&self, name: &str) -> bool {
        let inputs = self.of().functions.iter().flat_map(|function| function.inputs.iter());
        let mut to_see: Vec<String> = inputs.flat_map(|input| named(&input.type_)).collect();
        let mut seen = BTreeSet::new();
        while let Some(next) = to_see.pop() {
            if next == name {
                return true;
            }
            if seen.insert(next.clone())
                && let Some(shape) = self.of().types.get(&next)
            {
                to_see.extend(shape.types().flat_map(named));
            }
        }
        false
    }

    fn source_type(&self, name: &str) -> String {
        let of = self.of();
        let item = of.item(name).unwrap_or_else(|| panic!("no {name}"));
        let mut out = format!("### `{name}`\n\n{}", self.blocks(of.doc(name)));
        let said = |says: &str| match self.links.place(says) {
            Some(place) => format!("[`{says}`]({place})"),
            None => format!("`{says}`"),
        };
        let rows = |members: &'_ [Member]| -> Vec<(String, String, String)> {
            let row =
                |member: &Member| (member.name.clone(), said(&member.says), member.doc.clone());
            members.iter().map(row).collect()
        };
        match &item.kind {
            Kind::Struct(members) => {
                let rows = rows(members);
                let rows = rows.iter().map(|(a, b, doc)| (a.clone(), b.clone(), doc.as_str()));
                out.push_str(&self.table(["field", "type"], rows));
            }
            Kind::Enum(members) => {
                let rows = members.iter().map(|member| {
                    (member.says.clone(), format!("`{}`", member.name), member.doc.as_str())
                });
                out.push_str(&self.plain_table(["number", "name"], rows));
            }
            Kind::Module(members) => {
                let rows = members.iter().map(|member| {
                    (member.says.clone(), format!("`{}`", member.name), member.doc.as_str())
                });
                out.push_str(&self.plain_table(["value", "name"], rows));
            }
            Kind::Trait(members) => {
                for member in members {
                    writeln!(out, "```rust\n{}\n```\n", member.says).expect("text");
                    out.push_str(&self.blocks(&member.doc));
                }
            }
            Kind::Function(says) | Kind::Alias(says) => {
                writeln!(out, "```rust\n{says}\n```\n").expect("text");
            }
            Kind::Const(_) => {}
        }
        out
    }

    fn table<'a>(
        &self,
        heads: [&str; 2],
        rows: impl Iterator<Item = (String, String, &'a str)>,
    ) -> String {
        self.plain_table(heads, rows.map(|(name, of, doc)| (format!("`{name}`"), of, doc)))
    }

    /// A table; tables within its words come after it.
    fn plain_table<'a>(
        &self,
        [first, second]: [&str; 2],
        rows: impl Iterator<Item = (String, String, &'a str)>,
    ) -> String {
        let mut out = format!("| {first} | {second} | |\n|---|---|---|\n");
        let mut after = String::new();
        for (name, of, doc) in rows {
            let blocks = paragraphs(doc, self.of(), &self.links);
            let (tables, words): (Vec<String>, Vec<String>) =
                blocks.into_iter().partition(|block| block.starts_with('|'));
            let words = words.join("<br>").replace('|', "\\|");
            writeln!(out, "| {name} | {} | {words} |", of.replace('|', "\\|")).expect("text");
            tables.iter().for_each(|table| after.push_str(&format!("\n{name}:\n\n{table}\n")));
        }
        out + &after + "\n"
    }

    fn events(&self) -> String {
        let of = self.of();
        let mut out = String::from("## Events\n\n");
        for event in &of.events {
            let name = event.name.0.to_utf8_string_lossy();
            write!(out, "### `{name}`\n\n{}", self.blocks(of.doc(&name))).expect("text");
            let prefix = event.prefix_topics.iter();
            let prefix = prefix.map(|topic| format!("`\"{}\"`", topic.0.to_utf8_string_lossy()));
            let parts = |location: ScSpecEventParamLocationV0| {
                let params = event.params.iter().filter(move |param| param.location == location);
                params.map(|param| format!("`{}`", param.name.to_utf8_string_lossy()))
            };
            let topics: Vec<String> =
                prefix.chain(parts(ScSpecEventParamLocationV0::TopicList)).collect();
            let data: Vec<String> = parts(ScSpecEventParamLocationV0::Data).collect();
            let format = match event.data_format {
                ScSpecEventDataFormat::SingleValue => "the value",
                ScSpecEventDataFormat::Vec => "a list of",
                ScSpecEventDataFormat::Map => "a map of",
            };
            let data = if data.is_empty() {
                "nothing".into()
            } else {
                format!("{format} {}", data.join(", "))
            };
            writeln!(out, "Topics: {}. Data: {data}.\n", topics.join(", ")).expect("text");
            let rows = event.params.iter().map(|param| {
                let part = param.name.to_utf8_string_lossy();
                let doc = of.member_doc(&name, &part);
                (part, self.type_links(&param.type_), doc)
            });
            out.push_str(&self.table(["part", "type"], rows));
        }
        out
    }

    fn errors(&self) -> String {
        let of = self.of();
        let mut out = String::from(
            "## Errors\n\nEvery contract has those of [administration](administration.md#errors) as well; \
             [all of the suite](errors.md).\n\n| code | name | |\n|--:|---|---|\n",
        );
        if of.name == ADMINISTRATION {
            out = String::from("## Errors\n\n| code | name | |\n|--:|---|---|\n");
        }
        for errors in &of.errors {
            let enumeration = errors.name.to_utf8_string_lossy();
            for case in errors.cases.iter() {
                let name = case.name.to_utf8_string_lossy();
                let meaning = self.line(of.member_doc(&enumeration, &name));
                writeln!(out, "| {} | `{name}` | {meaning} |", case.value).expect("text");
            }
        }
        out + "\n"
    }

    fn limits(&self) -> String {
        let constants = self.of().own().items.iter().filter_map(|(name, item)| match &item.kind {
            Kind::Const(value) if !value.is_empty() && !item.doc.is_empty() => {
                Some((format!("`{name}`"), value.clone(), item.doc.as_str()))
            }
            _ => None,
        });
        let constants: Vec<_> = constants.collect();
        if constants.is_empty() {
            return String::new();
        }
        format!("## Limits\n\n{}", self.plain_table(["name", "value"], constants.into_iter()))
    }
}

/// The type of a contract by its name.
pub fn udt(name: &str) -> ScSpecTypeDef {
    let name = name.try_into().expect("a name");
    ScSpecTypeDef::Udt(lumenscope_localnet::xdr::ScSpecTypeUdt { name })
}

fn signature(function: &ScSpecFunctionV0) -> String {
    let plain = |of: &ScSpecTypeDef| text(of, &str::to_owned);
    let name = function.name.to_utf8_string_lossy();
    let inputs = function.inputs.iter();
    let inputs: Vec<String> = inputs
        .map(|input| format!("{}: {}", input.name.to_utf8_string_lossy(), plain(&input.type_)))
        .collect();
    let output = function.outputs.first().filter(|of| **of != ScSpecTypeDef::Void);
    let output = output.map_or(String::new(), |of| format!(" -> {}", plain(of)));
    let one_line = format!("{name}({}){output}", inputs.join(", "));
    if one_line.len() <= WIDTH {
        return one_line;
    }
    let lines: String = inputs.iter().map(|input| format!("    {input},\n")).collect();
    format!("{name}(\n{lines}){output}")
}

/// Broken between fields.
fn wrapped(form: &str) -> String {
    let mut lines = vec![String::new()];
    for piece in form.split_inclusive(", ") {
        if lines.last().is_some_and(|line| line.len() + piece.trim_end().len() > WIDTH) {
            lines.push("  ".to_owned());
        }
        lines.last_mut().expect("a line").push_str(piece);
    }
    let lines: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
    lines.join("\n")
}
