//! What is sealed: how the service proves to a tool who it is.
//!
//! The plaintext is JSON with `version`, `type`, and the fields of that type, all of them strings;
//! no other field, at most [`SEALED_SECRET_BYTES_MAX`] bytes:
//!
//! | `type` | fields |
//! |---|---|
//! | `webhook` | `url`, `secret` |
//! | `url` | `url`: where the path is the secret, as Slack's and Discord's |
//! | `token` | `token`: an API key, or a bearer token |
//! | `basic` | `user`, `password` |
//! | `oauth2` | `client_id`, `client_secret` |

use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::Url;
use zeroize::Zeroizing;

use crate::endpoint::{UrlError, http_url, origin};
use crate::webhook::{WebhookSecret, WebhookSecretError};
use crate::{SEALED_SECRET_BYTES_MAX, Secret};

/// Version of the plaintext.
pub const CREDENTIALS_VERSION: u32 = 1;

/// Credentials of an integration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// Where deliveries go, and what signs them.
    Webhook {
        /// The whole URL.
        url: Secret,
        /// What signs.
        secret: WebhookSecret,
    },
    /// A URL whose path is a secret.
    Url {
        /// The whole URL.
        url: Secret,
    },
    /// An API key or a bearer token.
    Token {
        /// The token.
        token: Secret,
    },
    /// A user and a password.
    Basic {
        /// The user.
        user: Secret,
        /// The password.
        password: Secret,
    },
    /// OAuth 2 client credentials.
    OAuth2 {
        /// The client's id.
        client_id: Secret,
        /// The client's secret.
        client_secret: Secret,
    },
}

/// What was offered as credentials. What came is not repeated.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum CredentialsError {
    /// Too long to be sealed.
    #[error("expected credentials of at most {SEALED_SECRET_BYTES_MAX} bytes as JSON, came {0}")]
    TooLong(usize),
    /// No JSON, an unknown field, or one that is no string.
    #[error(
        "expected credentials as JSON of version, type and the fields of that type: something else \
         is at line {line}, column {column}"
    )]
    Malformed {
        /// Where, from 1.
        line: usize,
        /// Where in the line.
        column: usize,
    },
    /// Another version.
    #[error("expected version {CREDENTIALS_VERSION} of credentials, came {0}")]
    Version(u32),
    /// No known type.
    #[error("expected credentials of type webhook, url, token, basic or oauth2")]
    UnknownType,
    /// A field that is missing or empty, or one that the type does not have.
    #[error("expected credentials of type {kind} to have {fields}, and nothing empty")]
    Fields {
        /// The type.
        kind: &'static str,
        /// Its fields.
        fields: &'static str,
    },
    /// No URL.
    #[error("the credentials' url: {0}")]
    Url(#[from] UrlError),
    /// A webhook's secret that is none.
    #[error("the credentials' secret: {0}")]
    Secret(#[from] WebhookSecretError),
    /// A URL of another scheme, or what is no URL at all: a token with a colon in it looks like one.
    #[error("the credentials' url: expected an https or http URL")]
    Scheme,
    /// A URL elsewhere than the public endpoint. Where is not said: a host may have a token in it.
    #[error("expected a url at {expected}, the integration's endpoint, came one elsewhere")]
    AnotherOrigin {
        /// The endpoint's origin.
        expected: String,
    },
}

#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Plain {
    version: u32,
    r#type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    password: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_id: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_secret: Option<Secret>,
}

