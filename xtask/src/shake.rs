//! Spec shaking: drops from a contract's spec the types and events that its code never uses.
//! The SDK leaves a marker in the data section for each one in use; `soroban_spec` reads them.
//! The documentation goes as well, once the markers are compared: they cover it. So does the
//! section that says with which compiler and SDK a contract was built, and that its spec is still
//! to be shaken: no tool that reads a deployed contract needs it, and the last is true no more.

use std::collections::HashSet;

use anyhow::{Context, Result, ensure};
use soroban_spec::shaking;
use stellar_xdr::{Limited, Limits, ReadXdr, ScMetaEntry, ScSpecEntry, WriteXdr};
use wasmparser::{Parser, Payload};

use crate::undocument::undocument;

const SPEC: &str = "contractspecv0";
const META: &str = "contractmetav0";
/// Every module begins with the magic number and the version.
const HEADER_LEN: usize = 8;

/// The module with its spec shaken, zeros in the place of the markers, which nothing reads
/// afterwards and the optimiser leaves out, and without the section of the build; all else byte
/// for byte.
///
/// # Errors
/// When the bytes are no module, or one that was not built for spec shaking.
pub fn shake(wasm: &[u8]) -> Result<Vec<u8>> {
    let markers = shaking::find_all(wasm);
    let mut shaken = wasm.get(..HEADER_LEN).context("expected a wasm module")?.to_vec();
    let mut version = None;
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.context("expected a wasm module")?;
        if let Payload::CustomSection(section) = &payload {
            if section.name() == META {
                version = Some(shaking::spec_shaking_version_for_meta(&meta(section.data())?));
                continue;
            }
            if section.name() == SPEC {
                write_custom_section(&mut shaken, SPEC, &filter(section.data(), &markers)?);
                continue;
            }
        }
        if let Some((id, range)) = payload.as_section() {
            let from = shaken.len();
            write_section(&mut shaken, id, &wasm[range]);
            if let Payload::DataSection(_) = payload {
                erase(&mut shaken[from..], &markers);
            }
        }
    }
    ensure!(version == Some(2), "expected a contract built for spec shaking 2, not {version:?}");
    Ok(shaken)
}

/// Writes zeros over every marker.
fn erase(data: &mut [u8], markers: &HashSet<shaking::Marker>) {
    for marker in markers {
        let mut from = 0;
        while let Some(at) = data[from..].windows(marker.len()).position(|part| part == marker) {
            data[from + at..from + at + marker.len()].fill(0);
            from += at + marker.len();
        }
    }
}

fn filter(spec: &[u8], markers: &HashSet<shaking::Marker>) -> Result<Vec<u8>> {
    let entries = soroban_spec::read::parse_raw(spec).context("reading the contract's spec")?;
    let mut seen = HashSet::new();
    let mut bytes = Vec::new();
    for entry in shaking::filter(entries, markers) {
        let entry: ScSpecEntry = undocument(entry)?;
        let encoded = entry.to_xdr(Limits::none()).context("writing the contract's spec")?;
        if seen.insert(encoded.clone()) {
            bytes.extend(encoded);
        }
    }
    Ok(bytes)
}

fn meta(data: &[u8]) -> Result<Vec<ScMetaEntry>> {
    ScMetaEntry::read_xdr_iter(&mut Limited::new(data, Limits::none()))
        .collect::<Result<_, _>>()
        .context("reading the contract's meta section")
}

fn write_custom_section(out: &mut Vec<u8>, name: &str, data: &[u8]) {
    let mut body = Vec::with_capacity(name.len() + data.len() + 5);
    write_length(&mut body, name.len());
    body.extend_from_slice(name.as_bytes());
    body.extend_from_slice(data);
    write_section(out, 0, &body);
}

pub fn write_section(out: &mut Vec<u8>, id: u8, body: &[u8]) {
    out.push(id);
    write_length(out, body.len());
    out.extend_from_slice(body);
}

