//! Pictures of what failed and whom it reached: SVG, DOT and Mermaid of one layered drawing.
//!
//! Goes in: boxes, lines and all words from the caller. Comes out: text in three notations that show the same boxes.
//! **Invariant:** the same picture gives the same bytes everywhere (integers only, no clock, no map without order).
//! **Not here:** which services belong on the picture and how they are called (`answer`), HTML around it (`page`).

mod fold;
mod layout;
mod notation;
mod svg;
#[cfg(test)]
mod tests;
mod text;

/// What befell a service. Each tone has a colour of its own and, besides, a glyph and a border of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tone {
    /// Failed itself.
    Cause,
    /// Reached the worst level.
    Hit,
    /// Reached a middle level.
    Warned,
    /// On the picture, but fine.
    Calm,
    /// Not known.
    Unknown,
}

impl Tone {
    const ALL: [Self; 5] = [Self::Cause, Self::Hit, Self::Warned, Self::Unknown, Self::Calm];

    /// How much it matters that this is seen, more is more.
    fn weight(self) -> u8 {
        match self {
            Self::Cause => 4,
            Self::Hit => 3,
            Self::Warned => 2,
            Self::Unknown => 1,
            Self::Calm => 0,
        }
    }
    fn word(self) -> &'static str {
        match self {
            Self::Cause => "cause",
            Self::Hit => "hit",
            Self::Warned => "warned",
            Self::Calm => "calm",
            Self::Unknown => "unknown",
        }
    }
    /// A mark for notations that draw text only.
    fn mark(self) -> char {
        match self {
            Self::Cause => '✕',
            Self::Hit => '▼',
            Self::Warned => '!',
            Self::Calm => '✓',
            Self::Unknown => '?',
        }
    }
    /// Fill and border on white, after Okabe and Ito.
    fn colours(self) -> (&'static str, &'static str) {
        match self {
            Self::Cause => ("#fbe3d6", "#d55e00"),
            Self::Hit => ("#fdf0d3", "#e69f00"),
            Self::Warned => ("#fdfadb", "#b5a800"),
            Self::Calm => ("#ffffff", "#5b8fb5"),
            Self::Unknown => ("#f3f4f6", "#767d86"),
        }
    }
}

/// One service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureNode {
    /// Its id, kept beside the drawing (`data-id`, tooltips) so that a page can link from it.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// The line below the name, such as "down, netco"; may be empty.
    pub note: String,
    /// What befell it.
    pub tone: Tone,
    /// Whether the business depends on it: a star and a bold name.
    pub critical: bool,
}

/// One dependency. Drawn the way failure runs: out of `to`, into `from`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureEdge {
    /// The dependent, as index of a node.
    pub from: usize,
    /// What it depends on, as index of a node.
    pub to: usize,
    /// A word on the line, such as "1 of 2"; may be empty.
    pub label: String,
    /// Whether failure took this way: a thick line.
    pub on_route: bool,
}

/// The words a picture writes itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureWords {
    /// Names a box that stands for `{n}` others.
    pub more: String,
    /// Which way failure runs, written above the drawing beside an arrow to the right; empty: not written.
    pub flow: String,
    /// What the star means, for the legend; empty: not written.
    pub critical: String,
    /// What the thick line means, for the legend; empty: not written.
    pub route: String,
}

impl Default for PictureWords {
    fn default() -> Self {
        Self { more: "and {n} more".to_owned(), flow: String::new(), critical: String::new(), route: String::new() }
    }
}

/// A drawing of services and their dependencies.
///
/// Failure runs from left to right: causes at the left, business services at the right. Names are wide and low, so that
/// a layer of them reads best as a column, and the eye of a reader already runs from cause to effect.
/// At most a dozen boxes stand in a layer: like siblings fold into one box, then what matters least. A cause stays, and so does what
/// is on one of few routes, while a layer has fewer than 48; of many routes those stay that carry most, and what is critical. Where
/// lines are many, those off the routes are left out. Edges with an index out of range, or from a box to itself, are not drawn.
///
/// ```
/// use siam_core::report::picture::{Picture, PictureEdge, PictureNode, PictureWords, Tone};
/// let node = |id: &str, tone, critical| {
///     PictureNode { id: id.into(), label: id.into(), note: String::new(), tone, critical }
/// };
/// let picture = Picture {
///     title: "Who felt it".into(),
///     description: "The network failed and took the till with it.".into(),
///     nodes: vec![node("network", Tone::Cause, false), node("till", Tone::Hit, true)],
///     edges: vec![PictureEdge { from: 1, to: 0, label: String::new(), on_route: true }],
///     legend: vec![(Tone::Cause, "failed".into()), (Tone::Hit, "down".into())],
///     words: PictureWords::default(),
/// };
/// assert!(picture.to_svg().starts_with("<svg "));
/// assert!(picture.to_mermaid().contains("n0 ==> n1"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Picture {
    /// The heading, also the accessible name.
    pub title: String,
    /// What a reader who cannot see the drawing needs to know.
    pub description: String,
    /// The services; where some must fold, later ones fold first.
    pub nodes: Vec<PictureNode>,
    /// The dependencies.
    pub edges: Vec<PictureEdge>,
    /// The meaning of each tone that the legend explains, in the order to be written.
    pub legend: Vec<(Tone, String)>,
    /// The words the renderer writes itself.
    pub words: PictureWords,
}

impl Picture {
    /// As an SVG that stands alone or inside an HTML page, light or dark as the reader prefers.
    pub fn to_svg(&self) -> String {
        let folded = fold::fold(self);
        let layout = layout::lay_out(self, &folded);
        svg::write(self, &folded, &layout)
    }
    /// As a Graphviz digraph.
    pub fn to_dot(&self) -> String {
        notation::dot(self, &fold::fold(self))
    }
    /// As a Mermaid flowchart.
    pub fn to_mermaid(&self) -> String {
        notation::mermaid(self, &fold::fold(self))
    }
}
