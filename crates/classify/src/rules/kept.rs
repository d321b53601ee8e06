//! Compiled rules of a user's folders, kept in a folder of files named after the digest of what they were compiled from, so
//! that a second start reads them. It never says more than a fresh compilation would: what is not whole, or was compiled by
//! another build, is compiled anew, and a folder that cannot be written is no error.

use crate::rules::builtin;
use crate::rules::pack::Pack;
use crate::rules::source_file::SourceFile;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// How many sets are kept; those written longest ago go first. One has about 1.3 MB.
const KEPT: usize = 8;
/// How a kept file's name ends.
const ENDING: &str = "pack";
const DIGEST_BYTES: usize = 32;

/// The kept rules of one set of files.
pub(crate) struct KeptPack {
    folder: PathBuf,
    file: PathBuf,
}

impl KeptPack {
    /// Where `folder` keeps what `files` come to. The bytes of the embedded rules are part of the name: they differ
    /// wherever a build writes or compiles rules otherwise.
    pub(crate) fn of(folder: &Path, files: &[SourceFile]) -> KeptPack {
        let mut hash = Sha256::new();
        let of_build = [env!("CARGO_PKG_VERSION").as_bytes(), builtin::PACK];
        // In their order: of two rules with one id the later counts.
        let of_files = files.iter().flat_map(|file| [file.path.as_bytes(), file.text.as_bytes()]);
        for part in of_build.into_iter().chain(of_files) {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let name: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        KeptPack { folder: folder.to_owned(), file: folder.join(format!("{name}.{ENDING}")) }
    }

    /// The rules, where they were kept and are as they were written.
    pub(crate) fn read(&self) -> Option<Pack> {
        let bytes = std::fs::read(&self.file).ok()?;
        let (digest, pack) = bytes.split_at_checked(DIGEST_BYTES)?;
        (Sha256::digest(pack).as_slice() == digest).then(|| Pack::of_bytes(pack)).flatten()
    }

    /// Keeps the rules; where that fails, the next start compiles them again.
    pub(crate) fn write(&self, pack: &Pack) {
        let Ok(bytes) = postcard::to_allocvec(pack) else { return };
        let whole = [Sha256::digest(&bytes).as_slice(), &bytes].concat();
        let part = self.file.with_extension(format!("{}.part", std::process::id()));
        let written = std::fs::create_dir_all(&self.folder)
            .and_then(|()| std::fs::write(&part, whole))
            .and_then(|()| std::fs::rename(&part, &self.file));
        match written {
            Ok(()) => self.drop_oldest(),
            Err(_) => drop(std::fs::remove_file(&part)),
        }
    }

    fn drop_oldest(&self) {
        let Ok(entries) = std::fs::read_dir(&self.folder) else { return };
        let mut packs: Vec<_> = entries
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| path.extension().is_some_and(|ending| ending == ENDING) && *path != self.file)
            .filter_map(|path| Some((path.metadata().ok()?.modified().ok()?, path)))
            .collect();
        packs.sort_unstable();
        for (_, path) in packs.iter().rev().skip(KEPT - 1) {
            drop(std::fs::remove_file(path));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::ruleset::Ruleset;

    fn fresh(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("mcpdex-kept-{name}-{}", std::process::id()));
        drop(std::fs::remove_dir_all(&folder));
        std::fs::create_dir_all(folder.join("rules")).expect("a folder");
        folder
    }

    fn kept(folder: &Path) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder.join("kept")).into_iter().flatten();
        entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect()
    }

    /// Which rules a folder comes to, through what is kept.
    fn load(folder: &Path) -> Ruleset {
        Ruleset::load_kept(&[folder.join("rules")], Some(&folder.join("kept"))).expect("they compile")
    }

    #[test]
    fn a_second_start_reads_what_the_first_kept_and_an_edit_compiles_anew() {
        let folder = fresh("edit");
        let builtin = crate::rules::builtin::files().swap_remove(0);
        std::fs::write(folder.join("rules").join(builtin.path.replace('/', "-")), &builtin.text).expect("a file");
        let (first, second) = (load(&folder), load(&folder));
        assert_eq!(kept(&folder).len(), 1);
        assert_eq!((first.digest(), format!("{:?}", first.rules)), (second.digest(), format!("{:?}", second.rules)));
        let written = |set: &Ruleset| set.written().map(|(file, rule)| format!("{file} {rule:?}")).collect::<Vec<_>>();
        assert_eq!(written(&first), written(&second));
        std::fs::write(
            folder.join("rules").join(builtin.path.replace('/', "-")),
            format!("{}\n# edited\n", builtin.text),
        )
        .expect("a file");
        assert_ne!(load(&folder).digest(), first.digest());
        assert_eq!(kept(&folder).len(), 2);
        drop(std::fs::remove_dir_all(folder));
    }

    #[test]
    fn what_was_changed_or_cut_short_is_not_read() {
        let folder = fresh("cut");
        let files = crate::rules::builtin::files();
        let (pack, _) = crate::rules::compile::compile(&files, "here").expect("they compile");
        let one = KeptPack::of(&folder.join("kept"), &files);
        assert!(one.read().is_none(), "nothing is kept yet");
        one.write(&pack);
        assert!(one.read().is_some());
        let whole = std::fs::read(&one.file).expect("the file");
        let mut other = whole.clone();
        *other.last_mut().expect("bytes") ^= 1;
        for broken in [&other[..], &whole[..whole.len() - 1], &whole[..7], &[]] {
            std::fs::write(&one.file, broken).expect("a file");
            assert!(one.read().is_none());
        }
        drop(std::fs::remove_dir_all(folder));
    }

    #[test]
    fn few_are_kept_and_a_folder_that_cannot_be_written_is_no_error() {
        let folder = fresh("few");
        let mut files = crate::rules::builtin::files();
        let (pack, _) = crate::rules::compile::compile(&files, "here").expect("they compile");
        for _ in 0..KEPT + 3 {
            files[0].text.push_str("\n# more");
            KeptPack::of(&folder.join("kept"), &files).write(&pack);
        }
        assert_eq!(kept(&folder).len(), KEPT);
        assert!(KeptPack::of(&folder.join("kept"), &files).read().is_some(), "the newest stays");
        let file = folder.join("file");
        std::fs::write(&file, "no folder").expect("a file");
        KeptPack::of(&file, &files).write(&pack);
        drop(std::fs::remove_dir_all(folder));
    }
}
