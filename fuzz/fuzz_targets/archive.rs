//! The archive reader. The first byte of the input says what the rest is: a gzipped tarball (0 modulo 4), a zip file
//! (1), or a tarball still to be gzipped (2 and 3), so that the fuzzer can reach what lies behind the checksum.
#![no_main]

use mcpdex_fuzz::extract::archive::{self, ArchiveKind};
use mcpdex_fuzz::extract::{ReadLimits, PackageInfo};
use mcpdex_fuzz::model::Ecosystem;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    let package = PackageInfo { ecosystem: Ecosystem::Npm, name: "lantern".to_owned(), version: None };
    let limits = ReadLimits { unpacked_bytes: 4 << 20, entries: 500, ..ReadLimits::default() };
    let kinds: &[(ArchiveKind, Vec<u8>)] = &if first % 4 == 0 {
        vec![(ArchiveKind::TarGz, rest.to_vec())]
    } else if first % 4 == 1 {
        vec![(ArchiveKind::Zip, rest.to_vec())]
    } else {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
        std::io::Write::write_all(&mut gzip, rest).expect("memory takes everything");
        vec![(ArchiveKind::TarGz, gzip.finish().expect("memory takes everything"))]
    };
    for (kind, bytes) in kinds {
        let Ok(tree) = archive::read(*kind, bytes, package.clone(), &limits) else { continue };
        assert!(tree.files.values().map(Vec::len).sum::<usize>() as u64 <= limits.unpacked_bytes);
        for path in tree.files.keys() {
            let hostile = path.starts_with('/') || path.split(['/', '\\']).any(|part| part == "..");
            assert!(!hostile, "{path:?} leaves the archive");
        }
    }
});
