//! L2 normalisation of embeddings.

/// Scales `vector` to length 1; a zero vector stays zero.
///
/// The length is summed in double precision, so the result has length 1 within 2e-7 at any
/// usual dimension.
pub fn normalize(vector: &mut [f32]) {
    let square: f64 = vector.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
    if square > 0.0 {
        let scale = 1.0 / square.sqrt();
        for x in vector {
            *x = (f64::from(*x) * scale) as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::normalize;

    #[test]
    fn gives_length_one() {
        let mut vector = [3.0, 0.0, -4.0];
        normalize(&mut vector);
        assert_eq!(vector, [0.6, 0.0, -0.8]);
    }

    #[test]
    fn keeps_zero_and_survives_extremes() {
        let mut zero = [0.0; 3];
        normalize(&mut zero);
        assert_eq!(zero, [0.0; 3]);
        for magnitude in [1e-30_f32, 1e30] {
            let mut vector = [magnitude, magnitude];
            normalize(&mut vector);
            assert!(
                (vector[0] - 0.5_f32.sqrt()).abs() < 1e-6,
                "{magnitude}: {vector:?}"
            );
        }
    }
}
