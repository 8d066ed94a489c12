//! The session's cookie.
//!
//! Pages can't read it (`HttpOnly`), other sites' forms don't send it (`SameSite=Lax`), and it goes
//! over TLS alone when it came by TLS (`Secure`).

use axum::http::{HeaderMap, HeaderValue, header};
use lookalike_accounts::{Login, Secret};

use crate::http::envelope::ApiError;

pub(crate) const NAME: &str = "lookalike_session";

/// The session id that a browser shows, if it has the form of one.
pub(crate) fn session(headers: &HeaderMap) -> Option<Secret> {
    let values = headers.get_all(header::COOKIE).into_iter();
    let pairs = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs.filter(|(name, _)| *name == NAME);
    values.next().and_then(|(_, value)| Secret::session(value))
}

/// `Set-Cookie` for a new session.
///
/// # Errors
/// None that can happen: the value is made of letters and digits.
pub(crate) fn of(login: &Login, is_tls: bool) -> Result<HeaderValue, ApiError> {
    set(login.session.reveal(), login.longest_seconds, is_tls)
}

/// `Set-Cookie` that takes it away.
///
/// # Errors
/// None that can happen.
pub(crate) fn none(is_tls: bool) -> Result<HeaderValue, ApiError> {
    set("", 0, is_tls)
}

fn set(value: &str, seconds: i64, is_tls: bool) -> Result<HeaderValue, ApiError> {
    let secure = if is_tls { "; Secure" } else { "" };
    let text = format!("{NAME}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    let mut header = HeaderValue::from_str(&text).map_err(|error| ApiError::internal(&error))?;
    header.set_sensitive(true);
    Ok(header)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_is_found_among_other_cookies() {
        let id = "A".repeat(43);
        let found = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, HeaderValue::from_str(text).unwrap());
            session(&headers).map(|secret| secret.reveal().to_owned())
        };
        let cookie = format!("lookalike_session={id}");
        assert_eq!(found(&cookie), Some(id.clone()));
        assert_eq!(found(&format!("a=b;{cookie}; c")), Some(id));
        for other in ["", "a=b", "lookalike_session", "lookalike_session=short"] {
            assert_eq!(found(other), None);
        }
        assert_eq!(found(&format!("x{cookie}")), None);
    }
}
