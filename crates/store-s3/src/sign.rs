//! Signatures of requests: AWS signature version 4, in headers.
//!
//! The hash of the body is signed with the rest, so a server refuses bytes that changed on their way.
//! Source: docs.aws.amazon.com, "Signature Calculations for the Authorization Header".

use std::fmt::Write;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::credentials::Credentials;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// Bytes that SHA-256 takes at a time, to which the key of an HMAC is filled up.
const BLOCK: usize = 64;

/// A request as far as it is signed.
pub(crate) struct Unsigned<'a> {
    pub(crate) method: &'a str,
    pub(crate) host: &'a str,
    /// Encoded.
    pub(crate) path: &'a str,
    /// Encoded, in order of names.
    pub(crate) query: &'a str,
    /// Headers that are signed besides host, date and hash; names in lower case.
    pub(crate) headers: &'a [(&'static str, String)],
    /// Hex.
    pub(crate) body_hash: &'a str,
}

/// Whom a signature speaks for, and where it counts.
pub(crate) struct Signer<'a> {
    pub(crate) credentials: &'a Credentials,
    pub(crate) region: &'a str,
    pub(crate) now: Timestamp,
}

impl Signer<'_> {
    /// The headers that make the request count: date, hash, token and signature.
    pub(crate) fn headers(&self, request: &Unsigned<'_>) -> Vec<(&'static str, String)> {
        let time = self.now.strftime("%Y%m%dT%H%M%SZ").to_string();
        let mut added = vec![
            ("x-amz-content-sha256", request.body_hash.to_owned()),
            ("x-amz-date", time.clone()),
        ];
        if let Some(token) = &self.credentials.session_token {
            added.push(("x-amz-security-token", token.clone()));
        }
        let mut signed: Vec<(&str, &str)> = request
            .headers
            .iter()
            .chain(&added)
            .map(|(name, value)| (*name, value.as_str()))
            .chain([("host", request.host)])
            .collect();
        signed.sort_unstable();
        let names: Vec<&str> = signed.iter().map(|(name, _)| *name).collect();
        let names = names.join(";");
        let mut canonical = format!("{}\n{}\n{}\n", request.method, request.path, request.query);
        for (name, value) in signed {
            canonical += &format!("{name}:{}\n", value.trim());
        }
        canonical += &format!("\n{names}\n{}", request.body_hash);

        let day = &time[..8];
        let scope = format!("{day}/{}/s3/aws4_request", self.region);
        let text = format!(
            "{ALGORITHM}\n{time}\n{scope}\n{}",
            sha256(canonical.as_bytes())
        );
        let signature = hex(&hmac(&self.key(day), text.as_bytes()));
        let who = &self.credentials.access_key;
        added.push((
            "authorization",
            format!(
                "{ALGORITHM} Credential={who}/{scope},SignedHeaders={names},Signature={signature}"
            ),
        ));
        added
    }

    /// The key of that day.
    fn key(&self, day: &str) -> [u8; 32] {
        let secret = format!("AWS4{}", self.credentials.secret_key);
        [day, self.region, "s3", "aws4_request"]
            .iter()
            .fold(None, |key: Option<[u8; 32]>, part| {
                let key = key.as_ref().map_or(secret.as_bytes(), |key| key);
                Some(hmac(key, part.as_bytes()))
            })
            .expect("four steps were taken")
    }
}

/// SHA-256 in hex.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// HMAC over SHA-256 (RFC 2104).
fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    let mut block = [0; BLOCK];
    if key.len() > BLOCK {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let inner = Sha256::new_with_prefix(block.map(|byte| byte ^ 0x36)).chain_update(text);
    let outer = Sha256::new_with_prefix(block.map(|byte| byte ^ 0x5c));
    outer.chain_update(inner.finalize()).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of Amazon's page, with its key, region and day.
    fn signature(request: &Unsigned<'_>) -> String {
        let credentials = Credentials::new(
            "AKIAIOSFODNN7EXAMPLE",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        );
        let signer = Signer {
            credentials: &credentials,
            region: "us-east-1",
            now: "2013-05-24T00:00:00Z".parse().unwrap(),
        };
        let headers = signer.headers(request);
        let (_, value) = headers.last().unwrap();
        value.split("Signature=").nth(1).unwrap().to_owned()
    }

    fn get<'a>(
        path: &'a str,
        query: &'a str,
        headers: &'a [(&'static str, String)],
    ) -> Unsigned<'a> {
        Unsigned {
            method: "GET",
            host: "examplebucket.s3.amazonaws.com",
            path,
            query,
            headers,
            body_hash: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        }
    }

    #[test]
    fn signatures_are_those_that_amazon_publishes() {
        let range = [("range", "bytes=0-9".to_owned())];
        assert_eq!(
            signature(&get("/test.txt", "", &range)),
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        );
        assert_eq!(
            signature(&get("/", "lifecycle=", &[])),
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
        );
        assert_eq!(
            signature(&get("/", "max-keys=2&prefix=J", &[])),
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
        );
        let headers = [
            ("date", "Fri, 24 May 2013 00:00:00 GMT".to_owned()),
            ("x-amz-storage-class", "REDUCED_REDUNDANCY".to_owned()),
        ];
        let body_hash = sha256(b"Welcome to Amazon S3.");
        let put = Unsigned {
            method: "PUT",
            body_hash: &body_hash,
            ..get("/test%24file.text", "", &headers)
        };
        assert_eq!(
            signature(&put),
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
        );
    }

    /// RFC 4231, test cases 2 and 6.
    #[test]
    fn keys_of_any_length_are_taken() {
        assert_eq!(
            hex(&hmac(b"Jefe", b"what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        let text = b"Test Using Larger Than Block-Size Key - Hash Key First";
        assert_eq!(
            hex(&hmac(&[0xaa; 131], text)),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }
}
