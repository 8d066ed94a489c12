//! Accounts over a catalogue, with a clock that tests set.

use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

use lookalike_catalog::Catalog;
use tempfile::TempDir;

use super::*;

/// Accounts in a data directory of their own.
struct Fixture {
    directory: TempDir,
    accounts: Accounts,
}

impl Fixture {
    fn new() -> Self {
        Self::with_clock(|| "2026-11-21T12:00:00Z".parse().unwrap())
    }

    fn with_clock(clock: Clock) -> Self {
        Self::open(TempDir::new().unwrap(), clock)
    }

    fn open(directory: TempDir, clock: Clock) -> Self {
        let catalog = Catalog::open_for_writing(directory.path()).unwrap();
        Self {
            accounts: Accounts::new(Arc::new(catalog), clock),
            directory,
        }
    }

    /// Ends the process, as far as a test can, and starts the next one.
    fn reopen(self) -> Self {
        let Self {
            directory,
            accounts,
        } = self;
        let clock = accounts.clock;
        drop(accounts);
        Self::open(directory, clock)
    }
}

const START: i64 = 1_795_000_000;
const DAY: i64 = 24 * 60 * 60;
const ADDRESS: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)));
const OTHER: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2)));

/// A clock of the test's own, by the name of a function and of what sets it.
macro_rules! clock {
    ($clock:ident, $seconds:ident) => {
        static $seconds: AtomicI64 = AtomicI64::new(START);
        fn $clock() -> Timestamp {
            Timestamp::from_second($seconds.load(Ordering::Relaxed)).unwrap()
        }
    };
}

fn password(text: &str) -> Password {
    Password::new(text.to_owned())
}

fn new_account(name: &str, role: Option<Role>) -> NewAccount {
    NewAccount {
        name: name.to_owned(),
        password: password("correct horse"),
        role,
    }
}

fn add(fixture: &Fixture, name: &str, role: Role) -> Account {
    let account = new_account(name, Some(role));
    let accounts = &fixture.accounts;
    accounts.register(&account, Registrar::Admin).unwrap()
}

fn stranger(open: bool) -> Registrar {
    Registrar::Stranger {
        address: ADDRESS,
        open,
    }
}

fn kind<T: std::fmt::Debug>(result: Result<T, AccountError>) -> AccountErrorKind {
    result.unwrap_err().kind()
}

#[test]
fn the_first_account_is_an_administrators_and_later_ones_are_let_in() {
    let fixture = Fixture::new();
    let accounts = &fixture.accounts;
    assert!(!accounts.exist().unwrap());
    let too_low = accounts.register(&new_account("ann", Some(Role::Reader)), stranger(true));
    assert_eq!(kind(too_low), AccountErrorKind::Conflict);
    let ann = accounts.register(&new_account("ann", None), stranger(false));
    assert_eq!(ann.unwrap().role, Role::Admin);
    assert!(accounts.exist().unwrap());
    let bob = new_account("bob", None);
    assert_eq!(
        kind(accounts.register(&bob, stranger(false))),
        AccountErrorKind::Forbidden
    );
    let editor = new_account("bob", Some(Role::Editor));
    assert_eq!(
        kind(accounts.register(&editor, stranger(true))),
        AccountErrorKind::Forbidden
    );
    assert_eq!(
        accounts.register(&bob, stranger(true)).unwrap().role,
        Role::Reader
    );
    assert_eq!(
        accounts
            .register(&editor, Registrar::Admin)
            .unwrap_err()
            .kind(),
        AccountErrorKind::Conflict
    );
    let names: Vec<String> = accounts
        .list()
        .unwrap()
        .into_iter()
        .map(|a| a.name)
        .collect();
    assert_eq!(names, ["ann", "bob"]);
}

#[test]
fn names_and_passwords_are_checked() {
    let fixture = Fixture::new();
    let accounts = &fixture.accounts;
    let long = "x".repeat(65);
    for name in [
        "",
        "a b",
        "a/b",
        "ann\n",
        "änn",
        "<b>",
        ".",
        "..",
        long.as_str(),
    ] {
        let refused = accounts.register(&new_account(name, None), Registrar::Admin);
        assert_eq!(kind(refused), AccountErrorKind::InvalidInput, "{name}");
    }
    let short = NewAccount {
        password: password("1234567"),
        ..new_account("ann", None)
    };
    let refused = accounts.register(&short, Registrar::Admin);
    assert_eq!(kind(refused), AccountErrorKind::InvalidInput);
    let name = &long[1..];
    assert!(
        accounts
            .register(&new_account(name, None), Registrar::Admin)
            .is_ok()
    );
    add(&fixture, "Ann-1_2.3@example.com", Role::Reader);
}

