//! Text that strangers chose, made harmless before a terminal shows it.

use std::fmt::Write as _;

/// Characters that are shown of one text.
const SHOWN_CHARS_MAX: usize = 200;

/// Replaces everything that could move the cursor, change colours, reverse the reading direction
/// or hide text by its code point, and cuts what is too long.
#[must_use]
pub fn for_terminal(text: &str) -> String {
    let mut shown = String::with_capacity(text.len().min(SHOWN_CHARS_MAX));
    for (position, character) in text.chars().enumerate() {
        if position == SHOWN_CHARS_MAX {
            shown.push('…');
            break;
        }
        if is_harmless(character) {
            shown.push(character);
        } else {
            shown.extend(character.escape_unicode());
        }
    }
    shown
}

/// A JSON document that says the same, in which such characters are escaped. Of those below the
/// space JSON allows none within texts; those between them, such as line ends, stay.
#[must_use]
pub fn json_for_terminal(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for character in json.chars() {
        if character < ' ' || is_harmless(character) {
            shown.push(character);
        } else {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                let _ = write!(shown, "\\u{unit:04x}");
            }
        }
    }
    shown
}

fn is_harmless(character: char) -> bool {
    let invisible = matches!(
        character,
        // Zero-width characters, directional marks, embeddings and isolates, variation selectors,
        // tags, and the byte order mark.
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    );
    !character.is_control() && !invisible
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_passes_unchanged() {
        for text in ["record_metric", "Prämie €", "数量", ""] {
            assert_eq!(for_terminal(text), text);
        }
    }

    #[test]
    fn nothing_that_steers_a_terminal_or_hides_text_passes() {
        for (hostile, shown) in [
            ("\u{1b}[2J", "\\u{1b}[2J"),
            ("a\r\nb", "a\\u{d}\\u{a}b"),
            ("\u{202e}evil", "\\u{202e}evil"),
            ("a\u{200b}b", "a\\u{200b}b"),
            ("\u{9b}31m", "\\u{9b}31m"),
        ] {
            assert_eq!(for_terminal(hostile), shown);
        }
    }

    #[test]
    fn a_json_document_says_the_same_without_steering_a_terminal() {
        let document = "{\n\t\"Prämie\": \"\u{9b}31m\u{7f} \u{202e}\u{e0041} \\u001b[2J\"\r\n}";
        let shown = json_for_terminal(document);
        let expected =
            "{\n\t\"Prämie\": \"\\u009b31m\\u007f \\u202e\\udb40\\udc41 \\u001b[2J\"\r\n}";
        assert_eq!(shown, expected);
    }

    #[test]
    fn long_text_is_cut_and_says_so() {
        let shown = for_terminal(&"x".repeat(10_000));
        assert_eq!(shown.chars().count(), SHOWN_CHARS_MAX + 1);
        assert!(shown.ends_with('…'));
    }
}
