//! Takes the documentation out of a contract's spec. Doc comments are a fifth to a quarter of a
//! small contract's wasm, and rent is paid on every byte of it for ever; names and types, which
//! clients are made from, stay. The documentation is in the reference pages and the sources.

use anyhow::{Result, anyhow};
use stellar_xdr::{ScSpecEntry, ScSpecUdtUnionCaseV0, VecM};

/// The entry without documentation, its own and that of its parts.
///
/// # Errors
/// Never for an entry that was read from a spec: no list gets longer.
pub fn undocument(mut entry: ScSpecEntry) -> Result<ScSpecEntry> {
    match &mut entry {
        ScSpecEntry::FunctionV0(function) => {
            function.doc = Default::default();
            each(&mut function.inputs, |input| input.doc = Default::default())?;
        }
        ScSpecEntry::UdtStructV0(kind) => {
            kind.doc = Default::default();
            each(&mut kind.fields, |field| field.doc = Default::default())?;
        }
        ScSpecEntry::UdtUnionV0(kind) => {
            kind.doc = Default::default();
            each(&mut kind.cases, |case| match case {
                ScSpecUdtUnionCaseV0::VoidV0(case) => case.doc = Default::default(),
                ScSpecUdtUnionCaseV0::TupleV0(case) => case.doc = Default::default(),
            })?;
        }
        ScSpecEntry::UdtEnumV0(kind) => {
            kind.doc = Default::default();
            each(&mut kind.cases, |case| case.doc = Default::default())?;
        }
        ScSpecEntry::UdtErrorEnumV0(kind) => {
            kind.doc = Default::default();
            each(&mut kind.cases, |case| case.doc = Default::default())?;
        }
        ScSpecEntry::EventV0(event) => {
            event.doc = Default::default();
            each(&mut event.params, |param| param.doc = Default::default())?;
        }
    }
    Ok(entry)
}

fn each<T: Clone, const MAX: u32>(
    list: &mut VecM<T, MAX>,
    change: impl FnMut(&mut T),
) -> Result<()> {
    let mut items = list.to_vec();
    items.iter_mut().for_each(change);
    *list = items.try_into().map_err(|_| anyhow!("expected a list of at most {MAX} items"))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use stellar_xdr::{
        Limits, ScSpecFunctionInputV0, ScSpecFunctionV0, ScSpecTypeDef, ScSpecUdtErrorEnumCaseV0,
        ScSpecUdtErrorEnumV0, StringM, WriteXdr,
    };

    fn text<const MAX: u32>(text: &str) -> StringM<MAX> {
        text.try_into().expect("a short text")
    }

    #[test]
    fn a_function_keeps_its_names_and_types() {
        let with = |doc: &str| {
            ScSpecEntry::FunctionV0(ScSpecFunctionV0 {
                doc: text(doc),
                name: "go".try_into().expect("a short name"),
                inputs: vec![ScSpecFunctionInputV0 {
                    doc: text(doc),
                    name: text("speed"),
                    type_: ScSpecTypeDef::U32,
                }]
                .try_into()
                .expect("a short list"),
                outputs: VecM::default(),
            })
        };
        assert_eq!(undocument(with("Goes.")).expect("it was read"), with(""));
    }

    #[test]
    fn an_error_keeps_its_codes() {
        let with = |doc: &str| {
            ScSpecEntry::UdtErrorEnumV0(ScSpecUdtErrorEnumV0 {
                doc: text(doc),
                lib: text(""),
                name: text("Refused"),
                cases: vec![ScSpecUdtErrorEnumCaseV0 {
                    doc: text(doc),
                    name: text("TooFast"),
                    value: 3_500,
                }]
                .try_into()
                .expect("a short list"),
            })
        };
        let without = undocument(with("What is refused.")).expect("it was read");
        assert_eq!(without, with(""));
        let length = |entry: &ScSpecEntry| entry.to_xdr(Limits::none()).expect("it encodes").len();
        assert!(length(&without) < length(&with("What is refused.")));
    }
}
