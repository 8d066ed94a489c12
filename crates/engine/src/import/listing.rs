//! What there is to import: folder by folder, while the import is under way.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use lookalike_fetch::download::{is_log, read_log};
use lookalike_patents::{PatentFolder, Reach, SourceFile, scan};
use lookalike_work::FileProblem;

use super::ImportRequest;
use crate::{EngineError, ErrorKind};

/// Images of a download's log that are handed on together.
const LOG_FOLDER: usize = 1000;

/// A folder with something to import, and what is known of its images besides grants and names.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) files: PatentFolder,
    /// One for each image, in their order, or none at all.
    pub(super) notes: Vec<Notes>,
}

/// What a list says of an image.
#[derive(Clone, Debug, Default)]
pub(super) struct Notes {
    pub(super) external_id: Option<String>,
    pub(super) attributes: serde_json::Map<String, serde_json::Value>,
}

/// Where to look.
#[derive(Clone, Debug)]
pub(super) struct Listing<'a> {
    request: &'a ImportRequest,
    roots: Vec<Root>,
    reach: Reach,
}

#[derive(Clone, Debug)]
enum Root {
    /// A folder or an archive.
    Tree(PathBuf),
    /// Files named one by one, of one folder: a grant among them describes the others.
    Files(PatentFolder),
    /// The log of a download.
    Log(PathBuf),
}

impl<'a> Listing<'a> {
    /// # Errors
    /// A path does not exist, is neither a file nor a folder, or leads out of where the request may
    /// read: it may have become a link since the import was asked for.
    pub(super) fn new(request: &'a ImportRequest) -> Result<Self, EngineError> {
        let reach = match &request.within {
            Some(folders) => Reach::below(folders),
            None => Reach::Anywhere,
        };
        let mut roots = Vec::new();
        let mut files = Vec::new();
        for path in &request.paths {
            let absent = |error: std::io::Error| {
                EngineError::new(
                    ErrorKind::NotFound,
                    format!("can't import {}: {error}", path.display()),
                )
                .because(error)
            };
            let path = std::fs::canonicalize(path).map_err(absent)?;
            if path.is_dir() {
                roots.push(Root::Tree(path));
                continue;
            }
            let file = reach.open(&path).map_err(|error| {
                EngineError::invalid(format!("can't import {}: {error}", path.display()))
                    .because(error)
            })?;
            if is_log(&path, file) {
                roots.push(Root::Log(path));
            } else {
                files.push(path);
            }
        }
        roots.extend(scan_files(files, &reach));
        Ok(Self {
            request,
            roots,
            reach,
        })
    }

    /// The folders, found on the way; a problem is a file, a folder or an archive that can't be
    /// read.
    pub(super) fn folders(&self) -> impl Iterator<Item = Result<Folder, FileProblem>> {
        self.roots
            .iter()
            .flat_map(|root| root.folders(&self.request.data_dir, &self.reach))
            .filter_map(|found| match found {
                Ok(folder) => self
                    .wanted(folder)
                    .and_then(|folder| self.in_shard(folder))
                    .map(Ok),
                // One of the parts tells of it.
                Err(problem) if !self.tells(&problem.file) => None,
                // Whoever asks for certain files was told about the others before.
                Err(problem) => self.is_wanted(&problem.file).then_some(Err(problem)),
            })
    }

    /// Images and unreadable places; what of them are grants shows when they are read.
    pub(super) fn count(&self, stop: &dyn Fn() -> bool, mut counted: impl FnMut(u64)) {
        for found in self.folders() {
            if stop() {
                return;
            }
            counted(found.map_or(1, |folder| folder.files.images.len() as u64));
        }
    }

    /// The folder without the images that nobody asked for. Its grants stay: they describe the
    /// images that were asked for.
    fn wanted(&self, mut folder: Folder) -> Option<Folder> {
        if self.request.only.is_none() {
            return Some(folder);
        }
        let is_wanted = |file: &SourceFile| self.is_wanted(&file.path());
        let mut kept = folder.files.images.iter().map(is_wanted);
        folder.notes.retain(|_| kept.next().unwrap_or(true));
        folder.files.images.retain(is_wanted);
        folder.files.unread.clear();
        let any = !folder.files.images.is_empty() || folder.files.xml.iter().any(is_wanted);
        any.then_some(folder)
    }

    /// The folder without the images of other parts. Its grants stay where an image does: they
    /// describe it; what holds none is told of by one part.
    fn in_shard(&self, mut folder: Folder) -> Option<Folder> {
        let Some(shard) = self.request.shard else {
            return Some(folder);
        };
        let directory = self.below_root(&folder.files.directory).to_owned();
        if folder.files.images.is_empty() {
            return shard.holds(&directory, "").then_some(folder);
        }
        let is_held = |file: &SourceFile| shard.holds(&directory, file.name());
        let mut kept = folder.files.images.iter().map(is_held);
        folder.notes.retain(|_| kept.next().unwrap_or(true));
        folder.files.images.retain(is_held);
        if !shard.holds_unit(&directory) {
            folder.files.unread.clear();
        }
        (!folder.files.images.is_empty()).then_some(folder)
    }

