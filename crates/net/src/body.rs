//! The body of an answer: pieces as they come from the connection in, the same with `Content-Encoding` undone out. Never
//! lets more come out of a piece than the bounds allow, however little came in, and holds no more than one piece.

use super::Cause;
use brotli_decompressor::DecompressorWriter;
use flate2::write::MultiGzDecoder;
use mcpdex_model::{Excess, Unpacking};
use reqwest::header::{self, HeaderMap, HeaderValue};
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// What requests offer to understand.
pub(super) const ACCEPTED: HeaderValue = HeaderValue::from_static("gzip, br, zstd");

/// The largest window that a zstd frame may ask for, as a power of two: what RFC 9659 allows in HTTP. Frames that ask
/// for more would have their memory given before anything is known of them.
const LARGEST_WINDOW: u32 = 23;
/// Bytes that brotli hands on at a time.
const BROTLI_PIECE: usize = 16 << 10;

/// Undoes what an answer says of its encoding.
pub(super) struct Body {
    coding: Coding,
    /// What came out of the decoder and was not handed on yet.
    out: Arc<Mutex<Out>>,
}

enum Coding {
    Plain,
    Gzip(Box<MultiGzDecoder<Tap>>),
    Brotli(Box<DecompressorWriter<Tap>>),
    Zstd(Box<zstd::stream::write::Decoder<'static, Tap>>),
}

impl Body {
    /// A body of at most `most` bytes, unpacked, with these headers. `stored`: it is wanted as it is.
    ///
    /// # Errors
    /// The answer is encoded in a way that nobody asked for.
    pub(super) fn new(headers: &HeaderMap, most: u64, stored: bool) -> Result<Body, Cause> {
        let bound = Unpacking::documents(most);
        let out = Arc::new(Mutex::new(Out { bytes: Vec::new(), packed: 0, unpacked: 0, bound, excess: None }));
        let tap = Tap(Arc::clone(&out));
        let named: Vec<String> = headers
            .get_all(header::CONTENT_ENCODING)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()).trim().to_ascii_lowercase())
            .filter(|value| !value.is_empty() && value != "identity")
            .collect();
        let coding = match named.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            _ if stored => Coding::Plain,
            [] => Coding::Plain,
            ["gzip" | "x-gzip"] => Coding::Gzip(Box::new(MultiGzDecoder::new(tap))),
            ["br"] => Coding::Brotli(Box::new(DecompressorWriter::new(tap, BROTLI_PIECE))),
            ["zstd"] => {
                let decoder = zstd::stream::write::Decoder::new(tap).and_then(|mut decoder| {
                    decoder.window_log_max(LARGEST_WINDOW)?;
                    Ok(decoder)
                });
                Coding::Zstd(Box::new(decoder.map_err(|error| Cause::Unreadable(error.to_string()))?))
            }
            _ => {
                let all: String = named.join(", ").chars().take(80).collect();
                return Err(Cause::Unreadable(format!("the answer is encoded as `{all}`, which was not asked for")));
            }
        };
        Ok(Body { coding, out })
    }

    /// Whether the bytes that come are those that are handed on.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self.coding, Coding::Plain)
    }

    /// What one piece of the connection unpacks to; possibly nothing yet.
    ///
    /// # Errors
    /// More came out than the bounds allow, or the piece is damaged.
    pub(super) fn undo(&mut self, piece: &[u8]) -> Result<Vec<u8>, Cause> {
        self.out().packed += piece.len() as u64;
        let written = match &mut self.coding {
            Coding::Plain => Tap(Arc::clone(&self.out)).write_all(piece),
            // Flushed, because an event stream waits for the answer to what it has said.
            Coding::Gzip(decoder) => decoder.write_all(piece).and_then(|()| decoder.flush()),
            Coding::Brotli(decoder) => decoder.write_all(piece),
            Coding::Zstd(decoder) => decoder.write_all(piece).and_then(|()| decoder.flush()),
        };
        self.take(written)
    }

    /// What is left in the decoder after the last piece.
    ///
    /// # Errors
    /// As for [`Body::undo`]; or the body ends before what was packed into it does.
    pub(super) fn end(&mut self) -> Result<Vec<u8>, Cause> {
        // An answer without a body may still say how it would have been encoded.
        if self.out().packed == 0 {
            return Ok(Vec::new());
        }
        let written = match &mut self.coding {
            Coding::Plain => Ok(()),
            Coding::Gzip(decoder) => decoder.try_finish(),
            Coding::Brotli(decoder) => decoder.close(),
            Coding::Zstd(decoder) => decoder.flush(),
        };
        self.take(written)
    }

    fn out(&self) -> std::sync::MutexGuard<'_, Out> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&mut self, written: io::Result<()>) -> Result<Vec<u8>, Cause> {
        let mut out = self.out();
        match (out.excess, written) {
            (Some(excess), _) => Err(Cause::Unpacks(excess)),
            (None, Ok(())) => Ok(std::mem::take(&mut out.bytes)),
            (None, Err(error)) => Err(Cause::Unreadable(format!("the answer cannot be unpacked: {error}"))),
        }
    }
}

/// What comes out of a decoder, counted.
struct Out {
    bytes: Vec<u8>,
    packed: u64,
    unpacked: u64,
    bound: Unpacking,
    excess: Option<Excess>,
}

/// Where a decoder writes.
struct Tap(Arc<Mutex<Out>>);

impl Write for Tap {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let mut out = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        out.unpacked += piece.len() as u64;
        if let Err(excess) = out.bound.check(out.packed, out.unpacked) {
            out.excess = Some(excess);
            return Err(io::Error::other(excess));
        }
        out.bytes.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
