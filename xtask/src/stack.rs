//! Gives a contract the memory that it can use, in place of the megabyte of stack that the linker
//! reserves: the host charges for every byte of memory, each time that it starts a contract.
//!
//! Data lie before the stack (`contracts.rs` asks the linker for that), where their addresses are
//! short. What ran over the end of such a stack would write over them, so the stack gets the most
//! that any call can need: the deepest chain of calls by name, and for each function that is
//! called through the table, which are closures, the deepest chain that begins there. That is
//! enough because no function calls itself, by way of others or of closures: by name it is checked
//! here, and closures that do so are not written in contracts.

use anyhow::{Context, Result, bail, ensure};
use wasmparser::{ElementItems, FunctionBody, Operator, Parser, Payload, TypeRef, ValType};

use crate::shake::{write_length, write_section};

/// What the linker is told to reserve.
pub const LINKED_STACK_BYTES: u32 = 1 << 20;
const PAGE_BYTES: u32 = 1 << 16;

/// The module with as many pages of memory as its data and its stack can take; all else byte for
/// byte. One without a stack stays as it is.
///
/// # Errors
/// When a function calls itself, when a stack frame's size cannot be read, or when the bytes are
/// no module that was linked with [`LINKED_STACK_BYTES`].
pub fn fit(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut pointer = None;
    let mut imported = 0;
    let mut bodies = Vec::new();
    let mut by_table = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.context("expected a wasm module")? {
            Payload::ImportSection(imports) => {
                for import in imports {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::GlobalSection(globals) => {
                for (index, global) in globals.into_iter().enumerate() {
                    let global = global?;
                    if global.ty.mutable && global.ty.content_type == ValType::I32 {
                        ensure!(pointer.is_none(), "expected one global that changes: the stack's");
                        let begin = global.init_expr.get_operators_reader().read()?;
                        let Operator::I32Const { value } = begin else {
                            bail!("expected the stack to begin at a constant")
                        };
                        pointer = Some((index as u32, value as u32));
                    }
                }
            }
            Payload::ElementSection(elements) => {
                for element in elements {
                    let ElementItems::Functions(functions) = element?.items else {
                        bail!("expected a table of functions")
                    };
                    by_table.extend(functions.into_iter().collect::<Result<Vec<_>, _>>()?);
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body),
            _ => {}
        }
    }
    let Some((pointer, linked)) = pointer else { return Ok(wasm.to_vec()) };
    let data = linked.checked_sub(LINKED_STACK_BYTES).context("expected data before the stack")?;
    let by_table: Vec<usize> = by_table
        .into_iter()
        .filter_map(|index: u32| index.checked_sub(imported).map(|index| index as usize))
        .collect();
    let functions = functions(&bodies, imported, pointer, &by_table)?;
    let mut depths = vec![Depth::Unknown; functions.len()];
    let mut stack = 0;
    for index in 0..functions.len() {
        stack = stack.max(depth(index, &functions, &mut depths)?);
    }
    let pages = (data + stack).div_ceil(PAGE_BYTES);
    ensure!(pages * PAGE_BYTES <= linked, "a stack of {stack} bytes");
    rewrite(wasm, pointer, pages)
}

struct Function {
    /// Bytes of the stack that it takes.
    frame: u32,
    /// Which functions of the module it may call.
    calls: Vec<usize>,
}

fn functions(
    bodies: &[FunctionBody],
    imported: u32,
    pointer: u32,
    by_table: &[usize],
) -> Result<Vec<Function>> {
    let mut functions = Vec::new();
    for body in bodies {
        let operators = body.get_operators_reader()?.into_iter();
        let operators: Vec<Operator> = operators.collect::<Result<_, _>>()?;
        let mut function = Function { frame: 0, calls: Vec::new() };
        for (at, operator) in operators.iter().enumerate() {
            match operator {
                Operator::GlobalGet { global_index } if *global_index == pointer => {
                    function.frame += frame(&operators[at + 1..])?;
                }
                Operator::Call { function_index } if *function_index >= imported => {
                    function.calls.push((function_index - imported) as usize);
                }
                Operator::CallIndirect { .. } => function.calls.extend(by_table),
                Operator::ReturnCall { .. }
                | Operator::ReturnCallIndirect { .. }
                | Operator::CallRef { .. }
                | Operator::ReturnCallRef { .. } => {
                    bail!("expected calls by name or through the table, not {operator:?}")
                }
                _ => {}
            }
        }
        functions.push(function);
    }
    Ok(functions)
}

/// What is known of the stack that a function and what it calls take.
#[derive(Clone, Copy)]
enum Depth {
    Unknown,
    BeingAdded,
    Bytes(u32),
}

fn depth(index: usize, functions: &[Function], depths: &mut [Depth]) -> Result<u32> {
    match depths[index] {
        Depth::Bytes(bytes) => return Ok(bytes),
        Depth::BeingAdded => bail!("a function that calls itself"),
        Depth::Unknown => depths[index] = Depth::BeingAdded,
    }
    let mut deepest = 0;
    for callee in &functions[index].calls {
        deepest = deepest.max(depth(*callee, functions, depths)?);
    }
    let bytes = functions[index].frame + deepest;
    depths[index] = Depth::Bytes(bytes);
    Ok(bytes)
}

/// What a function takes of the stack, from the operators after those that read where it ends.
fn frame(operators: &[Operator]) -> Result<u32> {
    let operators = match operators {
        [Operator::LocalTee { .. }, rest @ ..] => rest,
        all => all,
    };
    match operators {
        [Operator::I32Const { value }, Operator::I32Sub, ..] if *value >= 0 => {
            Ok(value.unsigned_abs())
        }
        [Operator::I32Const { value }, Operator::I32Add, ..] if *value <= 0 => {
            Ok(value.unsigned_abs())
        }
        _ => bail!("expected a stack frame of constant size"),
    }
}

/// The module with so many pages of memory, at the end of which the stack begins.
fn rewrite(wasm: &[u8], pointer: u32, pages: u32) -> Result<Vec<u8>> {
    let mut fitted = Vec::with_capacity(wasm.len());
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.context("expected a wasm module")?;
        if let Payload::Version { range, .. } = &payload {
            fitted.extend_from_slice(&wasm[range.clone()]);
        }
        let Some((id, range)) = payload.as_section() else { continue };
        match payload {
            Payload::MemorySection(memories) => {
                ensure!(memories.count() == 1, "expected one memory");
                let mut body = vec![1, 0];
                write_length(&mut body, pages as usize);
                write_section(&mut fitted, id, &body);
            }
            Payload::GlobalSection(globals) => {
                let mut body = Vec::new();
                write_length(&mut body, globals.count() as usize);
                let end = globals.range().end;
                let mut globals = globals.into_iter_with_offsets().peekable();
                let mut index = 0;
                while let Some(global) = globals.next() {
                    let (from, _) = global?;
                    if index == pointer {
                        body.extend([I32, MUTABLE, I32_CONST]);
                        write_signed(&mut body, pages * PAGE_BYTES);
                        body.push(END);
                    } else {
                        let to = match globals.peek() {
                            Some(Ok((next, _))) => *next,
                            _ => end,
                        };
                        body.extend_from_slice(&wasm[from..to]);
                    }
                    index += 1;
                }
                write_section(&mut fitted, id, &body);
            }
            _ => write_section(&mut fitted, id, &wasm[range]),
        }
    }
    Ok(fitted)
}

const I32: u8 = 0x7f;
const MUTABLE: u8 = 1;
const I32_CONST: u8 = 0x41;
const END: u8 = 0x0b;

/// Signed LEB128 of what is not negative.
fn write_signed(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x40 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINKED: u32 = LINKED_STACK_BYTES + 1_040;

    /// A module of functions of this code, none of which takes or returns anything, whose stack
    /// begins at `begin`, and which has so many pages.
    fn module(functions: &[&[u8]], begin: u32, pages: u8) -> Vec<u8> {
        module_with(functions, &[], begin, pages)
    }

    /// The same, with these functions in the table.
    fn module_with(functions: &[&[u8]], by_table: &[u8], begin: u32, pages: u8) -> Vec<u8> {
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        let count = functions.len() as u8;
        write_section(&mut wasm, 1, &[1, 0x60, 0, 0]);
        write_section(&mut wasm, 3, &[&[count][..], &vec![0; functions.len()]].concat());
        write_section(&mut wasm, 5, &[1, 0, pages]);
        let mut globals = vec![2, I32, 0, I32_CONST, 3, END, I32, MUTABLE, I32_CONST];
        write_signed(&mut globals, begin);
        globals.push(END);
        write_section(&mut wasm, 6, &globals);
        let elements = [&[1, 0, I32_CONST, 1, END, by_table.len() as u8], by_table].concat();
        write_section(&mut wasm, 9, &elements);
        let mut code = vec![count];
        for function in functions {
            code.push(function.len() as u8 + 4);
            // One local variable.
            code.extend([1, 1, I32]);
            code.extend_from_slice(function);
            code.push(END);
        }
        write_section(&mut wasm, 10, &code);
        wasm
    }

    /// Takes 64,000 bytes, by the one instruction or the other.
    const SUBTRACTS: [u8; 8] = [0x23, 1, 0x41, 0x80, 0xf4, 3, 0x6b, 0x1a];
    const ADDS: [u8; 10] = [0x23, 1, 0x22, 0, 0x41, 0x80, 0x8c, 0x7c, 0x6a, 0x1a];

    #[test]
    fn memory_holds_the_data_and_the_deepest_chain_of_calls() {
        let fits = |functions: &[&[u8]]| fit(&module(functions, LINKED, 17)).expect("it fits");
        let apart: [&[u8]; 2] = [&SUBTRACTS, &ADDS];
        assert_eq!(fits(&apart), module(&apart, 65_536, 1));
        let calls_first = [&ADDS[..], &[0x10, 0]].concat();
        let chain: [&[u8]; 2] = [&SUBTRACTS, &calls_first];
        assert_eq!(fits(&chain), module(&chain, 131_072, 2));
    }

    #[test]
    fn a_call_through_the_table_may_be_of_any_function_in_it() {
        let calls = [&ADDS[..], &[0x41, 0, 0x11, 0, 0]].concat();
        let with_table =
            |table, begin, pages| module_with(&[&SUBTRACTS, &calls], table, begin, pages);
        let fits = |table| fit(&with_table(table, LINKED, 17));
        assert_eq!(fits(&[0]).expect("it fits"), with_table(&[0], 131_072, 2));
        assert_eq!(fits(&[]).expect("it fits"), with_table(&[], 65_536, 1));
        assert!(fits(&[0, 1]).is_err(), "a function of the table that calls through the table");
    }

    #[test]
    fn a_module_without_a_stack_stays_as_it_is() {
        let wasm = b"\0asm\x01\0\0\0".to_vec();
        assert_eq!(fit(&wasm).expect("it is a module"), wasm);
    }

    #[test]
    fn a_function_that_calls_itself_is_refused_and_so_is_a_circle_of_them() {
        let [call_first, call_second] = [[0x10, 0], [0x10, 1]];
        assert!(fit(&module(&[&call_first], LINKED, 17)).is_err());
        assert!(fit(&module(&[&call_second, &call_first], LINKED, 17)).is_err());
        let twice = [call_second, call_second].concat();
        assert!(fit(&module(&[&twice, &[]], LINKED, 17)).is_ok());
    }

    #[test]
    fn a_frame_of_unknown_size_and_a_stack_that_is_not_after_the_data_are_refused() {
        let unknown = [0x23, 1, 0x20, 0, 0x6b, 0x1a];
        assert!(fit(&module(&[&unknown], LINKED, 17)).is_err());
        assert!(fit(&module(&[&SUBTRACTS], LINKED_STACK_BYTES - 16, 17)).is_err());
    }

    #[test]
    fn what_is_no_module_is_refused() {
        assert!(fit(b"not wasm at all").is_err());
    }
}
