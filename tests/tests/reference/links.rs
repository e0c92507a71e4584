//! Anchors of headings, as GitHub makes them, and whether links of pages lead somewhere.

use std::collections::{BTreeMap, BTreeSet};

use super::{at, read};

/// The anchors of headings, in their order.
pub fn anchors<'a>(headings: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut seen = BTreeMap::<String, u32>::new();
    let anchor = |heading: &str| {
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        let slug: String = kept.map(|c| if c == ' ' { '-' } else { c }).collect();
        let slug = slug.to_lowercase();
        let count = seen.entry(slug.clone()).or_default();
        *count += 1;
        if *count == 1 { slug } else { format!("{slug}-{}", *count - 1) }
    };
    headings.into_iter().map(anchor).collect()
}

/// The headings of a page.
pub fn headings(page: &str) -> Vec<&str> {
    let mut in_code = false;
    let heading = |line: &str| -> bool {
        in_code ^= line.starts_with("```");
        !in_code && line.starts_with('#')
    };
    let mut is_heading = heading;
    let lines = page.lines().filter(|line| is_heading(line));
    lines.map(|line| line.trim_start_matches('#').trim()).collect()
}

#[test]
fn links_between_the_pages_lead_somewhere() {
    const FOLDER: &str = "docs/reference";
    let files = std::fs::read_dir(at(FOLDER)).expect("the pages");
    let names = files.map(|file| file.expect("a page").file_name().into_string().expect("a name"));
    let pages: BTreeMap<String, String> =
        names.map(|name| (name.clone(), read(&format!("{FOLDER}/{name}")))).collect();
    assert!(pages.len() > 7, "five contracts, administration, errors, the contents");
    let mut dead = Vec::new();
    for (name, page) in &pages {
        for link in page.split("](").skip(1).filter_map(|rest| rest.split_once(')')) {
            let (file, anchor) = link.0.split_once('#').unwrap_or((link.0, ""));
            if file.starts_with("https://") {
                continue;
            }
            let path = if file.is_empty() { name.clone() } else { file.to_owned() };
            if anchor.is_empty() && at(FOLDER).join(&path).is_dir() {
                continue;
            }
            let Some(text) = std::fs::read_to_string(at(FOLDER).join(&path)).ok() else {
                dead.push(format!("{name}: {}", link.0));
                continue;
            };
            let known: BTreeSet<String> = anchors(headings(&text)).into_iter().collect();
            if !anchor.is_empty() && !known.contains(anchor) {
                dead.push(format!("{name}: {}", link.0));
            }
        }
    }
    assert!(dead.is_empty(), "{dead:#?}");
}

#[test]
fn anchors_are_those_of_github() {
    let headings = ["`dashboard`", "Dashboard", "What a responder offers", "`set_role`"];
    let wanted = ["dashboard", "dashboard-1", "what-a-responder-offers", "set_role"];
    assert_eq!(anchors(headings), wanted);
}
