//! `lookalike users`: by the server that owns the data directory, or here when nobody does.

use std::io::{self, IsTerminal, Write};

use anyhow::Context;
use console::Term;
use lookalike_accounts::{
    AccountChange, Accounts, NewAccount, Password, Registrar, Role, check_name,
};
use lookalike_catalog::CatalogError;
use lookalike_wire as wire;
use serde_json::{Value, json};

use super::Outcome;
use crate::arguments::{Format, TokenArguments, UsersCommand};
use crate::output::{self, Align, Column, Table, printable};
use crate::remote::Server;
use crate::settings::Settings;
use crate::wiring::{Access, accounts};

pub(super) fn run(command: UsersCommand, settings: &Settings) -> anyhow::Result<Outcome> {
    match command {
        UsersCommand::Add { name, role } => add(&name, role, settings)?,
        UsersCommand::List(format) => {
            let accounts = accounts(settings, Access::Read)?.list()?.into_iter();
            let accounts: Vec<wire::Account> = accounts.map(Into::into).collect();
            match format.format {
                Format::Json => output::json(&accounts)?,
                Format::Jsonl => output::json_lines(&accounts)?,
                Format::Table => output::text(&list(&accounts))?,
            }
        }
        UsersCommand::Remove { name } => {
            check_name(&name)?;
            let account = Keeper::of(settings)?.remove(&name)?;
            output::note(settings, &format!("removed `{}`", account.name));
        }
        UsersCommand::Role { name, role } => {
            let change = AccountChange {
                role: Some(role),
                ..AccountChange::default()
            };
            let account = Keeper::of(settings)?.change(&name, &change)?;
            output::note(
                settings,
                &format!("`{}` is {}", account.name, Role::from(account.role)),
            );
        }
        UsersCommand::Password { name } => {
            let change = AccountChange {
                password: Some(read_password(&name)?),
                ..AccountChange::default()
            };
            let account = Keeper::of(settings)?.change(&name, &change)?;
            output::note(
                settings,
                &format!("`{}` has a new password and no sessions", account.name),
            );
        }
        UsersCommand::Token(arguments) => token(&arguments, settings)?,
    }
    Ok(Outcome::Done)
}

fn add(name: &str, role: Option<Role>, settings: &Settings) -> anyhow::Result<()> {
    check_name(name)?;
    let account = NewAccount {
        name: name.to_owned(),
        password: read_password(name)?,
        role,
    };
    let account = Keeper::of(settings)?.add(&account)?;
    output::note(
        settings,
        &format!("added `{}` as {}", account.name, Role::from(account.role)),
    );
    Ok(())
}

fn token(arguments: &TokenArguments, settings: &Settings) -> anyhow::Result<()> {
    let token = Keeper::of(settings)?.token(arguments)?;
    match arguments.format.format {
        Format::Json => output::json(&token),
        Format::Jsonl => output::json_lines([&token]),
        Format::Table => {
            let text = token["token"].as_str().unwrap_or_default();
            output::text(&format!("{text}\n"))?;
            output::note(settings, "keep it now: it is not shown again");
            Ok(())
        }
    }
}

/// Who writes to the data directory.
enum Keeper {
    Here(Box<Accounts>),
    There(Server),
}

impl Keeper {
    fn of(settings: &Settings) -> anyhow::Result<Self> {
        let error = match accounts(settings, Access::Write) {
            Ok(accounts) => return Ok(Self::Here(Box::new(accounts))),
            Err(error @ CatalogError::Locked { .. }) => error,
            Err(error) => return Err(error.into()),
        };
        match Server::of(&settings.data) {
            Some(server) => Ok(Self::There(server)),
            None => Err(error.into()),
        }
    }

    fn add(&self, account: &NewAccount) -> anyhow::Result<wire::Account> {
        match self {
            Self::Here(accounts) => Ok(accounts.register(account, Registrar::Admin)?.into()),
            Self::There(server) => {
                let body = json!({
                    "name": account.name,
                    "password": account.password.reveal(),
                    "role": account.role.map(Role::name),
                });
                server.send("POST", "/api/auth/register", &body)
            }
        }
    }

    fn change(&self, name: &str, change: &AccountChange) -> anyhow::Result<wire::Account> {
        check_name(name)?;
        match self {
            Self::Here(accounts) => Ok(accounts.change(name, change)?.into()),
            Self::There(server) => {
                let password = change.password.as_ref().map(Password::reveal);
                let body = json!({"role": change.role.map(Role::name), "password": password});
                server.send("PATCH", &format!("/api/users/{name}"), &body)
            }
        }
    }

    fn remove(&self, name: &str) -> anyhow::Result<wire::Account> {
        match self {
            Self::Here(accounts) => Ok(accounts.remove(name)?.into()),
            Self::There(server) => {
                server.send("DELETE", &format!("/api/users/{name}"), &Value::Null)
            }
        }
    }

    /// The token with its report, as the API shows both.
    fn token(&self, arguments: &TokenArguments) -> anyhow::Result<Value> {
        let (name, label) = (&arguments.name, &arguments.label);
        match self {
            Self::Here(accounts) => {
                let account = accounts.find(name)?;
                let made = accounts.add_token(&account, label, arguments.days)?;
                let mut value = serde_json::to_value(wire::TokenReport::from(made.report))?;
                value["token"] = made.token.reveal().into();
                Ok(value)
            }
            Self::There(server) => {
                let body = json!({"user": name, "name": label, "days": arguments.days});
                server.send("POST", "/api/auth/tokens", &body)
            }
        }
    }
}

/// Never from an argument: those can be read by everybody on the machine, and stay in histories.
fn read_password(name: &str) -> anyhow::Result<Password> {
    let text = if io::stdin().is_terminal() {
        let terminal = Term::stderr();
        let ask = |prompt: &str| -> io::Result<String> {
            eprint!("{prompt}: ");
            io::stderr().flush()?;
            terminal.read_secure_line()
        };
        let name = printable(name);
        let text = ask(&format!("new password of `{name}`")).context("no password was typed")?;
        let again = ask("the same again").context("no password was typed")?;
        anyhow::ensure!(
            text == again,
            "the two are not the same; nothing was changed"
        );
        text
    } else {
        let mut line = String::new();
        io::stdin()
            .read_line(&mut line)
            .context("standard input holds no password")?;
        let text = line.strip_suffix('\n').unwrap_or(&line);
        text.strip_suffix('\r').unwrap_or(text).to_owned()
    };
    Ok(Password::new(text))
}

fn list(accounts: &[wire::Account]) -> String {
    let mut table = Table::new([
        Column("name", Align::Left),
        Column("role", Align::Left),
        Column("since", Align::Left),
        Column("", Align::Left),
    ]);
    for account in accounts {
        let since = jiff::Timestamp::from_second(account.created_at).map_or_else(
            |_| "-".to_owned(),
            |time| time.strftime("%Y-%m-%d").to_string(),
        );
        let state = if account.disabled { "disabled" } else { "" };
        table.row([
            account.name.clone(),
            Role::from(account.role).to_string(),
            since,
            state.to_owned(),
        ]);
    }
    table.render()
}
