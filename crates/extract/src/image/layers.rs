//! The layers of an image, unpacked in memory from the top one down: regular files that can matter are kept, links are
//! noted and never followed while unpacking, whiteouts hide what lies below them.

use crate::archive::{ArchiveError, Counted, failed, safe_path};
use crate::is_wanted;
use flate2::read::MultiGzDecoder;
use mcpdex_model::Unpacking;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};
use tar::EntryType;

/// Bounds on one image. Every number is a maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageLimits {
    /// Layers.
    pub layers: usize,
    /// Bytes of one layer as stored.
    pub layer_bytes: u64,
    /// Bytes of all layers as stored.
    pub stored_bytes: u64,
    /// Bytes of all layers, unpacked.
    pub unpacked_bytes: u64,
    /// Unpacked bytes for each stored one of a layer.
    pub ratio: u64,
    /// Entries of all layers.
    pub entries: usize,
    /// Folders above a file.
    pub path_depth: usize,
    /// Bytes of the files that are kept.
    pub kept_bytes: u64,
}

impl Default for ImageLimits {
    fn default() -> Self {
        const MIB: u64 = 1 << 20;
        ImageLimits {
            layers: 128,
            layer_bytes: 256 * MIB,
            stored_bytes: 1_024 * MIB,
            unpacked_bytes: 4_096 * MIB,
            ratio: 100,
            entries: 500_000,
            path_depth: 64,
            kept_bytes: 200 * MIB,
        }
    }
}

/// How a layer is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    Plain,
    Gzip,
    Zstd,
}

impl Packing {
    /// By the first bytes of a layer, whatever its type says.
    pub fn of(bytes: &[u8]) -> Packing {
        match bytes {
            [0x1f, 0x8b, ..] => Packing::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Packing::Zstd,
            _ => Packing::Plain,
        }
    }
}

/// The largest script of a folder of programs that is kept, in bytes.
const MAX_SCRIPT: u64 = 64 << 10;
/// What is put before the name of a file that a layer takes away.
const WHITEOUT: &str = ".wh.";
/// The name that takes away all that lower layers have in its folder.
const OPAQUE: &str = ".wh..wh..opq";
/// Folders of the system, which hold no program of the image's author.
const SYSTEM: [&str; 9] =
    ["proc/", "sys/", "dev/", "etc/", "usr/share/", "usr/include/", "usr/src/linux", "var/lib/", "var/cache/"];

/// What the layers so far have left.
#[derive(Debug)]
pub struct Layers {
    limits: ImageLimits,
    files: BTreeMap<String, Vec<u8>>,
    /// Links by their path, with their target as the layer writes it.
    links: BTreeMap<String, String>,
    /// Everything but folders that a layer above has put somewhere, kept or not, and what one has taken away.
    taken: BTreeSet<String>,
    /// Folders whose content in lower layers is taken away.
    opaque: BTreeSet<String>,
    stored: u64,
    unpacked: u64,
    entries: usize,
    kept: u64,
    count: usize,
}

/// What one layer does to those below it; within the layer itself it hides nothing.
#[derive(Default)]
struct Below {
    taken: Vec<String>,
    opaque: Vec<String>,
}

impl Layers {
    /// No layer yet.
    pub fn new(limits: ImageLimits) -> Layers {
        Layers {
            limits,
            files: BTreeMap::new(),
            links: BTreeMap::new(),
            taken: BTreeSet::new(),
            opaque: BTreeSet::new(),
            stored: 0,
            unpacked: 0,
            entries: 0,
            kept: 0,
            count: 0,
        }
    }

    /// Adds the layer that lies below all those that were added.
    ///
    /// # Errors
    /// The layers exceed a limit, one is damaged, or an entry leaves the image.
    pub fn add(&mut self, bytes: &[u8]) -> Result<(), ArchiveError> {
        let size = bytes.len() as u64;
        self.count += 1;
        self.stored += size;
        if self.count > self.limits.layers {
            return Err(ArchiveError::TooLarge(format!("more than {} layers", self.limits.layers)));
        }
        if size > self.limits.layer_bytes || self.stored > self.limits.stored_bytes {
            return Err(ArchiveError::TooLarge(format!("layers of more than {} bytes", self.limits.stored_bytes)));
        }
        let most = self.limits.unpacked_bytes.saturating_sub(self.unpacked);
        let bound = Unpacking { most, ratio: self.limits.ratio };
        match Packing::of(bytes) {
            Packing::Plain => self.unpack(Counted::new(bytes, size, bound)),
            Packing::Gzip => self.unpack(Counted::new(MultiGzDecoder::new(bytes), size, bound)),
            Packing::Zstd => {
                let decoder = zstd::stream::read::Decoder::new(Cursor::new(bytes)).map_err(failed)?;
                self.unpack(Counted::new(decoder, size, bound))
            }
        }
    }

