//! Which columns of a table are coordinates, by what its header calls them.

use super::lines::number;
use crate::name::shown;

/// Names that are told, at most.
const MOST_NAMES: usize = 4;
/// What such tables have to have.
const ACCEPTED: &str = "Columns called x, y and z are taken, or easting, northing and elevation, pos_x, pos_y and pos_z, \
                        Points:0, Points:1 and Points:2, and the like.";

/// Parts of a name that say nothing of what a column is: units, and what coordinates are called.
const UNITS: [&str; 16] = [
    "m", "mm", "cm", "km", "um", "ft", "in", "inch", "inches", "feet", "meter", "meters", "metre", "metres", "local",
    "world",
];
const POSITIONS: [&str; 16] = [
    "pos",
    "position",
    "positions",
    "coord",
    "coords",
    "coordinate",
    "coordinates",
    "point",
    "points",
    "pt",
    "loc",
    "location",
    "vertex",
    "vertices",
    "xyz",
    "p",
];
const SIDEWAYS: [&str; 2] = ["easting", "east"];
const AHEAD: [&str; 2] = ["northing", "north"];
const UPWARDS: [&str; 5] = ["elevation", "elev", "height", "altitude", "alt"];

/// The columns of x, y and z, and whether they were found by a guess.
pub struct Columns {
    pub places: [usize; 3],
    pub guess: Option<String>,
}

/// What a column's name says: an axis, and the rest of it.
struct Named {
    axis: Axis,
    rest: Vec<String>,
}

#[derive(Clone, Copy, PartialEq)]
enum Axis {
    /// x, y, z, or what maps call them.
    Letter(usize),
    /// 0, 1, 2, and further numbers, with which they are no axes.
    Number(usize),
    /// Up, whatever the others are called.
    Up,
}

/// A cell of a header without quotes and blanks.
fn plain(cell: &[u8]) -> String {
    String::from_utf8_lossy(cell).trim_matches(['"', '\'', ' ', '\u{feff}']).to_owned()
}

/// `Pos X [mm]` and `posX` are "pos" and "x".
fn parts(name: &str) -> Vec<String> {
    let bare = name.split(['[', '(']).next().unwrap_or(name);
    let (mut parts, mut before) = (vec![String::new()], ' ');
    for letter in bare.chars() {
        if letter.is_uppercase() && before.is_lowercase() {
            parts.push(String::new());
        }
        match parts.last_mut() {
            Some(part) if letter.is_alphanumeric() => part.extend(letter.to_lowercase()),
            _ => parts.push(String::new()),
        }
        before = letter;
    }
    parts.retain(|part| !part.is_empty() && !UNITS.contains(&part.as_str()));
    parts
}

fn named(name: &str) -> Option<Named> {
    let parts = parts(name);
    let axis = |part: &String| match part.as_str() {
        "x" => Some(Axis::Letter(0)),
        "y" => Some(Axis::Letter(1)),
        "z" => Some(Axis::Letter(2)),
        word if SIDEWAYS.contains(&word) => Some(Axis::Letter(0)),
        word if AHEAD.contains(&word) => Some(Axis::Letter(1)),
        word if UPWARDS.contains(&word) => Some(Axis::Up),
        word => word.parse().ok().map(Axis::Number),
    };
    let at = parts.iter().position(|part| axis(part).is_some())?;
    let mut rest = parts.clone();
    rest.remove(at);
    // A second axis makes it something else: a covariance, a pixel's place.
    let is_single = rest.iter().all(|part| axis(part).is_none());
    is_single.then_some(())?;
    Some(Named { axis: axis(&parts[at])?, rest })
}

/// The columns that a header names. Nothing where it names none.
pub fn columns(header: &[&[u8]]) -> Option<Columns> {
    let names: Vec<String> = header.iter().map(|cell| plain(cell)).collect();
    let exact = ["x", "y", "z"].map(|axis| names.iter().position(|name| name.eq_ignore_ascii_case(axis)));
    if let [Some(x), Some(y), Some(z)] = exact {
        return Some(Columns { places: [x, y, z], guess: None });
    }
    let all: Vec<Option<Named>> = names.iter().map(|name| named(name)).collect();
    let mut stems: Vec<&[String]> = vec![];
    for Named { rest, .. } in all.iter().flatten() {
        if !stems.contains(&rest.as_slice()) && stems.len() < 64 {
            stems.push(rest);
        }
    }
    // Plain names go before those of positions; others, as of normals or speeds, are no places.
    let of_position = |stem: &&[String]| stem.iter().all(|part| POSITIONS.contains(&part.as_str()));
    stems.retain(of_position);
    stems.sort_by_key(|stem| stem.len());
    let find = |axis: Axis, stem: &[String]| {
        let is_it =
            |named: &Option<Named>| named.as_ref().is_some_and(|named| named.axis == axis && named.rest == stem);
        all.iter().position(is_it)
    };
    let places = stems.into_iter().find_map(|stem| {
        let letters = [0, 1, 2].map(|axis| find(Axis::Letter(axis), stem));
        let numbers = [0, 1, 2, 3].map(|axis| find(Axis::Number(axis), stem));
        let up = find(Axis::Up, stem).or_else(|| find(Axis::Up, &[]));
        match (letters, numbers) {
            ([Some(x), Some(y), Some(z)], _) => Some([x, y, z]),
            ([Some(x), Some(y), None], _) if up.is_some() => up.map(|z| [x, y, z]),
            // Of more than three numbers these are not the axes.
            (_, [Some(x), Some(y), Some(z), None]) => Some([x, y, z]),
            _ => None,
        }
    })?;
    let [x, y, z] = places.map(|place| quoted(&names[place]));
    let guess = Some(format!("Columns x, y and z were taken from {x}, {y} and {z}, guessed by their names."));
    Some(Columns { places, guess })
}

