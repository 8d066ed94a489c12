//! Who may do what. A handler names the least role that may call it by its extractor.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::envelope::ApiError;
use crate::state::App;

/// Whoever makes a request.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// `None` for the one local user, while accounts are off.
    pub(crate) user_id: Option<i64>,
}

/// May search and look.
pub(crate) struct Reader(pub(crate) Caller);

/// May also import, upload, edit and delete.
pub(crate) struct Editor(pub(crate) Caller);

/// May do everything.
pub(crate) struct Admin(pub(crate) Caller);

macro_rules! extract {
    ($role:ident) => {
        impl FromRequestParts<App> for $role {
            type Rejection = ApiError;

            async fn from_request_parts(_: &mut Parts, _: &App) -> Result<Self, ApiError> {
                Ok(Self(Caller { user_id: None }))
            }
        }
    };
}

extract!(Reader);
extract!(Editor);
extract!(Admin);
