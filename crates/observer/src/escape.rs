//! Text that strangers chose, made harmless before a terminal shows it.

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
    fn long_text_is_cut_and_says_so() {
        let shown = for_terminal(&"x".repeat(10_000));
        assert_eq!(shown.chars().count(), SHOWN_CHARS_MAX + 1);
        assert!(shown.ends_with('…'));
    }
}
