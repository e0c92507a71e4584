//! What a message says: a rule's annotation, in which `{name}` stands for a label or a figure.
//!
//! `{value}`, `{points}` and `{episode}` are of the alert's state; every other name is a label, and a
//! brace is written twice to stand for itself. A text that cannot be made goes out as it was written,
//! with what is wrong with it: whoever is woken up needs the alert more than the text.

use thiserror::Error;

use crate::alert::Alert;

/// Bytes of a message's text: labels have 128 each, and a channel shows a few lines.
pub const TEXT_BYTES_MAX: usize = 1_024;

/// Why a text could not be made.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum TextFault {
    /// A name that is neither a label of the alert nor a figure.
    #[error("expected value, points, episode or a label, came {{{came}}}")]
    Name {
        /// What came.
        came: String,
    },
    /// A brace that opens nothing, or is not closed.
    #[error("expected every brace closed, or written twice, came one at byte {at}")]
    Brace {
        /// Where.
        at: usize,
    },
    /// The text would be longer than [`TEXT_BYTES_MAX`].
    #[error("expected at most {TEXT_BYTES_MAX} bytes, came {came}")]
    Length {
        /// Bytes that it would have.
        came: usize,
    },
}

/// The text of a message about an alert: what could not be made is in it, with the reason.
pub fn text(template: &str, alert: &Alert) -> String {
    match render(template, alert) {
        Ok(text) => text,
        Err(fault) => {
            let kept: String = template.chars().take(TEXT_BYTES_MAX / 4).collect();
            format!("{kept} [this text cannot be made: {fault}]")
        }
    }
}

/// The text of a message about an alert.
///
/// # Errors
///
/// [`TextFault`]
pub fn render(template: &str, alert: &Alert) -> Result<String, TextFault> {
    let mut made = String::new();
    let mut rest = template;
    while let Some(place) = rest.find(['{', '}']) {
        let at = template.len() - rest.len() + place;
        let (plain, from) = rest.split_at(place);
        made.push_str(plain);
        let brace = &from[..1];
        if from[1..].starts_with(brace) {
            made.push_str(brace);
            rest = &from[2..];
            continue;
        }
        let end = from.find('}').filter(|_| brace == "{").ok_or(TextFault::Brace { at })?;
        made.push_str(&figure(&from[1..end], alert)?);
        rest = &from[end + 1..];
    }
    made.push_str(rest);
    if made.len() > TEXT_BYTES_MAX {
        return Err(TextFault::Length { came: made.len() });
    }
    Ok(made)
}

fn figure(name: &str, alert: &Alert) -> Result<String, TextFault> {
    match name {
        "value" if alert.state.points == 0 => Ok("no data".to_owned()),
        "value" => Ok(alert.state.value.to_string()),
        "points" => Ok(alert.state.points.to_string()),
        "episode" => Ok(alert.state.episode.to_string()),
        label => match alert.labels().get(label) {
            Some(text) => Ok(text.clone()),
            None => Err(TextFault::Name { came: label.chars().take(64).collect() }),
        },
    }
}

#[cfg(test)]
mod tests {
    use lumenscope_rules::Phase;

    use super::*;
    use crate::testing::alert;

    fn fires() -> Alert {
        let mut alert = alert(1, &[("rule", "dear"), ("function", "pay")], Phase::Firing);
        (alert.state.value, alert.state.points, alert.state.episode) = (-1_234, 5, 7);
        alert
    }

    #[test]
    fn names_stand_for_labels_and_figures() {
        let text =
            "{rule} of {function}: {value} in {points}, episode {episode}, {{sic}} {severity}";
        let made = "dear of pay: -1234 in 5, episode 7, {sic} info";
        assert_eq!(render(text, &fires()).as_deref(), Ok(made));
        assert_eq!(render("", &fires()).as_deref(), Ok(""));
        let mut blind = fires();
        blind.state.points = 0;
        assert_eq!(render("{value}", &blind).as_deref(), Ok("no data"));
    }

    /// A row of what alerts have to match: a template error.
    #[test]
    fn a_template_error_lets_the_alert_out_with_the_error_in_the_text() {
        for (template, fault) in [
            ("{runbok}: see", TextFault::Name { came: "runbok".to_owned() }),
            ("100 % {", TextFault::Brace { at: 6 }),
            ("a } b", TextFault::Brace { at: 2 }),
            ("{rule", TextFault::Brace { at: 0 }),
        ] {
            assert_eq!(render(template, &fires()), Err(fault.clone()));
            let text = text(template, &fires());
            assert_eq!(text, format!("{template} [this text cannot be made: {fault}]"));
        }
    }

    #[test]
    fn a_text_is_bounded_whatever_it_is_made_of() {
        let mut long = alert(1, &[("rule", &"x".repeat(128))], Phase::Firing);
        long.state.points = 1;
        let most = "x".repeat(TEXT_BYTES_MAX);
        assert_eq!(render(&most, &long).as_ref(), Ok(&most));
        let template = "{rule}".repeat(9);
        assert_eq!(render(&template, &long), Err(TextFault::Length { came: 9 * 128 }));
        assert!(text(&"é{".repeat(4_000), &long).len() <= 2 * TEXT_BYTES_MAX);
    }
}
