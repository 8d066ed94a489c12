//! Jobs, and what a watch of folders records.

use super::*;

#[test]
fn jobs_are_queued_counted_and_ended() {
    let fixture = Fixture::new();
    let write = |change: &dyn Fn(&WriteTransaction<'_>) -> Result<(), CatalogError>| {
        fixture.catalog.write(NOW, |tx| change(tx)).unwrap();
    };
    let id = fixture
        .catalog
        .write(NOW, |tx| tx.add_job("default", "{}"))
        .unwrap();
    write(&|tx| tx.start_job(id));
    let failure = JobFailure {
        file: "/a".into(),
        reason: "broken".into(),
    };
    let counts = JobCounts {
        total: 3,
        imported: 1,
        skipped: 1,
        failed: 1,
    };
    write(&|tx| {
        tx.add_job_failure(id, &failure)?;
        tx.count_job(id, &counts, 12)
    });
    // The process ends here: the job counts as unfinished, and starts again.
    assert_eq!(fixture.catalog.unfinished_jobs().unwrap().len(), 1);
    let failures = || fixture.catalog.job_failures(id, 10).unwrap();
    assert_eq!(failures(), [failure]);
    write(&|tx| tx.start_job(id));
    assert!(failures().is_empty());
    write(&|tx| tx.finish_job(id, JobState::Failed, Some("disk full")));
    let job = fixture.catalog.job(id).unwrap().unwrap();
    assert_eq!(
        (job.state, job.counts),
        (JobState::Failed, JobCounts::default())
    );
    assert_eq!(job.message.as_deref(), Some("disk full"));
    assert_eq!(job.finished_at, Some(NOW));
    assert!(fixture.catalog.unfinished_jobs().unwrap().is_empty());
    assert_eq!(fixture.catalog.jobs(10).unwrap()[0].id, id);
}

#[test]
fn a_missing_file_is_marked_until_it_is_back() {
    let fixture = Fixture::new();
    let place = |item: &NewItem| {
        fixture
            .catalog
            .write(NOW, |tx| {
                tx.place_item(&fixture.collection, item, Some(&[1.0_f32, 0.0, 0.0]))
            })
            .unwrap()
    };
    let item = picture("a", "/pictures/one.png");
    let Placed::Added(id) = place(&item) else {
        panic!("not added");
    };
    place(&picture("b", "/pictures0/other.png"));
    let below = || {
        let mut paths = Vec::new();
        fixture
            .catalog
            .paths_below(&fixture.collection, "/pictures/", |path| {
                paths.push(path.to_owned());
            })
            .unwrap();
        paths
    };
    let missing = || fixture.catalog.items(&[id as u64]).unwrap()[0].missing_since;
    assert_eq!(below(), ["/pictures/one.png"]);
    let mark = || {
        fixture
            .catalog
            .write(NOW + 5, |tx| {
                tx.mark_missing(&fixture.collection, "/pictures/one.png")
            })
            .unwrap()
    };
    assert!(mark() && !mark());
    assert_eq!(missing(), Some(NOW + 5));
    assert!(below().is_empty());
    let known = || {
        let path = item.path.as_ref().unwrap();
        fixture
            .catalog
            .known_path(&fixture.collection, &path.path)
            .unwrap()
    };
    assert!(known().is_none(), "so that an import looks at it again");
    assert_eq!(place(&item), Placed::Known(id));
    assert_eq!(missing(), None);
    assert!(known().is_some());
}

#[test]
fn a_moved_file_keeps_its_item() {
    let fixture = Fixture::new();
    let place = |item: &NewItem| {
        let vector = Some(&[1.0_f32, 0.0, 0.0][..]);
        let place = |tx: &WriteTransaction<'_>| tx.place_item(&fixture.collection, item, vector);
        fixture.catalog.write(NOW, place).unwrap()
    };
    let Placed::Added(id) = place(&picture("a", "/old/one.png")) else {
        panic!("not added");
    };
    // As long as the old file is there, a second one is a copy: an item of its own.
    assert!(matches!(place(&picture("a", "/copy.png")), Placed::Added(copy) if copy != id));
    let mark = |path: &str| {
        let mark = |tx: &WriteTransaction<'_>| tx.mark_missing(&fixture.collection, path);
        assert!(fixture.catalog.write(NOW, mark).unwrap());
    };
    mark("/old/one.png");
    assert_eq!(place(&picture("a", "/new/uno.png")), Placed::Known(id));
    let item = fixture.catalog.items(&[id as u64]).unwrap().remove(0);
    assert_eq!(item.file_name, "uno.png");
    assert_eq!(item.original_path.as_deref(), Some("/new/uno.png"));
    assert_eq!(item.missing_since, None);
    // Its old path is free for another file.
    assert!(matches!(
        place(&picture("b", "/old/one.png")),
        Placed::Added(_)
    ));
}
