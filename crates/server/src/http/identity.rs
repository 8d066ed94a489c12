//! Who makes a request: by the session's cookie, by a token, or as the owner of the data directory.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use lookalike_accounts::{Identity, Secret};

use crate::http::access::unknown;
use crate::http::cookie;
use crate::http::envelope::ApiError;
use crate::state::App;

/// Shows that a page which knows the session asks for a change, and not one of another site in the
/// same browser.
const CSRF_HEADER: HeaderName = HeaderName::from_static("x-csrf-token");

/// Header by which the owner of the data directory shows itself: see
/// [`ServerOptions::owner_token`](crate::ServerOptions::owner_token).
const OWNER_HEADER: HeaderName = HeaderName::from_static("x-lookalike-owner");

/// Whoever makes a request, whether accounts are on or not.
pub(crate) enum Who {
    /// Somebody who may read the data directory.
    Owner,
    /// Somebody with an account.
    Known(Identity),
    /// Anybody.
    Nobody,
}

impl Who {
    /// # Errors
    /// The token is not known, or a change is asked for by a session's cookie alone.
    pub(crate) async fn of(parts: &Parts, app: &App) -> Result<Self, ApiError> {
        if is_owner(app, &parts.headers) {
            return Ok(Self::Owner);
        }
        if let Some(value) = parts.headers.get(header::AUTHORIZATION) {
            let token = value.to_str().ok().and_then(bearer).and_then(Secret::token);
            let known = match token {
                Some(token) => {
                    app.accounts(move |accounts| accounts.by_token(&token))
                        .await?
                }
                None => None,
            };
            // A cookie does not stand in for it: whoever sends a token wants to act by it.
            return known.map(Self::Known).ok_or_else(|| {
                ApiError::new(
                    StatusCode::UNAUTHORIZED,
                    "the token is not known, or has ended; send `Authorization: Bearer lk_...`",
                )
            });
        }
        let Some(session) = cookie::session(&parts.headers) else {
            return Ok(Self::Nobody);
        };
        let known = app.accounts(move |accounts| accounts.by_session(&session));
        let Some(identity) = known.await? else {
            return Ok(Self::Nobody);
        };
        if changes(&parts.method) {
            check_csrf(&parts.headers, &identity)?;
        }
        Ok(Self::Known(identity))
    }
}

impl FromRequestParts<App> for Who {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        Self::of(parts, app).await
    }
}

/// Somebody with an account, also while accounts make no difference.
pub(crate) struct Known(pub(crate) Identity);

impl FromRequestParts<App> for Known {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        match Who::of(parts, app).await? {
            Who::Known(identity) => Ok(Self(identity)),
            Who::Owner | Who::Nobody => Err(unknown()),
        }
    }
}

/// Anybody but strangers, also while accounts make no difference.
pub(crate) struct Somebody(pub(crate) Who);

impl FromRequestParts<App> for Somebody {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        match Who::of(parts, app).await? {
            Who::Nobody => Err(unknown()),
            who => Ok(Self(who)),
        }
    }
}

/// Whether a method may change something.
pub(crate) fn changes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether the caller knows the secret of the data directory's owner.
pub(crate) fn is_owner(app: &App, headers: &HeaderMap) -> bool {
    app.is_owner(headers.get(OWNER_HEADER).map(|value| value.as_bytes()))
}

fn check_csrf(headers: &HeaderMap, identity: &Identity) -> Result<(), ApiError> {
    let shown = headers
        .get(CSRF_HEADER)
        .and_then(|value| value.to_str().ok());
    match (&identity.session, shown) {
        (Some((_, csrf_token)), Some(shown)) if csrf_token.is(shown) => Ok(()),
        (None, _) => Ok(()),
        _ => Err(ApiError::new(
            StatusCode::FORBIDDEN,
            "send the `csrf_token` of the login (or of GET /api/auth/me) as the header \
             `X-CSRF-Token`",
        )),
    }
}

/// The scheme's name in any case (RFC 9110, 11.1).
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