    fn unpack(&mut self, unpacked: Counted<impl Read>) -> Result<(), ArchiveError> {
        let mut tar = tar::Archive::new(unpacked);
        let mut below = Below::default();
        for entry in tar.entries().map_err(failed)? {
            let mut entry = entry.map_err(failed)?;
            self.entries += 1;
            if self.entries > self.limits.entries {
                return Err(ArchiveError::TooLarge(format!("more than {} entries", self.limits.entries)));
            }
            let path = safe_path(&entry.path_bytes(), self.limits.path_depth)?;
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
            if name == OPAQUE {
                below.opaque.push(folder.to_owned());
                continue;
            }
            if let Some(hidden) = name.strip_prefix(WHITEOUT) {
                below.taken.push(joined(folder, hidden));
                continue;
            }
            match entry.header().entry_type() {
                EntryType::Regular | EntryType::Continuous => {
                    let is_kept = !self.is_hidden(&path) && is_of_use(&path, entry.size());
                    below.taken.push(path.clone());
                    if is_kept {
                        let mut bytes = Vec::new();
                        (&mut entry).take(self.limits.kept_bytes + 1).read_to_end(&mut bytes).map_err(failed)?;
                        self.kept += bytes.len() as u64;
                        if self.kept > self.limits.kept_bytes {
                            let detail = format!("source of more than {} bytes", self.limits.kept_bytes);
                            return Err(ArchiveError::TooLarge(detail));
                        }
                        self.links.remove(&path);
                        self.files.insert(path, bytes);
                    }
                }
                EntryType::Symlink | EntryType::Link => {
                    let target = entry.link_name_bytes().map(|target| String::from_utf8_lossy(&target).into_owned());
                    let is_hard = entry.header().entry_type() == EntryType::Link;
                    below.taken.push(path.clone());
                    if let Some(target) = target.filter(|target| target.len() < 4_096 && !self.is_hidden(&path)) {
                        let target = if is_hard { format!("/{}", target.trim_start_matches('/')) } else { target };
                        self.files.remove(&path);
                        self.links.insert(path, target);
                    }
                }
                EntryType::Directory | EntryType::XGlobalHeader => {}
                // Devices and pipes are nothing that is read, and hide what is below them.
                _ => below.taken.push(path),
            }
        }
        let mut rest = tar.into_inner();
        std::io::copy(&mut rest, &mut std::io::sink()).map_err(failed)?;
        self.unpacked += rest.unpacked();
        self.taken.extend(below.taken);
        self.opaque.extend(below.opaque);
        Ok(())
    }

    /// Whether a layer above has this path, something that is no folder above it, or has taken it away.
    fn is_hidden(&self, path: &str) -> bool {
        let mut above = path;
        if self.taken.contains(above) {
            return true;
        }
        while let Some((folder, _)) = above.rsplit_once('/') {
            if self.taken.contains(folder) || self.opaque.contains(folder) {
                return true;
            }
            above = folder;
        }
        self.opaque.contains("")
    }

    /// The files that were kept, by their path from the root of the image.
    pub fn files(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.files
    }

    /// The path that `path` means, through links within the image; `None` where they lead nowhere or in circles.
    pub fn resolve(&self, path: &str) -> Option<String> {
        let mut path = within(path)?;
        for _ in 0..16 {
            let Some((at, target)) = self.first_link(&path) else { return Some(path) };
            let rest = path[at.len()..].to_owned();
            let folder = at.rsplit_once('/').map_or("", |(folder, _)| folder);
            let to = if target.starts_with('/') { target.to_owned() } else { format!("{folder}/{target}") };
            path = within(&format!("{to}{rest}"))?;
        }
        None
    }

    /// The link that comes first on the way to `path`.
    fn first_link(&self, path: &str) -> Option<(String, &str)> {
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        ends.map(|end| &path[..end]).find_map(|part| self.links.get(part).map(|to| (part.to_owned(), to.as_str())))
    }
}

