//! Searches steered by items that are liked, or not.

use super::*;
use crate::search::examples::{LIKE, PENALTY};

/// A query between four items around the circle.
fn around() -> (Fixture, Vec<u64>) {
    let fixture = Fixture::new();
    let collection = fixture.collection("default", 2, "cosine");
    let add = |degrees: f32| fixture.add(&collection, &degrees.to_string(), 1, &at(degrees));
    let ids = [0.0, 30.0, 60.0, 90.0].map(|degrees| add(degrees).unsigned_abs());
    (fixture, ids.to_vec())
}

fn steered(queries: Vec<Query>, like: &[u64], unlike: &[u64]) -> SearchRequest {
    SearchRequest {
        queries,
        like: like.to_vec(),
        unlike: unlike.to_vec(),
        min_score: Some(-1.0),
        ..SearchRequest::default()
    }
}

fn found(fixture: &Fixture, request: &SearchRequest) -> Vec<(u64, f32)> {
    let answer = fixture.engine.search().run(request).unwrap();
    let hits = answer.ranked.iter();
    hits.map(|hit| (hit.item.id.unsigned_abs(), hit.score))
        .collect()
}

#[test]
fn what_is_liked_draws_hits_and_what_is_not_drives_them_away() {
    let (fixture, ids) = around();
    let between = || vec![Query::Vector(at(45.0).to_vec())];
    let first = |like: &[u64], unlike: &[u64]| {
        let request = steered(between(), like, unlike);
        found(&fixture, &request)[0].0
    };
    assert_eq!(first(&[ids[3]], &[]), ids[2]);
    assert_eq!(first(&[], &[ids[3]]), ids[1]);
    assert_eq!(first(&[ids[0]], &[ids[3]]), ids[1]);
    // Two vectors of length 1 at 45 and 90 degrees, weighted 1 and 0.75.
    let [x, y] = [0, 1].map(|axis| at(45.0)[axis] + LIKE * at(90.0)[axis]);
    let cosine = (y / x.hypot(y)).clamp(-1.0, 1.0);
    let hits = found(&fixture, &steered(between(), &[ids[3]], &[]));
    let liked = hits.iter().find(|hit| hit.0 == ids[3]).unwrap();
    assert!((liked.1 - cosine).abs() < 1e-6, "{liked:?} {cosine}");
}

#[test]
fn what_is_liked_is_a_query_by_itself() {
    let (fixture, ids) = around();
    let hits = found(&fixture, &steered(Vec::new(), &[ids[1]], &[]));
    assert_eq!(hits[0].0, ids[1]);
    assert!((hits[0].1 - 1.0).abs() < 1e-6);
    let both = found(&fixture, &steered(Vec::new(), &[ids[1], ids[2]], &[ids[0]]));
    assert_eq!(both[0].0, ids[2]);
    let groups = SearchRequest {
        limit: Limit::Groups(2),
        ..steered(Vec::new(), &[ids[1]], &[])
    };
    assert_eq!(found(&fixture, &groups)[0].0, ids[1]);
}

#[test]
fn lengths_count_where_they_are_kept() {
    let fixture = Fixture::new();
    let collection = fixture.collection("default", 2, "l2");
    let id = fixture
        .add(&collection, "far", 1, &[10.0, 0.0])
        .unsigned_abs();
    let request = SearchRequest {
        min_score: None,
        ..steered(vec![Query::Vector(vec![0.0, 0.0])], &[id], &[])
    };
    // At 0.75 / 1.75 of the way.
    let [(_, distance)] = found(&fixture, &request)[..] else {
        panic!("one item");
    };
    assert!((distance - 10.0 / 1.75).abs() < 1e-5, "{distance}");
}

#[test]
fn examples_that_mean_nothing_are_refused() {
    let (fixture, ids) = around();
    let refused = |request: &SearchRequest| {
        let error = fixture.engine.search().run(request).unwrap_err();
        (error.kind(), error.to_string())
    };
    let (kind, message) = refused(&steered(Vec::new(), &[], &[ids[0]]));
    assert_eq!(kind, ErrorKind::InvalidInput);
    assert!(message.contains("nothing to search for"), "{message}");
    let (_, message) = refused(&steered(Vec::new(), &[ids[0]], &[ids[0]]));
    assert!(message.contains("in like and in unlike"), "{message}");
    let (_, message) = refused(&steered(Vec::new(), &[1; EXAMPLES_MAX + 1], &[]));
    assert!(message.contains("at most 64"), "{message}");
    let (kind, _) = refused(&steered(Vec::new(), &[987_654], &[]));
    assert_eq!(kind, ErrorKind::NotFound);
}

#[test]
fn a_steered_search_is_made_again_as_it_was() {
    let (fixture, ids) = around();
    let once = steered(vec![Query::Vector(at(45.0).to_vec())], &[ids[3]], &[ids[1]]);
    let searcher = fixture.engine.search();
    let answer = searcher.run(&once).unwrap();
    assert_eq!(answer.query_info.like, [ids[3]]);
    assert_eq!(answer.query_info.unlike, [ids[1]]);
    let past = searcher.past(&answer.query_token, None).unwrap();
    let parameters = SearchRequest::from_parameters(once.parameters()).unwrap();
    let again = SearchRequest {
        queries: vec![past.kept_query(0)],
        ..parameters
    };
    assert_eq!(found(&fixture, &again), found(&fixture, &once));
}

#[test]
fn a_hit_that_agrees_more_with_what_is_not_liked_loses_half_of_the_difference() {
    let world = second_look::World::new();
    let stores = world.fixture.engine.stores();
    let collection = stores.catalog().collection("default").unwrap();
    let mixture = stores.encoders().second_look(&collection).unwrap();
    let evidence = |name: &str| lookalike_evidence::Query::new(&world.evidence(name));
    let (query, liked, unliked) = (
        evidence("fan.png"),
        evidence("frames.png"),
        evidence("ladder.png"),
    );
    let request = SearchRequest {
        queries: Vec::new(),
        poses: Poses::Upright,
        ..steered(
            Vec::new(),
            &[world.id("frames.png")],
            &[world.id("ladder.png")],
        )
    };
    let answer = world.search(world.file("fan.png"), request);
    assert_eq!(answer.ranked.len(), 4);
    for hit in &answer.ranked {
        let own = world.evidence(&hit.item.file_name);
        let of = |query: &lookalike_evidence::Query| query.agreement(&own).unwrap();
        let agreement = (of(&query) + LIKE * of(&liked)) / (1.0 + LIKE);
        let more = (of(&unliked) - agreement).max(0.0);
        let expected = mixture.score(hit.score_first.unwrap(), agreement) - PENALTY * more;
        assert!(
            (hit.score - expected).abs() < 1e-6,
            "{}",
            hit.item.file_name
        );
    }
    let last = answer.ranked.last().unwrap();
    assert_eq!(last.item.file_name, "ladder.png");
}
