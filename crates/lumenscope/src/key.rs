//! `lumenscope key`: API keys of an owner's programs.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use lumenscope_credentials::{Form, Random, SigningKey, Token};
use lumenscope_meta::Hash;

use crate::{output, secret_file};

/// Makes API keys, and shows the public half that goes to the ledger.
#[derive(Args, Clone, Debug)]
pub struct KeyArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Debug, Subcommand)]
enum Command {
    New(NewArgs),
    Show(ShowArgs),
}

/// Makes a key that signs requests, or a bearer token; prints its public half, the `material` of
/// `create_api_key` and `rotate_api_key`.
#[derive(Args, Clone, Debug)]
struct NewArgs {
    /// A token that the service checks, instead of a key that signs.
    #[arg(long)]
    bearer: bool,
    /// Where to write the secret: a new file that its owner alone can read. It is nowhere else.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Prints the public half of the key in a file, the `material` of `create_api_key`; never the
/// secret.
#[derive(Args, Clone, Debug)]
struct ShowArgs {
    /// File with the key, as `key new` wrote it; - is standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Makes or shows a key.
///
/// # Errors
/// When a file is not what it should be, or there already.
pub fn run(args: KeyArgs) -> anyhow::Result<()> {
    match args.command {
        Command::New(args) => new(&args),
        Command::Show(args) => show(&args),
    }
}

fn new(args: &NewArgs) -> anyhow::Result<()> {
    let mut random = Random::from_system()?;
    let (written, public) = if args.bearer {
        let token = Token::generate(&mut random);
        (token.written(), Public::of_token(&token))
    } else {
        let key = SigningKey::generate(&mut random);
        (key.written(), Public::of_signing(&key))
    };
    secret_file::create(&args.out, &written)?;
    eprintln!("wrote the secret to {}", args.out.display());
    public.print()
}

fn show(args: &ShowArgs) -> anyhow::Result<()> {
    let text = secret_file::read(&args.file)?;
    let read = match Form::of(text.expose()) {
        Some(Form::Token) => Token::read(text.expose()).map(|token| Public::of_token(&token)),
        _ => SigningKey::read(text.expose()).map(|key| Public::of_signing(&key)),
    };
    read.with_context(|| format!("{} holds no API key", args.file.display()))?.print()
}

/// What goes to the ledger.
struct Public {
    kind: &'static str,
    material: [u8; 32],
}

impl Public {
    fn of_signing(key: &SigningKey) -> Self {
        Public { kind: "kind 0, a public key", material: key.public() }
    }

    fn of_token(token: &Token) -> Self {
        Public { kind: "kind 1, the hash of a token", material: token.hash() }
    }

    fn print(&self) -> anyhow::Result<()> {
        eprintln!("the ledger gets what follows: {}", self.kind);
        output::print(&format!("{}\n", Hash(self.material)))
    }
}
