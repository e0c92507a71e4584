//! What a page says after functions: types, events, errors and limits.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use lumenscope_localnet::xdr::{ScSpecEventDataFormat, ScSpecEventParamLocationV0, ScSpecTypeDef};

use super::interface::ADMINISTRATION;
use super::page::{WIDTH, Writer};
use super::prose::{Places as _, line, paragraphs};
use super::sources::{Kind, Member};
use super::types::{Shape, json, named};

impl Writer<'_> {
    pub fn spec_type(&self, name: &str, shape: &Shape) -> String {
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

    pub fn source_type(&self, name: &str) -> String {
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

    pub fn events(&self) -> String {
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

    pub fn errors(&self) -> String {
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
                let meaning = line(of.member_doc(&enumeration, &name), of, &self.links);
                writeln!(out, "| {} | `{name}` | {meaning} |", case.value).expect("text");
            }
        }
        out + "\n"
    }

    pub fn limits(&self) -> String {
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
