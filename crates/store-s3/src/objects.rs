//! What lies in a bucket, page by page.

use std::sync::Arc;

use lookalike_storage::blob::BlobError;
use ureq::http::{Method, StatusCode};

use crate::answers::Page;
use crate::exchange::{Bucket, Request, text};
use crate::object::Object;
use crate::trouble::Trouble;

/// The most that a server lists at once.
const PAGE: usize = 1000;

/// The objects whose keys begin with a prefix, in the server's order, which is that of bytes with
/// few exceptions (directories of SeaweedFS). Asks for a page when the one before is used up.
pub struct Objects {
    bucket: Arc<Bucket>,
    prefix: String,
    after: Option<String>,
    page_size: usize,
    page: std::vec::IntoIter<Object>,
    next: Next,
}

enum Next {
    First,
    Token(String),
    None,
}

impl Objects {
    /// At most `page_size` are asked for at a time.
    pub(crate) fn new(
        bucket: Arc<Bucket>,
        prefix: &str,
        after: Option<&str>,
        page_size: usize,
    ) -> Self {
        Self {
            prefix: format!("{}{prefix}", bucket.prefix),
            after: after.map(|after| format!("{}{after}", bucket.prefix)),
            page_size: page_size.clamp(1, PAGE),
            page: Vec::new().into_iter(),
            next: Next::First,
            bucket,
        }
    }

    fn fetch(&mut self) -> Result<(), Trouble> {
        let size = self.page_size.to_string();
        let mut parameters = vec![
            ("list-type", "2"),
            ("encoding-type", "url"),
            ("max-keys", size.as_str()),
            ("prefix", self.prefix.as_str()),
        ];
        match (&self.next, &self.after) {
            (Next::Token(token), _) => parameters.push(("continuation-token", token)),
            (_, Some(after)) => parameters.push(("start-after", after)),
            _ => {}
        }
        let request = Request::new(Method::GET, "").parameters(&parameters);
        let page = self.bucket.ask(&request, |answer| {
            if answer.status() == StatusCode::NOT_FOUND {
                return Err(Trouble::Refused("there is no such bucket".to_owned()));
            }
            Page::read(&text(answer.into_body())?).ok_or_else(|| {
                Trouble::Refused("it does not answer as S3 does; check the endpoint".to_owned())
            })
        })?;
        self.page = page.objects.into_iter();
        self.next = page.next.map_or(Next::None, Next::Token);
        Ok(())
    }
}

impl Iterator for Objects {
    type Item = Result<Object, BlobError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            for mut object in self.page.by_ref() {
                // Servers may list more than was asked for: SeaweedFS the folder itself.
                if let Some(key) = object.key.strip_prefix(&self.bucket.prefix)
                    && object.key.starts_with(&self.prefix)
                {
                    object.key = key.to_owned();
                    return Some(Ok(object));
                }
            }
            if matches!(self.next, Next::None) {
                return None;
            }
            if let Err(trouble) = self.fetch() {
                self.next = Next::None;
                return Some(Err(trouble.into_error(
                    &self.bucket.name,
                    "list",
                    &self.prefix,
                )));
            }
        }
    }
}
