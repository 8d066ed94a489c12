//! The store itself.

use std::sync::Arc;

use lookalike_storage::blob::{BlobError, BlobKey, BlobStore, BlobUsage, OpenBlob, PutNew};
use md5::{Digest, Md5};
use ureq::http::{Method, StatusCode};

use crate::exchange::{Answer, Bucket, Request, bytes, header};
use crate::multipart::MULTIPART_ABOVE;
use crate::objects::Objects;
use crate::settings::{S3Settings, SettingsError};
use crate::sign::hex;
use crate::stream::Stream;
use crate::trouble::{Trouble, own_key};

/// The MD5 of an object, as it was put: tags of objects in parts are none.
const MD5: &str = "x-amz-meta-md5";

/// Blobs as objects of a bucket: the key is the object's, behind the settings' prefix.
#[derive(Clone, Debug)]
pub struct S3Blobs {
    bucket: Arc<Bucket>,
}

impl S3Blobs {
    /// A store as the settings say. Asks for nothing yet: see [`S3Blobs::check`].
    ///
    /// # Errors
    /// The endpoint or the bucket's name is none, or the certificates can't be read.
    pub fn new(settings: &S3Settings) -> Result<Self, SettingsError> {
        Ok(Self {
            bucket: Arc::new(Bucket::new(settings)?),
        })
    }

    /// Whether the bucket is there and answers.
    ///
    /// # Errors
    /// [`BlobError::Unavailable`], with a time to come again where the server is to blame, and
    /// without where the settings are.
    pub fn check(&self) -> Result<(), BlobError> {
        self.list("", None, 1).map(drop)
    }

    /// The objects whose keys begin with `prefix`.
    #[must_use]
    pub fn objects(&self, prefix: &str) -> Objects {
        Objects::new(Arc::clone(&self.bucket), prefix, None, usize::MAX)
    }

    /// An object by any key, such as others wrote it, to be read bit by bit.
    ///
    /// # Errors
    /// As [`BlobStore::open`].
    pub fn open_object(&self, key: &str) -> Result<Option<OpenBlob>, BlobError> {
        let key = format!("{}{key}", self.bucket.prefix);
        let opened = Stream::open(&self.bucket, key.clone());
        let opened = self.result(opened, "read blob", &key)?;
        Ok(opened.map(|stream| OpenBlob {
            length: stream.length,
            reader: Box::new(stream),
        }))
    }

    /// Where it is, for people.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.bucket.name
    }

    fn write(&self, key: &str, bytes: &[u8], is_new: bool) -> Result<StatusCode, Trouble> {
        let mut headers = vec![(MD5, hex(&Md5::digest(bytes)))];
        if bytes.len() > MULTIPART_ABOVE {
            return self
                .bucket
                .put_in_parts(key, bytes, &headers)
                .map(|()| StatusCode::OK);
        }
        if is_new {
            headers.push(("if-none-match", "*".to_owned()));
        }
        let mut request = Request::new(Method::PUT, key).body(bytes);
        request.headers = headers;
        self.bucket.ask(&request, |answer| match answer.status() {
            StatusCode::NOT_FOUND | StatusCode::RANGE_NOT_SATISFIABLE => {
                Err(Trouble::Failed(format!("it answered {}", answer.status())))
            }
            status => Ok(status),
        })
    }

    /// Length and MD5 of an object.
    fn facts(&self, key: &str) -> Result<Option<(u64, Option<String>)>, Trouble> {
        self.bucket.ask(&Request::new(Method::HEAD, key), |answer| {
            found(answer, |answer| {
                let length = header(answer.headers(), "content-length");
                let length = length.and_then(|length| length.parse().ok());
                let md5 = header(answer.headers(), MD5).map(str::to_owned);
                Ok((length.ok_or_else(|| Trouble::odd("no length"))?, md5))
            })
        })
    }

    /// What is there under the key, compared with `bytes`.
    fn compare(&self, key: &str, bytes: &[u8]) -> Result<Option<PutNew>, Trouble> {
        let Some((length, md5)) = self.facts(key)? else {
            return Ok(None);
        };
        if length != bytes.len() as u64 {
            return Ok(Some(PutNew::OtherThere));
        }
        let is_same = match md5 {
            Some(md5) => md5 == hex(&Md5::digest(bytes)),
            // Somebody else put it.
            None => {
                let request = Request::new(Method::GET, key);
                let there = self
                    .bucket
                    .ask(&request, |answer| found(answer, crate::exchange::bytes))?;
                there.as_deref() == Some(bytes)
            }
        };
        Ok(Some(if is_same {
            PutNew::SameThere
        } else {
            PutNew::OtherThere
        }))
    }

    /// Servers that know no condition put all the same: what is there is looked at first, and the
    /// condition is for those who put at the same time.
    fn write_new(&self, key: &str, bytes: &[u8]) -> Result<PutNew, Trouble> {
        if let Some(there) = self.compare(key, bytes)? {
            return Ok(there);
        }
        if self.write(key, bytes, true)? != StatusCode::PRECONDITION_FAILED {
            return Ok(PutNew::Stored);
        }
        // A repeated request may have met its own first try.
        let there = self.compare(key, bytes)?;
        there.ok_or_else(|| Trouble::passing(&"what was there has been deleted meanwhile"))
    }

    fn result<T>(
        &self,
        result: Result<T, Trouble>,
        action: &'static str,
        subject: &str,
    ) -> Result<T, BlobError> {
        result.map_err(|trouble| trouble.into_error(&self.bucket.name, action, subject))
    }

    fn key(&self, key: &BlobKey) -> String {
        own_key(&self.bucket.prefix, key)
    }
}

