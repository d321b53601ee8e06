//! A bucket, behind the library's interface, whoever runs it. An object appears when all of it has arrived; a condition on
//! a write is decided by the store. Many may write at once, so nothing young is taken away.

use super::{Listed, Version, When};
use crate::error::LakeError;
use futures_util::TryStreamExt;
use mcpdex_model::text::visible;
use object_store::path::Path;
use object_store::{
    Error, GetResult, ObjectMeta, ObjectStore, ObjectStoreExt, PutMode, PutOptions, UpdateVersion, WriteMultipart,
};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::{Arc, OnceLock};
use tempfile::{NamedTempFile, TempDir};

/// Bytes of one part of a large object, and of the largest that is sent in one.
const PART: usize = 8 << 20;

/// Parts under way at once.
const PARTS: usize = 4;

/// Seconds for which what nobody needs any more is left: a query over the last snapshot may be reading it, and another
/// writer may have just put it there.
const LEFT: i64 = 86_400;

/// Characters of what a store says.
const MAX_SAID: usize = 300;

/// A bucket, or what lies in it below a prefix.
pub(crate) struct Objects {
    library: Arc<dyn ObjectStore>,
    prefix: String,
    shown: String,
    /// What no message may hold.
    secrets: Vec<String>,
    spool: OnceLock<TempDir>,
    left: i64,
}

/// The library prints its credentials.
impl std::fmt::Debug for Objects {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Objects {}", self.shown)
    }
}

impl Objects {
    pub(super) fn new(library: Arc<dyn ObjectStore>, prefix: &str, shown: String, secrets: Vec<String>) -> Objects {
        Objects { library, prefix: prefix.to_owned(), shown, secrets, spool: OnceLock::new(), left: LEFT }
    }

    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    fn path(&self, name: &str) -> Result<Path, LakeError> {
        let whole = if self.prefix.is_empty() { name.to_owned() } else { format!("{}/{name}", self.prefix) };
        Path::parse(&whole).map_err(|error| self.store("name", name, &error.into()))
    }

    fn store(&self, doing: &'static str, name: &str, error: &Error) -> LakeError {
        let said = said(&chain(error), &self.secrets);
        LakeError::Store { doing, name: visible(name).into_owned(), shown: self.shown.clone(), said }
    }

    fn io(&self, doing: &'static str, name: &str, source: std::io::Error) -> LakeError {
        LakeError::Io { doing, name: visible(name).into_owned(), shown: self.shown.clone(), source }
    }

    pub(super) fn unready(&self, _place: &str) -> Result<NamedTempFile, LakeError> {
        let spool = match self.spool.get() {
            Some(spool) => spool,
            None => {
                let made = tempfile::Builder::new().prefix("mcpdex-publish-").tempdir();
                let made = made.map_err(|error| self.io("make", "a folder for what is sent", error))?;
                self.spool.get_or_init(|| made)
            }
        };
        NamedTempFile::new_in(spool.path()).map_err(|error| self.io("make", "a file for what is sent", error))
    }

    async fn get(&self, name: &str, most: u64) -> Result<Option<GetResult>, LakeError> {
        match self.library.get(&self.path(name)?).await {
            Ok(found) if found.meta.size > most => Err(self.too_large(name, most)),
            Ok(found) => Ok(Some(found)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.store("read", name, &error)),
        }
    }

    fn too_large(&self, name: &str, most: u64) -> LakeError {
        LakeError::TooLarge { name: visible(name).into_owned(), shown: self.shown.clone(), most }
    }

    pub(super) async fn read(&self, name: &str, most: u64) -> Result<Option<(Vec<u8>, Version)>, LakeError> {
        let Some(found) = self.get(name, most).await? else { return Ok(None) };
        let tag = found.meta.e_tag.clone().unwrap_or_default();
        let mut bytes = Vec::new();
        let mut stream = found.into_stream();
        while let Some(part) = stream.try_next().await.map_err(|error| self.store("read", name, &error))? {
            if (bytes.len() + part.len()) as u64 > most {
                return Err(self.too_large(name, most));
            }
            bytes.extend_from_slice(&part);
        }
        Ok(Some((bytes, Version(tag))))
    }

