//! Pictures held to their promises: sound, bounded, harmless, the same twice.
//!
//! Goes in: small, large, hostile and empty pictures. Comes out: passes, and on request files to look at.
//! **Invariant:** no test reads a file.
//! **Not here:** what a page does with a picture (`page`).

use super::*;

fn node(id: &str, note: &str, tone: Tone, critical: bool) -> PictureNode {
    PictureNode { id: id.to_owned(), label: id.to_owned(), note: note.to_owned(), tone, critical }
}

fn edge(from: usize, to: usize, label: &str, on_route: bool) -> PictureEdge {
    PictureEdge { from, to, label: label.to_owned(), on_route }
}

fn picture(nodes: Vec<PictureNode>, edges: Vec<PictureEdge>) -> Picture {
    let legend = [
        (Tone::Cause, "failed itself"),
        (Tone::Hit, "down"),
        (Tone::Warned, "degraded"),
        (Tone::Calm, "not affected"),
        (Tone::Unknown, "not known"),
    ];
    Picture {
        title: "Who felt the network failure of 3 March".to_owned(),
        description: "The wide area network of netco failed; the tills of all shops were down.".to_owned(),
        nodes,
        edges,
        legend: legend.map(|(tone, word)| (tone, word.to_owned())).to_vec(),
        words: PictureWords {
            flow: "failure runs this way".to_owned(),
            critical: "business critical".to_owned(),
            route: "the way it took".to_owned(),
            ..PictureWords::default()
        },
    }
}

fn five() -> Picture {
    picture(
        vec![
            node("Tills in shops", "down, retail", Tone::Hit, true),
            node("Payment gateway", "down, payco", Tone::Hit, false),
            node("Wide area network", "down, netco", Tone::Cause, false),
            node("Stock service", "degraded, apps", Tone::Warned, false),
            node("Data centre Frankfurt-West 2", "up, hostco", Tone::Calm, false),
        ],
        vec![
            edge(0, 1, "all", true),
            edge(1, 2, "1 of 1", true),
            edge(0, 3, "soft", false),
            edge(3, 2, "half", false),
            edge(3, 4, "all", false),
            edge(0, 4, "all", false),
        ],
    )
}

/// Layers of an estate: infrastructure, platforms, applications, services, seeded without randomness.
fn estate(layers: &[usize], fan: usize) -> Picture {
    let mut seed = 7_u64;
    let mut next = |bound: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % bound
    };
    let names = ["Network", "Storage cluster", "Database", "Application server", "Service", "Business process"];
    let (mut nodes, mut edges, mut before) = (Vec::new(), Vec::new(), 0..0);
    for (layer, count) in layers.iter().enumerate() {
        let start = nodes.len();
        for at in 0..*count {
            let me = nodes.len();
            let mut tone = match next(12) {
                0..=6 => Tone::Calm,
                7 | 8 => Tone::Warned,
                9 => Tone::Unknown,
                _ => {
                    if layer == 0 {
                        Tone::Calm
                    } else {
                        Tone::Hit
                    }
                }
            };
            if layer == 0 && at == 1 {
                tone = Tone::Cause;
            }
            let name = format!("{} {at}", names[layer % names.len()]);
            nodes.push(node(
                &name,
                if next(3) == 0 { "" } else { "99.2 %, netco" },
                tone,
                layer + 1 == layers.len() && at % 9 == 0,
            ));
            for _ in 0..fan.min(before.len()) {
                let to = if next(8) == 0 { next(start) } else { before.start + next(before.len()) };
                edges.push(edge(me, to, if next(2) == 0 { "all" } else { "1 of 2" }, false));
            }
        }
        if layer > 0 {
            edges.push(edge(start, if layer == 1 { 1 } else { before.start }, "all", true));
            nodes[start].tone = Tone::Hit;
        }
        before = start..nodes.len();
    }
    picture(nodes, edges)
}

/// A hub with many like leaves.
fn hub(leaves: usize) -> Picture {
    let mut nodes = vec![node("Directory", "down", Tone::Cause, false), node("Portal", "down", Tone::Hit, true)];
    let mut edges = vec![edge(1, 0, "all", true)];
    for leaf in 0..leaves {
        nodes.push(node(&format!("Shop {leaf}"), "degraded", Tone::Warned, false));
        edges.push(edge(nodes.len() - 1, 0, "half", false));
    }
    picture(nodes, edges)
}

fn chain(length: usize) -> Picture {
    let nodes = (0..length).map(|at| node(&format!("s{at}"), "", if at == 0 { Tone::Cause } else { Tone::Hit }, false)).collect();
    picture(nodes, (1..length).map(|at| edge(at, at - 1, "", true)).collect())
}

