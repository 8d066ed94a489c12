//! One suite for all variants: each against the portable one, exactly.

use super::{Line, MOST_LINES, inner_products, portable, prefetch};
use crate::Isa;

fn isas() -> Vec<Isa> {
    let isas = Isa::available();
    for name in ["avx2", "avx512", "amx"] {
        if !isas.iter().any(|isa| isa.name() == name) {
            println!("skipped: this CPU has no {name}");
        }
    }
    isas
}

/// Seeded bytes of any value: xorshift64*.
pub(super) fn lines(seed: u64, count: usize) -> Vec<Line> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        (state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 56) as u8
    };
    let line = || Line(std::array::from_fn(|_| next()));
    std::iter::repeat_with(line).take(count).collect()
}

#[test]
fn variants_agree_for_all_sizes() {
    for isa in isas() {
        for line_count in [0, 1, 2, 3, 6, 7, 17] {
            let query = lines(1, line_count);
            for row_count in 0..14 {
                let matrix = lines(2, line_count * row_count);
                let rows: Vec<&[Line]> = (0..row_count)
                    .map(|row| &matrix[row * line_count..][..line_count])
                    .collect();
                let mut expected = vec![0; row_count];
                portable::inner_products(&query, &rows, &mut expected);
                // Stale results must not show through.
                let mut found = vec![i32::MIN; row_count];
                inner_products(isa, &query, &rows, &mut found);
                assert_eq!(found, expected, "{isa}, {row_count} rows of {line_count}");
            }
        }
    }
}

#[test]
fn sums_of_extreme_values_are_exact() {
    let filled = |byte, count| vec![Line([byte; Line::VALUES]); count];
    let values = (MOST_LINES * Line::VALUES) as i32;
    for isa in isas() {
        let (least, greatest) = (filled(1, MOST_LINES), filled(255, MOST_LINES));
        let zero = vec![Line::default(); MOST_LINES];
        let rows: [&[Line]; 3] = [&least, &greatest, &zero];
        let mut found = [0; 3];
        inner_products(isa, &greatest, &rows, &mut found);
        assert_eq!(found, [-127 * 127 * values, 127 * 127 * values, 0], "{isa}");
        inner_products(isa, &least, &rows, &mut found);
        assert_eq!(found, [127 * 127 * values, -127 * 127 * values, 0], "{isa}");

        let lowest = filled(0, MOST_LINES / 2);
        let mut found = [0];
        inner_products(isa, &lowest, &[&lowest], &mut found);
        assert_eq!(found, [128 * 128 * values / 2], "{isa}");
    }
}

/// Each position counts once: a vector of zeros but for one position finds exactly that one.
#[test]
fn every_position_counts_once() {
    let row = lines(3, 2);
    for isa in isas() {
        for position in 0..2 * Line::VALUES {
            let mut query = [Line::default(); 2];
            let (line, at) = (position / Line::VALUES, position % Line::VALUES);
            query[line].0[at] = Line::ZERO + 1;
            let mut found = [0];
            inner_products(isa, &query, &[&row], &mut found);
            assert_eq!(
                found[0],
                i32::from(row[line].0[at]) - 128,
                "{isa}, {position}"
            );
        }
    }
}

#[test]
fn prefetching_changes_nothing() {
    prefetch::<Line>(&[]);
    let data = lines(4, 3);
    prefetch(&data);
    assert_eq!(data, lines(4, 3));
}

#[test]
fn wrong_shapes_are_refused_by_every_variant() {
    let line = [Line::default(); 2];
    for isa in isas() {
        let refused = |call: &dyn Fn()| {
            let call = std::panic::AssertUnwindSafe(call);
            assert!(std::panic::catch_unwind(call).is_err(), "{isa}");
        };
        refused(&|| inner_products(isa, &line, &[&line[..1]], &mut [0]));
        refused(&|| inner_products(isa, &line[..1], &[&line], &mut [0]));
        refused(&|| inner_products(isa, &line, &[&line], &mut [0; 2]));
        let long = vec![Line::default(); MOST_LINES + 1];
        refused(&|| inner_products(isa, &long, &[&long], &mut [0]));
    }
}
