//! What must hold for every family.

use super::{FAMILIES, material};
use crate::math::Vec3;
use crate::random::{Params, derive_index};
use crate::solid::{Part, bounds_of};

fn designs(per_family: u64) -> impl Iterator<Item = (&'static str, u64, Vec<Part>)> {
    FAMILIES
        .iter()
        .enumerate()
        .flat_map(move |(number, family)| {
            (0..per_family).map(move |index| {
                let key = derive_index(number as u64, index);
                (family.name, index, (family.build)(&Params::original(key)))
            })
        })
}

/// Volume that a part encloses: positive if its faces look outwards.
fn volume(part: &Part) -> f64 {
    let point = |i: u32| part.mesh.points[i as usize];
    part.mesh
        .triangles
        .iter()
        .map(|&[a, b, c]| point(a).dot(point(b).cross(point(c))) / 6.0)
        .sum()
}

#[test]
fn parts_are_sound() {
    let finite = |p: &Vec3| p.x.is_finite() && p.y.is_finite() && p.z.is_finite();
    for (family, index, parts) in designs(30) {
        assert!(!parts.is_empty(), "{family} {index}");
        for (number, part) in parts.iter().enumerate() {
            let name = format!("{family} {index}, part {number}");
            assert!(
                part.mesh.points.iter().all(finite),
                "{name}: a point is lost"
            );
            assert!(
                part.mesh.normals.iter().all(finite),
                "{name}: a normal is lost"
            );
            assert_eq!(part.mesh.points.len(), part.mesh.normals.len(), "{name}");
            assert!(part.mesh.triangles.len() > 3, "{name}: hardly a face");
            assert!(part.material < material::COUNT, "{name}: no such material");
            assert!(volume(part) > 0.0, "{name} is inside out: {}", volume(part));
        }
    }
}

#[test]
fn products_have_the_size_of_products() {
    for (family, index, parts) in designs(30) {
        let (low, high) = bounds_of(&parts);
        let size = high - low;
        for side in [size.x, size.y, size.z] {
            assert!(side > 0.2 && side < 260.0, "{family} {index}: {size:?}");
        }
    }
}

#[test]
fn designs_of_a_family_differ() {
    for (number, family) in FAMILIES.iter().enumerate() {
        let sizes: Vec<Vec3> = (0..60)
            .map(|index| {
                let key = derive_index(number as u64, index);
                let (low, high) = bounds_of(&(family.build)(&Params::original(key)));
                high - low
            })
            .collect();
        for (i, a) in sizes.iter().enumerate() {
            for b in &sizes[..i] {
                assert!((*a - *b).length() > 1e-6, "{} repeats itself", family.name);
            }
        }
    }
}

/// Mean distance between the corresponding points of two designs, over the size of the first;
/// `None` when they are not built alike.
fn distance(one: &[Part], other: &[Part]) -> Option<f64> {
    let (low, high) = bounds_of(one);
    let points = |parts: &[Part]| -> Vec<Vec3> {
        parts
            .iter()
            .flat_map(|part| part.mesh.points.clone())
            .collect()
    };
    let (a, b) = (points(one), points(other));
    let moved = a
        .iter()
        .zip(&b)
        .fold(0.0, |sum, (p, q)| sum + (*p - *q).length());
    (a.len() == b.len()).then(|| moved / a.len() as f64 / (high - low).length())
}

#[test]
fn the_further_a_nudge_the_further_the_design() {
    let mut comparable = 0;
    let (mut little, mut much) = (0.0, 0.0);
    for (number, family) in FAMILIES.iter().enumerate() {
        for index in 0..6 {
            let key = derive_index(number as u64, index);
            let original = (family.build)(&Params::original(key));
            let near = |nudge| (family.build)(&Params::near(key, !key, nudge));
            let (slight, strong) = (near(0.1), near(0.35));
            assert_eq!(
                original.len(),
                slight.len(),
                "{} changes its parts",
                family.name
            );
            if let (Some(a), Some(b)) = (distance(&original, &slight), distance(&original, &strong))
            {
                assert!(a > 0.0, "{} does not move", family.name);
                comparable += 1;
                little += a;
                much += b;
            }
        }
    }
    assert!(comparable > 60, "only {comparable} designs are built alike");
    assert!(much > 2.0 * little, "{little} and {much}");
}

#[test]
fn families_cover_many_classes() {
    let classes: std::collections::HashSet<&str> =
        FAMILIES.iter().map(|family| family.locarno[0]).collect();
    assert!(FAMILIES.len() >= 40 && classes.len() >= 20);
}
