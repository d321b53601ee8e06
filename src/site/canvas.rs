//! A picture of few colours, drawn here and encoded as PNG: rectangles and text, the same bytes for the same text.
//!
//! Text is drawn sign by sign with the font that is embedded. A sign that it does not have is drawn as the unknown one
//! (U+FFFD), so that a name in another script is seen to be there; nothing is shaped, joined or turned around, whatever a
//! text asks for.

use ab_glyph::{Font, FontRef, Glyph, PxScale, ScaleFont, point};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::LazyLock;

/// Noto Sans Bold, cut down; its licence lies beside it. A test holds that it can be read.
static FONT: LazyLock<Option<FontRef<'static>>> =
    LazyLock::new(|| FontRef::try_from_slice(include_bytes!("assets/font/NotoSans-Bold.subset.ttf")).ok());

/// Colours of a picture: sixteen, two pixels a byte.
pub(super) type Palette = [[u8; 3]; 16];

/// How strongly a sign covers a pixel, in as many steps as the palette has between paper and ink.
const STEPS: usize = 7;

/// A picture while it is drawn.
pub(super) struct Canvas {
    width: usize,
    height: usize,
    /// Numbers of colours, a byte each.
    pixels: Vec<u8>,
}

/// A sign at a size: where its pixels begin from the place of the pen, and how strong each is.
struct Stamp {
    left: i32,
    top: i32,
    width: usize,
    strong: Vec<u8>,
    advance: f32,
}

thread_local! {
    /// Signs that were drawn before: of one font and a handful of sizes.
    static STAMPS: RefCell<HashMap<(char, u16), Rc<Stamp>>> = RefCell::default();
}

impl Canvas {
    /// A picture of one colour.
    pub(super) fn new(width: usize, height: usize, colour: u8) -> Canvas {
        Canvas { width, height, pixels: vec![colour; width * height] }
    }

    /// Fills a rectangle; what lies outside of the picture is left out.
    pub(super) fn fill(&mut self, (left, top): (usize, usize), (width, height): (usize, usize), colour: u8) {
        let right = (left + width).min(self.width);
        for row in top..(top + height).min(self.height) {
            if let Some(pixels) = self.pixels.get_mut(row * self.width + left.min(right)..row * self.width + right) {
                pixels.fill(colour);
            }
        }
    }

    /// Writes a line of text with its foot at `foot`, in the colours that begin at `ink`: the first is the faintest of
    /// [`STEPS`], the last the strongest. It ends where the picture does.
    pub(super) fn text(&mut self, text: &str, (left, foot): (usize, usize), size: u16, ink: u8) {
        let mut pen = left as f32;
        for sign in text.chars() {
            let stamp = stamp(sign, size);
            self.stamp(&stamp, pen.round() as i32, foot as i32, ink);
            pen += stamp.advance;
        }
    }

    fn stamp(&mut self, stamp: &Stamp, pen: i32, foot: i32, ink: u8) {
        for (at, strong) in stamp.strong.iter().enumerate().filter(|(_, strong)| **strong > 0) {
            let x = usize::try_from(pen + stamp.left + (at % stamp.width) as i32);
            let y = usize::try_from(foot + stamp.top + (at / stamp.width) as i32);
            if let (Ok(x), Ok(y)) = (x, y)
                && x < self.width
                && let Some(pixel) = self.pixels.get_mut(y * self.width + x)
            {
                *pixel = ink + strong - 1;
            }
        }
    }

    /// The picture as PNG.
    ///
    /// # Errors
    /// The encoder refuses it; nothing that is drawn here gives it a reason.
    pub(super) fn png(&self, palette: &Palette) -> Result<Vec<u8>, png::EncodingError> {
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Four);
        encoder.set_palette(palette.concat());
        encoder.set_compression(png::Compression::Fast);
        // Rows are mostly like the one above.
        encoder.set_filter(png::Filter::Up);
        let rows = self.pixels.chunks(self.width);
        let packed: Vec<u8> =
            rows.flat_map(|row| row.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0))).collect();
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&packed)?;
        writer.finish()?;
        Ok(out)
    }
}

/// How wide a text is at a size, in pixels.
pub(super) fn width_of(text: &str, size: u16) -> f32 {
    text.chars().map(|sign| stamp(sign, size).advance).sum()
}

fn stamp(sign: char, size: u16) -> Rc<Stamp> {
    let sign = drawn(sign);
    STAMPS.with_borrow_mut(|known| Rc::clone(known.entry((sign, size)).or_insert_with(|| Rc::new(draw(sign, size)))))
}

/// What is drawn for a sign: itself, or what stands for all that the font does not have.
fn drawn(sign: char) -> char {
    match &*FONT {
        Some(font) if font.glyph_id(sign).0 != 0 => sign,
        _ => char::REPLACEMENT_CHARACTER,
    }
}

fn draw(sign: char, size: u16) -> Stamp {
    let empty = |advance| Stamp { left: 0, top: 0, width: 1, strong: Vec::new(), advance };
    let Some(font) = &*FONT else { return empty(f32::from(size) / 2.0) };
    let scale = PxScale::from(f32::from(size));
    let glyph = Glyph { id: font.glyph_id(sign), scale, position: point(0.0, 0.0) };
    let advance = font.as_scaled(scale).h_advance(glyph.id);
    let Some(outline) = font.outline_glyph(glyph) else { return empty(advance) };
    let bounds = outline.px_bounds();
    let (width, height) = (bounds.width().max(1.0) as usize, bounds.height().max(1.0) as usize);
    let mut strong = vec![0; width * height];
    outline.draw(|x, y, covered| {
        if let Some(pixel) = strong.get_mut(y as usize * width + x as usize) {
            *pixel = (covered * STEPS as f32).round().clamp(0.0, STEPS as f32) as u8;
        }
    });
    Stamp { left: bounds.min.x as i32, top: bounds.min.y as i32, width, strong, advance }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Vec<u8> {
        let mut canvas = Canvas::new(400, 60, 0);
        canvas.text(text, (10, 44), 40, 1);
        canvas.pixels
    }

    #[test]
    fn the_font_can_be_read_and_draws() {
        assert!(FONT.is_some());
        assert!(written("a").iter().any(|pixel| *pixel > 0), "a letter has pixels");
        assert_ne!(written("delete"), written("detele"));
    }

    #[test]
    fn what_the_font_lacks_is_unknown_and_nothing_is_drawn_outside() {
        assert_eq!(written("\u{6d88}"), written("\u{5168}"));
        assert_ne!(written("\u{6d88}"), written(""));
        let mut canvas = Canvas::new(20, 20, 0);
        canvas.text(&"wide ".repeat(200), (0, 1_000), 48, 1);
        canvas.text(&"wide ".repeat(200), (15, 10), 48, 1);
        canvas.fill((10, 10), (1_000, 1_000), 15);
        assert_eq!(canvas.pixels.len(), 400);
    }

    #[test]
    fn a_picture_can_be_read_back() {
        let mut canvas = Canvas::new(31, 9, 3);
        canvas.fill((0, 0), (5, 9), 15);
        let palette = std::array::from_fn(|at| [at as u8; 3]);
        let bytes = canvas.png(&palette).expect("encoded");
        let mut read = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info().expect("a picture");
        assert_eq!((read.info().width, read.info().height), (31, 9));
        let mut pixels = vec![0; read.output_buffer_size().expect("small")];
        read.next_frame(&mut pixels).expect("pixels");
        // Two pixels a byte: five of the one colour, then the other.
        assert_eq!(pixels[..4], [0xff, 0xff, 0xf3, 0x33]);
    }
}
