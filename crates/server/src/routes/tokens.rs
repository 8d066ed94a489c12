//! Tokens by which scripts act for a user.

use axum::extract::State;
use axum::response::Response;
use lookalike_accounts::Accounts;
use lookalike_wire::TokenReport;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::access::{needs_session, unknown};
use crate::http::body::SmallJson;
use crate::http::envelope::{ApiError, Done, Envelope, Success};
use crate::http::identity::{Known, Somebody, Who};
use crate::http::path::Path;
use crate::routes::auth::private;
use crate::state::App;

/// A token to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewToken {
    /// What it is for.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// Days after which it ends; never unless given.
    #[schema(minimum = 1, maximum = 36500)]
    days: Option<u32>,
    /// Whom it acts for: a choice of the data directory's owner alone.
    user: Option<String>,
}

/// A token, which is shown this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct Made {
    /// To be sent as `Authorization: Bearer lk_...`.
    token: String,
    #[serde(flatten)]
    report: TokenReport,
}

/// My tokens, the newest first.
#[utoipa::path(
    get,
    path = "/api/auth/tokens",
    tag = "tokens",
    responses((status = 200, body = Envelope<Vec<TokenReport>>), ApiError),
)]
pub(crate) async fn list(
    State(app): State<App>,
    Known(identity): Known,
) -> Result<Success<Vec<TokenReport>>, ApiError> {
    let tokens = app.accounts(move |accounts| accounts.tokens(&identity.account));
    let tokens = tokens.await?.into_iter();
    Ok(Success(tokens.map(Into::into).collect()))
}

/// Make a token that acts for me.
///
/// It has my role, needs no `X-CSRF-Token`, and is shown in this answer only.
#[utoipa::path(
    post,
    path = "/api/auth/tokens",
    tag = "tokens",
    request_body = NewToken,
    responses((status = 200, body = Envelope<Made>), ApiError),
)]
pub(crate) async fn add(
    State(app): State<App>,
    Somebody(who): Somebody,
    SmallJson(token): SmallJson<NewToken>,
) -> Result<Response, ApiError> {
    let account = match (who, &token.user) {
        (Who::Owner, Some(name)) => {
            let name = name.clone();
            app.accounts(move |accounts| accounts.find(&name)).await?
        }
        (Who::Known(identity), None) if identity.session.is_some() => identity.account,
        (Who::Known(_), None) => return Err(needs_session("tokens are made")),
        (Who::Known(_), Some(_)) => {
            return Err(ApiError::invalid(
                "you can make tokens for yourself only: leave `user` out",
            ));
        }
        (Who::Owner | Who::Nobody, _) => return Err(unknown()),
    };
    let add = move |accounts: &Accounts| accounts.add_token(&account, &token.name, token.days);
    let made = app.accounts(add).await?;
    let made = Made {
        token: made.token.reveal().to_owned(),
        report: made.report.into(),
    };
    Ok(private([], Success(made)))
}

/// Revoke one of my tokens.
#[utoipa::path(
    delete,
    path = "/api/auth/tokens/{id}",
    tag = "tokens",
    params(("id" = i64, Path, description = "The token's number")),
    responses((status = 200, body = Envelope<Done>), ApiError),
)]
pub(crate) async fn revoke(
    State(app): State<App>,
    Known(identity): Known,
    Path(id): Path<String>,
) -> Result<Success<Done>, ApiError> {
    let id = token_number(&id)?;
    app.accounts(move |accounts| accounts.revoke_token(&identity.account, id))
        .await?;
    Ok(Success(Done {}))
}

pub(crate) fn token_number(id: &str) -> Result<i64, ApiError> {
    id.parse()
        .map_err(|_| ApiError::invalid(format!("`{id}` is not a token's number")))
}
