//! Who may do what. A handler names the least role that may call it by its extractor.
//!
//! - [`Reader`]: search, look at pictures and numbers; anonymous callers too where that is on.
//! - [`Member`]: the same, but for what belongs to one user, such as a history.
//! - [`Editor`]: import, upload, edit, delete images, decide on duplicates.
//! - [`Admin`]: users, dropping collections, deleting everything, metrics.
//!
//! While accounts are off everybody is the local user with all rights.

use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use lookalike_accounts::Role;

use crate::http::envelope::ApiError;
use crate::http::identity::Who;
use crate::http::upload::Stranger;
use crate::state::App;

/// Whether callers have to show who they are, and what strangers may do.
#[derive(Clone, Debug, Default)]
pub struct AccessRules {
    /// Whether there are accounts; without them everybody may do everything.
    pub accounts: bool,
    /// Whether strangers may do what readers may, but for histories.
    pub anonymous_search: bool,
    /// Whether strangers may make themselves readers. The first account they may make anyway.
    pub open_registration: bool,
    /// Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub trusted_proxies: Vec<IpAddr>,
}

/// The maker of a request.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// `None` for the one local user while accounts are off, for the owner of the data directory,
    /// and for anonymous callers.
    pub(crate) user_id: Option<i64>,
    /// Whether it is unknown who it is; nothing is kept for such callers.
    pub(crate) is_anonymous: bool,
    /// Whether a token stands for the caller, who need not be there.
    pub(crate) came_by_token: bool,
}

/// May search and look.
pub(crate) struct Reader(pub(crate) Caller);

/// May search and look, and is known.
pub(crate) struct Member(pub(crate) Caller);

/// May also import, upload, edit and delete.
pub(crate) struct Editor;

/// May do everything.
pub(crate) struct Admin;

/// The same, logged in: a token that got into wrong hands must not be good for accounts.
pub(crate) struct AdminInPerson;

/// What a handler asks of its caller.
#[derive(Clone, Copy)]
enum Least {
    Anybody,
    Role(Role),
}

macro_rules! extract {
    ($extractor:ident, $least:expr, $make:expr) => {
        impl FromRequestParts<App> for $extractor {
            type Rejection = ApiError;

            async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
                admit(parts, app, $least).await.map($make)
            }
        }
    };
}

extract!(Reader, Least::Anybody, Self);
extract!(Member, Least::Role(Role::Reader), Self);
extract!(Editor, Least::Role(Role::Editor), |_| Self);
extract!(Admin, Least::Role(Role::Admin), |_| Self);

impl FromRequestParts<App> for AdminInPerson {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let caller = admit(parts, app, Least::Role(Role::Admin)).await?;
        if caller.came_by_token {
            return Err(needs_session("users are changed"));
        }
        Ok(Self)
    }
}

async fn admit(parts: &mut Parts, app: &App, least: Least) -> Result<Caller, ApiError> {
    let rules = &app.options().access;
    let owner = Caller {
        user_id: None,
        is_anonymous: false,
        came_by_token: false,
    };
    if !rules.accounts {
        return Ok(owner);
    }
    match (Who::of(parts, app).await?, least) {
        (Who::Owner, _) => Ok(owner),
        (Who::Known(identity), least) => {
            let account = identity.account;
            match least {
                Least::Role(role) if account.role < role => Err(too_low(account.role, role)),
                _ => Ok(Caller {
                    user_id: Some(account.id),
                    is_anonymous: false,
                    came_by_token: identity.session.is_none(),
                }),
            }
        }
        (Who::Nobody, Least::Anybody) if rules.anonymous_search => {
            parts.extensions.insert(Stranger);
            Ok(Caller {
                user_id: None,
                is_anonymous: true,
                came_by_token: false,
            })
        }
        (Who::Nobody, _) => Err(unknown()),
    }
}

/// A token that got into wrong hands must not be good for more than itself.
pub(crate) fn needs_session(what: &str) -> ApiError {
    ApiError::new(
        StatusCode::FORBIDDEN,
        format!("{what} after a login, not with a token"),
    )
}

/// Nobody knows who asks.
pub(crate) fn unknown() -> ApiError {
    ApiError::new(
        StatusCode::UNAUTHORIZED,
        "log in first (POST /api/auth/login), or send a token as `Authorization: Bearer lk_...`",
    )
}

fn too_low(has: Role, needs: Role) -> ApiError {
    ApiError::new(
        StatusCode::FORBIDDEN,
        format!("this takes the role `{needs}`, and you have `{has}`; ask an administrator"),
    )
}
