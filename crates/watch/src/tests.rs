//! Files that come, change, move and go while their folder is watched, and what can be wrong
//! with folders, jobs and the catalogue meanwhile.

use std::fs;
use std::io;
use std::sync::mpsc::{Receiver, channel};

use super::*;
use lookalike_engine::fixture::Fixture;
use lookalike_engine::{is_gone, says_gone};

/// Long enough for any machine; reached only when nothing happens that should.
const PATIENCE: Duration = Duration::from_secs(60);

fn request(paths: Vec<PathBuf>) -> JobRequest {
    JobRequest {
        paths,
        collection: "default".into(),
        ..JobRequest::default()
    }
}

/// A watch that looks when it is told to.
struct Steps<'a, E> {
    watch: Watch<'a, E>,
    changes: Receiver<Change>,
}

fn steps<'a>(
    fixture: &'a Fixture,
    stop: &'a Cancel,
    paths: Vec<PathBuf>,
) -> Steps<'a, impl FnMut(Change)> {
    let (sender, changes) = channel();
    let each = move |change| sender.send(change).unwrap();
    let request = request(paths);
    Steps {
        watch: Watch::new(fixture.engine.stores(), &fixture.jobs, request, stop, each),
        changes,
    }
}

impl<E: FnMut(Change)> Steps<'_, E> {
    /// Looks once and says what the result was.
    fn look(&mut self) -> Vec<String> {
        let look = self.watch.look();
        self.follow(look)
    }

    /// Looks twice, so that new files are seen not to change.
    fn look_twice(&mut self) -> Vec<String> {
        let mut told = self.look();
        told.extend(self.look());
        told
    }

    fn follow(&mut self, look: Look) -> Vec<String> {
        self.watch.follow(look).unwrap();
        self.changes
            .try_iter()
            .map(|change| short(&change))
            .collect()
    }
}

fn short(change: &Change) -> String {
    match change {
        Change::Imported(report) => {
            let status = &report.status;
            let (state, imported) = (&status.status, status.imported);
            let (skipped, failed) = (status.skipped, status.failed);
            format!("{state}: {imported} new, {skipped} known, {failed} failed")
        }
        Change::Missing(count) => format!("{count} missing"),
        Change::Unreadable(problem) => {
            let name = Path::new(&problem.file).file_name().unwrap();
            format!("unreadable: {}", name.display())
        }
    }
}

fn is_missing(fixture: &Fixture, name: &str) -> bool {
    let item = fixture.engine.pictures().find(name, None).unwrap();
    item.missing_since.is_some()
}

/// The look with a folder that can't be looked into, as another user would have it.
fn without_access_to(folder: &Path, mut look: Look) -> Look {
    look.files.retain(|path, _| !path.starts_with(folder));
    let why = Blind::Unreadable("permission denied".to_owned());
    look.blind.insert(folder.to_owned(), why);
    look
}

#[test]
fn what_comes_is_imported_and_what_goes_is_marked() {
    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 3);
    let other = fixture.pictures("other", 8);
    let stop = Cancel::default();
    let mut steps = steps(&fixture, &stop, vec![folder.clone()]);
    assert_eq!(steps.look(), ["completed: 3 new, 0 known, 0 failed"]);
    assert!(steps.look().is_empty());

    // One comes in a new folder, and is left alone until it was seen twice.
    let nested = folder.join("nested");
    fs::create_dir(&nested).unwrap();
    fs::rename(other.join("0005.png"), nested.join("new.png")).unwrap();
    assert!(steps.look().is_empty());
    assert_eq!(steps.look(), ["completed: 1 new, 0 known, 0 failed"]);

    // One changes: its item describes the new picture.
    fs::rename(other.join("0006.png"), folder.join("0001.png")).unwrap();
    assert_eq!(steps.look_twice(), ["completed: 1 new, 0 known, 0 failed"]);
    assert_eq!(fixture.items("default"), 4);

    // One moves and keeps its item; one goes and is marked.
    fs::rename(nested.join("new.png"), folder.join("moved.png")).unwrap();
    fs::remove_file(folder.join("0002.png")).unwrap();
    assert_eq!(
        steps.look_twice(),
        ["2 missing", "completed: 0 new, 1 known, 0 failed"]
    );
    assert_eq!(fixture.items("default"), 4);
    assert!(!is_missing(&fixture, "moved.png"));
    assert!(is_missing(&fixture, "0002.png"));

    // It comes back.
    fs::rename(other.join("0002.png"), folder.join("0002.png")).unwrap();
    assert_eq!(steps.look_twice(), ["completed: 0 new, 1 known, 0 failed"]);
    assert!(!is_missing(&fixture, "0002.png"));
}

