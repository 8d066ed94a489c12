//! Logging in and out, and who somebody is.

use std::net::IpAddr;

use lookalike_catalog::{NewSession, Session, User};

use crate::AccountError;
use crate::throttle::Subject;
use crate::{Account, Accounts, Password, Secret};

const DAY: i64 = 24 * 60 * 60;

/// A session ends when it was not used for this long,
const IDLE_SECONDS: i64 = 30 * DAY;

/// and after this long in any case.
const LONGEST_SECONDS: i64 = 90 * DAY;

/// How exactly the last use of sessions and tokens is recorded: reading should not write.
pub(crate) const SEEN_SECONDS: i64 = 60 * 60;

/// Sessions of a user: the oldest of more end.
const MOST_SESSIONS: usize = 100;

/// A login that succeeded.
#[derive(Clone, Debug)]
pub struct Login {
    /// Whose.
    pub account: Account,
    /// The id of the new session, for the user's browser alone.
    pub session: Secret,
    /// What pages show with every change that they ask for.
    pub csrf_token: Secret,
    /// Seconds after which the session ends at the latest.
    pub longest_seconds: i64,
}

/// Somebody known.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Whose account.
    pub account: Account,
    /// The session's number and what pages show with changes; `None` for a token.
    pub session: Option<(i64, Secret)>,
}

/// What an attempt to log in as `name` counts by, the name with its address first.
pub(crate) fn subjects<'a>(
    name: &'a str,
    address: Option<IpAddr>,
    user: Option<&'a User>,
) -> Vec<Subject<'a>> {
    let login = Subject::Login {
        name,
        address,
        password_hash: user.map(|user| user.password_hash.0.as_str()),
    };
    std::iter::once(login)
        .chain(address.map(Subject::Address))
        .collect()
}

impl Accounts {
    /// Starts a session, always a new one. `address` is where the request comes from.
    ///
    /// # Errors
    /// Name or password are wrong (the same answer after the same time for each), too many attempts
    /// failed, or the catalogue can't be written.
    pub fn log_in(
        &self,
        name: &str,
        password: &Password,
        address: Option<IpAddr>,
    ) -> Result<Login, AccountError> {
        let user = self.catalog.user(name)?;
        let subjects = subjects(name, address, user.as_ref());
        self.check_patience(&subjects)?;
        let turn = self.turns.take();
        // Again: others may have failed meanwhile. Whoever sends many attempts at once has no more
        // of them than turns there are.
        self.check_patience(&subjects)?;
        let open = user.as_ref().filter(|user| !user.disabled);
        let known = open.map(|user| &user.password_hash);
        let is_right = turn.verify(password, known)?;
        let Some(user) = open.filter(|_| is_right) else {
            self.count_failure(&subjects)?;
            return Err(AccountError::WrongCredentials);
        };
        drop(turn);
        // Not those of the address: it may have failed for others.
        self.forgive(subjects[0])?;
        self.start(user.clone())
    }

    fn start(&self, user: User) -> Result<Login, AccountError> {
        let session = Secret::new_session()?;
        let stored = NewSession {
            token_hash: session.hash(),
            user_id: user.id,
            expires_at: self.now() + IDLE_SECONDS,
        };
        self.write(|tx| {
            // The account may have been removed, or its password changed, since it was looked up.
            if self.catalog.user_by_id(user.id)?.as_ref() != Some(&user) {
                return Err(AccountError::WrongCredentials);
            }
            Ok(tx.add_session(&stored, MOST_SESSIONS - 1)?)
        })?;
        Ok(Login {
            account: Account::of(user)?,
            csrf_token: session.csrf_token(),
            session,
            longest_seconds: LONGEST_SECONDS,
        })
    }

    /// Ends a session, if it is one.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn log_out(&self, session: &Secret) -> Result<(), AccountError> {
        self.write(|tx| Ok(tx.remove_session(session.hash())?))
    }

    /// Who has that session; `None` if there is none or it has ended.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn by_session(&self, secret: &Secret) -> Result<Option<Identity>, AccountError> {
        let Some((session, user)) = self.catalog.session(secret.hash())? else {
            return Ok(None);
        };
        let now = self.now();
        if user.disabled || session.expires_at <= now {
            return Ok(None);
        }
        if now - session.last_seen >= SEEN_SECONDS {
            self.record_use(|| self.see(&session, now));
        }
        Ok(Some(Identity {
            account: Account::of(user)?,
            session: Some((session.id, secret.csrf_token())),
        }))
    }

    fn see(&self, session: &Session, now: i64) -> Result<(), AccountError> {
        let end = (now + IDLE_SECONDS).min(session.created_at + LONGEST_SECONDS);
        self.write(|tx| Ok(tx.touch_session(session.id, end)?))
    }

    /// A server that only reads knows its users too.
    pub(crate) fn record_use(&self, record: impl FnOnce() -> Result<(), AccountError>) {
        if let Err(error) = record() {
            tracing::debug!("the use of an account could not be recorded: {error}");
        }
    }
}