/// The path from the root of the image, without `.` and `..`; the root has nothing above it.
fn within(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        match part {
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    (path.len() < 4_096).then(|| parts.join("/"))
}

fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Whether a file can be part of a program that is read: its source, or the script that starts it.
fn is_of_use(path: &str, size: u64) -> bool {
    let is_installed =
        path.contains("/site-packages/") || path.contains("/dist-packages/") || path.contains("/node_modules/");
    let is_system =
        SYSTEM.iter().any(|folder| path.starts_with(folder)) || path.starts_with("usr/lib/") && !is_installed;
    // The library of Python itself.
    let is_standard = path.contains("/lib/python3") && !is_installed;
    if is_system || is_standard {
        return false;
    }
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_script = (folder == "bin" || folder.ends_with("/bin")) && !name.contains('.') && size <= MAX_SCRIPT;
    is_script || path.ends_with(".jar") || is_wanted(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    enum Item<'a> {
        File(&'a str, &'a str),
        Link(&'a str, &'a str),
    }
    use Item::{File, Link};

    fn layer(items: &[Item<'_>]) -> Vec<u8> {
        let mut tar = tar::Builder::new(Vec::new());
        for item in items {
            let mut header = tar::Header::new_gnu();
            let (path, bytes) = match item {
                File(path, text) => (path, text.as_bytes()),
                Link(path, target) => {
                    header.set_entry_type(EntryType::Symlink);
                    header.as_old_mut().linkname[..target.len()].copy_from_slice(target.as_bytes());
                    (path, &b""[..])
                }
            };
            header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
            header.set_size(bytes.len() as u64);
            header.set_cksum();
            tar.append(&header, bytes).expect("memory takes all");
        }
        tar.into_inner().expect("memory takes all")
    }

    fn read(layers: &[&[Item<'_>]]) -> Layers {
        let mut read = Layers::new(ImageLimits::default());
        for items in layers {
            read.add(&layer(items)).expect("a layer");
        }
        read
    }

    #[test]
    fn upper_layers_replace_and_take_away_what_lower_ones_have() {
        let found = read(&[
            &[
                File("app/a.py", "new"),
                File("app/.wh.b.py", ""),
                File("app/lib/.wh..wh..opq", ""),
                File("app/lib/x.py", "x"),
            ],
            &[File("app/a.py", "old"), File("app/b.py", "b"), File("app/c.py", "c"), File("app/lib/y.py", "y")],
            &[File("app/b.py", "b again"), File("app/lib/z.py", "z"), File("etc/x.py", "no"), File("app/.wh.c.py", "")],
        ]);
        let files: Vec<_> = found.files().iter().map(|(path, text)| (path.as_str(), text.as_slice())).collect();
        assert_eq!(files, [("app/a.py", &b"new"[..]), ("app/c.py", b"c"), ("app/lib/x.py", b"x")]);
    }

    #[test]
    fn a_file_hides_the_folder_of_its_name_and_a_link_what_is_below_it() {
        let found = read(&[
            &[File("app/lib", "a file"), Link("srv", "/app")],
            &[File("app/lib/y.py", "y"), File("srv/z.py", "z")],
        ]);
        assert!(found.files().is_empty(), "{:?}", found.files());
    }

    #[test]
    fn links_are_resolved_within_the_image_and_never_while_unpacking() {
        let found = read(&[&[
            File("app/main.js", "x"),
            Link("usr/local/bin/kiln", "../../../app/main.js"),
            Link("out", "../../../../etc/passwd"),
            Link("a", "b"),
            Link("b", "a"),
            Link("srv", "app"),
        ]]);
        assert_eq!(found.resolve("/usr/local/bin/kiln").as_deref(), Some("app/main.js"));
        assert_eq!(found.resolve("/srv/main.js").as_deref(), Some("app/main.js"));
        assert_eq!(found.resolve("/out").as_deref(), Some("etc/passwd"), "of the image, which has none");
        assert_eq!(found.resolve("/a"), None);
        assert_eq!(found.files().len(), 1);
    }

    #[test]
    fn layers_that_leave_the_image_or_are_too_much_are_refused() {
        let refused =
            |limits: ImageLimits, bytes: &[u8]| Layers::new(limits).add(bytes).expect_err("refused").outcome();
        use mcpdex_model::Outcome::{Blocked, TooLarge, Unreadable};
        let plain = ImageLimits::default();
        assert_eq!(refused(plain, &layer(&[File("../x.py", "")])), Blocked);
        assert_eq!(refused(plain, &layer(&[File("/etc/x.py", "")])), Blocked);
        assert_eq!(
            refused(plain, b"no tar at all, but something else that is long enough to be read as one"),
            Unreadable
        );
        assert_eq!(
            refused(ImageLimits { entries: 1, ..plain }, &layer(&[File("a.py", ""), File("b.py", "")])),
            TooLarge
        );
        assert_eq!(refused(ImageLimits { kept_bytes: 3, ..plain }, &layer(&[File("a.py", "four")])), TooLarge);
        assert_eq!(refused(ImageLimits { layer_bytes: 3, ..plain }, &layer(&[])), TooLarge);
        let blanks = " ".repeat(8 << 20);
        let bomb = zstd::encode_all(&layer(&[File("a.bin", &blanks)])[..], 3).expect("memory takes all");
        assert_eq!(refused(plain, &bomb), TooLarge);
    }
}