#[test]
fn what_moved_and_went_while_nobody_watched_is_found_first() {
    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 3);
    let stop = Cancel::default();
    steps(&fixture, &stop, vec![folder.clone()]).look();
    fs::rename(folder.join("0000.png"), folder.join("moved.png")).unwrap();
    fs::remove_file(folder.join("0001.png")).unwrap();
    let mut steps = steps(&fixture, &stop, vec![folder]);
    assert_eq!(
        steps.look(),
        ["2 missing", "completed: 0 new, 2 known, 0 failed"]
    );
    assert_eq!(fixture.items("default"), 3);
}

#[test]
fn a_watch_goes_on_by_itself_until_it_is_stopped() {
    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 1);
    let other = fixture.pictures("other", 2);
    let stop = Cancel::default();
    let (sender, changes) = channel();
    thread::scope(|scope| {
        let watching = scope.spawn(|| {
            let request = request(vec![folder.clone()]);
            let each = |change| sender.send(change).unwrap();
            watch(
                fixture.engine.stores(),
                &fixture.jobs,
                &request,
                &stop,
                each,
            )
        });
        let next = || short(&changes.recv_timeout(PATIENCE).unwrap());
        assert_eq!(next(), "completed: 1 new, 0 known, 0 failed");
        fs::rename(other.join("0001.png"), folder.join("new.png")).unwrap();
        assert_eq!(next(), "completed: 1 new, 0 known, 0 failed");
        stop.cancel();
        watching.join().unwrap().unwrap();
    });
}

#[test]
fn the_files_of_a_failed_job_are_told_and_tried_again() {
    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 2);
    let stop = Cancel::default();
    let mut steps = steps(&fixture, &stop, vec![folder]);
    steps.watch.request.settings.model = Some("no-such-model".into());
    let failed = ["failed: 0 new, 0 known, 0 failed"];
    assert_eq!(steps.look(), failed);
    // Not before the pause is over.
    assert!(steps.look().is_empty());
    steps.watch.retry_at = Some(Instant::now());
    assert_eq!(steps.look(), failed);
    steps.watch.retry_at = Some(Instant::now());
    steps.watch.request.settings.model = None;
    assert_eq!(steps.look(), ["completed: 2 new, 0 known, 0 failed"]);
    assert!(steps.look_twice().is_empty());
}

#[test]
fn the_files_of_a_cancelled_job_are_told_and_tried_again() {
    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 1);
    let stop = Cancel::default();
    let mut steps = steps(&fixture, &stop, vec![folder.clone()]);
    steps.look();
    // All at once, so that one job takes them.
    let many = fixture.pictures("many", 500);
    fs::rename(many, folder.join("many")).unwrap();
    assert!(steps.look().is_empty());
    let jobs = &fixture.jobs;
    let told = thread::scope(|scope| {
        scope.spawn(|| while jobs.cancel(None).unwrap().is_empty() {});
        steps.look()
    });
    assert!(told[0].starts_with("cancelled: "), "{told:?}");
    assert!(steps.look().is_empty());
    steps.watch.retry_at = Some(Instant::now());
    let told = steps.look();
    assert!(told[0].starts_with("completed: "), "{told:?}");
    assert_eq!(fixture.items("default"), 501);
    assert!(steps.look_twice().is_empty());
}

