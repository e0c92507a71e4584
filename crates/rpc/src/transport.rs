//! How a request reaches a node.

use std::future::Future;
use std::net::IpAddr;
use std::time::Duration;

use reqwest::redirect;

use crate::RpcError;

/// One request to a node.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Request {
    /// The method, for whoever routes, limits or reports by it.
    pub method: &'static str,
    /// The JSON-RPC envelope.
    pub body: Vec<u8>,
    /// Bytes of the answer that are accepted.
    pub answer_bytes_max: usize,
}

/// Carries requests. A pool of endpoints is a transport, and so is a recording.
pub trait Transport: Send + Sync {
    /// Sends the request once and returns the answer's bytes.
    ///
    /// # Errors
    /// [`RpcError`] for anything but an answer with status 200.
    fn send(&self, request: Request) -> impl Future<Output = Result<Vec<u8>, RpcError>> + Send;
}

impl<T: Transport> Transport for std::sync::Arc<T> {
    fn send(&self, request: Request) -> impl Future<Output = Result<Vec<u8>, RpcError>> + Send {
        (**self).send(request)
    }
}

/// Limits of an [`Http`] transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpOptions {
    /// For the connection.
    pub connect_timeout: Duration,
    /// For the whole request.
    pub request_timeout: Duration,
}

impl Default for HttpOptions {
    /// A page of ledgers takes seconds on a busy public node; a connection does not.
    fn default() -> Self {
        HttpOptions {
            connect_timeout: Duration::from_secs(5),
            request_timeout: Duration::from_secs(30),
        }
    }
}

/// One endpoint over HTTP. Follows no redirects: a node that moved is named by its operator.
#[derive(Clone, Debug)]
pub struct Http {
    client: reqwest::Client,
    url: reqwest::Url,
    options: HttpOptions,
}

/// Chooses the TLS implementation of this process, once; later calls change nothing.
pub fn install_crypto_provider() {
    // It fails when one is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

impl Http {
    /// Prepares a connection to the endpoint; nothing is sent yet.
    ///
    /// # Errors
    /// [`RpcError::Url`] for anything but an http or https URL with a host.
    pub fn new(url: &str, options: HttpOptions) -> Result<Self, RpcError> {
        let refused = |reason: String| RpcError::Url { reason };
        let parsed = reqwest::Url::parse(url).map_err(|error| refused(error.to_string()))?;
        if !matches!(parsed.scheme(), "http" | "https") || parsed.host_str().is_none() {
            return Err(refused("expected a scheme and a host".to_owned()));
        }
        install_crypto_provider();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("lumenscope/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .connect_timeout(options.connect_timeout)
            .timeout(options.request_timeout);
        if is_loopback(&parsed) {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|error| refused(error.to_string()))?;
        Ok(Http { client, url: parsed, options })
    }

    /// The endpoint.
    #[must_use]
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    pub(crate) async fn get(
        &self,
        method: &'static str,
        query: &[(&str, &str)],
        answer_bytes_max: usize,
    ) -> Result<(u16, Vec<u8>), RpcError> {
        let mut url = self.url.clone();
        url.query_pairs_mut().extend_pairs(query);
        let request = self.client.get(url).send();
        let response = request.await.map_err(|error| self.failed(method, &error))?;
        let status = response.status().as_u16();
        Ok((status, self.read(method, response, answer_bytes_max).await?))
    }

    async fn read(
        &self,
        method: &'static str,
        mut response: reqwest::Response,
        answer_bytes_max: usize,
    ) -> Result<Vec<u8>, RpcError> {
        let mut answer = Vec::new();
        while let Some(chunk) =
            response.chunk().await.map_err(|error| self.failed(method, &error))?
        {
            if answer.len() + chunk.len() > answer_bytes_max {
                return Err(RpcError::TooLarge { method, max_bytes: answer_bytes_max });
            }
            answer.extend_from_slice(&chunk);
        }
        Ok(answer)
    }

    fn failed(&self, method: &'static str, error: &reqwest::Error) -> RpcError {
        if error.is_timeout() {
            RpcError::Timeout { method, after: self.options.request_timeout }
        } else {
            RpcError::Unreachable { method, reason: cause(error) }
        }
    }
}

/// An endpoint's URL as it may be shown: scheme, host and port. Providers put keys into what else a
/// URL has, which `..` stands for.
#[must_use]
pub fn shown_url(url: &str) -> String {
    let Ok(parsed) = reqwest::Url::parse(url) else { return "..".to_owned() };
    let host = parsed.host_str().unwrap_or_default();
    let port = parsed.port().map(|port| format!(":{port}")).unwrap_or_default();
    let is_bare = parsed.path() == "/" && parsed.query().is_none() && parsed.fragment().is_none();
    let more = if is_bare { "" } else { "/.." };
    format!("{}://{host}{port}{more}", parsed.scheme())
}

/// Whether an endpoint is on this machine.
#[must_use]
pub fn is_on_this_machine(url: &str) -> bool {
    reqwest::Url::parse(url).is_ok_and(|parsed| is_loopback(&parsed))
}

/// A proxy cannot reach the machine itself.
fn is_loopback(url: &reqwest::Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl Transport for Http {
    async fn send(&self, request: Request) -> Result<Vec<u8>, RpcError> {
        let Request { method, body, answer_bytes_max } = request;
        let request = self
            .client
            .post(self.url.clone())
            .header("content-type", "application/json")
            .body(body)
            .send();
        let response = request.await.map_err(|error| self.failed(method, &error))?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(RpcError::Status { method, status: response.status().as_u16() });
        }
        self.read(method, response, answer_bytes_max).await
    }
}

/// The innermost reason, which the outer ones only wrap, without the URL: it may hold a key.
fn cause(error: &reqwest::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_key_is_not_shown() {
        for (url, shown) in [
            ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
            ("https://rpc.example.org/", "https://rpc.example.org"),
            ("https://user:hunter2@rpc.example.org:9/", "https://rpc.example.org:9"),
            ("https://rpc.example.org/v1/5f1d", "https://rpc.example.org/.."),
            ("https://rpc.example.org/?key=5f1d", "https://rpc.example.org/.."),
            ("hunter2@rpc", ".."),
        ] {
            assert_eq!(shown_url(url), shown);
        }
        let refused =
            Http::new("https://user:hunter2@rpc.example.org:99999", HttpOptions::default());
        let error = refused.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.starts_with("expected an http or https URL") && !error.contains("hunter2"));
    }

    #[test]
    fn what_is_on_this_machine_is_known() {
        for url in ["http://localhost:8000", "http://127.0.0.1:1", "http://[::1]:8000/rpc"] {
            assert!(is_on_this_machine(url), "{url}");
        }
        for url in ["https://rpc.example.org", "http://10.0.0.1:8000", "nothing"] {
            assert!(!is_on_this_machine(url), "{url}");
        }
    }
}
