//! Pictures as SVG.
//!
//! Goes in: a picture, its boxes and their places. Comes out: one `<svg>` element that needs nothing else.
//! **Invariant:** every id and every rule of style is scoped by a hash of the content, so that many stand on one page.
//! **Not here:** places (`layout`), which boxes there are (`fold`).

use super::fold::{Folded, Shown};
use super::layout::{BOX_HEIGHT, CHIP, Curve, Head, Layout, NOTE, Spot, face, tally, tally_width};
use super::text::{Type, clean, fit, width, xml};
use super::{Picture, Tone};
use std::fmt::Write;

const TITLE: Type = Type { size: 16, bold: true };
const MARGIN: i64 = 24;
const NARROWEST: i64 = 420;
/// A title does not make a picture wider than this.
const TITLE_ROOM: i64 = 760;
/// With more links than this, those off the route step back.
const CROWDED: usize = 60;
/// Members that a tooltip names.
const NAMED: usize = 24;

/// Colours on white, then on near black. Plain values, not variables: renderers outside browsers know no `var()`.
/// The palette is Okabe and Ito's; every tone differs in glyph and border as well.
const STYLE: &str = "\
@ text{fill:#1b1f24;font-size:13px}\
@ .bg{fill:#ffffff}\
@ .h{font-size:16px;font-weight:bold}\
@ .n{font-size:11px;fill:#4d555e}\
@ .w{font-size:10px;fill:#4d555e;text-anchor:middle}\
@ .halo{font-size:10px;fill:none;stroke:#ffffff;stroke-width:4;stroke-linejoin:round;text-anchor:middle}\
@ .s{font-weight:bold}\
@ .e{fill:none;stroke:#9aa3ad;stroke-width:1.5}\
@ .a{fill:#9aa3ad}\
@ .e.q{stroke:#c3cad1;stroke-width:1}\
@ .a.q{fill:#aab2bb}\
@ .e.r{stroke:#b34700;stroke-width:3}\
@ .a.r{fill:#b34700}\
@ .e.t{stroke-width:1.5}\
@ .b{stroke-dasharray:5 4}\
@ .o{fill:none;stroke-width:1}\
@ .g{fill:none;stroke:#ffffff;stroke-width:3;stroke-linecap:round;stroke-linejoin:round}\
@ .star{fill:#1b1f24}\
@ .cause .f{fill:#fbe3d6} @ .cause .k{fill:#c95600} @ .cause .o{stroke:#c95600;stroke-width:3}\
@ .hit .f{fill:#fdf0d3} @ .hit .k{fill:#e69f00} @ .hit .o{stroke:#c98a00;stroke-width:2} @ .hit .g{fill:#1b1f24;stroke:none}\
@ .warned .f{fill:#fffef2} @ .warned .k{fill:#f0e442} @ .warned .o{stroke:#a39a00} @ .warned .g{stroke:#1b1f24}\
@ .calm .f{fill:#ffffff} @ .calm .k{fill:#ddebf5} @ .calm .o{stroke:#8fb3cc} @ .calm .g{stroke:#0072b2;stroke-width:2}\
@ .unknown .f{fill:#f6f7f8} @ .unknown .k{fill:#d9dce0} @ .unknown .o{stroke:#767d86;stroke-dasharray:4 3} @ .unknown .g{stroke:#1b1f24;stroke-width:2}\
@ .more .f{fill:#f6f7f8} @ .more .u{fill:#f6f7f8;stroke:#9aa3ad} @ .more .k{fill:#e3e6e9} @ .more .o{stroke:#9aa3ad} @ .more .d{fill:#4d555e}\
";
const DARK: &str = "\
@ text{fill:#e8eaed}\
@ .bg{fill:#15181d}\
@ .n,@ .w{fill:#b3bac2}\
@ .halo{fill:none;stroke:#15181d}\
@ .e{stroke:#68727d}\
@ .a{fill:#68727d}\
@ .e.q{stroke:#535c66}\
@ .a.q{fill:#69727c}\
@ .e.r{stroke:#ff8f4d}\
@ .a.r{fill:#ff8f4d}\
@ .star{fill:#e8eaed}\
@ .cause .f{fill:#43210c} @ .cause .k,@ .cause .o{stroke:#f0731a} @ .cause .k{fill:#c95600;stroke:none}\
@ .hit .f{fill:#35280a} @ .hit .o{stroke:#e69f00}\
@ .warned .f{fill:#23220f} @ .warned .o{stroke:#c9bf37}\
@ .calm .f{fill:#1b1f26} @ .calm .k{fill:#1d3547} @ .calm .o{stroke:#3f6785} @ .calm .g{stroke:#56b4e9}\
@ .unknown .f{fill:#22262c} @ .unknown .k{fill:#4a5159} @ .unknown .o{stroke:#a0a8b1} @ .unknown .g{stroke:#e8eaed}\
@ .more .f{fill:#22262c} @ .more .u{fill:#22262c;stroke:#68727d} @ .more .k{fill:#343a42} @ .more .o{stroke:#68727d} @ .more .d{fill:#b3bac2}\
";