/// Checks that every tag closes, every attribute is quoted, no text holds a bare `<` or `&`; returns the ids.
fn well_formed(svg: &str) -> Vec<String> {
    let (mut open, mut ids) = (Vec::new(), Vec::new());
    for piece in svg.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').expect("a tag ends");
        assert!(!text.contains('>'), "{text}");
        assert!(text.split('&').skip(1).all(|rest| rest.split_once(';').is_some_and(|(name, _)| name.len() < 6)), "{text}");
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        ids.extend(tag.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned));
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(tag.split_whitespace().next().expect("a name").to_owned());
        }
    }
    assert!(open.is_empty(), "{open:?}");
    assert!(svg.chars().all(|letter| letter == '\n' || !letter.is_control()));
    ids
}

/// Every node is in exactly one box, boxes do not overlap, and stay inside the picture.
fn sound(picture: &Picture) -> (usize, layout::Layout) {
    let folded = fold::fold(picture);
    let layout = layout::lay_out(picture, &folded);
    let mut seen: Vec<usize> = folded.boxes.iter().flat_map(|shown| shown.members.clone()).collect();
    seen.sort_unstable();
    assert_eq!(seen, (0..picture.nodes.len()).collect::<Vec<_>>());
    for (at, one) in layout.spots.iter().enumerate() {
        assert!(one.x >= 0 && one.y >= 0 && one.x + one.width <= layout.width && one.y + 44 <= layout.height);
        for other in &layout.spots[at + 1..] {
            assert!(one.x != other.x || (one.y - other.y).abs() >= 44 + 10, "{one:?} {other:?}");
        }
        for curve in &layout.curves {
            assert!(curve.x1 < curve.x2);
            let inside = curve.x2 <= one.x && one.x < curve.through && curve.y2 > one.y && curve.y2 < one.y + 44;
            assert!(!inside, "a line runs through {one:?}");
        }
    }
    well_formed(&picture.to_svg());
    (folded.boxes.len(), layout)
}

#[test]
fn picture_of_five_shows_every_node_and_runs_left_to_right() {
    let picture = five();
    let (boxes, layout) = sound(&picture);
    assert_eq!(boxes, 5);
    let x = |label: &str| layout.spots.iter().find(|spot| spot.label.starts_with(label)).map(|spot| spot.x);
    assert!(x("Wide") < x("Payment") && x("Payment") < x("Tills"));
    let svg = picture.to_svg();
    assert!(svg.contains(">Payment gateway</text>") && svg.contains("role=\"img\""));
    assert!(svg.contains("prefers-color-scheme: dark") && svg.contains("font-family=\"DejaVu Sans, Verdana, sans-serif\""));
}

#[test]
fn picture_has_the_same_bytes_twice_and_ids_of_its_own() {
    assert_eq!(estate(&[8, 20, 40], 3).to_svg(), estate(&[8, 20, 40], 3).to_svg());
    let (one, other) = (well_formed(&five().to_svg()), well_formed(&hub(3).to_svg()));
    assert!(one.len() >= 3 && one.iter().all(|id| !other.contains(id)));
}

#[test]
fn picture_survives_hostile_labels() {
    let nasty = "</title><script>alert(\"1\")</script>&\u{0}\u{1b}\u{202e}\n]]>--> \\\" \\N %%{init}%% `x` ; #end";
    let mut picture = five();
    picture.title = nasty.to_owned();
    picture.description = nasty.to_owned();
    picture.words.more = nasty.to_owned();
    picture.legend[0].1 = nasty.to_owned();
    for node in &mut picture.nodes {
        (node.id, node.label, node.note) = (nasty.to_owned(), nasty.to_owned(), nasty.to_owned());
    }
    picture.edges[0].label = nasty.to_owned();
    sound(&picture);
    assert!(!picture.to_svg().contains("<script") && !picture.to_svg().contains('\u{202e}'));
    let dot = picture.to_dot();
    assert_eq!(dot.lines().count(), 5 + 5 + 6);
    assert!(dot.lines().all(|line| line.replace("\\\\", "").replace("\\\"", "").matches('"').count() % 2 == 0));
    let mermaid = picture.to_mermaid();
    assert!(!mermaid.contains("%%") && !mermaid.contains("script>") && !mermaid.contains('`'));
    assert!(mermaid.lines().all(|line| line.matches('"').count() % 2 == 0));
}

#[test]
fn picture_draws_a_cycle_with_one_line_against_the_stream() {
    let nodes = ["a", "b", "c"].map(|id| node(id, "", if id == "b" { Tone::Cause } else { Tone::Hit }, false)).to_vec();
    let picture = picture(
        nodes,
        vec![edge(1, 0, "", false), edge(2, 1, "", true), edge(0, 2, "", true), edge(0, 0, "", true), edge(9, 0, "", true)],
    );
    let (boxes, layout) = sound(&picture);
    assert_eq!(boxes, 3);
    assert!(layout.spots.iter().all(|spot| (spot.x == 24) == (spot.label == "b")), "the cause leads");
    assert_eq!(fold::fold(&picture).links.iter().filter(|link| link.back).count(), 1);
    assert!(picture.to_dot().contains("constraint=false"));
}

