//! Registering, logging in and out, and changing one's password.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use lookalike_accounts::{
    self as accounts, Accounts, Login, NewAccount, Password, Registrar, is_secret,
};
use lookalike_wire::{Account, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::access::{AccessRules, needs_session, unknown};
use crate::http::body::SmallJson;
use crate::http::client::Client;
use crate::http::cookie;
use crate::http::envelope::{ApiError, Done, Envelope, Success};
use crate::http::identity::{Known, Who};
use crate::state::App;

/// An account to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Registration {
    /// 1 to 64 letters (a to z), digits, `-`, `_`, `.` or `@`; its case makes no difference.
    #[serde(alias = "username")]
    #[schema(min_length = 1, max_length = 64)]
    name: String,
    /// 8 to 1024 bytes.
    #[schema(value_type = String, format = Password)]
    password: Password,
    /// Given by administrators; who registers becomes a reader, the first one an administrator.
    role: Option<Role>,
    /// What the server printed at its start; asked for where `registration` of
    /// `GET /api/auth/rules` is `first_by_code`.
    #[schema(value_type = Option<String>, format = Password)]
    setup_code: Option<String>,
}

/// Name and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credentials {
    /// The user's name, in any case.
    #[serde(alias = "username")]
    name: String,
    /// The user's password.
    #[schema(value_type = String, format = Password)]
    password: Password,
}

/// Another password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordChange {
    /// The password so far.
    #[schema(value_type = String, format = Password)]
    old_password: Password,
    /// 8 to 1024 bytes.
    #[schema(value_type = String, format = Password)]
    new_password: Password,
}

/// Who somebody is.
#[derive(Serialize, ToSchema)]
pub(crate) struct Me {
    /// Whether accounts are on; while they are off everybody may do everything.
    accounts: bool,
    /// Null for the local user while accounts are off, and for the data directory's owner.
    user: Option<Account>,
    /// What the caller is trusted with.
    role: Role,
    /// What to send as `X-CSRF-Token` with everything but GET; null if it is not needed.
    csrf_token: Option<String>,
}

/// What strangers may do.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountRules {
    /// Whether accounts are on; while they are off everybody may do everything.
    accounts: bool,
    /// Whether strangers may search and look at pictures.
    anonymous_search: bool,
    /// Who may make an account without being an administrator.
    registration: MayRegister,
}

/// Who may make an account without being an administrator.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MayRegister {
    /// Whoever comes first, as there is no account yet; becomes an administrator.
    First,
    /// The same, for who knows the set-up code that the server printed at its start.
    FirstByCode,
    /// Anybody, as a reader.
    Open,
    /// Nobody.
    Closed,
}

/// What strangers may do.
///
/// Open to all, so that a page knows whether to ask for a login.
#[utoipa::path(
    get,
    path = "/api/auth/rules",
    tag = "accounts",
    responses((status = 200, body = Envelope<AccountRules>), ApiError),
)]
pub(crate) async fn rules(State(app): State<App>) -> Result<Response, ApiError> {
    let AccessRules {
        accounts,
        anonymous_search,
        open_registration,
        ..
    } = app.options().access;
    let exist = app.accounts(Accounts::exist).await?;
    let registration = match (exist, open_registration) {
        (false, _) if app.options().setup_code.is_some() => MayRegister::FirstByCode,
        (false, _) => MayRegister::First,
        (true, true) => MayRegister::Open,
        (true, false) => MayRegister::Closed,
    };
    Ok(private(
        [],
        Success(AccountRules {
            accounts,
            anonymous_search,
            registration,
        }),
    ))
}

/// Make an account.
///
/// The first one is an administrator's and takes no login, but the set-up code that the server printed
/// at its start where others than this machine's users reach it. Later ones are made by administrators who
/// logged in (a token is not enough), or by anybody, as a reader, where the server's setting `registration` is `open`.
#[utoipa::path(
    post,
    path = "/api/auth/register",
    tag = "accounts",
    request_body = Registration,
    responses((status = 200, body = Envelope<Account>), ApiError),
)]
pub(crate) async fn register(
    State(app): State<App>,
    who: Who,
    client: Client,
    SmallJson(registration): SmallJson<Registration>,
) -> Result<Success<Account>, ApiError> {
    let rules = &app.options().access;
    let is_admin = match who {
        Who::Owner => true,
        Who::Known(identity) if identity.account.role == accounts::Role::Admin => {
            if rules.accounts && identity.session.is_none() {
                return Err(needs_session("accounts are made"));
            }
            true
        }
        Who::Known(_) | Who::Nobody => false,
    };
    let registrar = if is_admin || !rules.accounts {
        Registrar::Admin
    } else {
        if !app.accounts(Accounts::exist).await? {
            check_setup_code(&app, registration.setup_code.as_deref())?;
        }
        Registrar::Stranger {
            address: client.address,
            open: rules.open_registration,
        }
    };
    let account = NewAccount {
        name: registration.name,
        password: registration.password,
        role: registration.role.map(Into::into),
    };
    let made = app.passwords(move |accounts| accounts.register(&account, registrar));
    Ok(Success(made.await?.into()))
}

