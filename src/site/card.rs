//! What stands for a page where a link to it is shared: a picture with its name and its verdict, drawn here.

use super::canvas::{Canvas, Palette, width_of};
use super::pages::SiteError;
use crate::model::{Grade, Risk, visible};

/// How large the pictures are, in pixels: in the proportion that previews have, and large enough for the large ones.
pub(super) const SIZE: (usize, usize) = (600, 315);

/// The largest sizes that names are tried in, and how many lines fit.
const SIZES: [(u16, usize); 4] = [(44, 2), (34, 3), (26, 4), (20, 5)];
const MARGIN: usize = 42;
const ROOM: f32 = 520.0;
/// Characters of a name that are looked at.
const LOOKED_AT: usize = 300;

/// Numbers of the palette: the paper, then what is drawn on it in steps, from faint to strong.
const PAPER: u8 = 0;
const INK: u8 = 1;
const FULL_INK: u8 = 7;
const SOFT: u8 = 8;
const FAINT: u8 = 9;
const TONE: u8 = 15;

/// The sign before the verdict.
pub(super) enum Sign {
    Risk(Risk),
    Grade(Grade),
    None,
}

/// What a picture says.
pub(super) struct Card<'a> {
    pub(super) name: &'a str,
    /// A line below the name.
    pub(super) below: &'a str,
    pub(super) sign: Sign,
    pub(super) verdict: &'a str,
}

impl Card<'_> {
    /// The picture as PNG.
    ///
    /// # Errors
    /// It cannot be encoded.
    pub(super) fn png(&self) -> Result<Vec<u8>, SiteError> {
        let mut canvas = Canvas::new(SIZE.0, SIZE.1, PAPER);
        canvas.fill((0, 0), (14, SIZE.1), TONE);
        canvas.fill((MARGIN, 28), (22, 22), FULL_INK);
        for (at, height) in [8, 12, 5].into_iter().enumerate() {
            canvas.fill((MARGIN + 5 + 5 * at, 46 - height), (3, height), PAPER);
        }
        canvas.text("mcpdex", (MARGIN + 31, 47), 21, INK);
        let (size, lines) = fitted(&plain(self.name));
        let mut foot = 75 + usize::from(size);
        for line in lines {
            canvas.text(&line, (MARGIN, foot), size, INK);
            foot += usize::from(size) * 6 / 5;
        }
        canvas.text(&shortened(&plain(self.below), 17, ROOM), (MARGIN, foot.min(236)), 17, SOFT);
        let left = self.draw_sign(&mut canvas);
        canvas.text(&shortened(&plain(self.verdict), 23, ROOM - (left - MARGIN) as f32), (left, 283), 23, INK);
        Ok(canvas.png(&self.palette())?)
    }

    /// Draws the sign; where the verdict begins behind it.
    fn draw_sign(&self, canvas: &mut Canvas) -> usize {
        match self.sign {
            Sign::Risk(risk) => {
                for (at, step) in Risk::ALL.iter().enumerate() {
                    let height = 9 + 8 * at;
                    let colour = if *step <= risk { TONE } else { FAINT };
                    canvas.fill((MARGIN + 14 * at, 284 - height), (9, height), colour);
                }
                MARGIN + 69
            }
            Sign::Grade(grade) => {
                canvas.fill((MARGIN, 250), (42, 42), TONE);
                canvas.fill((MARGIN + 3, 253), (36, 36), PAPER);
                let letter = grade.to_string();
                let left = 21.0 - width_of(&letter, 32) / 2.0;
                canvas.text(&letter, (MARGIN + left.max(0.0) as usize, 282), 32, INK);
                MARGIN + 56
            }
            Sign::None => MARGIN,
        }
    }

    fn palette(&self) -> Palette {
        let (paper, ink, soft) = ([0xf5, 0xf3, 0xec], [0x17, 0x20, 0x2a], [0x50, 0x5a, 0x65]);
        let tone = match self.sign {
            Sign::Risk(risk) => of_risk(risk),
            Sign::Grade(Grade::A | Grade::B) => of_risk(Risk::Low),
            Sign::Grade(Grade::C) => of_risk(Risk::Medium),
            Sign::Grade(Grade::D) => of_risk(Risk::High),
            Sign::Grade(Grade::E) => of_risk(Risk::Critical),
            Sign::Grade(Grade::U) => [0x8b, 0x8f, 0x8e],
            Sign::None => [0x0b, 0x4f, 0x5f],
        };
        let mixed = |colour: [u8; 3], step: u8| -> [u8; 3] {
            std::array::from_fn(|at| {
                let (from, to) = (i32::from(paper[at]), i32::from(colour[at]));
                u8::try_from(from + (to - from) * i32::from(step) / i32::from(FULL_INK)).unwrap_or(u8::MAX)
            })
        };
        std::array::from_fn(|at| match u8::try_from(at).unwrap_or(TONE) {
            PAPER => paper,
            step @ INK..=FULL_INK => mixed(ink, step),
            TONE => tone,
            step => mixed(soft, step - SOFT + 1),
        })
    }
}

