//! One suite for all variants: each against the portable one, exactly.

use super::{Bound, Scan, Selected, portable, select};
use crate::Isa;
use crate::distance::codes::tests::lines;
use crate::distance::codes::{Line, MOST_LINES};
use crate::testing::{numbers, variants};

/// Counts of rows around the blocks and tiles of every variant: 4, 8, 16 and 32.
const ROW_COUNTS: [usize; 19] = [
    0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 63, 64, 65, 100,
];

/// Counts of queries around the tiles of every variant: 2, 4, 16 and 32.
const QUERY_COUNTS: [usize; 16] = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 50];

/// What a call takes.
struct Case {
    lines: usize,
    queries: Vec<Line>,
    bounds: Vec<Bound>,
    rows: Vec<Line>,
    lengths: Vec<f32>,
    margins: Vec<f32>,
}

impl Case {
    /// Seeded rows and queries; `least` leaves out about half of the rows.
    fn new(row_count: usize, query_count: usize, lines_each: usize) -> Self {
        let terms = numbers(3, 5 * query_count);
        // The sums are about this large.
        let scale = 1.0 / (64.0 * 64.0 * lines_each as f32).sqrt() / 64.0;
        let bound = |terms: &[f32]| Bound {
            product: (1.0 + terms[0]) * scale,
            length: terms[1],
            margin: 0.3 * terms[2],
            square: terms[3],
            least: 0.1 * terms[4],
        };
        Self {
            lines: lines_each,
            queries: lines(1, query_count * lines_each),
            bounds: terms.chunks(5).map(bound).collect(),
            rows: lines(2, row_count * lines_each),
            lengths: numbers(4, row_count).iter().map(|x| 1.0 + x).collect(),
            margins: numbers(5, row_count),
        }
    }

    fn run(&self, isa: Isa) -> Vec<Vec<Selected>> {
        let mut found = vec![Vec::new(); self.bounds.len()];
        select(
            isa,
            &self.queries,
            &self.bounds,
            &self.rows,
            self.lines,
            &self.lengths,
            &self.margins,
            &mut found,
        );
        found
    }

    fn expected(&self) -> Vec<Vec<Selected>> {
        let mut found = vec![Vec::new(); self.bounds.len()];
        let scan = Scan {
            queries: &self.queries,
            bounds: &self.bounds,
            rows: &self.rows,
            lines: self.lines,
            lengths: &self.lengths,
            margins: &self.margins,
        };
        portable::select(scan, &mut found);
        found
    }

    #[track_caller]
    fn check(&self, isa: Isa, subject: &str) {
        let (found, expected) = (self.run(isa), self.expected());
        assert_eq!(found.len(), expected.len());
        for (query, (found, expected)) in found.iter().zip(&expected).enumerate() {
            let (found, expected) = (comparable(found), comparable(expected));
            assert!(
                found == expected,
                "{isa}, {subject}, query {query} of {} with {} rows of {}: {found:x?} is not {expected:x?}",
                self.bounds.len(),
                self.lengths.len(),
                self.lines
            );
        }
    }
}

/// Rows with the bits of their keys; one NaN is as good as another.
fn comparable(found: &[Selected]) -> Vec<(u32, u32)> {
    let bits = |key: f32| {
        if key.is_nan() {
            u32::MAX
        } else {
            key.to_bits()
        }
    };
    found.iter().map(|it| (it.row, bits(it.key))).collect()
}

#[test]
fn variants_agree_for_all_counts() {
    for isa in variants() {
        for row_count in ROW_COUNTS {
            for query_count in QUERY_COUNTS {
                for lines in [1, 2, 3] {
                    Case::new(row_count, query_count, lines).check(isa, "any count");
                }
            }
        }
    }
}

#[test]
fn variants_agree_for_all_lengths() {
    for isa in variants() {
        for lines in [1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 17, 33] {
            for query_count in [1, 2, 4, 33] {
                Case::new(37, query_count, lines).check(isa, "any length");
            }
        }
    }
}

/// Otherwise the other tests could compare nothing with nothing.
#[test]
fn about_half_is_selected_for_each_query() {
    let case = Case::new(1000, 20, 6);
    let total: usize = case.expected().iter().map(Vec::len).sum();
    assert!((5_000..15_000).contains(&total), "{total} of 20,000");
}

#[test]
fn keys_are_as_documented() {
    let case = Case::new(50, 12, 3);
    let value = |byte: u8| f64::from(byte) - 128.0;
    for isa in variants() {
        for (query, found) in case.run(isa).iter().enumerate() {
            let bound = case.bounds[query];
            let codes = &case.queries[query * 3..][..3];
            let keys = (0..50).map(|row| {
                let lines = codes.iter().zip(&case.rows[row * 3..]);
                let pairs = lines.flat_map(|(a, b)| a.0.iter().zip(&b.0));
                let sum: f64 = pairs.map(|(&a, &b)| value(a) * value(b)).sum();
                let length = f64::from(case.lengths[row]);
                let rest = f64::from(bound.length) - f64::from(bound.square) * length;
                let (product, rest) = (length * f64::from(bound.product) * sum, length * rest);
                let margin = f64::from(bound.margin) * f64::from(case.margins[row]);
                let magnitude = product.abs() + rest.abs() + margin.abs();
                (product + rest + margin, magnitude / f64::from(1 << 22))
            });
            let mut found = found.iter();
            let mut next = found.next();
            for (row, (key, tolerance)) in keys.enumerate() {
                let least = f64::from(bound.least);
                match next {
                    Some(selected) if selected.row == row as u32 => {
                        let error = (f64::from(selected.key) - key).abs();
                        assert!(error <= tolerance, "{isa}, row {row}: off by {error:e}");
                        assert!(key >= least - tolerance, "{isa}, row {row} for {key}");
                        next = found.next();
                    }
                    _ => assert!(key < least + tolerance, "{isa}, row {row} left out"),
                }
            }
            assert_eq!(next, None, "{isa}: out of order");
        }
    }
}

