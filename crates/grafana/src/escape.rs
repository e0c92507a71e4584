//! A stranger's text, so that Grafana shows it and does no more.

/// Joins the characters beside it and is not seen.
const WORD_JOINER: char = '\u{2060}';

/// The text with nothing in it that Grafana replaces: `$name`, `${name}` and `[[name]]`. There is no
/// escape for them, so an invisible character parts what would begin one.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        escaped.push(character);
        let begins = match character {
            '$' => true,
            '[' => characters.peek() == Some(&'['),
            _ => false,
        };
        if begins {
            escaped.push(WORD_JOINER);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_replaced_is_parted_and_all_else_stays() {
        assert_eq!(escape("$a ${b} [[c]] [d]"), "$\u{2060}a $\u{2060}{b} [\u{2060}[c]] [d]");
        assert_eq!(escape("[[[a"), "[\u{2060}[\u{2060}[a");
        assert_eq!(escape("Fees: 5 % <b>"), "Fees: 5 % <b>");
    }
}
