//! Takes out the exports that only linkers read: where data end and the heap begins, and the name
//! by which the SDK has its sections kept. The host looks for functions and the memory.

use anyhow::{Context, Result};
use wasmparser::{Parser, Payload};

use crate::shake::{write_length, write_section};

const OF_LINKERS: [&str; 3] = ["_", "__data_end", "__heap_base"];

/// The module without those exports; all else byte for byte.
///
/// # Errors
/// When the bytes are no module.
pub fn unexport(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut unexported = Vec::with_capacity(wasm.len());
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.context("expected a wasm module")?;
        if let Payload::Version { range, .. } = &payload {
            unexported.extend_from_slice(&wasm[range.clone()]);
        }
        let Some((id, range)) = payload.as_section() else { continue };
        let Payload::ExportSection(exports) = payload else {
            write_section(&mut unexported, id, &wasm[range]);
            continue;
        };
        let mut kept = Vec::new();
        for export in exports {
            let export = export.context("reading the exports")?;
            if !OF_LINKERS.contains(&export.name) {
                kept.push(export);
            }
        }
        let mut body = Vec::new();
        write_length(&mut body, kept.len());
        for export in kept {
            write_length(&mut body, export.name.len());
            body.extend_from_slice(export.name.as_bytes());
            body.push(export.kind as u8);
            write_length(&mut body, export.index as usize);
        }
        write_section(&mut unexported, id, &body);
    }
    Ok(unexported)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module with one memory, one global and these exports: of the memory by `m`, of the global
    /// by any other name.
    fn module(names: &[&str]) -> Vec<u8> {
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        write_section(&mut wasm, 5, &[1, 0, 1]);
        write_section(&mut wasm, 6, &[1, 0x7f, 0, 0x41, 9, 0x0b]);
        let mut exports = vec![names.len() as u8];
        for name in names {
            exports.push(name.len() as u8);
            exports.extend_from_slice(name.as_bytes());
            exports.extend_from_slice(if *name == "m" { &[2, 0] } else { &[3, 0] });
        }
        write_section(&mut wasm, 7, &exports);
        write_section(&mut wasm, 0, b"\x01xrest");
        wasm
    }

    #[test]
    fn what_linkers_export_goes_and_all_else_stays() {
        let wasm = module(&["m", "__data_end", "mine", "_", "__heap_base"]);
        assert_eq!(unexport(&wasm).expect("it is a module"), module(&["m", "mine"]));
        let bare = module(&["m", "mine"]);
        assert_eq!(unexport(&bare).expect("it is a module"), bare);
    }

    #[test]
    fn what_is_no_module_is_refused() {
        assert!(unexport(b"not wasm at all").is_err());
    }
}
