//! Users, as administrators look after them.

use axum::extract::State;
use lookalike_accounts::{AccountChange, Accounts, Password};
use lookalike_wire::{Account, Role, TokenReport};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::access::{Admin, AdminInPerson};
use crate::http::body::SmallJson;
use crate::http::envelope::{ApiError, Done, Envelope, Success};
use crate::http::path::Path;
use crate::routes::tokens::token_number;
use crate::state::App;

/// What is to become of a user; what is left out stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserChange {
    /// Another role.
    role: Option<Role>,
    /// Whether to shut the account; that ends its sessions.
    disabled: Option<bool>,
    /// Another password of 8 to 1024 bytes; that ends the user's sessions and tokens.
    #[schema(value_type = Option<String>, format = Password)]
    password: Option<Password>,
}

/// All users by name.
#[utoipa::path(
    get,
    path = "/api/users",
    tag = "users",
    responses((status = 200, body = Envelope<Vec<Account>>), ApiError),
)]
pub(crate) async fn list(
    State(app): State<App>,
    _: Admin,
) -> Result<Success<Vec<Account>>, ApiError> {
    let accounts = app.accounts(Accounts::list);
    let accounts = accounts.await?.into_iter();
    Ok(Success(accounts.map(Into::into).collect()))
}

/// Change a user's role, state or password.
///
/// Takes a login: a token is not enough.
#[utoipa::path(
    patch,
    path = "/api/users/{name}",
    tag = "users",
    params(("name" = String, Path, description = "The user's name")),
    request_body = UserChange,
    responses((status = 200, body = Envelope<Account>), ApiError),
)]
pub(crate) async fn change(
    State(app): State<App>,
    _: AdminInPerson,
    Path(name): Path<String>,
    SmallJson(change): SmallJson<UserChange>,
) -> Result<Success<Account>, ApiError> {
    let change = AccountChange {
        role: change.role.map(Into::into),
        disabled: change.disabled,
        password: change.password,
    };
    let changed = app.passwords(move |accounts| accounts.change(&name, &change));
    Ok(Success(changed.await?.into()))
}

/// Remove a user with all sessions and tokens.
///
/// Takes a login: a token is not enough.
#[utoipa::path(
    delete,
    path = "/api/users/{name}",
    tag = "users",
    params(("name" = String, Path, description = "The user's name")),
    responses((status = 200, body = Envelope<Account>), ApiError),
)]
pub(crate) async fn remove(
    State(app): State<App>,
    _: AdminInPerson,
    Path(name): Path<String>,
) -> Result<Success<Account>, ApiError> {
    let removed = app.accounts(move |accounts| accounts.remove(&name));
    Ok(Success(removed.await?.into()))
}

/// A user's tokens, the newest first.
#[utoipa::path(
    get,
    path = "/api/users/{name}/tokens",
    tag = "users",
    params(("name" = String, Path, description = "The user's name")),
    responses((status = 200, body = Envelope<Vec<TokenReport>>), ApiError),
)]
pub(crate) async fn tokens(
    State(app): State<App>,
    _: Admin,
    Path(name): Path<String>,
) -> Result<Success<Vec<TokenReport>>, ApiError> {
    let tokens = app.accounts(move |accounts| accounts.tokens(&accounts.find(&name)?));
    let tokens = tokens.await?.into_iter();
    Ok(Success(tokens.map(Into::into).collect()))
}

/// Revoke a user's token.
#[utoipa::path(
    delete,
    path = "/api/users/{name}/tokens/{id}",
    tag = "users",
    params(
        ("name" = String, Path, description = "The user's name"),
        ("id" = i64, Path, description = "The token's number"),
    ),
    responses((status = 200, body = Envelope<Done>), ApiError),
)]
pub(crate) async fn revoke_token(
    State(app): State<App>,
    _: Admin,
    Path((name, id)): Path<(String, String)>,
) -> Result<Success<Done>, ApiError> {
    let id = token_number(&id)?;
    app.accounts(move |accounts| accounts.revoke_token(&accounts.find(&name)?, id))
        .await?;
    Ok(Success(Done {}))
}