/// Unsigned LEB128, as wasm writes lengths.
pub fn write_length(out: &mut Vec<u8>, mut length: usize) {
    loop {
        let low = (length & 0x7f) as u8;
        length >>= 7;
        if length == 0 {
            out.push(low);
            return;
        }
        out.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stellar_xdr::{ScMetaV0, ScSpecFunctionV0, ScSpecUdtEnumV0, StringM, VecM};

    fn function() -> ScSpecEntry {
        ScSpecEntry::FunctionV0(ScSpecFunctionV0 {
            doc: StringM::default(),
            name: "go".try_into().expect("a short name"),
            inputs: VecM::default(),
            outputs: VecM::default(),
        })
    }

    fn kind(name: &str) -> ScSpecEntry {
        ScSpecEntry::UdtEnumV0(ScSpecUdtEnumV0 {
            doc: StringM::default(),
            lib: StringM::default(),
            name: name.try_into().expect("a short name"),
            cases: VecM::default(),
        })
    }

    fn xdr(value: &impl WriteXdr) -> Vec<u8> {
        value.to_xdr(Limits::none()).expect("it encodes")
    }

    /// A module whose data section marks `used` and whose spec lists `entries`.
    fn module(entries: &[ScSpecEntry], used: &[ScSpecEntry], version: &str) -> Vec<u8> {
        let meta = ScMetaEntry::ScMetaV0(ScMetaV0 {
            key: shaking::META_KEY.try_into().expect("a short key"),
            val: version.try_into().expect("a short value"),
        });
        let mut wasm = without_meta(entries, used);
        write_custom_section(&mut wasm, META, &xdr(&meta));
        wasm
    }

    fn without_meta(entries: &[ScSpecEntry], used: &[ScSpecEntry]) -> Vec<u8> {
        let mut data = vec![1, 0, 0x41, 0, 0x0b];
        let markers: Vec<u8> = used.iter().flat_map(shaking::generate_marker_for_entry).collect();
        write_length(&mut data, markers.len());
        data.extend(markers);
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        write_section(&mut wasm, 5, &[1, 0, 1]);
        write_section(&mut wasm, 11, &data);
        write_custom_section(&mut wasm, SPEC, &entries.iter().flat_map(xdr).collect::<Vec<_>>());
        wasm
    }

    #[test]
    fn what_is_not_used_leaves_the_spec_and_functions_stay() {
        let (used, unused) = (kind("Used"), kind("Unused"));
        let entries = [function(), used.clone(), unused, used.clone()];
        let wasm = module(&entries, std::slice::from_ref(&used), "2");
        let shaken = shake(&wasm).expect("it shakes");
        let left = soroban_spec::read::from_wasm(&shaken).expect("it has a spec");
        assert_eq!(left, vec![function(), used.clone()]);
        let mut expected = without_meta(&[function(), used.clone()], std::slice::from_ref(&used));
        let marker = shaking::generate_marker_for_entry(&used);
        let at = expected.windows(marker.len()).position(|part| part == marker);
        let at = at.expect("a marker");
        expected[at..at + marker.len()].fill(0);
        assert_eq!(shaken, expected);
    }

    #[test]
    fn documentation_leaves_after_the_markers_that_cover_it_are_compared() {
        let mut documented = kind("Used");
        if let ScSpecEntry::UdtEnumV0(kind) = &mut documented {
            kind.doc = "What it is.".try_into().expect("a short text");
        }
        let wasm = module(&[documented.clone()], &[documented], "2");
        let left = soroban_spec::read::from_wasm(&shake(&wasm).expect("it shakes"));
        assert_eq!(left.expect("it has a spec"), vec![kind("Used")]);
    }

    #[test]
    fn a_contract_built_without_markers_is_refused() {
        let refused = shake(&module(&[function()], &[], "1")).expect_err("it has no markers");
        assert!(refused.to_string().contains("built for spec shaking 2"));
    }

    #[test]
    fn what_is_no_module_is_refused() {
        assert!(shake(b"not wasm at all").is_err());
        assert!(shake(b"").is_err());
    }
}