    fn tells(&self, path: &str) -> bool {
        let shard = self.request.shard;
        shard.is_none_or(|shard| shard.holds_unit(self.below_root(path)))
    }

    /// A path below what is imported, without what differs between machines.
    fn below_root<'p>(&self, path: &'p str) -> &'p str {
        let roots = self.roots.iter().filter_map(|root| match root {
            Root::Tree(root) => root.to_str(),
            Root::Files(folder) => Some(&*folder.directory),
            Root::Log(log) => log.to_str(),
        });
        let below = roots
            .filter_map(|root| path.strip_prefix(root))
            .min_by_key(|below| below.len());
        below.unwrap_or(path).trim_start_matches(['/', '!'])
    }

    /// Whether a file was asked for, or a folder or an archive that it lies in.
    fn is_wanted(&self, path: &str) -> bool {
        let Some(only) = &self.request.only else {
            return true;
        };
        let above = |separator| path.match_indices(separator).map(|(end, _)| &path[..end]);
        only.contains(path)
            || above("/")
                .chain(above("!/"))
                .any(|above| only.contains(above))
    }
}

impl Root {
    fn folders<'a>(
        &'a self,
        data_dir: &Path,
        reach: &'a Reach,
    ) -> Box<dyn Iterator<Item = Result<Folder, FileProblem>> + 'a> {
        let scan = |path: &Path| scan(path).without(data_dir).within(reach.clone());
        match self {
            Self::Tree(path) => Box::new(scan(path).map(|found| match found {
                Ok(files) => Ok(plain(files)),
                Err(error) => Err(FileProblem {
                    file: error.path,
                    reason: error.reason,
                }),
            })),
            Self::Files(folder) => Box::new(std::iter::once(Ok(plain(folder.clone())))),
            Self::Log(path) => log_folders(path, reach),
        }
    }
}

fn plain(files: PatentFolder) -> Folder {
    Folder {
        files,
        notes: Vec::new(),
    }
}

/// Files named one by one, gathered by their folder; archives stand for themselves.
fn scan_files(files: Vec<PathBuf>, reach: &Reach) -> Vec<Root> {
    let mut roots: Vec<Root> = Vec::new();
    let mut seen = HashSet::new();
    for path in files {
        if !seen.insert(path.clone()) {
            continue;
        }
        // What the walk makes of a file by itself: its kind, or the files in it.
        let mut found = scan(&path).within(reach.clone());
        let directory = path.parent().unwrap_or(Path::new("/")).to_string_lossy();
        let alone = match (found.next(), found.next()) {
            (Some(Ok(folder)), None) if folder.directory == directory => folder,
            _ => {
                roots.push(Root::Tree(path));
                continue;
            }
        };
        let same_folder = roots.iter_mut().find_map(|root| match root {
            Root::Files(folder) if folder.directory == alone.directory => Some(folder),
            _ => None,
        });
        match same_folder {
            Some(folder) => {
                folder.xml.extend(alone.xml);
                folder.images.extend(alone.images);
            }
            None => roots.push(Root::Files(alone)),
        }
    }
    roots
}

/// The images of a download, with what its list said of them.
fn log_folders<'a>(
    path: &'a Path,
    reach: &'a Reach,
) -> Box<dyn Iterator<Item = Result<Folder, FileProblem>> + 'a> {
    let problem = |reason: String| FileProblem {
        file: path.to_string_lossy().into_owned(),
        reason,
    };
    let mut images = match read_log(path, || reach.open(path)) {
        Ok(images) => images,
        Err(error) => return Box::new(std::iter::once(Err(problem(error.to_string())))),
    };
    Box::new(std::iter::from_fn(move || {
        let mut folder = plain(PatentFolder::new(path.to_string_lossy().into_owned()));
        for image in images.by_ref().take(LOG_FOLDER) {
            let logged = image.map_err(|error| error.to_string()).and_then(|image| {
                // Its folder may hold links: each file is held to the reach when it is read.
                let file = SourceFile::on_disk_within(&image.file, reach);
                Ok((file.map_err(|error| error.to_string())?, image))
            });
            match logged {
                Ok((file, image)) => {
                    folder.files.images.push(file);
                    folder.notes.push(Notes {
                        external_id: Some(image.url),
                        attributes: image.attributes,
                    });
                }
                Err(reason) => return Some(Err(problem(reason))),
            }
        }
        (!folder.files.images.is_empty()).then_some(Ok(folder))
    }))
}