/// What `read` makes of the answer, or `None` where there is no such object.
fn found<T>(
    answer: Answer,
    read: impl FnOnce(Answer) -> Result<T, Trouble>,
) -> Result<Option<T>, Trouble> {
    match answer.status() {
        StatusCode::NOT_FOUND => Ok(None),
        _ => read(answer).map(Some),
    }
}

impl BlobStore for S3Blobs {
    fn put(&self, key: &BlobKey, bytes: &[u8]) -> Result<(), BlobError> {
        let key = self.key(key);
        self.result(self.write(&key, bytes, false).map(drop), "write blob", &key)
    }

    fn put_new(&self, key: &BlobKey, bytes: &[u8]) -> Result<PutNew, BlobError> {
        let key = self.key(key);
        self.result(self.write_new(&key, bytes), "write blob", &key)
    }

    fn get(&self, key: &BlobKey) -> Result<Option<Vec<u8>>, BlobError> {
        let key = self.key(key);
        let request = Request::new(Method::GET, &key);
        let result = self.bucket.ask(&request, |answer| found(answer, bytes));
        self.result(result, "read blob", &key)
    }

    fn open(&self, key: &BlobKey) -> Result<Option<OpenBlob>, BlobError> {
        self.open_object(key.as_str())
    }

    fn size(&self, key: &BlobKey) -> Result<Option<u64>, BlobError> {
        let key = self.key(key);
        let facts = self.result(self.facts(&key), "look for blob", &key)?;
        Ok(facts.map(|(length, _)| length))
    }

    fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        let key = self.key(key);
        let request = Request::new(Method::DELETE, &key);
        self.result(self.bucket.ask(&request, |_| Ok(())), "delete blob", &key)
    }

    fn list(
        &self,
        prefix: &str,
        after: Option<&BlobKey>,
        limit: usize,
    ) -> Result<Vec<BlobKey>, BlobError> {
        let after = after.map(BlobKey::as_str);
        let mut keys = Vec::new();
        if limit == 0 {
            return Ok(keys);
        }
        for object in Objects::new(Arc::clone(&self.bucket), prefix, after, limit) {
            // What nobody put is no blob.
            let Ok(key) = BlobKey::new(object?.key) else {
                continue;
            };
            keys.push(key);
            if keys.len() == limit {
                break;
            }
        }
        Ok(keys)
    }

    fn kind(&self) -> &'static str {
        "s3"
    }

    fn is_remote(&self) -> bool {
        true
    }

    fn usage(&self) -> Result<BlobUsage, BlobError> {
        let mut usage = BlobUsage::default();
        for object in self.objects("") {
            usage.count += 1;
            usage.size_bytes += object?.size_bytes;
        }
        Ok(usage)
    }
}