/// FNV-1a over all content, as the prefix of every id.
fn prefix(picture: &Picture) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut eat = |text: &str| {
        for byte in text.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    let words = &picture.words;
    for text in [&picture.title, &picture.description, &words.more, &words.flow, &words.critical, &words.route] {
        eat(text);
    }
    for node in &picture.nodes {
        eat(&node.id);
        eat(&node.label);
        eat(&node.note);
        eat(node.tone.word());
        eat(if node.critical { "1" } else { "0" });
    }
    for edge in &picture.edges {
        eat(&format!("{} {} {}", edge.from, edge.to, edge.on_route));
        eat(&edge.label);
    }
    for (tone, word) in &picture.legend {
        eat(tone.word());
        eat(word);
    }
    format!("siam-{:012x}", hash >> 16)
}

pub(super) fn write(picture: &Picture, folded: &Folded, layout: &Layout) -> String {
    let id = prefix(picture);
    let heading = width(&fit(&picture.title, TITLE, TITLE_ROOM), TITLE) + 2 * MARGIN;
    let wide = layout.width.max(heading).max(NARROWEST);
    let flow = clean(&picture.words.flow);
    let top = if flow.is_empty() { 60 } else { 78 };
    let shift = (wide - layout.width) / 2;
    let mut body = String::new();
    for on_route in [false, true] {
        for curve in layout.curves.iter().filter(|curve| curve.on_route == on_route) {
            draw_curve(&mut body, folded, curve);
        }
    }
    for (shown, spot) in folded.boxes.iter().zip(&layout.spots) {
        draw_box(&mut body, picture, shown, spot);
    }
    for curve in layout.curves.iter().filter(|curve| !curve.label.is_empty()) {
        let (x, y) = ((curve.x1 + curve.x2) / 2, (curve.y1 + curve.y2) / 2 + 4);
        for class in ["halo", "w"] {
            let _ = writeln!(body, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>", xml(&curve.label));
        }
    }
    let mut foot = String::new();
    let end = draw_legend(&mut foot, picture, folded, wide, top + layout.height + 26);
    let high = end + 18;

    let mut out = String::new();
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" id=\"{id}\" viewBox=\"0 0 {wide} {high}\" width=\"{wide}\" height=\"{high}\" \
         role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" font-family=\"DejaVu Sans, Verdana, sans-serif\">"
    );
    let _ = writeln!(out, "<title id=\"{id}-title\">{}</title>", xml(&picture.title));
    let _ = writeln!(out, "<desc id=\"{id}-desc\">{}</desc>", xml(&picture.description));
    let scope = format!("#{id}");
    let (light, dark) = (STYLE.replace('@', &scope), DARK.replace('@', &scope));
    let _ = writeln!(out, "<style>{light}@media (prefers-color-scheme: dark){{{dark}}}</style>");
    let _ = writeln!(out, "<rect class=\"bg\" width=\"{wide}\" height=\"{high}\" rx=\"8\"/>");
    let title = xml(&fit(&picture.title, TITLE, wide - 2 * MARGIN));
    let _ = writeln!(out, "<text class=\"h\" x=\"{MARGIN}\" y=\"34\">{title}</text>");
    if !flow.is_empty() {
        let flow = fit(&flow, NOTE, wide - 2 * MARGIN - 50);
        let _ = writeln!(out, "<text class=\"n\" x=\"{MARGIN}\" y=\"55\">{}</text>", xml(&flow));
        let x = MARGIN + width(&flow, NOTE) + 8;
        let _ = writeln!(out, "<path class=\"e\" d=\"M{x} 51H{}\"/><path class=\"a\" d=\"M{} 46l10 5l-10 5z\"/>", x + 26, x + 24);
    }
    let _ = writeln!(out, "<g transform=\"translate({shift} {top})\">\n{body}</g>\n{foot}</svg>");
    out
}