/// The only three columns of a table whose names say nothing.
pub fn only_three(header: &[&[u8]]) -> Columns {
    let [x, y, z] = [0, 1, 2].map(|place| header.get(place).map_or_else(String::new, |cell| quoted(&plain(cell))));
    let guess = format!("Columns x, y and z were taken from {x}, {y} and {z}, guessed because there are no others.");
    Columns { places: [0, 1, 2], guess: Some(guess) }
}

fn quoted(name: &str) -> String {
    format!("“{}”", shown(name))
}

/// Whether cells are a header: words, and no row of numbers.
pub fn is_header(cells: &[&[u8]]) -> bool {
    let has_letters =
        |cell: &&&[u8]| cell.iter().any(|byte| byte.is_ascii_alphabetic()) && number::<f32>(cell).is_none();
    cells.len() >= 3 && 2 * cells.iter().filter(has_letters).count() >= cells.len()
}

/// Why a table is no cloud.
pub fn without_coordinates(header: &[&[u8]]) -> String {
    let names: Vec<String> = header.iter().take(MOST_NAMES).map(|cell| quoted(&plain(cell))).collect();
    let more = header.len().saturating_sub(names.len());
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("This table names no coordinates: its columns are {}{rest}. {ACCEPTED}", names.join(", "))
}

/// Why a table of very many columns without a header is no cloud.
pub fn too_wide(columns: usize) -> String {
    format!("This table has {columns} columns and no header: it is hardly one of points. {ACCEPTED}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(header: &str) -> Option<([usize; 3], bool)> {
        let cells: Vec<&[u8]> = header.split(',').map(str::as_bytes).collect();
        columns(&cells).map(|columns| (columns.places, columns.guess.is_some()))
    }

    #[test]
    fn what_coordinates_are_often_called_is_understood() {
        for (header, expected, is_guess) in [
            ("id,Z,\"x\",y", [2, 3, 1], false),
            ("Points:0,Points:1,Points:2", [0, 1, 2], true),
            ("\"Normals:0\",\"Normals:1\",\"Normals:2\",\"Points:0\",\"Points:1\",\"Points:2\"", [3, 4, 5], true),
            ("id,Easting,Northing,Elevation", [1, 2, 3], true),
            ("easting [m],northing [m],height [m]", [0, 1, 2], true),
            ("X,Y,Altitude,time", [0, 1, 2], true),
            ("t,pos_x,pos_y,pos_z,vel_x,vel_y,vel_z", [1, 2, 3], true),
            ("posX,posY,posZ", [0, 1, 2], true),
            ("Position X (mm),Position Y (mm),Position Z (mm)", [0, 1, 2], true),
            ("x_m,y_m,z_m", [0, 1, 2], true),
            ("nx,ny,nz,x [mm],y [mm],z [mm]", [3, 4, 5], true),
            (",0,1,2", [1, 2, 3], true),
            ("x_coord,y_coord,z_coord,label", [0, 1, 2], true),
            ("vertex.z,vertex.y,vertex.x", [2, 1, 0], true),
        ] {
            assert_eq!(places(header), Some((expected, is_guess)), "{header}");
        }
    }

    #[test]
    fn what_are_no_coordinates_is_not_taken_for_some() {
        for header in [
            "label,pixel0,pixel1,pixel2",
            "sepal_length,sepal_width,petal_length,petal_width,species",
            "normal_x,normal_y,normal_z",
            "f_0,f_1,f_2,f_3",
            "0,1,2,3,4",
            "1x1,1x2,1x3",
            "x,y",
            "cov_x_x,cov_x_y,cov_x_z",
        ] {
            assert_eq!(places(header), None, "{header}");
        }
    }
}