#[test]
fn extreme_thresholds_select_all_or_nothing() {
    for isa in variants() {
        for query_count in [1, 3, 17] {
            let mut case = Case::new(70, query_count, 2);
            for (least, expected) in [(f32::NEG_INFINITY, 70), (f32::INFINITY, 0), (f32::NAN, 70)] {
                case.bounds.iter_mut().for_each(|bound| bound.least = least);
                case.check(isa, "an extreme threshold");
                for found in case.run(isa) {
                    assert_eq!(found.len(), expected, "{isa}, {least}");
                    assert!(found.is_sorted_by_key(|it| it.row), "{isa}");
                }
            }
        }
    }
}

#[test]
fn a_key_that_equals_the_least_is_selected_and_the_next_lower_is_not() {
    for isa in variants() {
        for query_count in [1, 2, 9] {
            let mut case = Case::new(40, query_count, 3);
            case.bounds
                .iter_mut()
                .for_each(|bound| bound.least = f32::NEG_INFINITY);
            let keys = case.run(isa);
            for (least, is_selected) in
                [(keys[0][35].key, true), (keys[0][35].key.next_up(), false)]
            {
                case.bounds[0].least = least;
                let found = case.run(isa);
                assert_eq!(found[0].iter().any(|it| it.row == 35), is_selected, "{isa}");
            }
        }
    }
}

#[test]
fn keys_that_are_not_numbers_are_selected() {
    for isa in variants() {
        for query_count in [1, 2, 5, 20] {
            let mut case = Case::new(67, query_count, 2);
            case.margins[3] = f32::INFINITY;
            case.margins[40] = f32::NEG_INFINITY;
            case.margins[66] = f32::NAN;
            case.lengths[20] = f32::NAN;
            case.lengths[21] = f32::INFINITY;
            case.check(isa, "margins that are not finite");
            for bound in &mut case.bounds {
                bound.margin = 0.0;
                bound.least = f32::INFINITY;
            }
            case.check(isa, "margins that are not finite, times 0");
            let rows = |found: &[Selected]| -> Vec<u32> { found.iter().map(|it| it.row).collect() };
            for found in case.run(isa) {
                for row in [3, 20, 40, 66] {
                    assert!(rows(&found).contains(&row), "{isa}, {row}: {found:?}");
                }
                assert!(found.len() <= 5, "{isa}: {found:?}");
            }
        }
    }
}

#[test]
fn what_was_found_before_stays() {
    let before = Selected { row: 7, key: -1.0 };
    for isa in variants() {
        for query_count in [1, 12] {
            let case = Case::new(40, query_count, 1);
            let mut found = vec![vec![before]; query_count];
            select(
                isa,
                &case.queries,
                &case.bounds,
                &case.rows,
                1,
                &case.lengths,
                &case.margins,
                &mut found,
            );
            for (found, added) in found.iter().zip(case.expected()) {
                assert_eq!(found[0], before, "{isa}");
                assert_eq!(found[1..], added, "{isa}");
            }
        }
    }
}

#[test]
fn sums_of_extreme_values_are_exact() {
    for isa in variants() {
        for query_count in [1, 2, 8] {
            for (query, row) in [(1, 255), (255, 255), (255, 1), (1, 1), (0, 255), (255, 0)] {
                let filled = |byte, count| vec![Line([byte; Line::VALUES]); count];
                let mut case = Case::new(33, query_count, MOST_LINES);
                case.queries = filled(query, query_count * MOST_LINES);
                case.rows = filled(row, 33 * MOST_LINES);
                case.bounds.iter_mut().for_each(|bound| {
                    *bound = Bound {
                        product: 1.0,
                        length: 0.0,
                        margin: 0.0,
                        square: 0.0,
                        least: f32::NEG_INFINITY,
                    };
                });
                case.lengths.fill(1.0);
                let value = |byte: u8| i64::from(byte) - 128;
                let sum = value(query) * value(row) * (MOST_LINES * Line::VALUES) as i64;
                for found in case.run(isa) {
                    assert_eq!(found.len(), 33);
                    for selected in found {
                        assert_eq!(selected.key, sum as f32, "{isa}, {query} by {row}");
                    }
                }
            }
        }
    }
}

#[test]
fn wrong_shapes_are_refused_by_every_variant() {
    for isa in variants() {
        let refused = |change: &dyn Fn(&mut Case)| {
            let mut case = Case::new(3, 2, 2);
            case.run(isa);
            change(&mut case);
            let call = std::panic::AssertUnwindSafe(|| case.run(isa));
            assert!(std::panic::catch_unwind(call).is_err(), "{isa}");
        };
        refused(&|case| case.lines = 0);
        refused(&|case| case.lines = 1);
        refused(&|case| case.lines = MOST_LINES + 1);
        refused(&|case| {
            case.queries.pop();
        });
        refused(&|case| {
            case.bounds.pop();
        });
        refused(&|case| {
            case.rows.pop();
        });
        refused(&|case| {
            case.lengths.pop();
        });
        refused(&|case| {
            case.margins.pop();
        });
    }
}
