//! The specification: one sum a pair.

#[derive(Clone, Debug)]
pub(super) struct Plain {
    values: Vec<i8>,
    dim: usize,
}

impl Plain {
    pub(super) fn pack(values: &[i8], dim: usize) -> Self {
        Self {
            values: values.to_vec(),
            dim,
        }
    }

    pub(super) fn best(&self, other: &[i8], of_self: &mut [i32], of_other: &mut [i32]) {
        for (own, best) in self.values.chunks(self.dim).zip(of_self) {
            for (vector, of_vector) in other.chunks(self.dim).zip(&mut *of_other) {
                let products = own.iter().zip(vector);
                let sum: i32 = products.map(|(&a, &b)| i32::from(a) * i32::from(b)).sum();
                *best = sum.max(*best);
                *of_vector = sum.max(*of_vector);
            }
        }
    }
}