    pub(super) async fn read_into(
        &self,
        name: &str,
        most: u64,
        into: &mut File,
        go_on: &dyn Fn() -> bool,
    ) -> Result<Option<u64>, LakeError> {
        let Some(found) = self.get(name, most).await? else { return Ok(None) };
        let mut copied = 0;
        let mut stream = found.into_stream();
        while let Some(part) = stream.try_next().await.map_err(|error| self.store("read", name, &error))? {
            if !go_on() {
                return Err(LakeError::Stopped);
            }
            copied += part.len() as u64;
            if copied > most {
                return Err(self.too_large(name, most));
            }
            into.write_all(&part).map_err(|error| self.io("copy", name, error))?;
        }
        Ok(Some(copied))
    }

    pub(super) async fn write(&self, name: &str, bytes: Vec<u8>, when: When) -> Result<bool, LakeError> {
        let mode = match when {
            When::Always => PutMode::Overwrite,
            When::Absent => PutMode::Create,
            When::Still(Version(tag)) => PutMode::Update(UpdateVersion { e_tag: Some(tag), version: None }),
        };
        let is_conditional = mode != PutMode::Overwrite;
        let put = self.library.put_opts(&self.path(name)?, bytes.clone().into(), PutOptions::from(mode)).await;
        match put {
            Ok(_) => Ok(true),
            Err(Error::AlreadyExists { .. } | Error::Precondition { .. } | Error::NotFound { .. })
                if is_conditional =>
            {
                // A first try may have arrived whose answer did not.
                let most = bytes.len() as u64;
                Ok(matches!(self.read(name, most).await, Ok(Some((there, _))) if there == bytes))
            }
            Err(error) => Err(self.store("write", name, &error)),
        }
    }

    pub(super) async fn write_file(
        &self,
        name: &str,
        mut file: NamedTempFile,
        go_on: &dyn Fn() -> bool,
    ) -> Result<(), LakeError> {
        let file = file.as_file_mut();
        let size = file.seek(SeekFrom::End(0)).and_then(|size| file.seek(SeekFrom::Start(0)).map(|_| size));
        let size = size.map_err(|error| self.io("read back", name, error))?;
        let mut buffer = vec![0; usize::try_from(size).unwrap_or(PART).min(PART)];
        if size <= PART as u64 {
            file.read_exact(&mut buffer).map_err(|error| self.io("read back", name, error))?;
            return self.write(name, buffer, When::Always).await.map(drop);
        }
        let upload = self.library.put_multipart(&self.path(name)?).await;
        let upload = upload.map_err(|error| self.store("write", name, &error))?;
        let mut upload = WriteMultipart::new_with_chunk_size(upload, PART);
        loop {
            let failed = match file.read(&mut buffer) {
                _ if !go_on() => LakeError::Stopped,
                Ok(0) => break,
                Ok(count) => match upload.wait_for_capacity(PARTS).await {
                    Ok(()) => {
                        upload.write(&buffer[..count]);
                        continue;
                    }
                    Err(error) => self.store("write", name, &error),
                },
                Err(error) => self.io("read back", name, error),
            };
            // What a bucket keeps of an upload that was not ended, its rules of expiry take away; it is no object.
            let _ = tokio::time::timeout(std::time::Duration::from_secs(1), upload.abort()).await;
            return Err(failed);
        }
        upload.finish().await.map(drop).map_err(|error| self.store("write", name, &error))
    }

    pub(super) async fn list(&self, folders: &[&str]) -> Result<Vec<Listed>, LakeError> {
        let prefix = if self.prefix.is_empty() { None } else { Some(self.path("")?) };
        let top = self.library.list_with_delimiter(prefix.as_ref()).await;
        let mut found = top.map_err(|error| self.store("list", "objects", &error))?.objects;
        for folder in folders {
            let place = self.path(folder)?;
            let below: Vec<ObjectMeta> = self
                .library
                .list(Some(&place))
                .try_collect()
                .await
                .map_err(|error| self.store("list", folder, &error))?;
            found.extend(below);
        }
        Ok(found.iter().map(|object| self.listed(object)).collect())
    }

