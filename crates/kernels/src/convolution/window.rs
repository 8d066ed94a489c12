//! Where the windows of a convolution lie on its input.

use std::ops::Range;

/// Square windows that slide over an image, padded as TensorFlow's `SAME`: there are
/// `ceil(inputs / stride)` outputs along a side, and what windows reach beyond the image is
/// split evenly between its two ends, an odd rest going behind the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    kernel: usize,
    stride: usize,
}

impl Window {
    /// Windows of `kernel` x `kernel` pixels, `stride` apart: 3 or 5 pixels, 1 or 2 apart; none
    /// for other sizes.
    #[must_use]
    pub fn new(kernel: usize, stride: usize) -> Option<Self> {
        (matches!(kernel, 3 | 5) && matches!(stride, 1 | 2)).then_some(Self { kernel, stride })
    }

    /// Side of a window in pixels.
    #[must_use]
    pub fn kernel(self) -> usize {
        self.kernel
    }

    /// Pixels from one window to the next.
    #[must_use]
    pub fn stride(self) -> usize {
        self.stride
    }

    /// Outputs along a side of `inputs` pixels.
    #[must_use]
    pub fn outputs(self, inputs: usize) -> usize {
        inputs.div_ceil(self.stride)
    }

    /// Pixels by which the first window reaches beyond a side of `inputs` pixels.
    #[must_use]
    pub fn padding_before(self, inputs: usize) -> usize {
        let covered = self.outputs(inputs).saturating_sub(1) * self.stride + self.kernel;
        covered.saturating_sub(inputs) / 2
    }

    /// The pixels of a side of `inputs` that the windows of `outputs` see.
    #[must_use]
    pub fn seen(self, outputs: Range<usize>, inputs: usize) -> Range<usize> {
        if outputs.is_empty() {
            return 0..0;
        }
        let padding = self.padding_before(inputs);
        let end = (outputs.end - 1) * self.stride + self.kernel;
        let start = (outputs.start * self.stride).saturating_sub(padding);
        start.min(inputs)..end.saturating_sub(padding).min(inputs)
    }
}

#[cfg(test)]
mod tests {
    use super::Window;

    #[test]
    fn pads_as_tensorflow_does() {
        // (kernel, stride, inputs): outputs and padding in front.
        for (kernel, stride, inputs, outputs, before) in [
            (3, 2, 260, 130, 0),
            (3, 2, 65, 33, 1),
            (5, 2, 65, 33, 2),
            (5, 2, 130, 65, 1),
            (3, 1, 9, 9, 1),
            (5, 1, 2, 2, 2),
            (3, 2, 1, 1, 1),
            (3, 1, 0, 0, 1),
        ] {
            let window = Window::new(kernel, stride).unwrap();
            assert_eq!(
                window.outputs(inputs),
                outputs,
                "{kernel} {stride} {inputs}"
            );
            assert_eq!(
                window.padding_before(inputs),
                before,
                "{kernel} {stride} {inputs}"
            );
        }
        assert_eq!(Window::new(4, 1), None);
        assert_eq!(Window::new(3, 3), None);
    }

    #[test]
    fn knows_what_windows_see() {
        let window = Window::new(5, 2).unwrap();
        assert_eq!(window.seen(0..1, 65), 0..3);
        assert_eq!(window.seen(1..3, 65), 0..7);
        assert_eq!(window.seen(32..33, 65), 62..65);
        assert_eq!(window.seen(4..4, 65), 0..0);
    }
}
