//! The document: JSON that says what it is.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::check::Fault;
use crate::codes::Layout;
use crate::document::{Dashboard, Variables, Widget};
use crate::limits::DOCUMENT_BYTES_MAX;

/// What `format` says.
pub const FORMAT: &str = "lumenscope-dashboard";
/// The version that is written, and the only one that there is. Raised when a field is added or
/// changes its meaning: whoever reads documents must not leave out what it does not know.
pub const VERSION: u32 = 1;

/// The place of what concerns all of it.
const WHOLE: &str = "the document";
/// Characters of a foreign text that an error shows.
const SHOWN_CHARS_MAX: usize = 40;

/// Why a document cannot be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// Longer than any document.
    #[error("expected at most {DOCUMENT_BYTES_MAX} bytes, came {0}")]
    TooLarge(usize),
    /// No JSON, a field that is missing, unknown, or of another type.
    #[error("{path}: {error}")]
    Field {
        /// Where: `widgets[2].kind`; or `the document`, as a whole.
        path: String,
        /// What was expected there, and what came.
        #[source]
        error: serde_json::Error,
    },
    /// Another document.
    #[error("format: expected {FORMAT:?}, came {0:?}")]
    Format(String),
    /// A document of a later version.
    #[error(
        "version: expected {VERSION}, came {0}: a later lumenscope wrote this dashboard, and this \
         one would leave out what it does not know"
    )]
    LaterVersion(u64),
    /// A version that never was.
    #[error("version: expected {VERSION}, came {0}")]
    NoVersion(u64),
    /// What the contract would refuse.
    #[error(transparent)]
    Fault(#[from] Fault),
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Head {
    format: String,
    version: u64,
}

/// A document of this version; flat, so that no field can be both missed and unknown.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct Body {
    #[serde(rename = "format")]
    _format: String,
    #[serde(rename = "version")]
    _version: u32,
    name: String,
    description: String,
    layout: Layout,
    columns: u32,
    rows: u32,
    variables: Variables,
    range_s: u32,
    widgets: Vec<Widget>,
}

#[derive(Serialize)]
struct Written<'a> {
    format: &'static str,
    version: u32,
    #[serde(flatten)]
    dashboard: &'a Dashboard,
}

impl Dashboard {
    /// Reads a document.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn from_json(text: &str) -> Result<Self, ReadError> {
        if text.len() > DOCUMENT_BYTES_MAX {
            return Err(ReadError::TooLarge(text.len()));
        }
        // First what it is: a later version has fields that this one would call unknown.
        let Head { format, version } = parsed(text)?;
        if format != FORMAT {
            return Err(ReadError::Format(format.chars().take(SHOWN_CHARS_MAX).collect()));
        }
        match version.cmp(&u64::from(VERSION)) {
            Ordering::Greater => return Err(ReadError::LaterVersion(version)),
            Ordering::Less => return Err(ReadError::NoVersion(version)),
            Ordering::Equal => {}
        }
        let body: Body = parsed(text)?;
        let dashboard = Dashboard {
            name: body.name,
            description: body.description,
            layout: body.layout,
            columns: body.columns,
            rows: body.rows,
            variables: body.variables,
            range_s: body.range_s,
            widgets: body.widgets,
        };
        dashboard.check()?;
        Ok(dashboard)
    }

    /// The document, indented, with a line feed at its end.
    ///
    /// # Errors
    /// None that are known: everything in it has a form in JSON.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        let written = Written { format: FORMAT, version: VERSION, dashboard: self };
        Ok(serde_json::to_string_pretty(&written)? + "\n")
    }
}

fn parsed<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, ReadError> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        // Without a place it is the whole, or what is no JSON.
        let path = match error.path().to_string().as_str() {
            "." | "?" => WHOLE.to_owned(),
            path => path.to_owned(),
        };
        ReadError::Field { path, error: error.into_inner() }
    })?;
    let rest = reader.end();
    rest.map_err(|error| ReadError::Field { path: WHOLE.to_owned(), error })?;
    Ok(read)
}
