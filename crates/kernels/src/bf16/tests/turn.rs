//! Rotary positions against plain rotations.

use super::dirty;
use crate::Isa;
use crate::bf16::heads::Part;
use crate::bf16::{HEAD_SIZE, Heads, HeadsMut, Turns, from_bf16, to_bf16};
use crate::testing::numbers;

const HALF: usize = HEAD_SIZE / 2;

#[test]
fn queries_and_keys_are_turned_and_values_are_not() {
    let heads = 2;
    let width = heads * HEAD_SIZE;
    for (first, rows, of_image) in [
        (0, 1, 1),
        (0, 16, 16),
        (0, 37, 70),
        (32, 38, 70),
        (64, 6, 70),
    ] {
        let angles = numbers(9, of_image * HALF);
        let cosines: Vec<f32> = angles.iter().map(|angle| (3.0 * angle).cos()).collect();
        let sines: Vec<f32> = angles.iter().map(|angle| (3.0 * angle).sin()).collect();
        let parts: Vec<Vec<f32>> = (1..4).map(|seed| numbers(seed, rows * width)).collect();
        let turned = |isa| {
            let mut tiles = dirty(Heads::tile_count(rows, heads));
            let mut out = HeadsMut::new(&mut tiles, rows, heads);
            for (part, numbers) in parts.iter().enumerate() {
                for (index, &x) in numbers.iter().enumerate() {
                    out.set(index / width, part * width + index % width, x);
                }
            }
            out.clear_padding();
            out.turn(isa, first, &Turns::new(&cosines, &sines));
            tiles
        };
        let tiles = turned(Isa::Portable);
        let found = Heads::new(&tiles, rows, heads);
        let kept = |x: f32| from_bf16(to_bf16(x));
        for (number, part) in [Part::Query, Part::Key, Part::Value]
            .into_iter()
            .enumerate()
        {
            for index in 0..rows * width {
                let (row, column) = (index / width, index % width);
                let (head, element) = (column / HEAD_SIZE, column % HEAD_SIZE);
                let at = |element| kept(parts[number][row * width + head * HEAD_SIZE + element]);
                let angle = (first + row) * HALF + element % HALF;
                let (a, b) = (at(element % HALF), at(element % HALF + HALF));
                let expected = match (part, element < HALF) {
                    (Part::Value, _) => at(element),
                    (_, true) => kept(a * cosines[angle] - b * sines[angle]),
                    (_, false) => kept(b * cosines[angle] + a * sines[angle]),
                };
                assert_eq!(
                    found.get(part, head, row, element),
                    expected,
                    "{part:?} {row} {column}, {rows} rows from {first}"
                );
            }
        }
        let fastest = turned(Isa::active());
        for (portable, fast) in tiles.iter().zip(&fastest) {
            let mut same = portable.0.iter().zip(&fast.0);
            let is_same = |(&a, &b): (&u16, &u16)| a == b || from_bf16(a).is_nan();
            assert!(same.all(is_same));
        }
    }
}

#[test]
#[should_panic(expected = "sines of as many angles")]
fn refuses_angles_without_sines() {
    let _ = Turns::new(&[1.0; 32], &[]);
}