fn draw_curve(out: &mut String, folded: &Folded, curve: &Curve) {
    let (x1, head_left) = if curve.head == Head::Left { (curve.x1 + 9, true) } else { (curve.x1, false) };
    let (x2, head_right) = if curve.head == Head::Right { (curve.x2 - 9, true) } else { (curve.x2, false) };
    let bend = (x1 + x2) / 2;
    let (y1, y2) = (curve.y1, curve.y2);
    // Of a box that stands for many it is enough that lines lead there; the thick ones lead to names.
    let thin = curve.links.iter().all(|link| folded.boxes[folded.links[*link].target].rest);
    let route = match curve.on_route {
        true if thin => " r t",
        true => " r",
        false if folded.links.len() > CROWDED => " q",
        false => "",
    };
    let back = if curve.back { " b" } else { "" };
    let mut titles: Vec<String> = Vec::new();
    for link in curve.links.iter().take(NAMED).map(|link| &folded.links[*link]) {
        let label = if link.label.is_empty() { String::new() } else { format!(": {}", link.label) };
        titles.push(format!("{} → {}{label}", folded.boxes[link.source].label, folded.boxes[link.target].label));
    }
    if curve.links.len() > NAMED {
        titles.push("…".to_owned());
    }
    let _ = write!(out, "<g><title>{}</title>", xml(&titles.join("; ")));
    let _ = write!(out, "<path class=\"e{route}{back}\" d=\"M{x1} {y1}C{bend} {y1} {bend} {y2} {x2} {y2}");
    if curve.through > curve.x2 {
        let _ = write!(out, "H{}", curve.through);
    }
    out.push_str("\"/>");
    if head_left {
        let _ = write!(out, "<path class=\"a{route}\" d=\"M{} {y1}l11 -6v12z\"/>", curve.x1);
    }
    if head_right {
        let _ = write!(out, "<path class=\"a{route}\" d=\"M{} {y2}l-11 -6v12z\"/>", curve.x2);
    }
    out.push_str("</g>\n");
}

fn draw_box(out: &mut String, picture: &Picture, shown: &Shown, spot: &Spot) {
    let Spot { x, y, width: wide, .. } = *spot;
    let class = if shown.folded { "more" } else { shown.tone.word() };
    let _ = write!(out, "<g class=\"{class}\"");
    if let Some(node) = shown.members.first().filter(|_| !shown.folded).map(|at| &picture.nodes[*at]) {
        let _ = write!(out, " data-id=\"{}\"", xml(&node.id));
    }
    let _ = write!(out, "><title>{}</title>", xml(&tooltip(picture, shown)));
    if shown.folded {
        for aside in [6, 3] {
            let (x, y) = (x + aside, y + aside);
            let _ =
                write!(out, "<rect class=\"u\" x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{BOX_HEIGHT}\" rx=\"8\"/>", wide - 6);
        }
    }
    let wide = if shown.folded { wide - 6 } else { wide };
    draw_frame(out, x, y, wide, BOX_HEIGHT, CHIP);
    let middle = y + BOX_HEIGHT / 2;
    if shown.folded {
        let _ = write!(out, "<path class=\"d\" d=\"M{} {}h4v4h-4zm0 -7h4v4h-4zm0 14h4v4h-4z\"/>", x + 11, middle - 2);
    } else {
        draw_glyph(out, shown.tone, x + CHIP / 2, middle);
    }
    let text = x + CHIP + 10;
    let bold = if face(shown).bold { " class=\"s\"" } else { "" };
    let two_lines = shown.folded || !spot.note.is_empty();
    let base = if two_lines { middle - 3 } else { middle + 5 };
    let _ = write!(out, "<text{bold} x=\"{text}\" y=\"{base}\">{}</text>", xml(&spot.label));
    if !shown.folded && two_lines {
        let _ = write!(out, "<text class=\"n\" x=\"{text}\" y=\"{}\">{}</text>", middle + 14, xml(&spot.note));
    }
    if shown.critical {
        draw_star(out, x + wide - 13, y + 14);
    }
    out.push_str("</g>\n");
    if shown.folded {
        let mut x = text + 6;
        for (tone, count) in tally(picture, shown) {
            draw_swatch(out, tone, x, middle + 10);
            let _ = writeln!(out, "<text class=\"n\" x=\"{}\" y=\"{}\">{count}</text>", x + 10, middle + 14);
            x += tally_width(count);
        }
    }
}

fn tooltip(picture: &Picture, shown: &Shown) -> String {
    let name = |at: &usize| {
        let node = &picture.nodes[*at];
        if node.note.is_empty() { node.label.clone() } else { format!("{} ({})", node.label, node.note) }
    };
    let mut names: Vec<String> = shown.members.iter().take(NAMED).map(name).collect();
    if shown.members.len() > NAMED {
        names.push("…".to_owned());
    }
    names.join(", ")
}

