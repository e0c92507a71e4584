//! What credentials are sealed for: the `endpoint` or the `site` of an integration's public
//! configuration.

use thiserror::Error;
use url::{Host, Url};

/// Bytes of the longest endpoint: what the contract takes as a value of the configuration.
pub const ENDPOINT_BYTES_MAX: usize = 128;
const HTTPS: &[u8] = b"https://";

/// An endpoint that the contract stores: `https://`, a host, and what readers of URLs agree about.
/// What is bound of it is its origin (scheme, host, port), so that two ways to write one place are
/// one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Endpoint {
    text: String,
    origin: String,
}

/// What was offered as a URL.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum UrlError {
    /// Nothing, or more than the contract takes.
    #[error("expected an endpoint of 1 to {ENDPOINT_BYTES_MAX} bytes, came {0}")]
    Length(usize),
    /// Nothing that the contract stores. What came is not repeated: it may be a URL with a password.
    #[error(
        "expected an endpoint as the contract takes it, https:// and its host in printable ASCII \
             without \" < > @ \\ ^ ` {{ | }}, came something else at byte {0}"
    )]
    NotAnEndpoint(usize),
    /// Space, a control character or a backslash, which readers of URLs disagree about.
    #[error("expected a URL without space, control characters and backslashes")]
    Character,
    /// No URL.
    #[error("expected a URL: {0}")]
    Malformed(String),
    /// Neither `https` nor `http`.
    #[error("expected an https or http URL, came {0}")]
    Scheme(String),
    /// A site that is no host, or one with a port or a path.
    #[error(
        "expected a site as the name of its host in lower case, such as datadoghq.eu, came \
             something else"
    )]
    Site,
    /// A user or a password, which would be public.
    #[error("expected a URL without user and password: an endpoint is public")]
    UserInfo,
}

impl Endpoint {
    /// Reads an endpoint.
    ///
    /// # Errors
    /// [`UrlError`] for what the contract refuses, and for the little that it takes and is no URL.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        if !(1..=ENDPOINT_BYTES_MAX).contains(&text.len()) {
            return Err(UrlError::Length(text.len()));
        }
        if let Some(at) = unstorable(text.as_bytes()) {
            return Err(UrlError::NotAnEndpoint(at));
        }
        Ok(Endpoint { text: text.to_owned(), origin: origin(&http_url(text)?) })
    }

    /// The endpoint of a `site`, which is a host: `https://datadoghq.eu` for `datadoghq.eu`.
    ///
    /// # Errors
    /// [`UrlError::Site`] for anything beside a host's name in the form that it is compared in.
    pub fn of_site(site: &str) -> Result<Self, UrlError> {
        let text = format!("https://{site}");
        let endpoint = Self::parse(&text).map_err(|_| UrlError::Site)?;
        if endpoint.origin != text || site.contains(':') {
            return Err(UrlError::Site);
        }
        Ok(endpoint)
    }

    /// As it was written: what the configuration holds; of a site, `https://` and that.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The origin of the URL (RFC 6454), which is what is bound: `https://example.org`,
    /// `https://example.org:8443`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

/// Where a text begins to be something else than what the contract asks of an endpoint, whatever the
/// kind.
fn unstorable(text: &[u8]) -> Option<usize> {
    let Some(rest) = text.strip_prefix(HTTPS) else { return Some(0) };
    let begins_a_host = |first: &u8| first.is_ascii_alphanumeric() || *first == b'[';
    if !rest.first().is_some_and(begins_a_host) {
        return Some(HTTPS.len());
    }
    let refused = |byte: &u8| !byte.is_ascii_graphic() || b"\"<>@\\^`{|}".contains(byte);
    rest.iter().position(refused).map(|place| HTTPS.len() + place)
}

