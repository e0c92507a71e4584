//! What a contract's code says about itself: its functions and the names of its errors.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use thiserror::Error;

use crate::xdr::{self, Limited, ReadXdr as _, ScSpecEntry};

/// The section in which a contract's code carries its spec.
const SPEC_SECTION: &[u8] = b"contractspecv0";
/// `\0asm` and the version.
const WASM_HEADER: &[u8] = b"\0asm\x01\0\0\0";
const CUSTOM_SECTION: u8 = 0;

/// Why code was not understood.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum SpecError {
    /// Not wasm, or damaged.
    #[error("expected wasm, got {0}")]
    NotWasm(&'static str),
    /// No spec in it.
    #[error("the code has no section contractspecv0")]
    NoSpec,
    /// A spec that this version does not know.
    #[error("the contract's spec does not decode: {0}")]
    Unsupported(String),
}

/// One case of a contract's error enum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ErrorCase {
    /// The case's name.
    pub name: String,
    /// Its first line of documentation.
    pub summary: String,
}

/// Functions and errors that a contract declares.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ContractSpec {
    /// The functions' names. A call of any other name can only fail.
    pub functions: BTreeSet<String>,
    /// The errors by code.
    pub errors: BTreeMap<u32, ErrorCase>,
}

/// Reads the spec of a contract's code.
///
/// # Errors
/// [`SpecError`]; such a contract can still be observed, its errors by number.
pub fn parse_spec(wasm: &[u8]) -> Result<ContractSpec, SpecError> {
    let section = custom_section(wasm, SPEC_SECTION)?.ok_or(SpecError::NoSpec)?;
    let mut reader = Limited::new(section, xdr::limits(section.len()));
    let mut spec = ContractSpec::default();
    for entry in ScSpecEntry::read_xdr_iter(&mut reader) {
        match entry.map_err(|error| SpecError::Unsupported(error.to_string()))? {
            ScSpecEntry::FunctionV0(function) => {
                spec.functions.insert(function.name.to_string());
            }
            ScSpecEntry::UdtErrorEnumV0(errors) => {
                for case in errors.cases.iter() {
                    let doc = case.doc.to_string();
                    spec.errors.insert(
                        case.value,
                        ErrorCase {
                            name: case.name.to_string(),
                            summary: doc.lines().next().unwrap_or_default().to_owned(),
                        },
                    );
                }
            }
            ScSpecEntry::UdtStructV0(_)
            | ScSpecEntry::UdtUnionV0(_)
            | ScSpecEntry::UdtEnumV0(_)
            | ScSpecEntry::EventV0(_) => {}
        }
    }
    Ok(spec)
}

/// The contents of the custom section with that name.
fn custom_section<'a>(wasm: &'a [u8], wanted: &[u8]) -> Result<Option<&'a [u8]>, SpecError> {
    let Some(mut rest) = wasm.strip_prefix(WASM_HEADER) else {
        return Err(SpecError::NotWasm("another header"));
    };
    while let Some((kind, after)) = rest.split_first() {
        let (body, after) = sized(after)?;
        rest = after;
        if *kind == CUSTOM_SECTION {
            let (name, contents) = sized(body)?;
            if name == wanted {
                return Ok(Some(contents));
            }
        }
    }
    Ok(None)
}

/// Splits off what its own length precedes.
fn sized(bytes: &[u8]) -> Result<(&[u8], &[u8]), SpecError> {
    let truncated = SpecError::NotWasm("a section beyond the end of the code");
    let mut length = 0_u64;
    // A 32-bit LEB128 number has at most five bytes.
    for (index, byte) in bytes.iter().enumerate().take(5) {
        length |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            let length = usize::try_from(length).map_err(|_| truncated.clone())?;
            return bytes[index + 1..].split_at_checked(length).ok_or(truncated);
        }
    }
    Err(truncated)
}