#[test]
fn one_root_that_goes_does_not_end_the_watch_of_the_others() {
    let fixture = Fixture::new();
    let stays = fixture.pictures("stays", 2);
    let goes = fixture.pictures("goes", 9);
    let other = fixture.pictures("other", 12);
    let absent = fixture.directory.path().join("absent");
    let stop = Cancel::default();
    let roots = vec![absent.clone(), stays.clone(), goes.clone()];
    let mut steps = steps(&fixture, &stop, roots);
    assert_eq!(
        steps.look(),
        ["unreadable: absent", "completed: 11 new, 0 known, 0 failed"]
    );
    // A mount point that an automounter takes away, too: nothing in it was deleted.
    let unmounted = fixture.directory.path().join("unmounted");
    fs::rename(&goes, &unmounted).unwrap();
    assert_eq!(steps.look(), ["unreadable: goes"]);
    fs::remove_file(unmounted.join("0007.png")).unwrap();
    fs::rename(other.join("0010.png"), stays.join("new.png")).unwrap();
    assert_eq!(steps.look_twice(), ["completed: 1 new, 0 known, 0 failed"]);
    assert!(!is_missing(&fixture, "0007.png"));
    // What was deleted elsewhere shows when it is back; what is there is known.
    fs::rename(&unmounted, &goes).unwrap();
    assert_eq!(steps.look(), ["1 missing"]);
    assert!(is_missing(&fixture, "0007.png"));
    assert!(steps.look().is_empty());
    // The one that was waited for.
    fs::create_dir(&absent).unwrap();
    fs::rename(other.join("0011.png"), absent.join("late.png")).unwrap();
    assert_eq!(steps.look_twice(), ["completed: 1 new, 0 known, 0 failed"]);
}

#[test]
fn a_root_that_goes_after_the_look_is_told_and_tried_again() {
    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 2);
    let away = fixture.directory.path().join("away");
    let stop = Cancel::default();
    let mut steps = steps(&fixture, &stop, vec![folder.clone()]);
    let look = steps.watch.look();
    fs::rename(&folder, &away).unwrap();
    assert_eq!(steps.follow(look), ["unreadable: pictures"]);
    fs::rename(&away, &folder).unwrap();
    steps.watch.retry_at = Some(Instant::now());
    assert_eq!(steps.look(), ["completed: 2 new, 0 known, 0 failed"]);

    // Nothing is marked either, though the look saw the folder.
    fs::remove_file(folder.join("0000.png")).unwrap();
    let look = steps.watch.look();
    fs::rename(&folder, &away).unwrap();
    assert!(steps.follow(look).is_empty());
    fs::rename(&away, &folder).unwrap();
    assert_eq!(steps.look(), ["1 missing"]);
}

#[test]
fn what_went_from_an_emptied_folder_is_marked_when_it_holds_something_again() {
    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 2);
    let other = fixture.pictures("other", 6);
    let stop = Cancel::default();
    let mut steps = steps(&fixture, &stop, vec![folder.clone()]);
    steps.look();
    fs::remove_file(folder.join("0000.png")).unwrap();
    fs::remove_file(folder.join("0001.png")).unwrap();
    // What lies hidden in a mount point does not count.
    fs::write(folder.join(".keep"), "").unwrap();
    assert!(steps.look_twice().is_empty());
    assert!(!is_missing(&fixture, "0000.png"));
    fs::rename(other.join("0005.png"), folder.join("0005.png")).unwrap();
    assert_eq!(
        steps.look_twice(),
        ["2 missing", "completed: 1 new, 0 known, 0 failed"]
    );
}

#[test]
fn files_in_a_folder_that_can_not_be_looked_into_count_as_there() {
    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 1).canonicalize().unwrap();
    let closed = folder.join("closed");
    fs::rename(fixture.pictures("other", 3), &closed).unwrap();
    let stop = Cancel::default();
    let roots = vec![folder.clone()];
    let mut before = steps(&fixture, &stop, roots.clone());
    before.look();
    let look = without_access_to(&closed, before.watch.look());
    assert_eq!(before.follow(look), ["unreadable: closed"]);
    // Told once; even of one that is gone nobody could know.
    fs::remove_file(closed.join("0002.png")).unwrap();
    let look = without_access_to(&closed, before.watch.look());
    assert!(before.follow(look).is_empty());
    assert!(!is_missing(&fixture, "0002.png"));
    // The same for a watch that never saw the files.
    let mut after = steps(&fixture, &stop, roots);
    let look = without_access_to(&closed, after.watch.look());
    let told = after.follow(look);
    assert_eq!(told[0], "unreadable: closed");
    assert!(!is_missing(&fixture, "0002.png"));
    assert_eq!(after.look_twice()[0], "1 missing");
    assert!(is_missing(&fixture, "0002.png"));
    assert!(before.look_twice().is_empty());
}