    fn listed(&self, object: &ObjectMeta) -> Listed {
        let whole = object.location.as_ref();
        let name = whole.strip_prefix(self.prefix.as_str()).unwrap_or(whole).trim_start_matches('/');
        Listed { name: name.to_owned(), bytes: object.size, written: object.last_modified.timestamp() }
    }

    /// Only what is old by the clock of the store itself, and still is when its turn comes.
    pub(super) async fn remove(&self, names: &[Listed], now: &str) -> Result<(), LakeError> {
        let head = self.library.head(&self.path(now)?).await;
        let now = self.listed(&head.map_err(|error| self.store("read", now, &error))?).written;
        let is_old = |one: &Listed| now.saturating_sub(one.written) >= self.left;
        for one in names.iter().filter(|one| is_old(one)) {
            let path = self.path(&one.name)?;
            match self.library.head(&path).await {
                Ok(head) if is_old(&self.listed(&head)) => {
                    self.library.delete(&path).await.map_err(|error| self.store("take away", &one.name, &error))?;
                }
                Ok(_) | Err(Error::NotFound { .. }) => {}
                Err(error) => return Err(self.store("take away", &one.name, &error)),
            }
        }
        Ok(())
    }
}

/// An error with its causes, each once.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let more = cause.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        next = cause.source();
    }
    text
}

/// What may be shown of an error of the library: what was asked and how it was answered, of the answer's body only the code
/// and the message, since stores send back the headers that they were asked with; and no secret in any case.
fn said(text: &str, secrets: &[String]) -> String {
    const STATUS: &str = "non-2xx status code: ";
    const ANSWER: &str = "Server returned error response:";
    let element = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        rest.split_once(&format!("</{name}>")).map(|(inner, _)| inner.to_owned())
    };
    let mut end = text.find(['<', '{', '\n']).unwrap_or(text.len());
    if let Some(at) = text.find(STATUS).map(|at| at + STATUS.len()) {
        end = end.min(text[at..].find(':').map_or(text.len(), |colon| at + colon));
    }
    if let Some(at) = text.find(ANSWER) {
        end = end.min(at + ANSWER.len());
    }
    let asked = text[..end].trim().trim_end_matches(':');
    let asked = asked.strip_prefix("Generic S3 error: ").unwrap_or(asked);
    let told: Vec<String> = [element("Code"), element("Message")].into_iter().flatten().collect();
    let mut said = if told.is_empty() { asked.to_owned() } else { format!("{} ({asked})", told.join(": ")) };
    // What is shorter is no secret, and a letter of it would be taken out of every word.
    for secret in secrets.iter().filter(|secret| secret.len() >= 8) {
        said = said.replace(secret.as_str(), "…");
    }
    visible(&said).chars().take(MAX_SAID).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
mod tests {
    use super::*;
    use object_store::memory::InMemory;

    fn bucket(left: i64) -> Objects {
        let mut objects = Objects::new(Arc::new(InMemory::new()), "a/b", "s3://x/a/b".to_owned(), Vec::new());
        objects.left = left;
        objects
    }

