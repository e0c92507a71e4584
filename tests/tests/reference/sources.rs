//! What the sources say: the documentation of items, and what only sources know of them.
//!
//! The spec in a contract's wasm has shapes and no words (`xtask` takes them out: every byte is
//! rent), so words are taken from where they are written.

use std::collections::BTreeMap;

use syn::{Attribute, Expr, Fields, FnArg, Item as SynItem, Lit, Meta, Pat, ReturnType, Type};

use super::read;

/// A file, by the names of what it declares.
#[derive(Default)]
pub struct Source {
    /// What it says about itself.
    pub about: String,
    /// Structs, enums, constants, functions, aliases, modules and traits.
    pub items: BTreeMap<String, Item>,
}

pub struct Item {
    pub doc: String,
    pub kind: Kind,
}

pub enum Kind {
    /// Its fields.
    Struct(Vec<Member>),
    /// Its variants, with their numbers where they are said.
    Enum(Vec<Member>),
    /// Its value, where it is one to show.
    Const(String),
    Function(String),
    Alias(String),
    /// Its constants.
    Module(Vec<Member>),
    /// Its functions, with their signatures.
    Trait(Vec<Member>),
}

/// A field, a variant, a constant of a module or a function of a trait.
pub struct Member {
    pub name: String,
    pub doc: String,
    /// The type, the number, the value or the signature.
    pub says: String,
}