/// Reads a URL that requests can be sent to.
pub(crate) fn http_url(text: &str) -> Result<Url, UrlError> {
    let ambiguous = |byte: u8| byte <= b' ' || byte == 0x7f || byte == b'\\';
    if text.bytes().any(ambiguous) {
        return Err(UrlError::Character);
    }
    let url = Url::parse(text).map_err(|error| UrlError::Malformed(error.to_string()))?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err(UrlError::Scheme(url.scheme().chars().take(16).collect()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(UrlError::UserInfo);
    }
    Ok(url)
}

/// Scheme and host in lower case, the host as IDNA writes it and without the dot of a root, the
/// port where it is not the scheme's own.
pub(crate) fn origin(url: &Url) -> String {
    let host = match url.host() {
        Some(Host::Domain(name)) => name.strip_suffix('.').unwrap_or(name).to_owned(),
        Some(host) => host.to_string(),
        None => String::new(),
    };
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{host}{port}", url.scheme())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_to_write_one_place_have_one_origin() {
        for (text, origin) in [
            ("https://example.org", "https://example.org"),
            ("https://example.org/", "https://example.org"),
            ("https://EXAMPLE.org:443/hook?x=1#y", "https://example.org"),
            ("https://example.org./hook", "https://example.org"),
            ("https://EXAMPLE.org:8443", "https://example.org:8443"),
            ("https://xn--Bcher-kva.example", "https://xn--bcher-kva.example"),
            ("https://0x5db8d822", "https://93.184.216.34"),
            ("https://[2606:2800:0220::1]:443", "https://[2606:2800:220::1]"),
        ] {
            let endpoint = Endpoint::parse(text).expect(text);
            assert_eq!((endpoint.origin(), endpoint.as_str()), (origin, text));
        }
    }

    #[test]
    fn a_site_is_a_host_and_nothing_more() {
        for site in ["datadoghq.eu", "us5.datadoghq.com", "ddog-gov.com"] {
            let endpoint = Endpoint::of_site(site).expect(site);
            assert_eq!(endpoint.origin(), format!("https://{site}"));
        }
        for text in [
            "",
            "https://datadoghq.eu",
            "datadoghq.eu/",
            "datadoghq.eu:443",
            "datadoghq.eu:8443",
            "datadoghq.eu.",
            "datadoghq.EU",
            "datadoghq.eu#.evil.example",
            "datadoghq.eu?",
            "user@datadoghq.eu",
            "data doghq.eu",
            "0x5db8d822",
            &"a".repeat(121),
        ] {
            assert_eq!(Endpoint::of_site(text), Err(UrlError::Site), "{text}");
        }
    }

    #[test]
    fn what_readers_of_urls_disagree_about_is_refused() {
        for (text, expected) in [
            ("", UrlError::Length(0)),
            (&format!("https://{}", "a".repeat(121)), UrlError::Length(129)),
        ] {
            assert_eq!(Endpoint::parse(text), Err(expected), "{text}");
        }
        for (text, at) in [
            ("example.org", 0),
            ("ops@example.org", 0),
            ("http://example.org", 0),
            ("ftp://example.org", 0),
            ("HTTPS://example.org", 0),
            (" https://example.org", 0),
            ("https://", 8),
            ("https:///hook", 8),
            ("https://.example.org", 8),
            ("https://exa mple.org/", 11),
            ("https://exam\tple.org", 12),
            ("https://example.org/\u{7f}", 20),
            ("https://bücher.example", 9),
            ("https://example.org\\@evil.example", 19),
            ("https://user@example.org", 12),
            ("https://user:password@example.org", 21),
            ("https://example.org/{id}", 20),
        ] {
            assert_eq!(Endpoint::parse(text), Err(UrlError::NotAnEndpoint(at)), "{text}");
        }
        for text in ["https://[::1", "https://a:99999", "https://a%"] {
            let refused = Endpoint::parse(text);
            assert!(matches!(refused, Err(UrlError::Malformed(_))), "{text}: {refused:?}");
        }
    }
}
