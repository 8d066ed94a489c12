//! Users, sessions, tokens and failed logins.

use super::*;

fn open() -> (TempDir, Catalog) {
    let directory = TempDir::new().unwrap();
    let catalog = Catalog::open_for_writing(directory.path()).unwrap();
    (directory, catalog)
}

fn add(catalog: &Catalog, name: &str) -> User {
    let user = NewUser {
        name: name.into(),
        password_hash: PasswordHash("$argon2id$secret".into()),
        role: "reader".into(),
    };
    catalog.write(NOW, |tx| tx.add_user(&user)).unwrap()
}

fn hash(number: u32) -> TokenHash {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&number.to_le_bytes());
    TokenHash(bytes)
}

#[test]
fn a_name_is_taken_in_every_case() {
    let (_directory, catalog) = open();
    assert!(!catalog.has_users().unwrap());
    let ann = add(&catalog, "Ann");
    assert_eq!(catalog.user("aNN").unwrap(), Some(ann.clone()));
    assert_eq!(catalog.user_by_id(ann.id).unwrap(), Some(ann.clone()));
    let again = NewUser {
        name: "ANN".into(),
        password_hash: PasswordHash(String::new()),
        role: "admin".into(),
    };
    let refused = catalog.write(NOW, |tx| tx.add_user(&again));
    assert!(matches!(refused, Err(CatalogError::UserExists { name }) if name == "ANN"));
    let changed = User {
        role: "editor".into(),
        disabled: true,
        ..ann
    };
    catalog.write(NOW, |tx| tx.update_user(&changed)).unwrap();
    assert!(!format!("{changed:?}").contains("argon2id"));
    assert_eq!(catalog.users().unwrap(), [changed]);
}

#[test]
fn a_user_takes_sessions_and_tokens_along_and_leaves_the_id_unused() {
    let (_directory, catalog) = open();
    let ann = add(&catalog, "ann");
    let session = NewSession {
        token_hash: hash(1),
        user_id: ann.id,
        expires_at: NOW + 10,
    };
    let token = NewApiToken {
        token_hash: hash(2),
        user_id: ann.id,
        name: "script".into(),
        expires_at: None,
    };
    catalog
        .write(NOW, |tx| {
            tx.add_session(&session, 9)?;
            tx.add_api_token(&token)
        })
        .unwrap();
    let (stored, owner) = catalog.session(hash(1)).unwrap().unwrap();
    assert_eq!((stored.expires_at, &owner), (NOW + 10, &ann));
    let (stored, owner) = catalog.api_token(hash(2)).unwrap().unwrap();
    assert_eq!((stored.name.as_str(), &owner), ("script", &ann));
    assert!(catalog.session(hash(2)).unwrap().is_none());
    catalog.write(NOW, |tx| tx.remove_user(ann.id)).unwrap();
    assert!(catalog.session(hash(1)).unwrap().is_none());
    assert!(catalog.api_token(hash(2)).unwrap().is_none());
    assert_ne!(add(&catalog, "ann").id, ann.id);
}

#[test]
fn sessions_end_and_are_few() {
    let (_directory, catalog) = open();
    let (ann, bob) = (add(&catalog, "ann"), add(&catalog, "bob"));
    let add = |now, number, user: &User| {
        let session = NewSession {
            token_hash: hash(number),
            user_id: user.id,
            expires_at: now + 100,
        };
        catalog
            .write(now, |tx| tx.add_session(&session, 2))
            .unwrap();
    };
    add(NOW, 0, &bob);
    for number in 1..=4 {
        add(NOW, number, &ann);
    }
    let there = |number| catalog.session(hash(number)).unwrap().is_some();
    assert_eq!([0, 1, 2, 3, 4].map(there), [true, false, true, true, true]);
    let (seen, _) = catalog.session(hash(3)).unwrap().unwrap();
    catalog
        .write(NOW + 60, |tx| tx.touch_session(seen.id, NOW + 160))
        .unwrap();
    let (touched, _) = catalog.session(hash(3)).unwrap().unwrap();
    assert_eq!((touched.last_seen, touched.created_at), (NOW + 60, NOW));
    add(NOW + 100, 5, &ann);
    assert_eq!(
        [0, 2, 3, 4, 5].map(there),
        [false, false, true, false, true]
    );
    catalog
        .write(NOW, |tx| tx.remove_sessions_of(ann.id, Some(seen.id)))
        .unwrap();
    assert_eq!([3, 5].map(there), [true, false]);
    catalog.write(NOW, |tx| tx.remove_session(hash(3))).unwrap();
    assert!(!there(3));
}

#[test]
fn a_token_is_removed_by_its_own_user_only() {
    let (_directory, catalog) = open();
    let (ann, bob) = (add(&catalog, "ann"), add(&catalog, "bob"));
    let add = |now, number, expires_at| {
        let token = NewApiToken {
            token_hash: hash(number),
            user_id: ann.id,
            name: number.to_string(),
            expires_at,
        };
        catalog.write(now, |tx| tx.add_api_token(&token)).unwrap()
    };
    let (lasting, _) = (add(NOW, 1, None), add(NOW, 2, Some(NOW + 5)));
    catalog
        .write(NOW + 1, |tx| tx.touch_api_token(lasting.id))
        .unwrap();
    add(NOW + 5, 3, None);
    let tokens = catalog.api_tokens(ann.id).unwrap();
    let names: Vec<&str> = tokens.iter().map(|token| token.name.as_str()).collect();
    assert_eq!(names, ["3", "1"], "the one that had ended is gone");
    assert_eq!(tokens[1].last_used, Some(NOW + 1));
    let remove = |user: &User| {
        let id = lasting.id;
        catalog
            .write(NOW, |tx| tx.remove_api_token(user.id, id))
            .unwrap()
    };
    assert!(!remove(&bob) && remove(&ann) && !remove(&ann));
    assert!(catalog.api_tokens(bob.id).unwrap().is_empty());
}

#[test]
fn failures_are_kept_for_a_bounded_number_of_keys() {
    let (_directory, catalog) = open();
    let key = |number| FailureKey(hash(number).0);
    let fail = |count, forgotten_at| Failures {
        count,
        last: NOW,
        forgotten_at,
    };
    let slowed = fail(9, NOW + 1000);
    catalog
        .write(NOW, |tx| {
            tx.set_failures(key(0), &slowed)?;
            tx.set_failures(key(1), &fail(1, NOW + 5))?;
            for number in 2..=10_000 {
                tx.set_failures(key(number), &fail(1, NOW + 10))?;
            }
            Ok::<_, CatalogError>(())
        })
        .unwrap();
    let count = || {
        let count = |connection: &rusqlite::Connection| {
            let sql = "SELECT count(*) FROM failed_logins";
            Ok(connection.query_row(sql, [], |row| row.get::<_, usize>(0))?)
        };
        catalog.read(count).unwrap()
    };
    assert_eq!(count(), 10_000);
    assert_eq!(catalog.failures(key(1)).unwrap(), None);
    assert_eq!(catalog.failures(key(0)).unwrap(), Some(slowed));
    catalog
        .write(NOW + 10, |tx| tx.set_failures(key(1), &fail(1, NOW + 20)))
        .unwrap();
    assert_eq!(count(), 2, "the others do not count any more");
    catalog.write(NOW, |tx| tx.clear_failures(key(0))).unwrap();
    assert_eq!(catalog.failures(key(0)).unwrap(), None);
}