/// The filled box, its coloured left part and its border.
fn draw_frame(out: &mut String, x: i64, y: i64, wide: i64, high: i64, chip: i64) {
    let r = if high > 30 { 8 } else { 4 };
    let _ = write!(out, "<rect class=\"f\" x=\"{x}\" y=\"{y}\" width=\"{wide}\" height=\"{high}\" rx=\"{r}\"/>");
    let (inner, side) = (chip - r, high - 2 * r);
    let _ =
        write!(out, "<path class=\"k\" d=\"M{} {y}h{inner}v{high}h-{inner}q-{r} 0 -{r} -{r}v-{side}q0 -{r} {r} -{r}z\"/>", x + r);
    let _ = write!(out, "<rect class=\"o\" x=\"{x}\" y=\"{y}\" width=\"{wide}\" height=\"{high}\" rx=\"{r}\"/>");
}

/// The mark of a tone, drawn rather than typed: no font need have it.
fn draw_glyph(out: &mut String, tone: Tone, x: i64, y: i64) {
    let shape = match tone {
        Tone::Cause => "m-5 -5l10 10m0 -10l-10 10",
        Tone::Hit => "m-7 -5h14l-7 11z",
        Tone::Warned => "m0 -7v8m0 6v0",
        Tone::Calm => "m-5 0l4 4l7 -8",
        Tone::Unknown => "m-4 -3c0 -6 8 -6 8 0c0 3 -4 3 -4 6m0 4v0",
    };
    let _ = write!(out, "<path class=\"g\" d=\"M{x} {y}{shape}\"/>");
}

/// A tone as a small mark: the left part of a box alone.
fn draw_swatch(out: &mut String, tone: Tone, x: i64, y: i64) {
    let _ = write!(
        out,
        "<g class=\"{}\"><rect class=\"k\" x=\"{}\" y=\"{}\" width=\"12\" height=\"12\" rx=\"3\"/>",
        tone.word(),
        x - 6,
        y - 6
    );
    let shape = match tone {
        Tone::Cause => "m-2 -2l4 4m0 -4l-4 4",
        Tone::Hit => "m-4 -3h8l-4 6z",
        Tone::Warned => "m0 -3v3m0 3v0",
        Tone::Calm => "m-3 0l2 2l4 -4",
        Tone::Unknown => "m-2 -1c0 -3 4 -3 4 0c0 1 -2 1 -2 2m0 2v0",
    };
    let _ = writeln!(out, "<path class=\"g\" style=\"stroke-width:2\" d=\"M{x} {y}{shape}\"/></g>");
}

fn draw_star(out: &mut String, x: i64, y: i64) {
    let _ = write!(out, "<path class=\"star\" d=\"M{x} {}l2 5h5l-4 3l2 5l-5 -3l-5 3l2 -5l-4 -3h5z\"/>", y - 7);
}

/// What marks mean, in rows as wide as the picture; returns where it ends.
fn draw_legend(out: &mut String, picture: &Picture, folded: &Folded, wide: i64, top: i64) -> i64 {
    let (mut x, mut y, mut drawn) = (MARGIN, top, false);
    let mut step = |out: &mut String, text: &str, draw: &dyn Fn(&mut String, i64, i64)| {
        let text = fit(text, NOTE, wide - 2 * MARGIN - 36);
        let needed = 36 + width(&text, NOTE) + 22;
        if x > MARGIN && x + needed - 22 > wide - MARGIN {
            (x, y) = (MARGIN, y + 26);
        }
        draw(out, x, y);
        let _ = writeln!(out, "<text class=\"n\" x=\"{}\" y=\"{}\">{}</text>", x + 36, y + 4, xml(&text));
        x += needed;
        drawn = true;
    };
    for (tone, word) in &picture.legend {
        step(out, word, &|out, x, y| {
            let _ = write!(out, "<g class=\"{}\">", tone.word());
            draw_frame(out, x, y - 10, 30, 20, 22);
            draw_glyph(out, *tone, x + 11, y);
            out.push_str("</g>");
        });
    }
    if !clean(&picture.words.critical).is_empty() && folded.boxes.iter().any(|shown| shown.critical) {
        step(out, &picture.words.critical, &|out, x, y| draw_star(out, x + 20, y));
    }
    if !clean(&picture.words.route).is_empty() && folded.links.iter().any(|link| link.on_route) {
        step(out, &picture.words.route, &|out, x, y| {
            let _ = write!(out, "<path class=\"e r\" d=\"M{x} {y}h20\"/><path class=\"a r\" d=\"M{} {y}l-11 -6v12z\"/>", x + 30);
        });
    }
    if drawn { y + 10 } else { top - 20 }
}
