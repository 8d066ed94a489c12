//! `lookalike users`.

use clap::{Args, Subcommand};
use lookalike_accounts::Role;

use super::FormatArgument;
use super::values::from_name;

/// Passwords are asked for, or read as one line of standard input when that is not a terminal.
#[derive(Debug, Subcommand)]
pub(crate) enum UsersCommand {
    /// Add a user; the first one is an administrator
    Add {
        /// 1 to 64 letters (a to z), digits, `-`, `_`, `.` or `@`
        name: String,
        /// reader, editor or admin [default: admin for the first user, else reader]
        #[arg(long, value_name = "ROLE", value_parser = from_name::<Role>)]
        role: Option<Role>,
    },
    /// List users
    List(FormatArgument),
    /// Remove a user with all sessions and tokens
    Remove {
        /// The user's name
        name: String,
    },
    /// Give a user another role
    Role {
        /// The user's name
        name: String,
        /// reader (searches and looks), editor (also imports, edits and deletes images) or admin
        #[arg(value_name = "ROLE", value_parser = from_name::<Role>)]
        role: Role,
    },
    /// Give a user another password; ends the user's sessions
    Password {
        /// The user's name
        name: String,
    },
    /// Make a token by which scripts act for a user, and print it: it is not shown again
    Token(TokenArguments),
}

#[derive(Args, Debug)]
pub(crate) struct TokenArguments {
    /// The user's name
    pub(crate) name: String,
    /// What the token is for
    #[arg(long, value_name = "TEXT", default_value = "command line")]
    pub(crate) label: String,
    /// Days after which it ends [default: never]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    pub(crate) days: Option<u32>,
    #[command(flatten)]
    pub(crate) format: FormatArgument,
}
