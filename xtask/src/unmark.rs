//! Takes out the reads of markers. The SDK reads one byte of each type's marker, volatile, so that
//! no compiler leaves the marker out; on the ledger the reads only take room, 0.5 KB of a contract.
//! The markers stay in the data: whoever shakes the spec again finds them.

use std::collections::HashSet;

use anyhow::{Context, Result};
use wasmparser::{Data, DataKind, FunctionBody, Operator, Parser, Payload};

/// What every marker begins with.
const MAGIC: &[u8] = b"SpEcV1";
/// The instruction that does nothing, for the optimiser to remove.
const NOP: u8 = 0x01;

/// The module with nothing in place of instructions that read a marker and drop what they read.
///
/// # Errors
/// When the bytes are no module.
pub fn unmark(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut markers = HashSet::new();
    let mut bodies = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.context("expected a wasm module")? {
            Payload::DataSection(segments) => {
                for segment in segments {
                    find_markers(&segment.context("reading the data")?, &mut markers)?;
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body),
            _ => {}
        }
    }
    let mut unmarked = wasm.to_vec();
    for body in &bodies {
        remove_reads(body, &markers, &mut unmarked).context("reading a function")?;
    }
    Ok(unmarked)
}

/// Adds the addresses of the markers in a segment.
fn find_markers(segment: &Data, markers: &mut HashSet<u32>) -> Result<()> {
    let DataKind::Active { offset_expr, .. } = &segment.kind else { return Ok(()) };
    if let Operator::I32Const { value } = offset_expr.get_operators_reader().read()? {
        let places = segment.data.windows(MAGIC.len()).enumerate();
        for (at, _) in places.filter(|(_, bytes)| *bytes == MAGIC) {
            markers.insert((value as u32).wrapping_add(at as u32));
        }
    }
    Ok(())
}

/// Overwrites constant address, load and drop where the address is a marker's.
fn remove_reads(body: &FunctionBody, markers: &HashSet<u32>, wasm: &mut [u8]) -> Result<()> {
    let operators = body.get_operators_reader()?.into_iter_with_offsets();
    let operators: Vec<(Operator, usize)> = operators.collect::<Result<_, _>>()?;
    for window in operators.windows(4) {
        if let [
            (Operator::I32Const { value }, from),
            (Operator::I32Load8U { memarg }, _),
            (Operator::Drop, _),
            (_, to),
        ] = window
            && markers.contains(&(*value as u32).wrapping_add(memarg.offset as u32))
        {
            wasm.get_mut(*from..*to).context("expected the function inside the module")?.fill(NOP);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the data of [`module`] are: a marker, then `other`.
    const MARKER_AT: u8 = 8;

    /// A module whose one function has this code.
    fn module(code: &[u8]) -> Vec<u8> {
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        let body = [&[code.len() as u8 + 2, 0], code, &[0x0b]].concat();
        let data = [&[0, 0x41, MARKER_AT, 0x0b, 19], b"SpEcV112345678other".as_slice()].concat();
        for (id, items) in
            [(1, vec![0x60, 0, 0]), (3, vec![0]), (5, vec![0, 1]), (10, body), (11, data)]
        {
            wasm.extend([id, items.len() as u8 + 1, 1]);
            wasm.extend(items);
        }
        wasm
    }

    #[test]
    fn reads_of_markers_become_nothing_and_others_stay() {
        let by_constant = [0x41, MARKER_AT, 0x2d, 0, 0, 0x1a];
        let by_offset = [0x41, 0, 0x2d, 0, MARKER_AT, 0x1a];
        let of_another = [0x41, MARKER_AT + 14, 0x2d, 0, 0, 0x1a];
        let wasm = module(&[by_constant, of_another, by_offset].concat());
        let expected = module(&[[NOP; 6], of_another, [NOP; 6]].concat());
        assert_eq!(unmark(&wasm).expect("it is a module"), expected);
    }

    #[test]
    fn what_is_read_for_use_stays() {
        let used = module(&[0x41, MARKER_AT, 0x2d, 0, 0, 0x45, 0x1a]);
        assert_eq!(unmark(&used).expect("it is a module"), used);
    }

    #[test]
    fn what_is_no_module_is_refused() {
        assert!(unmark(b"not wasm at all").is_err());
    }
}
