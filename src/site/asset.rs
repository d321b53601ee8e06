//! What pages share: the style sheet, the scripts, the icon. Written by hand, embedded, named by their digests.

use crate::model::text;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// A file that pages refer to.
#[derive(Debug)]
pub struct Asset {
    /// Its name below the root, made of its digest.
    pub name: String,
    pub media_type: &'static str,
    pub bytes: &'static [u8],
}

fn asset(stem: &str, ending: &str, media_type: &'static str, bytes: &'static [u8]) -> Asset {
    let digest = text::hex(&Sha256::digest(bytes));
    Asset { name: format!("{stem}-{}.{ending}", &digest[..16]), media_type, bytes }
}

/// All of them.
pub(super) struct Assets {
    pub(super) style: Asset,
    pub(super) page_script: Asset,
    pub(super) search_script: Asset,
    pub(super) icon: Asset,
}

pub(super) static ASSETS: LazyLock<Assets> = LazyLock::new(|| Assets {
    style: asset("style", "css", "text/css; charset=utf-8", include_bytes!("assets/style.css")),
    page_script: asset("page", "js", "text/javascript; charset=utf-8", include_bytes!("assets/page.js")),
    search_script: asset("search", "js", "text/javascript; charset=utf-8", include_bytes!("assets/search.js")),
    icon: asset("icon", "svg", "image/svg+xml", include_bytes!("assets/icon.svg")),
});

impl Assets {
    pub(super) fn all(&self) -> [&Asset; 4] {
        [&self.style, &self.page_script, &self.search_script, &self.icon]
    }
}
