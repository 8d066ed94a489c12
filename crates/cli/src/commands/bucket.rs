//! Files from a bucket: what lies there is fetched into a folder, which is then read as any other.
//!
//! The folder stays: it is what the next run compares the bucket with, and where originals are that
//! are imported by reference.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::SystemTime;

use anyhow::Context;
use lookalike_engine::import::Shard;
use lookalike_store_s3::{Object, S3Blobs};

use crate::output;
use crate::settings::Settings;

/// Objects fetched at a time.
const AT_A_TIME: usize = 8;

const SCHEME: &str = "s3://";

/// Whether a path is an address of a bucket.
pub(super) fn is_bucket(path: &Path) -> bool {
    path.to_str().is_some_and(|path| path.starts_with(SCHEME))
}

/// Fetches what lies at an address such as `s3://bucket/prefix`, or of it what belongs to the part,
/// and is not here yet; returns the folder.
pub(super) fn fetch_all(
    path: &Path,
    shard: Option<Shard>,
    settings: &Settings,
) -> anyhow::Result<PathBuf> {
    let address = path.to_str().and_then(|path| path.strip_prefix(SCHEME));
    let (bucket, prefix) = address
        .map(|address| address.split_once('/').unwrap_or((address, "")))
        .filter(|(bucket, _)| !bucket.is_empty())
        .with_context(|| {
            format!(
                "{} is no address such as s3://bucket/prefix",
                path.display()
            )
        })?;
    let blobs = S3Blobs::new(&settings.s3_access.to(bucket.to_owned(), String::new())?)?;
    // A folder, not all that begins alike.
    let prefix = match prefix.trim_end_matches('/') {
        "" => String::new(),
        prefix => format!("{prefix}/"),
    };
    let root = settings.data.join("buckets").join(bucket);
    let folder = below(&root, prefix.trim_end_matches('/'))
        .with_context(|| format!("{} leads nowhere", path.display()))?;
    output::note(
        settings,
        &format!("fetching {} into {}", path.display(), folder.display()),
    );
    let objects = Mutex::new(blobs.objects(&prefix));
    let (fetched, there) = (AtomicU64::new(0), AtomicU64::new(0));
    let work = || -> anyhow::Result<()> {
        loop {
            let next = objects
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .next();
            let Some(object) = next.transpose()? else {
                return Ok(());
            };
            let Some(target) = wanted(&object, &prefix, shard).and_then(|key| below(&folder, key))
            else {
                continue;
            };
            if is_there(&target, &object) {
                there.fetch_add(1, Ordering::Relaxed);
                continue;
            }
            fetch(&blobs, &object, &target)
                .with_context(|| format!("{} could not be fetched", object.key))?;
            fetched.fetch_add(1, Ordering::Relaxed);
        }
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_A_TIME).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .map(|thread| match thread.join() {
                Ok(result) => result,
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .fold(Ok(()), Result::and)
    })?;
    let (fetched, there) = (fetched.into_inner(), there.into_inner());
    anyhow::ensure!(
        fetched + there > 0,
        "nothing lies at {}{}",
        path.display(),
        if shard.is_some() {
            " that belongs to this part"
        } else {
            ""
        }
    );
    output::note(
        settings,
        &format!("{fetched} objects fetched, {there} were here"),
    );
    Ok(folder)
}

/// The key below the prefix, of an object that may be imported.
fn wanted<'o>(object: &'o Object, prefix: &str, shard: Option<Shard>) -> Option<&'o str> {
    let key = object.key.strip_prefix(prefix)?;
    let (folder, name) = key.rsplit_once('/').unwrap_or(("", key));
    // Some tools make objects for folders.
    if name.is_empty() {
        return None;
    }
    let lower = name.to_ascii_lowercase();
    let is_archive = [".zip", ".tar", ".tgz", ".tar.gz"]
        .iter()
        .any(|ending| lower.ends_with(ending));
    // What an archive holds shows when it is opened.
    (is_archive || shard.is_none_or(|shard| shard.holds(folder, name))).then_some(key)
}

/// Where a key lies below a folder; `None` for keys that lead elsewhere.
fn below(folder: &Path, key: &str) -> Option<PathBuf> {
    let mut path = folder.to_path_buf();
    for part in key.split('/').filter(|_| !key.is_empty()) {
        let is_plain =
            !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', '\0', ':']);
        path.push(is_plain.then_some(part)?);
    }
    Some(path)
}

/// Whether the object was fetched as it is now.
fn is_there(target: &Path, object: &Object) -> bool {
    let Ok(metadata) = fs::metadata(target) else {
        return false;
    };
    metadata.is_file()
        && metadata.len() == object.size_bytes
        && object.modified.is_none_or(|modified| {
            metadata
                .modified()
                .is_ok_and(|here| here == SystemTime::from(modified))
        })
}

/// The file is there when all of it is, with the object's time: so it is not imported as another one
/// when it is fetched again.
fn fetch(blobs: &S3Blobs, object: &Object, target: &Path) -> anyhow::Result<()> {
    let mut opened = blobs
        .open_object(&object.key)?
        .context("it was deleted meanwhile")?;
    let folder = target.parent().unwrap_or(target);
    fs::create_dir_all(folder)?;
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let partial = folder.join(format!(".{name}.partial"));
    let mut file = File::create(&partial)?;
    io::copy(&mut opened.reader, &mut file)?;
    if let Some(modified) = object.modified {
        file.set_modified(SystemTime::from(modified))?;
    }
    fs::rename(&partial, target)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_lie_below_their_folder_or_nowhere() {
        let folder = Path::new("/data");
        assert_eq!(below(folder, "").unwrap(), folder);
        assert_eq!(
            below(folder, "a/b c.tif").unwrap(),
            Path::new("/data/a/b c.tif")
        );
        for key in [
            "..",
            "a/../b",
            "/etc/passwd",
            "a//b",
            "a/.hidden",
            "a\\b",
            "C:/x",
            "a/",
        ] {
            assert_eq!(below(folder, key), None, "{key}");
        }
    }
}