/// The colours of the style sheet, on paper.
const fn of_risk(risk: Risk) -> [u8; 3] {
    match risk {
        Risk::Critical => [0x9a, 0x12, 0x32],
        Risk::High => [0x9c, 0x44, 0x00],
        Risk::Medium => [0x6b, 0x58, 0x00],
        Risk::Low => [0x2a, 0x61, 0x42],
    }
}

/// The beginning of a text as it can be drawn on a line.
fn plain(text: &str) -> String {
    let text: String = text.chars().take(LOOKED_AT).collect();
    visible(&text).chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect()
}

/// A name in the largest size in which it fits, in lines; the smallest cuts it.
fn fitted(name: &str) -> (u16, Vec<String>) {
    let mut smallest = (20, Vec::new());
    for (size, most) in SIZES {
        let mut broken = lines(name, size, ROOM);
        if broken.len() <= most {
            // As narrow as it goes, so that no line is left with a word of its own.
            let narrower = (1..10).map(|step| lines(name, size, ROOM - 30.0 * step as f32));
            if let Some(even) = narrower.take_while(|even| even.len() == broken.len()).last() {
                broken = even;
            }
            return (size, broken);
        }
        smallest = (size, broken.into_iter().take(most).collect());
    }
    if let Some(last) = smallest.1.last_mut() {
        last.pop();
        last.push('…');
    }
    smallest
}

/// A text in lines that fit into the room, broken behind what is no letter or digit where one is near enough.
fn lines(text: &str, size: u16, room: f32) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut line, mut wide, mut broken) = (String::new(), 0.0, 0);
    for sign in text.chars() {
        let advance = width_of(sign.encode_utf8(&mut [0; 4]), size);
        if wide + advance > room && !line.is_empty() {
            let rest = if broken * 3 > line.len() { line.split_off(broken) } else { String::new() };
            lines.push(std::mem::replace(&mut line, rest));
            wide = width_of(&line, size);
            broken = 0;
        }
        line.push(sign);
        wide += advance;
        if !sign.is_alphanumeric() {
            broken = line.len();
        }
    }
    lines.push(line);
    lines
}

/// As much of a text as fits, with a sign where it was cut.
fn shortened(text: &str, size: u16, room: f32) -> String {
    if width_of(text, size) <= room {
        return text.to_owned();
    }
    let (mut out, mut wide) = (String::new(), width_of("…", size));
    for sign in text.chars() {
        wide += width_of(sign.encode_utf8(&mut [0; 4]), size);
        if wide > room {
            break;
        }
        out.push(sign);
    }
    out + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(name: &str) -> Vec<u8> {
        let below = "on io.example/shop";
        Card { name, below, sign: Sign::Risk(Risk::High), verdict: "high risk · execute" }.png().expect("drawn")
    }

    #[test]
    fn any_name_gives_a_picture_of_its_own_that_is_small() {
        let long = "n".repeat(5_000);
        let names = ["delete_rows", "", "<script>alert(1)</script>", "消す全部", "de\u{202e}lete", "a b\nc", &long];
        let pictures: std::collections::BTreeSet<Vec<u8>> = names.iter().map(|name| card(name)).collect();
        assert_eq!(pictures.len(), names.len());
        assert!(pictures.iter().all(|bytes| bytes.starts_with(b"\x89PNG") && bytes.len() < 60_000));
        assert_eq!(card("delete_rows"), card("delete_rows"));
    }

    #[test]
    fn names_are_broken_where_they_fit() {
        let name = "send_the_monthly_report_to_everybody_who_asked_for_it_last_year";
        let (size, lines) = fitted(name);
        assert!(lines.len() > 1 && lines.iter().all(|line| width_of(line, size) <= ROOM), "{lines:?}");
        assert_eq!(lines.concat(), name);
        assert!(lines[0].ends_with('_'), "{lines:?}");
        assert!(fitted(&"w".repeat(400)).1.last().expect("a line").ends_with('…'));
    }
}
