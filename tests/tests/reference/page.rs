//! The page of a contract: what it says first, and its functions.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use lumenscope_localnet::xdr::{ScSpecFunctionV0, ScSpecTypeDef};

use super::costs;
use super::interface::{ADMINISTRATION, CONTRACTS, Interface};
use super::prose::{Places as _, paragraphs, sentence};
use super::site::{From, Page, Site};
use super::types::{named, text};
use super::who;

/// Where administration is measured.
const MEASURED: &str = CONTRACTS[0].0;
/// Columns of a line of code.
pub const WIDTH: usize = 96;

pub struct Writer<'a> {
    pub site: &'a Site,
    pub page: &'a Page,
    pub links: From<'a>,
}

impl Writer<'_> {
    pub fn of(&self) -> &Interface {
        &self.page.of
    }

    pub fn blocks(&self, doc: &str) -> String {
        let blocks = paragraphs(doc, self.of(), &self.links);
        blocks.into_iter().fold(String::new(), |text, block| text + &block + "\n\n")
    }

    /// A type's name with links to what it is made of.
    pub fn type_links(&self, of: &ScSpecTypeDef) -> String {
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

    pub fn page(&self) -> String {
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
