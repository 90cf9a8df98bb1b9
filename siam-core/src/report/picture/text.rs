//! Text of pictures: made harmless, measured, cut to fit.
//!
//! Goes in: any text. Comes out: text that is safe in XML, and its width in whole pixels.
//! **Invariant:** a cleaned text holds no control, no direction override and nothing XML forbids.
//! **Not here:** escapes of DOT and Mermaid (`notation`).

/// Widths of ` ` to `~` in DejaVu Sans, thousandths of the type size; Verdana is as wide, Arial narrower.
const BOOK: [u16; 95] = [
    318, 401, 460, 838, 637, 951, 780, 275, 391, 391, 500, 838, 318, 361, 318, 337, 637, 637, 637, 637, 637, 637, 637, 637, 637,
    637, 337, 337, 838, 838, 838, 531, 1000, 685, 687, 699, 771, 632, 576, 775, 752, 295, 295, 656, 558, 863, 749, 788, 604, 788,
    695, 635, 611, 732, 685, 989, 686, 611, 686, 391, 337, 391, 838, 500, 500, 613, 635, 550, 635, 616, 353, 635, 634, 278, 278,
    580, 278, 975, 634, 612, 635, 635, 412, 521, 393, 634, 592, 818, 592, 592, 525, 637, 337, 637, 838,
];
/// The same of DejaVu Sans Bold.
const BOLD: [u16; 95] = [
    349, 457, 521, 838, 696, 1002, 873, 307, 458, 458, 523, 838, 380, 416, 380, 366, 696, 696, 696, 696, 696, 696, 696, 696, 696,
    696, 400, 400, 838, 838, 838, 581, 1000, 774, 763, 734, 831, 684, 684, 821, 837, 373, 373, 775, 638, 996, 837, 851, 733, 851,
    771, 721, 683, 813, 774, 1104, 771, 725, 726, 458, 366, 458, 838, 500, 500, 675, 716, 593, 716, 679, 436, 716, 712, 343, 343,
    666, 343, 1042, 712, 688, 716, 716, 494, 596, 479, 712, 652, 924, 646, 652, 583, 712, 366, 712, 838,
];

/// The size and weight of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Type {
    pub size: i64,
    pub bold: bool,
}

/// Without controls, direction overrides and what XML forbids; white space becomes one blank.
pub(super) fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {}
            _ if letter.is_whitespace() => {
                if !clean.ends_with(' ') {
                    clean.push(' ');
                }
            }
            _ if letter.is_control() => {}
            _ => clean.push(letter),
        }
    }
    clean.trim().to_owned()
}

/// Cleaned and escaped for XML, in content and attributes alike.
pub(super) fn xml(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in clean(text).chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(letter),
        }
    }
    safe
}

/// Thousandths of the type size that a letter takes; beyond ASCII a careful guess by script.
fn letter_width(letter: char, bold: bool) -> i64 {
    let code = u32::from(letter);
    let table = if bold { &BOLD } else { &BOOK };
    if let Some(width) = code.checked_sub(0x20).and_then(|at| table.get(at as usize)) {
        return i64::from(*width);
    }
    let book = match code {
        0x300..=0x36f | 0x1ab0..=0x1aff | 0x200c..=0x200f | 0x20d0..=0x20ff | 0xfe00..=0xfe0f => return 0,
        0xa0..=0x24f | 0x370..=0x3ff => 680,
        0x400..=0x52f => 760,
        0x1100..=0x11ff | 0x2e80..=0xa4cf | 0xac00..=0xd7ff | 0xf900..=0xfaff | 0xff00..=0xff60 => 1_000,
        0x2000..=0x2bff => 1_000,
        0x1_f000.. => 1_300,
        _ => 800,
    };
    if bold { book * 9 / 8 } else { book }
}

/// The width of a text in pixels, rounded up.
pub(super) fn width(text: &str, face: Type) -> i64 {
    let thousandths: i64 = text.chars().map(|letter| letter_width(letter, face.bold)).sum();
    (thousandths * face.size + 999) / 1000
}

/// The cleaned text, cut with an ellipsis where it is wider than `room` pixels.
pub(super) fn fit(text: &str, face: Type, room: i64) -> String {
    let text = clean(text);
    if width(&text, face) <= room {
        return text;
    }
    let limit = room * 1000 / face.size.max(1) - letter_width('…', face.bold);
    let (mut used, mut end) = (0, 0);
    for (at, letter) in text.char_indices() {
        used += letter_width(letter, face.bold);
        if used > limit {
            break;
        }
        end = at + letter.len_utf8();
    }
    let kept = text.get(..end).unwrap_or_default().trim_end_matches([' ', ',', '\u{200d}']);
    format!("{kept}…")
}
