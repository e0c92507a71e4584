//! Display hosts: names in the DNS, so that people can recognise an endpoint whose URL is sealed.

/// Whether `host` is a name with at least two labels of lower-case letters, digits and hyphens,
/// the last of which is no number. Addresses and `localhost` are not.
pub fn is_name(host: &[u8]) -> bool {
    let mut labels = 0;
    let mut numeric = true;
    for label in host.split(|byte| *byte == b'.') {
        if !is_label(label) {
            return false;
        }
        labels += 1;
        numeric = label.iter().all(u8::is_ascii_digit);
    }
    labels > 1 && !numeric
}

/// Letters, digits and inner hyphens: 63 at most, as the DNS has it.
fn is_label(label: &[u8]) -> bool {
    let inner = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-';
    label.len() < 64
        && label.first().is_some_and(|byte| *byte != b'-')
        && label.last().is_some_and(|byte| *byte != b'-')
        && label.iter().all(inner)
}