impl Source {
    /// A file, with the modules in its folder.
    pub fn read(path: &str) -> Self {
        let parsed = |text: &str, path: &str| {
            syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}"))
        };
        let file = parsed(&read(path), path);
        let mut source = Self { about: doc(&file.attrs), ..Self::default() };
        source.take(&file.items);
        let folder = super::at(path.strip_suffix(".rs").expect("a source"));
        let modules = std::fs::read_dir(folder).into_iter().flatten();
        for module in modules.map(|entry| entry.expect("a file").path()) {
            let text = std::fs::read_to_string(&module).expect("a source");
            source.take(&parsed(&text, path).items);
        }
        source
    }

    fn take(&mut self, items: &[SynItem]) {
        for item in items {
            match item {
                SynItem::Struct(item) => {
                    self.add(&item.ident, &item.attrs, Kind::Struct(fields(&item.fields)));
                }
                SynItem::Enum(item) => {
                    let variants = item.variants.iter().map(|variant| {
                        let number = variant.discriminant.as_ref();
                        let says = number.and_then(|(_, value)| self.shown(value));
                        member(&variant.ident, &variant.attrs, says.unwrap_or_default())
                    });
                    let kind = Kind::Enum(variants.collect());
                    self.add(&item.ident, &item.attrs, kind);
                }
                SynItem::Const(item) => {
                    let value = self.shown(&item.expr).unwrap_or_default();
                    self.add(&item.ident, &item.attrs, Kind::Const(value));
                }
                SynItem::Fn(item) => {
                    let signature = signature(&item.sig);
                    self.add(&item.sig.ident, &item.attrs, Kind::Function(signature));
                }
                SynItem::Type(item) => {
                    self.add(&item.ident, &item.attrs, Kind::Alias(type_text(&item.ty)));
                }
                SynItem::Trait(item) => {
                    let functions = item.items.iter().filter_map(|item| match item {
                        syn::TraitItem::Fn(function) => {
                            let says = signature(&function.sig);
                            Some(member(&function.sig.ident, &function.attrs, says))
                        }
                        _ => None,
                    });
                    let kind = Kind::Trait(functions.collect());
                    self.add(&item.ident, &item.attrs, kind);
                }
                SynItem::Mod(item) => {
                    let Some((_, items)) = &item.content else { continue };
                    let constants = items.iter().filter_map(|item| match item {
                        SynItem::Const(item) => {
                            let value = self.shown(&item.expr).unwrap_or_default();
                            Some(member(&item.ident, &item.attrs, value))
                        }
                        _ => None,
                    });
                    let kind = Kind::Module(constants.collect());
                    self.add(&item.ident, &item.attrs, kind);
                    let shapes = items
                        .iter()
                        .filter(|item| matches!(item, SynItem::Struct(_) | SynItem::Enum(_)));
                    self.take(&shapes.cloned().collect::<Vec<_>>());
                }
                // Items that a macro of ours adds code to.
                SynItem::Macro(item) => {
                    if let Ok(inner) = item.mac.parse_body::<syn::File>() {
                        self.take(&inner.items);
                    }
                }
                _ => {}
            }
        }
    }

    fn add(&mut self, name: &syn::Ident, attrs: &[Attribute], kind: Kind) {
        // What a spec says of a type that is opaque stands in a module beside it.
        let is_opaque = matches!(&kind, Kind::Struct(fields) if fields.is_empty());
        if !is_opaque || !self.items.contains_key(&name.to_string()) {
            self.items.insert(name.to_string(), Item { doc: doc(attrs), kind });
        }
    }

    /// A value as a page shows it; none of one that is not for readers.
    fn shown(&self, value: &Expr) -> Option<String> {
        if let Some(number) = self.number(value) {
            return Some(grouped(number));
        }
        match value {
            Expr::Lit(value) => match &value.lit {
                Lit::Str(text) => Some(format!("\"{}\"", text.value())),
                _ => None,
            },
            Expr::Macro(value) => {
                let text: syn::LitStr = value.mac.parse_body().ok()?;
                Some(format!("\"{}\"", text.value()))
            }
            Expr::Tuple(tuple) => {
                let parts: Option<Vec<String>> =
                    tuple.elems.iter().map(|part| self.shown(part)).collect();
                Some(format!("({})", parts?.join(", ")))
            }
            _ => None,
        }
    }

    fn number(&self, value: &Expr) -> Option<u64> {
        match value {
            Expr::Lit(value) => match &value.lit {
                Lit::Int(number) => number.base10_parse().ok(),
                _ => None,
            },
            Expr::Cast(cast) => self.number(&cast.expr),
            Expr::Paren(paren) => self.number(&paren.expr),
            Expr::Binary(binary) => {
                let (left, right) = (self.number(&binary.left)?, self.number(&binary.right)?);
                match binary.op {
                    syn::BinOp::Mul(_) => left.checked_mul(right),
                    syn::BinOp::Add(_) => left.checked_add(right),
                    _ => None,
                }
            }
            Expr::Path(path) => {
                let name = path.path.segments.last()?.ident.to_string();
                // What other files declare and these multiply.
                if name == "DAY_LEDGERS" {
                    return Some(17_280);
                }
                match &self.items.get(&name)?.kind {
                    Kind::Const(value) => value.replace(',', "").parse().ok(),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// A number with its thousands set apart.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn member(name: &syn::Ident, attrs: &[Attribute], says: String) -> Member {
    Member { name: name.to_string(), doc: doc(attrs), says }
}

fn fields(fields: &Fields) -> Vec<Member> {
    let named = fields.iter().filter_map(|field| {
        Some(member(field.ident.as_ref()?, &field.attrs, type_text(&field.ty)))
    });
    named.collect()
}

/// Documentation, line by line.
fn doc(attrs: &[Attribute]) -> String {
    let lines = attrs.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(said) if said.path.is_ident("doc") => match &said.value {
            Expr::Lit(value) => match &value.lit {
                Lit::Str(text) => {
                    let text = text.value();
                    Some(text.strip_prefix(' ').unwrap_or(&text).trim_end().to_owned())
                }
                _ => None,
            },
            _ => None,
        },
        _ => None,
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn signature(function: &syn::Signature) -> String {
    let arguments = function.inputs.iter().filter_map(|argument| match argument {
        FnArg::Typed(argument) => match &*argument.pat {
            Pat::Ident(name) if name.ident != "e" && name.ident != "_e" => {
                Some(format!("{}: {}", name.ident, type_text(&argument.ty)))
            }
            _ => None,
        },
        FnArg::Receiver(_) => None,
    });
    let arguments: Vec<String> = arguments.collect();
    let returns = match &function.output {
        ReturnType::Default => String::new(),
        ReturnType::Type(_, returns) => format!(" -> {}", type_text(returns)),
    };
    format!("{}({}){returns}", function.ident, arguments.join(", "))
}

fn type_text(of: &Type) -> String {
    let list = |types: Vec<String>| types.join(", ");
    match of {
        Type::Path(path) => {
            let Some(last) = path.path.segments.last() else { return String::new() };
            let name = last.ident.to_string();
            let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
                return name;
            };
            let arguments = arguments.args.iter().filter_map(|argument| match argument {
                syn::GenericArgument::Type(of) => Some(type_text(of)),
                syn::GenericArgument::Const(Expr::Lit(value)) => match &value.lit {
                    Lit::Int(number) => Some(number.to_string()),
                    _ => None,
                },
                _ => None,
            });
            format!("{name}<{}>", list(arguments.collect()))
        }
        Type::Tuple(tuple) => format!("({})", list(tuple.elems.iter().map(type_text).collect())),
        Type::Reference(reference) => type_text(&reference.elem),
        _ => String::new(),
    }
}
