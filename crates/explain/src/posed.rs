//! Patch tokens of a query in the pose that found a hit.

use lookalike_encoders::Tokens;
use lookalike_imaging::{Pose, RgbImage};

use lookalike_engine::{Encoder, EngineError};

/// The tokens that `prepared` has in this pose, each at the place of `prepared` that it shows.
pub(super) fn tokens(
    encoder: &Encoder,
    prepared: &RgbImage,
    pose: Pose,
) -> Result<Tokens, EngineError> {
    if pose == Pose::UPRIGHT {
        return encoder.tokens(prepared);
    }
    let posed = encoder.tokens(&pose.apply(prepared.clone()))?;
    Ok(laid_back(posed, pose))
}

fn laid_back(posed: Tokens, pose: Pose) -> Tokens {
    let (width, height) = (posed.cols as u32, posed.rows as u32);
    // The inverse of a quarter turn has the sides of the turn itself.
    let (cols, rows) = pose.turn.sides(width, height);
    let (cols, rows) = (cols as usize, rows as usize);
    let mut patches = vec![0.0; posed.patches.len()];
    for (index, token) in posed.patches.chunks_exact(posed.dim).enumerate() {
        let middle = |at: usize, count: usize| (at as f64 + 0.5) / count as f64;
        let (row, column) = (index / posed.cols, index % posed.cols);
        let [x, y] = pose.undo_place([middle(column, posed.cols), middle(row, posed.rows)]);
        let (row, column) = ((y * rows as f64) as usize, (x * cols as f64) as usize);
        let place = row.min(rows - 1) * cols + column.min(cols - 1);
        patches[place * posed.dim..][..posed.dim].copy_from_slice(token);
    }
    Tokens {
        rows,
        cols,
        patches,
        ..posed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_return_to_where_they_were_seen() {
        // Three columns, two rows, one value each: the level of the pixel there.
        let picture = RgbImage::from_grey(3, 2, vec![1, 2, 3, 4, 5, 6]).unwrap();
        for pose in Pose::ALL {
            let posed = pose.apply(picture.clone());
            let tokens = Tokens {
                rows: posed.height() as usize,
                cols: posed.width() as usize,
                dim: 1,
                cls: Vec::new(),
                patches: posed.to_grey().iter().map(|&x| f32::from(x)).collect(),
            };
            let back = laid_back(tokens, pose);
            assert_eq!((back.rows, back.cols), (2, 3));
            assert_eq!(back.patches, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], "{pose:?}");
        }
    }
}
