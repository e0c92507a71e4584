//! What credentials are sealed for: the `endpoint` of an integration's public configuration.

use thiserror::Error;
use url::{Host, Url};

/// Bytes of the longest endpoint: what the contract takes as a value of the configuration.
pub const ENDPOINT_BYTES_MAX: usize = 128;

/// An endpoint. What is bound of a URL is its origin (scheme, host, port), so that two ways to
/// write one place are one; anything else, such as an address of electronic mail or the name of a
/// channel, is bound as it is written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Endpoint {
    text: String,
    origin: Option<String>,
}

/// What was offered as a URL.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum UrlError {
    /// Nothing, or more than the contract takes.
    #[error("expected an endpoint of 1 to {ENDPOINT_BYTES_MAX} bytes, came {0}")]
    Length(usize),
    /// Space, a control character or a backslash, which readers of URLs disagree about.
    #[error("expected a URL without space, control characters and backslashes")]
    Character,
    /// No URL.
    #[error("expected a URL: {0}")]
    Malformed(String),
    /// Neither `https` nor `http`.
    #[error("expected an https or http URL, came {0}")]
    Scheme(String),
    /// A user or a password, which would be public.
    #[error("expected a URL without user and password: an endpoint is public")]
    UserInfo,
}

impl Endpoint {
    /// Reads an endpoint.
    ///
    /// # Errors
    /// [`UrlError`] for text that is too long, or has `://` and is no URL that is delivered to.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        if !(1..=ENDPOINT_BYTES_MAX).contains(&text.len()) {
            return Err(UrlError::Length(text.len()));
        }
        let origin = if text.contains("://") { Some(origin(&http_url(text)?)) } else { None };
        Ok(Endpoint { text: text.to_owned(), origin })
    }

    /// As it was written: what the configuration holds.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The origin of a URL (RFC 6454): `https://example.org`, `https://example.org:8443`.
    #[must_use]
    pub fn origin(&self) -> Option<&str> {
        self.origin.as_deref()
    }

    /// What is bound.
    #[must_use]
    pub fn bound(&self) -> &str {
        self.origin().unwrap_or(&self.text)
    }

    /// Whether it is what the contract takes as a webhook's.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.origin.is_some() && self.text.starts_with("https://")
    }
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
            ("HTTPS://example.org:8443", "https://example.org:8443"),
            ("http://example.org:80", "http://example.org"),
            ("https://bücher.example", "https://xn--bcher-kva.example"),
            ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
            ("https://0x5db8d822", "https://93.184.216.34"),
            ("https://[2606:2800:0220::1]:443", "https://[2606:2800:220::1]"),
        ] {
            let endpoint = Endpoint::parse(text).expect(text);
            assert_eq!(endpoint.origin(), Some(origin), "{text}");
            assert_eq!((endpoint.bound(), endpoint.as_str()), (origin, text));
        }
    }

    #[test]
    fn what_is_no_url_is_bound_as_it_is_written() {
        for text in ["ops@example.org", "#Alerts", "-1001234567890"] {
            let endpoint = Endpoint::parse(text).expect(text);
            assert_eq!((endpoint.bound(), endpoint.origin()), (text, None));
            assert!(!endpoint.is_https());
        }
    }

    #[test]
    fn what_readers_of_urls_disagree_about_is_refused() {
        for (text, expected) in [
            ("", UrlError::Length(0)),
            (&format!("https://{}", "a".repeat(121)), UrlError::Length(129)),
            ("https://example.org\\@evil.example", UrlError::Character),
            ("https://exam\tple.org", UrlError::Character),
            (" https://example.org", UrlError::Character),
            ("ftp://example.org", UrlError::Scheme("ftp".to_owned())),
            ("https://user@example.org", UrlError::UserInfo),
            ("https://:password@example.org", UrlError::UserInfo),
        ] {
            assert_eq!(Endpoint::parse(text), Err(expected), "{text}");
        }
        for text in ["https://", "https://exa mple.org/", "https://[::1", "https://a:99999", "://a"]
        {
            assert!(Endpoint::parse(text).is_err(), "{text}");
        }
    }
}
