//! Large objects in parts, so that a connection that breaks costs a part and not all.

use std::thread;

use ureq::http::Method;

use crate::answers::{Complaint, upload_id};
use crate::exchange::{Bucket, Request, header, text};
use crate::trouble::Trouble;

/// Objects above this go in parts.
pub(crate) const MULTIPART_ABOVE: usize = 32 << 20;

/// Bytes of a part; servers take 5 MiB at least and 10,000 parts at most, which is 160 GB.
const PART: usize = 16 << 20;

/// Parts on their way together.
const PARTS_AT_A_TIME: usize = 4;

impl Bucket {
    /// Puts an object in parts. It is there when all are.
    pub(crate) fn put_in_parts(
        &self,
        key: &str,
        bytes: &[u8],
        headers: &[(&'static str, String)],
    ) -> Result<(), Trouble> {
        let mut begin = Request::new(Method::POST, key)
            .parameters(&[("uploads", "")])
            .body(&[]);
        begin.headers = headers.to_vec();
        let id = self.ask(&begin, |answer| {
            upload_id(&text(answer.into_body())?).ok_or_else(|| Trouble::odd("no upload id"))
        })?;
        let result = self
            .put_parts(key, &id, bytes)
            .and_then(|tags| self.complete(key, &id, &tags));
        if result.is_err() {
            // The server keeps the parts otherwise, and nobody sees them.
            let abort = Request::new(Method::DELETE, key);
            let _ = self.ask(&abort.parameters(&[("uploadId", &id)]), |_| Ok(()));
        }
        result
    }

    /// The tags of the parts, in their order.
    fn put_parts(&self, key: &str, id: &str, bytes: &[u8]) -> Result<Vec<String>, Trouble> {
        let parts: Vec<(usize, &[u8])> = bytes.chunks(PART).enumerate().collect();
        let mut tags = Vec::with_capacity(parts.len());
        for together in parts.chunks(PARTS_AT_A_TIME) {
            let done: Vec<Result<String, Trouble>> = thread::scope(|scope| {
                let threads: Vec<_> = together
                    .iter()
                    .map(|&(index, part)| {
                        scope.spawn(move || self.put_part(key, id, index + 1, part))
                    })
                    .collect();
                threads
                    .into_iter()
                    .map(|thread| match thread.join() {
                        Ok(result) => result,
                        Err(panic) => std::panic::resume_unwind(panic),
                    })
                    .collect()
            });
            for tag in done {
                tags.push(tag?);
            }
        }
        Ok(tags)
    }

    fn put_part(&self, key: &str, id: &str, number: usize, part: &[u8]) -> Result<String, Trouble> {
        let number = number.to_string();
        let parameters = [("partNumber", number.as_str()), ("uploadId", id)];
        let request = Request::new(Method::PUT, key)
            .parameters(&parameters)
            .body(part);
        self.ask(&request, |answer| {
            let tag = header(answer.headers(), "etag").map(str::to_owned);
            tag.ok_or_else(|| Trouble::odd("no tag of a part"))
        })
    }

    fn complete(&self, key: &str, id: &str, tags: &[String]) -> Result<(), Trouble> {
        let mut body = String::from("<CompleteMultipartUpload>");
        for (number, tag) in (1..).zip(tags) {
            body += &format!("<Part><PartNumber>{number}</PartNumber><ETag>{tag}</ETag></Part>");
        }
        body += "</CompleteMultipartUpload>";
        let parameters = [("uploadId", id)];
        let request = Request::new(Method::POST, key)
            .parameters(&parameters)
            .header("content-type", "application/xml")
            .body(body.as_bytes());
        self.ask(&request, |answer| {
            // Servers may say 200 first and think of a complaint later.
            let status = answer.status();
            let complaint = Complaint::read(&text(answer.into_body())?);
            if complaint.code.is_empty() && status.is_success() {
                return Ok(());
            }
            Err(Trouble::of_answer(status, &complaint, None, None))
        })
    }
}