    fn filled(objects: &Objects, bytes: &[u8]) -> NamedTempFile {
        let mut file = objects.unready("").unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    #[tokio::test]
    async fn an_object_is_replaced_only_while_it_is_what_was_read() {
        let objects = bucket(0);
        assert_eq!(objects.read("m", 9).await.unwrap(), None);
        assert!(objects.write("m", b"one".to_vec(), When::Absent).await.unwrap());
        assert!(!objects.write("m", b"two".to_vec(), When::Absent).await.unwrap());
        // The same again is a try whose answer was lost.
        assert!(objects.write("m", b"one".to_vec(), When::Absent).await.unwrap());
        let (bytes, first) = objects.read("m", 9).await.unwrap().unwrap();
        assert_eq!(bytes, b"one");
        assert!(objects.write("m", b"two".to_vec(), When::Still(first.clone())).await.unwrap());
        assert!(!objects.write("m", b"six".to_vec(), When::Still(first)).await.unwrap());
        assert!(matches!(objects.read("m", 2).await, Err(LakeError::TooLarge { .. })));
        assert_eq!(objects.library.head(&Path::from("a/b/m")).await.unwrap().size, 3);
    }

    #[tokio::test]
    async fn large_files_go_in_parts_and_a_stopped_one_leaves_no_object() {
        let objects = bucket(0);
        let large: Vec<u8> = (0..PART * 2 + 17).map(|at| u8::try_from(at % 251).unwrap()).collect();
        for (name, bytes) in [("rows/t/small", &large[..5]), ("rows/t/large", &large[..]), ("rows/t/empty", &[][..])] {
            objects.write_file(name, filled(&objects, bytes), &|| true).await.unwrap();
            let mut back = tempfile::tempfile().unwrap();
            let most = large.len() as u64;
            assert_eq!(objects.read_into(name, most, &mut back, &|| true).await.unwrap(), Some(bytes.len() as u64));
            let mut read = Vec::new();
            back.seek(SeekFrom::Start(0)).unwrap();
            back.read_to_end(&mut read).unwrap();
            assert!(read == bytes, "{name}");
        }
        let stopped = objects.write_file("rows/t/stopped", filled(&objects, &large), &|| false).await;
        assert!(matches!(stopped, Err(LakeError::Stopped)));
        assert_eq!(objects.read("rows/t/stopped", 9).await.unwrap(), None);
        let mut names: Vec<String> =
            objects.list(&["rows"]).await.unwrap().into_iter().map(|listed| listed.name).collect();
        names.sort();
        assert_eq!(names, ["rows/t/empty", "rows/t/large", "rows/t/small"]);
    }

    #[tokio::test]
    async fn only_what_is_old_goes() {
        for (left, gone) in [(LEFT, false), (0, true)] {
            let objects = bucket(left);
            objects.write("old", b"x".to_vec(), When::Always).await.unwrap();
            objects.write("now", b"x".to_vec(), When::Always).await.unwrap();
            let old: Vec<Listed> =
                objects.list(&[]).await.unwrap().into_iter().filter(|one| one.name == "old").collect();
            assert_eq!(old.len(), 1);
            objects.remove(&old, "now").await.unwrap();
            assert_eq!(objects.read("old", 9).await.unwrap().is_none(), gone);
        }
    }

    #[test]
    fn what_a_store_sends_back_of_its_question_is_not_shown() {
        let body = "<?xml version=\"1.0\"?><Error><Code>SignatureDoesNotMatch</Code><Message>Not for planted-key\u{1b}[2J</Message>\
                    <CanonicalRequest>x-amz-security-token:planted-token</CanonicalRequest></Error>";
        for text in [
            format!(
                "Generic S3 error: Error performing PUT http://h/b/k in 1ms - Server returned non-2xx status code: 403 Forbidden: {body}"
            ),
            format!("Generic S3 error: Error performing PUT http://h/b/k - Server returned error response: {body}"),
            "PUT http://h - Server returned non-2xx status code: 403 Forbidden: authorization planted-token".to_owned(),
            "PUT http://h - Server returned error response: planted-token".to_owned(),
            "PUT http://h?token=planted-token failed".to_owned(),
        ] {
            let said = said(&text, &["planted-key".to_owned(), "planted-token".to_owned()]);
            assert!(!said.contains("planted") && !said.contains('\u{1b}') && said.contains("PUT http://h"), "{said}");
            assert_eq!(said.contains("SignatureDoesNotMatch"), text.contains("<Code>"), "{said}");
        }
        let unknown = said("S3: Server returned non-2xx status code: 500 x: planted-token\nmore planted-token", &[]);
        assert_eq!(unknown, "S3: Server returned non-2xx status code: 500 x");
    }
}
