//! Types of specs: how a page names them, what they hold, and their form in JSON.

use lumenscope_localnet::xdr::{ScSpecEntry, ScSpecTypeDef as Type, ScSpecUdtUnionCaseV0};

/// What a type of a contract holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Shape {
    /// Fields and their types.
    Struct(Vec<(String, Type)>),
    /// Names and numbers.
    Enum(Vec<(String, u32)>),
    /// Names, and what each holds.
    Union(Vec<(String, Vec<Type>)>),
}

impl Shape {
    /// Of a spec's entry, with its name.
    pub fn of(entry: &ScSpecEntry) -> (String, Self) {
        match entry {
            ScSpecEntry::UdtStructV0(of) => {
                let field = |field: &lumenscope_localnet::xdr::ScSpecUdtStructFieldV0| {
                    (field.name.to_utf8_string_lossy(), field.type_.clone())
                };
                (
                    of.name.to_utf8_string_lossy(),
                    Self::Struct(of.fields.iter().map(field).collect()),
                )
            }
            ScSpecEntry::UdtEnumV0(of) => {
                let cases = of.cases.iter().map(|c| (c.name.to_utf8_string_lossy(), c.value));
                (of.name.to_utf8_string_lossy(), Self::Enum(cases.collect()))
            }
            ScSpecEntry::UdtUnionV0(of) => {
                let cases = of.cases.iter().map(|case| match case {
                    ScSpecUdtUnionCaseV0::VoidV0(case) => {
                        (case.name.to_utf8_string_lossy(), Vec::new())
                    }
                    ScSpecUdtUnionCaseV0::TupleV0(case) => {
                        (case.name.to_utf8_string_lossy(), case.type_.to_vec())
                    }
                });
                (of.name.to_utf8_string_lossy(), Self::Union(cases.collect()))
            }
            other => panic!("no type: {other:?}"),
        }
    }

    /// The types that it holds.
    pub fn types(&self) -> Box<dyn Iterator<Item = &Type> + '_> {
        match self {
            Self::Struct(fields) => Box::new(fields.iter().map(|(_, of)| of)),
            Self::Enum(_) => Box::new(std::iter::empty()),
            Self::Union(cases) => Box::new(cases.iter().flat_map(|(_, holds)| holds)),
        }
    }
}

/// A type's name; what a contract declares as `own` makes it.
pub fn text(of: &Type, own: &dyn Fn(&str) -> String) -> String {
    let inner = |of: &Type| text(of, own);
    match of {
        Type::Val => "Val".into(),
        Type::Bool => "bool".into(),
        Type::Void => "()".into(),
        Type::Error => "Error".into(),
        Type::U32 => "u32".into(),
        Type::I32 => "i32".into(),
        Type::U64 => "u64".into(),
        Type::I64 => "i64".into(),
        Type::U128 => "u128".into(),
        Type::I128 => "i128".into(),
        Type::Bytes => "Bytes".into(),
        Type::String => "String".into(),
        Type::Symbol => "Symbol".into(),
        Type::Address => "Address".into(),
        Type::Option(of) => format!("Option<{}>", inner(&of.value_type)),
        Type::Vec(of) => format!("Vec<{}>", inner(&of.element_type)),
        Type::Map(of) => format!("Map<{}, {}>", inner(&of.key_type), inner(&of.value_type)),
        Type::Tuple(of) => {
            let types: Vec<String> = of.value_types.iter().map(inner).collect();
            format!("({})", types.join(", "))
        }
        Type::BytesN(of) => format!("BytesN<{}>", of.n),
        Type::Udt(of) => own(&of.name.to_utf8_string_lossy()),
        other => panic!("a type that no page shows: {other:?}"),
    }
}

/// The contract's own types in a type.
pub fn named(of: &Type) -> Vec<String> {
    let found = std::cell::RefCell::new(Vec::new());
    text(of, &|name| {
        found.borrow_mut().push(name.to_owned());
        String::new()
    });
    found.into_inner()
}

/// Stands for an address in JSON.
pub const ADDRESS: &str = "<address>";

/// Stands for bytes in JSON.
pub fn hex_digits(bytes: u32) -> String {
    format!("<{} hex digits>", 2 * bytes)
}

/// The form of a value in JSON as `stellar` reads it: every field, one item of each list, nothing
/// for what may be missing. None of a type that has no form of its own.
pub fn json(of: &Type, shapes: &dyn Fn(&str) -> Option<Shape>) -> Option<String> {
    let inner = |of: &Type| json(of, shapes);
    let form = match of {
        Type::Bool => "false".into(),
        Type::U32 | Type::I32 | Type::U64 | Type::I64 => "0".into(),
        Type::U128 | Type::I128 => "\"0\"".into(),
        Type::Bytes => "\"<hex digits>\"".into(),
        Type::String => "\"text\"".into(),
        Type::Symbol => "\"name\"".into(),
        Type::Address => format!("\"{ADDRESS}\""),
        Type::Option(_) => "null".into(),
        Type::Vec(of) => format!("[{}]", inner(&of.element_type)?),
        Type::Map(of) => {
            let key = inner(&of.key_type)?;
            let key = if key.starts_with('"') { key } else { format!("\"{key}\"") };
            format!("{{{key}: {}}}", inner(&of.value_type)?)
        }
        Type::Tuple(of) => {
            let parts: Option<Vec<String>> = of.value_types.iter().map(inner).collect();
            format!("[{}]", parts?.join(", "))
        }
        Type::BytesN(of) => format!("\"{}\"", hex_digits(of.n)),
        Type::Udt(of) => match shapes(&of.name.to_utf8_string_lossy())? {
            Shape::Struct(fields) => {
                let field =
                    |(name, of): &(String, Type)| Some(format!("\"{name}\": {}", inner(of)?));
                let fields: Option<Vec<String>> = fields.iter().map(field).collect();
                format!("{{{}}}", fields?.join(", "))
            }
            Shape::Enum(cases) => cases.first()?.1.to_string(),
            Shape::Union(_) => return None,
        },
        _ => return None,
    };
    Some(form)
}
