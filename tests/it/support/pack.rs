//! Builds packages in memory: files in, archive bytes out, including archives that no honest tool would make.

use flate2::{Compression, write::GzEncoder};
use mcpdex::extract::PackageInfo;
use mcpdex::model::Ecosystem;
use std::io::Write;

/// A package that no registry has.
pub(crate) fn package(ecosystem: Ecosystem, name: &str) -> PackageInfo {
    PackageInfo { ecosystem, name: name.to_owned(), version: Some("1.0.0".to_owned()) }
}

/// One entry of a tarball.
pub(crate) enum Entry<'a> {
    File(&'a str, &'a [u8]),
    Symlink(&'a str, &'a str),
    Hardlink(&'a str, &'a str),
    Fifo(&'a str),
}

/// A gzipped tarball with exactly these entries, their paths written as they are.
pub(crate) fn tar_gz(entries: &[Entry<'_>]) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for entry in entries {
        let mut header = tar::Header::new_gnu();
        let (path, kind, target, bytes): (&str, _, Option<&str>, &[u8]) = match entry {
            Entry::File(path, bytes) => (path, tar::EntryType::Regular, None, bytes),
            Entry::Symlink(path, target) => (path, tar::EntryType::Symlink, Some(target), b""),
            Entry::Hardlink(path, target) => (path, tar::EntryType::Link, Some(target), b""),
            Entry::Fifo(path) => (path, tar::EntryType::Fifo, None, b""),
        };
        // Written by hand: the crate's own setter refuses the paths that these tests are about.
        header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
        if let Some(target) = target {
            header.as_old_mut().linkname[..target.len()].copy_from_slice(target.as_bytes());
        }
        header.set_entry_type(kind);
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append(&header, bytes).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

/// A tarball of plain files.
pub(crate) fn tar_gz_files(files: &[(&str, &[u8])]) -> Vec<u8> {
    let entries: Vec<_> = files.iter().map(|(path, bytes)| Entry::File(path, bytes)).collect();
    tar_gz(&entries)
}

/// A zip file of plain files, such as a wheel.
pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (path, bytes) in files {
        zip.start_file(*path, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A zip file with one symbolic link.
pub(crate) fn zip_link(path: &str, target: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.add_symlink(path, target, zip::write::SimpleFileOptions::default()).unwrap();
    zip.finish().unwrap().into_inner()
}