/// No guesses are counted: of a code of 128 bits, none is right.
fn check_setup_code(app: &App, given: Option<&str>) -> Result<(), ApiError> {
    let Some(code) = &app.options().setup_code else {
        return Ok(());
    };
    if given.is_some_and(|given| is_secret(code.as_bytes(), given.trim().as_bytes())) {
        return Ok(());
    }
    Err(ApiError::new(
        StatusCode::FORBIDDEN,
        "the first account takes the set-up code that the server printed when it started; give it as \
         `setup_code`",
    ))
}

/// Log in.
///
/// The answer sets the cookie `lookalike_session`, always of a new session; one that the request
/// came with ends. Sessions end after 30 days without use, and after 90 days.
#[utoipa::path(
    post,
    path = "/api/auth/login",
    tag = "accounts",
    request_body = Credentials,
    responses((status = 200, body = Envelope<Me>), ApiError),
)]
pub(crate) async fn log_in(
    State(app): State<App>,
    client: Client,
    headers: HeaderMap,
    SmallJson(credentials): SmallJson<Credentials>,
) -> Result<Response, ApiError> {
    let former = cookie::session(&headers);
    let log_in = move |accounts: &Accounts| {
        let login = accounts.log_in(&credentials.name, &credentials.password, client.address)?;
        if let Some(former) = former {
            accounts.log_out(&former)?;
        }
        Ok(login)
    };
    let login: Login = app.passwords(log_in).await?;
    let cookie = cookie::of(&login, client.is_tls)?;
    let me = Me {
        accounts: app.options().access.accounts,
        role: login.account.role.into(),
        user: Some(login.account.into()),
        csrf_token: Some(login.csrf_token.reveal().to_owned()),
    };
    Ok(private([(header::SET_COOKIE, cookie)], Success(me)))
}

/// Log out.
#[utoipa::path(
    post,
    path = "/api/auth/logout",
    tag = "accounts",
    responses((status = 200, body = Envelope<Done>), ApiError),
)]
pub(crate) async fn log_out(
    State(app): State<App>,
    who: Who,
    client: Client,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if let (Who::Known(_), Some(session)) = (who, cookie::session(&headers)) {
        app.accounts(move |accounts| accounts.log_out(&session))
            .await?;
    }
    let cookie = cookie::none(client.is_tls)?;
    Ok(private([(header::SET_COOKIE, cookie)], Success(Done {})))
}

/// Who I am.
#[utoipa::path(
    get,
    path = "/api/auth/me",
    tag = "accounts",
    responses((status = 200, body = Envelope<Me>), ApiError),
)]
pub(crate) async fn me(State(app): State<App>, who: Who) -> Result<Response, ApiError> {
    let accounts = app.options().access.accounts;
    let me = match who {
        Who::Known(identity) => Me {
            accounts,
            role: if accounts {
                identity.account.role.into()
            } else {
                Role::Admin
            },
            csrf_token: identity
                .session
                .map(|(_, csrf_token)| csrf_token.reveal().to_owned()),
            user: Some(identity.account.into()),
        },
        Who::Nobody if accounts => return Err(unknown()),
        Who::Owner | Who::Nobody => Me {
            accounts,
            user: None,
            role: Role::Admin,
            csrf_token: None,
        },
    };
    Ok(private([], Success(me)))
}

/// Change my password.
///
/// Ends the user's other sessions; tokens stay. Wrong old passwords count like failed logins.
#[utoipa::path(
    post,
    path = "/api/auth/password",
    tag = "accounts",
    request_body = PasswordChange,
    responses((status = 200, body = Envelope<Done>), ApiError),
)]
pub(crate) async fn change_password(
    State(app): State<App>,
    Known(identity): Known,
    client: Client,
    SmallJson(change): SmallJson<PasswordChange>,
) -> Result<Success<Done>, ApiError> {
    let Some((session, _)) = identity.session else {
        return Err(needs_session("the password is changed"));
    };
    let change = move |accounts: &Accounts| {
        accounts.change_password(
            &identity.account,
            Some(session),
            &change.old_password,
            &change.new_password,
            client.address,
        )
    };
    app.passwords(change).await?;
    Ok(Success(Done {}))
}

/// An answer that no cache may keep.
pub(crate) fn private<const N: usize>(
    headers: [(header::HeaderName, HeaderValue); N],
    answer: impl IntoResponse,
) -> Response {
    let cache = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (cache, headers, answer).into_response()
}