#[test]
fn strangers_who_register_again_and_again_have_to_wait() {
    let fixture = Fixture::new();
    let accounts = &fixture.accounts;
    let register =
        |number: u32| accounts.register(&new_account(&number.to_string(), None), stranger(true));
    for number in 0..5 {
        register(number).unwrap();
    }
    let refused = register(5).unwrap_err();
    assert_eq!(refused.kind(), AccountErrorKind::Throttled);
    assert_eq!(refused.retry_after_seconds(), Some(1));
}

#[test]
fn a_login_is_always_a_new_session_and_ends_with_its_logout() {
    let fixture = Fixture::new();
    let accounts = &fixture.accounts;
    add(&fixture, "Ann", Role::Admin);
    let log_in = || {
        accounts
            .log_in("aNN", &password("correct horse"), ADDRESS)
            .unwrap()
    };
    let (first, second) = (log_in(), log_in());
    assert_ne!(first.session, second.session);
    assert_ne!(first.csrf_token, second.csrf_token);
    let known = accounts.by_session(&first.session).unwrap().unwrap();
    assert_eq!(known.account.name, "Ann");
    assert_eq!(known.session.unwrap().1, first.csrf_token);
    // What nobody was given opens nothing, whatever its form.
    let made_up = Secret::session(&"A".repeat(43)).unwrap();
    assert!(accounts.by_session(&made_up).unwrap().is_none());
    assert!(accounts.by_session(&first.csrf_token).unwrap().is_none());
    assert!(accounts.by_token(&first.session).unwrap().is_none());
    accounts.log_out(&first.session).unwrap();
    accounts.log_out(&first.session).unwrap();
    assert!(accounts.by_session(&first.session).unwrap().is_none());
    assert!(accounts.by_session(&second.session).unwrap().is_some());
}

#[test]
fn sessions_end_after_30_days_unused_and_after_90_days_used() {
    clock!(clock, SECONDS);
    let fixture = Fixture::with_clock(clock);
    let accounts = &fixture.accounts;
    add(&fixture, "ann", Role::Admin);
    let log_in = || {
        let login = accounts.log_in("ann", &password("correct horse"), None);
        login.unwrap().session
    };
    let is_known = |session: &Secret, days: i64, seconds: i64| {
        SECONDS.store(START + days * DAY + seconds, Ordering::Relaxed);
        accounts.by_session(session).unwrap().is_some()
    };
    let (idle, used) = (log_in(), log_in());
    for day in (0..90).step_by(10) {
        assert!(is_known(&used, day, 0), "day {day}");
    }
    assert!(is_known(&idle, 30, -1));
    // Seen at its last second, it has another 30 days.
    assert!(!is_known(&idle, 60, 0));
    assert!(is_known(&used, 90, -1));
    assert!(!is_known(&used, 90, 0));
}

#[test]
fn guessing_is_slowed_down_by_name_and_address_also_after_a_restart() {
    clock!(clock, SECONDS);
    let fixture = Fixture::with_clock(clock);
    add(&fixture, "ann", Role::Admin);
    add(&fixture, "bob", Role::Reader);
    let held = {
        let accounts = &fixture.accounts;
        let login = accounts.log_in("ann", &password("correct horse"), OTHER);
        login.unwrap().session
    };
    let attempt = |fixture: &Fixture, name: &str, text: &str, address| {
        let accounts = &fixture.accounts;
        match accounts.log_in(name, &password(text), address) {
            Ok(_) => Ok(()),
            Err(error) => Err((error.kind(), error.retry_after_seconds())),
        }
    };
    let wrong = Err((AccountErrorKind::Unauthenticated, None));
    for _ in 0..5 {
        assert_eq!(attempt(&fixture, "ann", "wrong", ADDRESS), wrong);
    }
    let wait = |seconds| Err((AccountErrorKind::Throttled, Some(seconds)));
    let fixture = fixture.reopen();
    let right = "correct horse";
    // The name from there, in another case. Nobody is kept out elsewhere, and no other name there.
    assert_eq!(attempt(&fixture, "Ann", right, ADDRESS), wait(1));
    assert_eq!(attempt(&fixture, "ann", right, OTHER), Ok(()));
    assert_eq!(attempt(&fixture, "bob", right, ADDRESS), Ok(()));
    let accounts = &fixture.accounts;
    assert!(accounts.by_session(&held).unwrap().is_some());
    SECONDS.fetch_add(1, Ordering::Relaxed);
    assert_eq!(attempt(&fixture, "ann", "wrong", ADDRESS), wrong);
    assert_eq!(attempt(&fixture, "ann", right, ADDRESS), wait(2));
    SECONDS.fetch_add(2, Ordering::Relaxed);
    assert_eq!(attempt(&fixture, "ann", right, ADDRESS), Ok(()));
    for _ in 0..4 {
        assert_eq!(attempt(&fixture, "ann", "wrong", ADDRESS), wrong);
    }
    assert_eq!(attempt(&fixture, "ann", right, ADDRESS), Ok(()));
    // Whoever tries many names is slowed down by its address: ten failures are counted so far.
    for number in 0..11 {
        let name = format!("nobody{number}");
        assert_eq!(attempt(&fixture, &name, right, ADDRESS), wrong);
    }
    assert_eq!(attempt(&fixture, "bob", right, ADDRESS), wait(1));
    assert_eq!(attempt(&fixture, "bob", right, OTHER), Ok(()));
}

