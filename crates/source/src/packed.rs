//! Documents that may be compressed: a reader of bytes in, a reader of what is in them out, under bounds. Knows gzip by
//! its first two bytes, whatever the file is called.

use flate2::bufread::MultiGzDecoder;
use mcpdex_model::{Excess, Unpacking, lenient};
use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

/// Whether these are the first bytes of a gzip stream.
pub fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

/// What `input` holds: unpacked where it is gzip, as it is where it is not.
///
/// # Errors
/// The beginning of `input` cannot be read. Reading on fails with an error that holds an [`Excess`] (see [`excess_of`])
/// where more comes out than `bound` allows.
pub fn unpacked<'a>(mut input: impl BufRead + 'a, bound: Unpacking) -> io::Result<Box<dyn BufRead + 'a>> {
    if !is_gzip(input.fill_buf()?) {
        return Ok(Box::new(input));
    }
    let packed = Rc::new(Cell::new(0));
    let inner = MultiGzDecoder::new(Counted { inner: input, taken: Rc::clone(&packed) });
    Ok(Box::new(BufReader::with_capacity(1 << 18, Bounded { inner, packed, unpacked: 0, bound })))
}

/// `input` as UTF-8: a byte order mark is taken off, and UTF-16 that says so by one is written anew.
///
/// # Errors
/// The input cannot be read.
pub fn as_utf8<'a>(mut input: Box<dyn BufRead + 'a>) -> io::Result<Box<dyn BufRead + 'a>> {
    let start = input.fill_buf()?;
    if start.starts_with(lenient::BYTE_ORDER_MARK) {
        input.consume(lenient::BYTE_ORDER_MARK.len());
        return Ok(input);
    }
    if !start.starts_with(&[0xff, 0xfe]) && !start.starts_with(&[0xfe, 0xff]) {
        return Ok(input);
    }
    // The ends of its lines are no single bytes, so it is held whole.
    let mut wide = Vec::new();
    if input.by_ref().take(LARGEST_WIDE + 1).read_to_end(&mut wide)? as u64 > LARGEST_WIDE {
        return Err(io::Error::other(Excess::Size(LARGEST_WIDE)));
    }
    // With such a beginning it is always text.
    let text = lenient::text_of(&wide).map(|(text, _)| text.into_owned()).unwrap_or_default();
    Ok(Box::new(io::Cursor::new(text.into_bytes())))
}

/// The largest text in UTF-16 that is read, in bytes.
const LARGEST_WIDE: u64 = 256 << 20;

/// The limit that a failed reading passed; `None` where it failed otherwise.
pub fn excess_of(error: &io::Error) -> Option<Excess> {
    error.get_ref().and_then(|inner| inner.downcast_ref::<Excess>()).copied()
}

/// Counts what is taken out of a buffer.
struct Counted<R> {
    inner: R,
    taken: Rc<Cell<u64>>,
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.taken.set(self.taken.get() + count as u64);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.taken.set(self.taken.get() + count as u64);
        self.inner.consume(count);
    }
}

/// Stops at the bounds.
struct Bounded<R> {
    inner: R,
    packed: Rc<Cell<u64>>,
    unpacked: u64,
    bound: Unpacking,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.unpacked += count as u64;
        self.bound.check(self.packed.get(), self.unpacked).map_err(io::Error::other)?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(bytes).expect("memory takes all");
        packer.finish().expect("memory takes all")
    }

    fn read(bytes: &[u8], bound: Unpacking) -> io::Result<usize> {
        unpacked(bytes, bound)?.read_to_end(&mut Vec::new())
    }

    #[test]
    fn both_bounds_stop_the_reading_and_plain_bytes_have_none() {
        let blanks = vec![b' '; 8 << 20];
        let mixed: Vec<u8> = (0..3_000_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        let bound = Unpacking::documents(4 << 20);
        let excess = |bytes: &[u8]| read(bytes, bound).map_err(|error| excess_of(&error));
        assert_eq!(excess(&gzip(&blanks)), Err(Some(Excess::Ratio(Unpacking::RATIO))));
        assert_eq!(excess(&gzip(&mixed)), Err(Some(Excess::Size(4 << 20))));
        assert_eq!(excess(&blanks), Ok(8 << 20));
        assert_eq!(excess(&gzip(&blanks[..1 << 20])), Ok(1 << 20));
        let cut = gzip(&mixed[..1 << 20]);
        assert_eq!(excess(&cut[..cut.len() / 2]), Err(None));
    }
}