#[test]
fn only_what_the_system_says_is_gone_is_gone() {
    assert!(says_gone(io::ErrorKind::NotFound));
    assert!(says_gone(io::ErrorKind::NotADirectory));
    for kind in [
        io::ErrorKind::PermissionDenied,
        io::ErrorKind::StaleNetworkFileHandle,
        io::ErrorKind::TimedOut,
        io::ErrorKind::Other,
    ] {
        assert!(!says_gone(kind), "{kind:?}");
    }
    let fixture = Fixture::new();
    let folder = fixture.pictures("wow!", 1);
    let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
    assert!(!is_gone(&path("0000.png")));
    assert!(is_gone(&path("0001.png")));
    // A folder that became a file.
    assert!(is_gone(&path("0000.png/inner.png")));
    // An entry is there as long as its archive, and gone with it.
    fs::write(path("a.zip"), "").unwrap();
    assert!(!is_gone(&path("a.zip!/b.zip!/c.png")));
    assert!(is_gone(&path("d.zip!/b.zip!/c.png")));
    // A folder beside one with an odd name is no archive.
    fixture.pictures("wow", 1);
    assert!(is_gone(&path("0001.png")));
}

#[test]
fn files_that_no_import_takes_start_no_job() {
    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 1);
    let stop = Cancel::default();
    // The data directory lies beside the pictures.
    let root = fixture.directory.path().to_path_buf();
    let mut steps = steps(&fixture, &stop, vec![root]);
    assert_eq!(steps.look(), ["completed: 1 new, 0 known, 0 failed"]);
    let jobs = fixture.jobs.list(10).unwrap().len();
    let hidden = folder.join(".hidden");
    fs::create_dir(&hidden).unwrap();
    fs::copy(folder.join("0000.png"), hidden.join("0001.png")).unwrap();
    fs::write(folder.join("notes.txt"), "no picture").unwrap();
    fs::write(fixture.jobs.data_dir().join("new.png"), "a thumbnail").unwrap();
    assert!(steps.look_twice().is_empty());
    assert_eq!(fixture.jobs.list(10).unwrap().len(), jobs);
    assert_eq!(steps.watch.files.len(), 1);
}

#[test]
#[cfg(unix)]
fn folders_that_links_lead_to_are_named_as_an_import_names_them() {
    use std::os::unix::fs::symlink;

    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 1);
    let other = fixture.pictures("other", 9);
    let stop = Cancel::default();
    let mut steps = steps(&fixture, &stop, vec![folder.clone()]);
    steps.look();
    symlink(&folder, folder.join("loop")).unwrap();
    symlink("itself", folder.join("itself")).unwrap();
    fs::create_dir(folder.join("m")).unwrap();
    fs::rename(other.join("0007.png"), folder.join("m/new.png")).unwrap();
    // By name they come before and after the folder itself.
    symlink("m", folder.join("a")).unwrap();
    symlink("m", folder.join("z")).unwrap();
    assert_eq!(
        steps.look_twice(),
        ["unreadable: itself", "completed: 1 new, 0 known, 0 failed"]
    );
    assert!(steps.look_twice().is_empty());
    assert_eq!(fixture.items("default"), 2);
}

#[test]
fn many_files_are_not_named_one_by_one() {
    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 1);
    let stop = Cancel::default();
    let mut steps = steps(&fixture, &stop, vec![folder.clone()]);
    steps.look();
    // Empty ones fail fast.
    for index in 0..=NAMED {
        fs::write(folder.join(format!("empty{index}.png")), "").unwrap();
    }
    assert_eq!(
        steps.look_twice(),
        [format!("completed: 0 new, 1 known, {} failed", NAMED + 1)]
    );
    assert!(steps.look_twice().is_empty());
}

#[test]
fn what_concerns_all_files_ends_the_watch() {
    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 1);
    let stop = Cancel::default();
    let mut request = request(vec![folder]);
    request.collection = "no such name".into();
    let watched = watch(
        fixture.engine.stores(),
        &fixture.jobs,
        &request,
        &stop,
        |_| {},
    );
    assert_eq!(watched.unwrap_err().kind(), ErrorKind::InvalidInput);
}