#[test]
fn another_password_lets_a_user_in_whom_others_guessed_at() {
    let fixture = Fixture::new();
    let accounts = &fixture.accounts;
    add(&fixture, "ann", Role::Admin);
    let log_in = |text: &str| accounts.log_in("ann", &password(text), ADDRESS);
    for _ in 0..5 {
        assert_eq!(kind(log_in("guess")), AccountErrorKind::Unauthenticated);
    }
    assert_eq!(kind(log_in("correct horse")), AccountErrorKind::Throttled);
    let reset = AccountChange {
        password: Some(password("battery staple")),
        ..AccountChange::default()
    };
    accounts.change("ann", &reset).unwrap();
    assert!(log_in("battery staple").is_ok());
}

#[test]
fn unknown_names_are_answered_and_slowed_down_like_known_ones() {
    let fixture = Fixture::new();
    let accounts = &fixture.accounts;
    add(&fixture, "ann", Role::Admin);
    add(&fixture, "shut", Role::Reader);
    let shut = AccountChange {
        disabled: Some(true),
        ..AccountChange::default()
    };
    accounts.change("shut", &shut).unwrap();
    let message = |name: &str, text: &str| {
        let error = accounts.log_in(name, &password(text), None).unwrap_err();
        (error.kind(), error.to_string())
    };
    for _ in 0..5 {
        let known = message("ann", "wrong password");
        assert_eq!(known.0, AccountErrorKind::Unauthenticated);
        assert_eq!(message("nobody", "wrong password"), known);
        assert_eq!(message("shut", "correct horse"), known);
    }
    let known = message("ann", "wrong password");
    assert_eq!(known.0, AccountErrorKind::Throttled);
    assert_eq!(message("nobody", "wrong password"), known);
    assert_eq!(message("shut", "correct horse"), known);
}

