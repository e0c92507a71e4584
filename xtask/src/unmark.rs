//! Takes out the reads of markers. The SDK reads one byte of each type's marker, volatile, so that
//! no compiler leaves the marker out, and for what is in a list or a map the pointer of the function
//! that reads it. On the ledger the reads only take room, up to 0.5 KB of a contract.
//!
//! Before shaking, which erases the markers in the data: here they say which reads to take out.

use std::collections::HashSet;

use anyhow::{Context, Result};
use wasmparser::{Data, DataKind, FunctionBody, Operator, Parser, Payload};

/// What every marker begins with.
const MAGIC: &[u8] = b"SpEcV1";
/// The instruction that does nothing, for the optimiser to remove.
const NOP: u8 = 0x01;
/// The instruction that takes a value off the stack of operands.
const DROP: u8 = 0x1a;

/// The module with nothing in place of instructions that read a marker, or a pointer that was
/// stored only to be read, and drop what they read.
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

/// Overwrites what reads a marker, or a pointer, for nothing.
fn remove_reads(body: &FunctionBody, markers: &HashSet<u32>, wasm: &mut [u8]) -> Result<()> {
    let operators = body.get_operators_reader()?.into_iter_with_offsets();
    let operators: Vec<(Operator, usize)> = operators.collect::<Result<_, _>>()?;
    let mut remove = |from: usize, to: usize, instead: &[u8]| -> Result<()> {
        let place = wasm.get_mut(from..to).context("expected the function inside the module")?;
        place.fill(NOP);
        place[..instead.len()].copy_from_slice(instead);
        Ok(())
    };
    for window in operators.windows(4) {
        if let [
            (Operator::I32Const { value }, from),
            (Operator::I32Load8U { memarg }, _),
            (Operator::Drop, _),
            (_, to),
        ] = window
            && markers.contains(&(*value as u32).wrapping_add(memarg.offset as u32))
        {
            remove(*from, *to, &[])?;
        }
    }
    // A constant stored where the stack is and read back for nothing: only a volatile read of a
    // local variable is compiled so. The address, computed before, is dropped.
    for window in operators.windows(7) {
        if let [
            (
                Operator::LocalGet { local_index: to_local }
                | Operator::LocalTee { local_index: to_local },
                _,
            ),
            (Operator::I32Const { .. }, from),
            (Operator::I32Store { memarg: stored }, _),
            (Operator::LocalGet { local_index: from_local }, _),
            (Operator::I32Load { memarg: loaded }, _),
            (Operator::Drop, _),
            (_, to),
        ] = window
            && to_local == from_local
            && stored.offset == loaded.offset
        {
            remove(*from, *to, &[DROP])?;
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
    fn a_pointer_stored_only_to_be_read_is_not_and_its_address_is_dropped() {
        let stored = [0x41, 5, 0x36, 2, 8];
        let read = [0x20, 0, 0x28, 2, 8, 0x1a];
        let nothing = [&[DROP][..], &[NOP; 10]].concat();
        for address in [&[0x20, 0][..], &[0x41, 0, 0x22, 0]] {
            let wasm = module(&[address, &stored, &read].concat());
            let expected = module(&[address, &nothing].concat());
            assert_eq!(unmark(&wasm).expect("it is a module"), expected);
        }
    }

    #[test]
    fn what_is_read_for_use_stays() {
        let (stored, local) = ([0x20, 0, 0x41, 5, 0x36, 2, 8], [0x20, 0]);
        for code in [
            vec![0x41, MARKER_AT, 0x2d, 0, 0, 0x45, 0x1a],
            // Read for use, read elsewhere, and by another address.
            [&stored[..], &local, &[0x28, 2, 8, 0x45, 0x1a]].concat(),
            [&stored[..], &local, &[0x28, 2, 12, 0x1a]].concat(),
            [&stored[..], &[0x20, 1, 0x28, 2, 8, 0x1a]].concat(),
        ] {
            let used = module(&code);
            assert_eq!(unmark(&used).expect("it is a module"), used);
        }
    }

    #[test]
    fn what_is_no_module_is_refused() {
        assert!(unmark(b"not wasm at all").is_err());
    }
}