impl Plain {
    /// The values of the fields that are there, in the order of their declaration, with their
    /// names.
    fn into_fields(self) -> Vec<(&'static str, Secret)> {
        let fields = [
            ("url", self.url),
            ("secret", self.secret),
            ("token", self.token),
            ("user", self.user),
            ("password", self.password),
            ("client_id", self.client_id),
            ("client_secret", self.client_secret),
        ];
        fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

impl Credentials {
    /// The JSON that is sealed.
    ///
    /// # Errors
    /// [`CredentialsError::TooLong`], or what [`Credentials::parse`] would say of it.
    pub fn to_json(&self) -> Result<Zeroizing<Vec<u8>>, CredentialsError> {
        let mut plain = Plain { version: CREDENTIALS_VERSION, ..Plain::default() };
        let kind = match self.clone() {
            Credentials::Webhook { url, secret } => {
                plain.url = Some(url);
                plain.secret = Some(Secret::new(secret.written().to_string()));
                "webhook"
            }
            Credentials::Url { url } => {
                plain.url = Some(url);
                "url"
            }
            Credentials::Token { token } => {
                plain.token = Some(token);
                "token"
            }
            Credentials::Basic { user, password } => {
                plain.user = Some(user);
                plain.password = Some(password);
                "basic"
            }
            Credentials::OAuth2 { client_id, client_secret } => {
                plain.client_id = Some(client_id);
                plain.client_secret = Some(client_secret);
                "oauth2"
            }
        };
        kind.clone_into(&mut plain.r#type);
        // Room for all that can be sealed: growing would leave a copy behind.
        let mut json = Zeroizing::new(Vec::with_capacity(2 * SEALED_SECRET_BYTES_MAX));
        serde_json::to_writer(&mut *json, &plain).map_err(|error| malformed(&error))?;
        Credentials::parse(&json)?;
        Ok(json)
    }

    /// Reads the JSON.
    ///
    /// # Errors
    /// [`CredentialsError`].
    pub fn parse(json: &[u8]) -> Result<Self, CredentialsError> {
        if json.len() > SEALED_SECRET_BYTES_MAX {
            return Err(CredentialsError::TooLong(json.len()));
        }
        let plain: Plain = serde_json::from_slice(json).map_err(|error| malformed(&error))?;
        if plain.version != CREDENTIALS_VERSION {
            return Err(CredentialsError::Version(plain.version));
        }
        let (kind, expected) = match plain.r#type.as_str() {
            "webhook" => ("webhook", "url and secret"),
            "url" => ("url", "url"),
            "token" => ("token", "token"),
            "basic" => ("basic", "user and password"),
            "oauth2" => ("oauth2", "client_id and client_secret"),
            _ => return Err(CredentialsError::UnknownType),
        };
        let mut fields = plain.into_fields();
        let wrong = CredentialsError::Fields { kind, fields: expected };
        if fields.iter().any(|(_, value)| value.expose().is_empty()) {
            return Err(wrong);
        }
        let last = fields.pop();
        let read = match (kind, fields.as_slice(), last) {
            ("webhook", [("url", url)], Some(("secret", secret))) => Credentials::Webhook {
                url: url.clone(),
                secret: WebhookSecret::read(secret.expose())?,
            },
            ("url", [], Some(("url", url))) => Credentials::Url { url },
            ("token", [], Some(("token", token))) => Credentials::Token { token },
            ("basic", [("user", user)], Some(("password", password))) => {
                Credentials::Basic { user: user.clone(), password }
            }
            ("oauth2", [("client_id", id)], Some(("client_secret", client_secret))) => {
                Credentials::OAuth2 { client_id: id.clone(), client_secret }
            }
            _ => return Err(wrong),
        };
        read.target()?;
        Ok(read)
    }

    /// The URL among them, if there is one: all of it is secret.
    #[must_use]
    pub fn url(&self) -> Option<&Secret> {
        match self {
            Credentials::Webhook { url, .. } | Credentials::Url { url } => Some(url),
            _ => None,
        }
    }

    /// The URL among them, if there is one.
    ///
    /// # Errors
    /// [`CredentialsError::Url`] where it is none.
    fn target(&self) -> Result<Option<Url>, CredentialsError> {
        let Some(url) = self.url() else { return Ok(None) };
        let read = http_url(url.expose()).map_err(|error| match error {
            UrlError::Scheme(_) => CredentialsError::Scheme,
            other => other.into(),
        });
        read.map(Some)
    }

    /// Whether their URL is at an origin: an endpoint that people see is where deliveries go.
    pub(crate) fn require_at(&self, expected: Option<&str>) -> Result<(), CredentialsError> {
        let came = self.target()?.map(|url| origin(&url));
        match (expected, came) {
            (Some(expected), Some(came)) if expected != came => {
                Err(CredentialsError::AnotherOrigin { expected: expected.to_owned() })
            }
            _ => Ok(()),
        }
    }
}

/// The place alone: what serde says repeats what came.
fn malformed(error: &serde_json::Error) -> CredentialsError {
    CredentialsError::Malformed { line: error.line(), column: error.column() }
}