#[test]
fn many_attempts_at_once_are_counted_as_well() {
    let fixture = Fixture::new();
    let accounts = &fixture.accounts;
    add(&fixture, "ann", Role::Admin);
    let attempts: Vec<AccountErrorKind> = std::thread::scope(|scope| {
        let attempt = || kind(accounts.log_in("ann", &password("wrong"), ADDRESS));
        let threads: Vec<_> = (0..16).map(|_| scope.spawn(attempt)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    let checked = attempts
        .iter()
        .filter(|kind| **kind == AccountErrorKind::Unauthenticated)
        .count();
    assert!((5..=6).contains(&checked), "{attempts:?}");
}

#[test]
fn the_last_administrator_stays_one() {
    let fixture = Fixture::new();
    let accounts = &fixture.accounts;
    add(&fixture, "ann", Role::Admin);
    add(&fixture, "bob", Role::Editor);
    let demote = AccountChange {
        role: Some(Role::Editor),
        ..AccountChange::default()
    };
    let shut = AccountChange {
        disabled: Some(true),
        ..AccountChange::default()
    };
    for refused in [
        accounts.change("ann", &demote),
        accounts.change("ann", &shut),
        accounts.remove("ann"),
    ] {
        assert_eq!(kind(refused), AccountErrorKind::Conflict);
    }
    let promote = AccountChange {
        role: Some(Role::Admin),
        ..AccountChange::default()
    };
    assert_eq!(accounts.change("BOB", &promote).unwrap().role, Role::Admin);
    assert!(accounts.change("bob", &shut).unwrap().disabled);
    // An administrator who can't log in is none.
    assert_eq!(kind(accounts.remove("ann")), AccountErrorKind::Conflict);
    accounts.remove("bob").unwrap();
    assert_eq!(kind(accounts.remove("bob")), AccountErrorKind::NotFound);
    assert_eq!(
        kind(accounts.change("bob", &demote)),
        AccountErrorKind::NotFound
    );
}

#[test]
fn the_own_password_ends_other_sessions_and_an_administrators_tokens_too() {
    let fixture = Fixture::new();
    let accounts = &fixture.accounts;
    let ann = add(&fixture, "ann", Role::Admin);
    let log_in = |text: &str| accounts.log_in("ann", &password(text), None);
    let (kept, other) = (
        log_in("correct horse").unwrap().session,
        log_in("correct horse").unwrap().session,
    );
    let token = accounts.add_token(&ann, "script", None).unwrap().token;
    let number = accounts
        .by_session(&kept)
        .unwrap()
        .unwrap()
        .session
        .unwrap()
        .0;
    let change = |old: &str, new: &str| {
        accounts.change_password(&ann, Some(number), &password(old), &password(new), None)
    };
    assert_eq!(
        kind(change("wrong", "battery staple")),
        AccountErrorKind::Forbidden
    );
    assert_eq!(
        kind(change("correct horse", "short")),
        AccountErrorKind::InvalidInput
    );
    change("correct horse", "battery staple").unwrap();
    let is_known = |session| accounts.by_session(session).unwrap().is_some();
    assert!(is_known(&kept) && !is_known(&other));
    assert!(accounts.by_token(&token).unwrap().is_some());
    assert!(log_in("correct horse").is_err() && log_in("battery staple").is_ok());
    let reset = AccountChange {
        password: Some(password("set by an admin")),
        ..AccountChange::default()
    };
    accounts.change("ann", &reset).unwrap();
    assert!(!is_known(&kept));
    assert!(accounts.by_token(&token).unwrap().is_none());
    assert!(log_in("set by an admin").is_ok());
}

#[test]
fn tokens_act_for_their_user_until_they_end_or_are_revoked() {
    clock!(clock, SECONDS);
    let fixture = Fixture::with_clock(clock);
    let accounts = &fixture.accounts;
    let (ann, bob) = (
        add(&fixture, "ann", Role::Admin),
        add(&fixture, "bob", Role::Reader),
    );
    for (name, days) in [("", None), ("x", Some(0)), ("x", Some(36_501))] {
        let refused = accounts.add_token(&ann, name, days);
        assert_eq!(kind(refused), AccountErrorKind::InvalidInput);
    }
    let lasting = accounts.add_token(&bob, " nightly import ", None).unwrap();
    let ending = accounts.add_token(&bob, "trial", Some(1)).unwrap();
    assert!(lasting.token.reveal().starts_with("lk_"));
    assert_eq!(lasting.report.name, "nightly import");
    let whose = |secret: &Secret| {
        let known = accounts.by_token(secret).unwrap();
        known.map(|known| (known.account.name, known.session.is_some()))
    };
    assert_eq!(whose(&lasting.token), Some(("bob".to_owned(), false)));
    assert_eq!(accounts.tokens(&bob).unwrap()[1].last_used, Some(START));
    SECONDS.store(START + DAY, Ordering::Relaxed);
    assert_eq!(whose(&ending.token), None);
    assert_eq!(accounts.tokens(&bob).unwrap().len(), 1);
    assert!(accounts.tokens(&ann).unwrap().is_empty());
    let revoke = |account| accounts.revoke_token(account, lasting.report.id);
    assert_eq!(kind(revoke(&ann)), AccountErrorKind::NotFound);
    assert!(whose(&lasting.token).is_some());
    revoke(&bob).unwrap();
    assert_eq!(whose(&lasting.token), None);
    for number in 0..100 {
        accounts.add_token(&bob, &number.to_string(), None).unwrap();
    }
    let refused = accounts.add_token(&bob, "one more", None);
    assert_eq!(kind(refused), AccountErrorKind::Conflict);
    let last = accounts.add_token(&ann, "ann's", None).unwrap();
    let shut = AccountChange {
        disabled: Some(true),
        ..AccountChange::default()
    };
    add(&fixture, "eve", Role::Admin);
    accounts.change("ann", &shut).unwrap();
    assert_eq!(whose(&last.token), None);
}