#[test]
fn picture_of_five_hundred_is_bounded_and_keeps_causes_and_routes() {
    let picture = estate(&[30, 70, 100, 150, 150], 3);
    let (boxes, layout) = sound(&picture);
    assert!(boxes <= 8 * 12, "{boxes}");
    assert!(layout.width < 4_000 && layout.height < 1_600, "{} {}", layout.width, layout.height);
    let folded = fold::fold(&picture);
    let alone = |at: usize| folded.boxes.iter().any(|shown| !shown.folded && shown.members == [at]);
    assert!(picture.edges.iter().filter(|edge| edge.on_route).all(|edge| alone(edge.from) && alone(edge.to)));
    let cause = picture.nodes.iter().position(|node| node.tone == Tone::Cause).expect("a cause");
    assert!(alone(cause));
    let hidden: usize = folded.boxes.iter().filter(|shown| shown.folded).map(|shown| shown.members.len()).sum();
    assert_eq!(boxes - folded.boxes.iter().filter(|shown| shown.folded).count() + hidden, 500);
}

#[test]
fn picture_of_five_hundred_on_routes_keeps_causes_and_what_carries_most() {
    // Ten of fifty platforms carry nine services each, and all of them are on a route; one of the dull rest is critical.
    let mut nodes = vec![node("Network", "down", Tone::Cause, false)];
    let mut edges = Vec::new();
    for platform in 0..50 {
        nodes.push(node(&format!("Platform {platform}"), "down", Tone::Hit, false));
        edges.push(edge(platform + 1, 0, "", true));
    }
    for service in 0..450 {
        nodes.push(node(&format!("Service {service}"), "down", Tone::Hit, service == 449));
        edges.push(edge(nodes.len() - 1, 41 + service % 10, "", true));
        edges.push(edge(nodes.len() - 1, 1 + service % 40, "", false));
    }
    let picture = picture(nodes, edges);
    let (boxes, layout) = sound(&picture);
    assert!(boxes <= 1 + 12 + 12 && layout.width < 1_600 && layout.height < 900, "{boxes} {} {}", layout.width, layout.height);
    let folded = fold::fold(&picture);
    let alone = |name: &str| folded.boxes.iter().any(|shown| !shown.folded && shown.label == name);
    assert!(alone("Network") && (40..50).all(|platform| alone(&format!("Platform {platform}"))) && alone("Service 449"));
}

#[test]
fn picture_with_many_lines_leaves_out_those_off_the_routes() {
    let dense = |wide: usize| {
        let name = |at: usize| node(&format!("s{at}"), "", if at == 0 { Tone::Cause } else { Tone::Hit }, false);
        let mut edges: Vec<PictureEdge> = (1..=wide).map(|at| edge(at, 0, "", true)).collect();
        for (from, to) in (1..=wide).flat_map(|from| (1..=wide).map(move |to| (from, to))) {
            edges.push(edge(wide + from, to, "", from == to));
        }
        fold::fold(&picture((0..=2 * wide).map(name).collect(), edges)).links.len()
    };
    // Nine above nine with all lines between: 9 + 81 are drawn. Of 10 + 100 only the ten to each layer are.
    assert_eq!((dense(9), dense(10)), (90, 20));
}

#[test]
fn picture_folds_like_siblings_and_says_how_many() {
    let svg = hub(40).to_svg();
    assert!(svg.contains(">and 37 more</text>") && svg.contains(">Shop 2</text>") && !svg.contains(">Shop 3</text>"));
    assert!(hub(40).to_dot().contains("and 37 more") && hub(40).to_mermaid().contains("and 37 more"));
    assert!(!hub(7).to_svg().contains("more</text>"), "few siblings stay");
}

#[test]
fn picture_of_a_deep_chain_and_of_nothing_stay_bounded() {
    let (boxes, layout) = sound(&chain(500));
    assert!(boxes <= 24 && layout.width < 8_000);
    let mut dull = chain(500);
    dull.edges.iter_mut().for_each(|edge| edge.on_route = edge.from > 495);
    dull.nodes.iter_mut().for_each(|node| node.tone = Tone::Calm);
    dull.nodes[494].tone = Tone::Cause;
    let folded = fold::fold(&dull);
    assert!(folded.boxes.iter().any(|shown| shown.members == [494]) && folded.boxes.len() < 10);
    sound(&dull);
    sound(&Picture::default());
    sound(&picture(Vec::new(), Vec::new()));
    sound(&picture((0..500).map(|at| node(&format!("alone {at}"), "", Tone::Hit, true)).collect(), Vec::new()));
}

#[test]
fn picture_cuts_a_long_name_and_keeps_it_in_the_tooltip() {
    let name = "A service whose name runs on and on and on until nobody reads it";
    let svg = picture(vec![node(name, "", Tone::Calm, false)], Vec::new()).to_svg();
    assert!(svg.contains("…</text>") && svg.contains(&format!("<title>{name}</title>")));
    let face = text::Type { size: 13, bold: false };
    assert!(text::width(&text::fit(name, face, 100), face) <= 100);
}
