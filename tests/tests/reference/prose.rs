//! Documentation of code as text of a page.

use super::interface::Interface;
use super::sources::Kind;

/// Where links of a page lead: the path of a function, a type or whatever else it explains.
pub trait Places {
    /// The link to what is called so, if a page explains it.
    fn place(&self, name: &str) -> Option<String>;
}

/// The first of an item's path that is not a module.
pub fn first_name(path: &str) -> &str {
    let names = path.split("::");
    let is_module = |name: &&str| name.chars().next().is_some_and(char::is_lowercase);
    let mut rest = names.skip_while(|name| is_module(name) && path.contains("::"));
    rest.next().unwrap_or_else(|| path.rsplit("::").next().unwrap_or(path))
}

/// What documentation links to: the paths in brackets.
pub fn linked(doc: &str) -> Vec<String> {
    let doc = with_links(doc);
    let pieces = doc.split("[`").skip(1).filter_map(|piece| piece.split_once("`]"));
    pieces.map(|(path, _)| first_name(path).to_owned()).collect()
}

/// A module of the interfaces that is named by its whole path is a link as well.
fn with_links(doc: &str) -> String {
    const INTERFACES: &str = "`lumenscope_interfaces::";
    let mut pieces = doc.split(INTERFACES);
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (path, rest) = piece.split_once('`').expect("the end of a path");
        let name = path.rsplit("::").next().unwrap_or(path);
        text.push_str(&format!("[`{name}`]{rest}"));
    }
    text
}

/// Paragraphs and tables, each a line or lines of its own; links lead to where things are
/// explained, and constants have their values beside them.
pub fn paragraphs(doc: &str, of: &Interface, places: &dyn Places) -> Vec<String> {
    let text = resolved(&with_links(doc), of, places);
    let blocks = text.split("\n\n").map(|block| {
        let is_table = block.trim_start().starts_with('|');
        let lines = block.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.collect::<Vec<_>>().join(if is_table { "\n" } else { " " })
    });
    blocks.filter(|block| !block.is_empty()).collect()
}

/// All of it in one line.
pub fn line(doc: &str, of: &Interface, places: &dyn Places) -> String {
    paragraphs(doc, of, places).join(" ").replace('|', "\\|")
}

/// The first sentence, without links.
pub fn sentence(doc: &str, of: &Interface) -> String {
    let text = doc.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    let end = text.match_indices(". ").map(|(place, _)| place);
    let end =
        end.filter(|place| !text[..*place].ends_with("i.e") && !text[..*place].ends_with("e.g"));
    let text = end.min().map_or(text.as_str(), |place| &text[..place]).trim_end_matches('.');
    let text = text.replace("crate::common::", "").replace(&format!("{}::", of.declares), "");
    text.replace("[`", "`").replace("`]", "`").replace('|', "\\|")
}

fn resolved(doc: &str, of: &Interface, places: &dyn Places) -> String {
    let mut pieces = doc.split("[`");
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (path, rest) = piece.split_once("`]").expect("the end of a link");
        // A link with an address of its own: the name is what is shown.
        let rest = match rest.strip_prefix('(') {
            Some(address) => address.split_once(')').expect("the end of an address").1,
            None => rest,
        };
        let path = path.trim_start_matches("crate::common::").trim_start_matches("super::");
        let shown = path.strip_prefix(&format!("{}::", of.declares)).unwrap_or(path);
        let name = first_name(shown);
        let value = match of.item(name).map(|item| &item.kind) {
            Some(Kind::Const(value)) if !value.is_empty() => Some(value),
            _ => None,
        };
        if let Some(value) = value {
            text.push_str(&format!("`{shown}` ({value})"));
        } else if let Some(place) = places.place(name) {
            text.push_str(&format!("[`{shown}`]({place})"));
        } else {
            text.push_str(&format!("`{shown}`"));
        }
        text.push_str(rest);
    }
    text
}
