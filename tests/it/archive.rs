//! Archives as strangers make them: what is read, and what is refused.

use crate::support::pack::{Entry, package, tar_gz, tar_gz_files, zip, zip_link};
use mcpdex::extract::archive::{ArchiveError, ArchiveKind, pack, read};
use mcpdex::extract::{ReadLimits, SourceTree};
use mcpdex::model::{Ecosystem, Outcome};
use proptest::prelude::*;

fn open_with(kind: ArchiveKind, bytes: &[u8], limits: ReadLimits) -> Result<SourceTree, ArchiveError> {
    read(kind, bytes, package(Ecosystem::Pypi, "lantern"), &limits)
}

fn open(kind: ArchiveKind, bytes: &[u8]) -> Result<SourceTree, ArchiveError> {
    open_with(kind, bytes, ReadLimits::default())
}

fn paths(tree: &SourceTree) -> Vec<&str> {
    tree.files.keys().map(String::as_str).collect()
}

fn is_hostile(result: Result<SourceTree, ArchiveError>) -> bool {
    matches!(result, Err(error @ ArchiveError::Hostile(_)) if error.outcome() == Outcome::Blocked)
}

fn is_too_large(result: Result<SourceTree, ArchiveError>) -> bool {
    matches!(result, Err(error @ ArchiveError::TooLarge(_)) if error.outcome() == Outcome::TooLarge)
}

#[test]
fn a_tarball_loses_the_folder_around_it_and_keeps_only_what_a_reader_can_use() {
    let archive =
        tar_gz_files(&[("package/package.json", b"{}"), ("package/dist/index.js", b"x"), ("package/logo.png", b"png")]);
    let tree = open(ArchiveKind::TarGz, &archive).unwrap();
    assert_eq!(paths(&tree), ["dist/index.js", "package.json"]);
    assert_eq!(tree.files["dist/index.js"], b"x");
}

#[test]
fn a_wheel_keeps_its_folders() {
    let archive =
        zip(&[("lantern/__init__.py", b""), ("lantern-1.0.0.dist-info/entry_points.txt", b"[console_scripts]\n")]);
    let tree = open(ArchiveKind::Zip, &archive).unwrap();
    assert_eq!(paths(&tree), ["lantern-1.0.0.dist-info/entry_points.txt", "lantern/__init__.py"]);
}

#[test]
fn paths_that_leave_the_archive_are_refused() {
    for path in ["../evil.py", "package/../../evil.py", "/etc/evil.py", "C:\\evil.py", "package\\..\\..\\evil.py"] {
        let archive = tar_gz(&[Entry::File("package/a.py", b""), Entry::File(path, b"x")]);
        assert!(is_hostile(open(ArchiveKind::TarGz, &archive)), "tar {path}");
        assert!(is_hostile(open(ArchiveKind::Zip, &zip(&[(path, b"x")]))), "zip {path}");
    }
}

#[test]
fn links_and_special_files_are_refused_even_where_no_one_would_read_them() {
    for entry in [
        Entry::Symlink("package/a.py", "/etc/passwd"),
        Entry::Hardlink("package/a.png", "package/b.png"),
        Entry::Fifo("package/pipe"),
    ] {
        assert!(is_hostile(open(ArchiveKind::TarGz, &tar_gz(&[entry]))));
    }
    assert!(is_hostile(open(ArchiveKind::Zip, &zip_link("a.py", "/etc/passwd"))));
}

#[test]
fn a_bomb_stops_at_the_ratio_in_either_format() {
    let zeros = vec![b' '; 8 << 20];
    assert!(is_too_large(open(ArchiveKind::TarGz, &tar_gz_files(&[("package/a.py", &zeros)]))));
    assert!(is_too_large(open(ArchiveKind::TarGz, &tar_gz_files(&[("package/unwanted.bin", &zeros)]))));
    assert!(is_too_large(open(ArchiveKind::Zip, &zip(&[("a.py", &zeros)]))));
}

#[test]
fn a_zip_that_lies_about_its_sizes_is_still_counted() {
    let zeros = vec![b' '; 8 << 20];
    let mut archive = zip(&[("a.py", &zeros)]);
    // The unpacked size stands at byte 24 of the central directory's record.
    let at = archive.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap() + 24;
    archive[at..at + 4].copy_from_slice(&10u32.to_le_bytes());
    let result = open(ArchiveKind::Zip, &archive);
    assert!(result.as_ref().map_or(true, |tree| tree.files["a.py"].len() <= 10), "read past the limits");
}

#[test]
fn every_limit_is_an_outcome() {
    let file: (&str, &[u8]) = ("package/a.py", &[b'#'; 200]);
    let archive = tar_gz_files(&[file, ("package/b.py", b"")]);
    let limits = ReadLimits::default();
    let tight = [
        ReadLimits { archive_bytes: 10, ..limits },
        ReadLimits { unpacked_bytes: 100, ..limits },
        ReadLimits { entries: 1, ..limits },
        ReadLimits { path_depth: 0, ..limits },
    ];
    for limits in tight {
        assert!(is_too_large(open_with(ArchiveKind::TarGz, &archive, limits)), "{limits:?}");
        assert!(is_too_large(open_with(ArchiveKind::Zip, &zip(&[file, ("c/d.py", b"")]), limits)), "{limits:?}");
    }
}

#[test]
fn damaged_archives_are_unreadable() {
    let whole = tar_gz_files(&[("package/a.py", &[7; 5_000])]);
    for broken in [&b""[..], b"not an archive", &whole[..whole.len() / 2], &whole[..whole.len() - 6]] {
        for kind in [ArchiveKind::TarGz, ArchiveKind::Zip] {
            let error = open(kind, broken).unwrap_err();
            assert_eq!(error.outcome(), Outcome::Unreadable, "{kind:?}: {error}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_bytes_are_an_error_or_a_tree(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = open(ArchiveKind::TarGz, &bytes);
        let _ = open(ArchiveKind::Tar, &bytes);
        let _ = open(ArchiveKind::Zip, &bytes);
    }

    #[test]
    fn any_change_to_an_archive_is_an_error_or_a_tree_with_safe_paths(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        kind in prop_oneof![Just(ArchiveKind::TarGz), Just(ArchiveKind::Tar), Just(ArchiveKind::Zip)],
    ) {
        let files: &[(&str, &[u8])] = &[("p/a.py", b"print(1)"), ("p/b/c.js", b"let x"), ("p/package.json", b"{}")];
        let mut bytes = match kind {
            ArchiveKind::TarGz => tar_gz_files(files),
            ArchiveKind::Tar => pack(files.iter().copied()).unwrap(),
            ArchiveKind::Zip => zip(files),
        };
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(tree) = open(kind, &bytes) {
            for path in tree.files.keys() {
                prop_assert!(!path.starts_with('/') && path.split('/').all(|part| part != ".."));
            }
        }
    }
}
