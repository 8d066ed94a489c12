//! From a picture to the pixels that an encoder sees.
//!
//! Every result has sides that are multiples of the encoder's patch and is
//! still 8-bit RGB: scaling to [0, 1] and normalising happen in the encoder,
//! with the mean and deviation of the [`ProcessorConfig`].

mod geometry;
mod processor;

pub use lookalike_terms::PreprocessKind;

pub use geometry::Geometry;
pub use processor::{ProcessorConfig, ProcessorError};

use crate::RgbImage;
use crate::figures::{self, Part, SheetLayout};
use crate::resize::{Filter, Reference, resize};

/// Most pixels of a model input and of a picture on the way to it.
///
/// 16 megapixels are 85,000 patches of 14 px, beyond any model. The limit stops
/// a picture of 20 x 1,000,000 pixels, harmless itself, from becoming 256 x
/// 12,800,000.
const MAX_INPUT_PIXELS: u64 = 1 << 24;

/// Why pictures cannot be prepared as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PreprocessError {
    /// Not one patch fits.
    #[error("an input size of {size} px is below one patch of {patch} px; use {patch} or more")]
    SizeBelowPatch {
        /// Side that was asked for, or that the processor's crop has.
        size: u32,
        /// Side of a patch.
        patch: u32,
    },
    /// A patch without pixels.
    #[error("a patch of 0 px; the model's configuration is damaged")]
    ZeroPatch,
    /// A square of this size is above the limit.
    #[error("an input size of {size} px is above the limit of {max} px")]
    SizeTooLarge {
        /// Side that was asked for.
        size: u32,
        /// Largest side.
        max: u32,
    },
    /// The picture is so long that its prepared form is above the limit.
    #[error(
        "{width} x {height} px is too long for this preprocessing: it would become \
         {new_width} x {new_height} px; use letterbox or native"
    )]
    TooLong {
        /// Width of the picture.
        width: u32,
        /// Height of the picture.
        height: u32,
        /// Width that it would get.
        new_width: u64,
        /// Height that it would get.
        new_height: u64,
    },
}

/// Turns pictures into model input of one kind and size.
#[derive(Clone, Debug)]
pub struct Preprocessor {
    kind: PreprocessKind,
    size: u32,
    patch: u32,
    processor: ProcessorConfig,
}

impl Preprocessor {
    /// A preprocessor whose inputs have sides that are multiples of `patch`.
    ///
    /// `size` (px) is rounded down to such a multiple. With
    /// [`PreprocessKind::Processor`] the size is the processor's own and `size`
    /// is unused.
    ///
    /// # Errors
    /// A patch of zero, a size (or a crop of the processor) below one patch, or
    /// a size above 4096.
    pub fn new(
        kind: PreprocessKind,
        size: u32,
        patch: u32,
        processor: ProcessorConfig,
    ) -> Result<Self, PreprocessError> {
        if patch == 0 {
            return Err(PreprocessError::ZeroPatch);
        }
        let rounded = size - size % patch;
        if rounded == 0 {
            return Err(PreprocessError::SizeBelowPatch { size, patch });
        }
        let max = MAX_INPUT_PIXELS.isqrt() as u32;
        if rounded > max {
            return Err(PreprocessError::SizeTooLarge { size, max });
        }
        if let Some((width, height)) = processor.crop()
            && width.min(height) < patch
            && matches!(
                kind,
                PreprocessKind::Processor | PreprocessKind::LetterboxProcessor
            )
        {
            return Err(PreprocessError::SizeBelowPatch {
                size: width.min(height),
                patch,
            });
        }
        Ok(Self {
            kind,
            size: rounded,
            patch,
            processor,
        })
    }

    /// What it does.
    pub fn kind(&self) -> PreprocessKind {
        self.kind
    }

    /// The size in effect, in pixels: a multiple of the patch.
    pub fn size(&self) -> u32 {
        self.size
    }

    /// The model input for `image`, 8-bit RGB, sides multiples of the patch.
    ///
    /// Where the processor's result is not a multiple of the patch, what exceeds
    /// one is cut off, half at either end.
    ///
    /// # Errors
    /// [`PreprocessError::TooLong`] when the picture's aspect ratio would make
    /// an input above 16 megapixels, and
    /// [`PreprocessError::SizeBelowPatch`] when the processor leaves less than
    /// a patch of it.
    pub fn apply(&self, image: &RgbImage) -> Result<RgbImage, PreprocessError> {
        match self.kind {
            PreprocessKind::Figure => self.apply_part(image, &figures::find(image), Part::Whole),
            _ => self.run_steps(image),
        }
    }

    /// The model input for a part of `sheet`, of which `layout` is: what the layout cuts out of
    /// it, prepared like a picture of its own. A figure that the layout does not have is the whole.
    ///
    /// # Errors
    /// As [`Preprocessor::apply`].
    pub fn apply_part(
        &self,
        sheet: &RgbImage,
        layout: &SheetLayout,
        part: Part,
    ) -> Result<RgbImage, PreprocessError> {
        match layout.cut(sheet, part) {
            Some(cut) => self.run_steps(&cut),
            None => self.run_steps(sheet),
        }
    }

    fn run_steps(&self, image: &RgbImage) -> Result<RgbImage, PreprocessError> {
        let steps = self.steps(image.width(), image.height())?;
        let mut result: Option<RgbImage> = None;
        for step in steps {
            let before = result.as_ref().unwrap_or(image);
            result = Some(step.apply(before));
        }
        Ok(result.unwrap_or_else(|| image.clone()))
    }

    /// Where a picture lies in its model input.
    ///
    /// # Errors
    /// As [`Preprocessor::apply`].
    pub fn geometry(&self, image: &RgbImage) -> Result<Geometry, PreprocessError> {
        let whole = Geometry::whole(image.width(), image.height());
        let cut = match self.kind {
            PreprocessKind::Figure => figures::find(image).outline(Part::Whole),
            _ => None,
        };
        let whole = cut.map_or(whole, |outline| whole.cut(outline));
        let (width, height) = whole.input_sides();
        let steps = self.steps(width, height)?;
        Ok(steps.into_iter().fold(whole, Geometry::after))
    }

    /// What is done to a picture of `width * height` pixels.
    fn steps(&self, width: u32, height: u32) -> Result<Vec<Step>, PreprocessError> {
        match self.kind {
            PreprocessKind::Letterbox | PreprocessKind::Figure => {
                Ok(self.letterbox(width, height).into())
            }
            PreprocessKind::Processor => self.process(width, height),
            PreprocessKind::LetterboxProcessor => {
                let mut steps = Vec::from(self.letterbox(width, height));
                steps.extend(self.process(self.size, self.size)?);
                Ok(steps)
            }
            PreprocessKind::ShortSide => self.short_side(width, height),
            PreprocessKind::Native => Ok(vec![self.native(width, height)]),
            PreprocessKind::Stretch => Ok(vec![lanczos(self.size, self.size)]),
        }
    }

    /// The formula of the earlier system, in its order of float64 operations:
    /// the long side may come out as `size - 1`, as it did there.
    fn letterbox(&self, width: u32, height: u32) -> [Step; 2] {
        let scale = f64::from(self.size) / f64::from(width.max(height));
        let side = |length: u32| ((f64::from(length) * scale) as u32).max(1);
        let square = Step::Place {
            width: self.size,
            height: self.size,
            level: 255,
        };
        [lanczos(side(width), side(height)), square]
    }

    fn process(&self, width: u32, height: u32) -> Result<Vec<Step>, PreprocessError> {
        let mut steps = Vec::new();
        let (mut sides, before) = ((width, height), (width, height));
        if let Some(wanted) = self.processor.resized(width, height) {
            sides = bounded(before, wanted)?;
            steps.push(Step::Resize {
                width: sides.0,
                height: sides.1,
                filter: self.processor.filter(),
                reference: Reference::Torchvision,
            });
        }
        if let Some((width, height)) = self.processor.crop() {
            // Black around what is too small for the crop, as the reference has it.
            steps.push(Step::Place {
                width,
                height,
                level: 0,
            });
            sides = (width, height);
        }
        steps.extend(self.cut_to_patches(sides.0, sides.1)?);
        Ok(steps)
    }

    fn short_side(&self, width: u32, height: u32) -> Result<Vec<Step>, PreprocessError> {
        let short = width.min(height);
        let side = |length: u32| u64::from(self.size) * u64::from(length) / u64::from(short);
        let sides = bounded((width, height), (side(width), side(height)))?;
        let mut steps = vec![lanczos(sides.0, sides.1)];
        steps.extend(self.cut_to_patches(sides.0, sides.1)?);
        Ok(steps)
    }

    fn native(&self, width: u32, height: u32) -> Step {
        let patches_long = u64::from(self.size / self.patch);
        let long = u64::from(width.max(height));
        let side = |length: u32| {
            let nearest = (u64::from(length) * patches_long * 2 + long) / (2 * long);
            nearest.max(1) as u32 * self.patch
        };
        lanczos(side(width), side(height))
    }

    /// Nothing for sides that are multiples of the patch already.
    fn cut_to_patches(&self, width: u32, height: u32) -> Result<Option<Step>, PreprocessError> {
        let (new_width, new_height) = (width - width % self.patch, height - height % self.patch);
        if new_width == 0 || new_height == 0 {
            return Err(PreprocessError::SizeBelowPatch {
                size: width.min(height),
                patch: self.patch,
            });
        }
        let level = 0;
        Ok(
            ((new_width, new_height) != (width, height)).then_some(Step::Place {
                width: new_width,
                height: new_height,
                level,
            }),
        )
    }
}

/// One of the things that are done to a picture, in turn.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// To other sides in pixels, whatever the aspect ratio.
    Resize {
        width: u32,
        height: u32,
        filter: Filter,
        reference: Reference,
    },
    /// Centred on a canvas of one grey level, cut where it is larger.
    Place { width: u32, height: u32, level: u8 },
}

impl Step {
    fn apply(self, image: &RgbImage) -> RgbImage {
        match self {
            Self::Resize {
                width,
                height,
                filter,
                reference,
            } => resize(image, width, height, filter, reference),
            Self::Place {
                width,
                height,
                level,
            } => place(image, width, height, level),
        }
    }
}

fn lanczos(width: u32, height: u32) -> Step {
    Step::Resize {
        width,
        height,
        filter: Filter::Lanczos,
        reference: Reference::Pillow,
    }
}

/// Sides of a resized picture, if they are within the limit.
fn bounded(before: (u32, u32), after: (u64, u64)) -> Result<(u32, u32), PreprocessError> {
    match (u32::try_from(after.0), u32::try_from(after.1)) {
        (Ok(width), Ok(height)) if u64::from(width) * u64::from(height) <= MAX_INPUT_PIXELS => {
            Ok((width, height))
        }
        _ => Err(PreprocessError::TooLong {
            width: before.0,
            height: before.1,
            new_width: after.0,
            new_height: after.1,
        }),
    }
}

/// `image` centred on a canvas of one grey `level`, cut where it is larger.
/// Offsets are rounded down, to the left and up.
fn place(image: &RgbImage, width: u32, height: u32, level: u8) -> RgbImage {
    let along_x = Overlap::centred(image.width(), width);
    let along_y = Overlap::centred(image.height(), height);
    let (samples, channels) = image.samples();
    let mut canvas = vec![level; width as usize * height as usize * channels];
    let bytes = along_x.length * channels;
    for row in 0..along_y.length {
        let source_pixel = (along_y.source + row) * image.width() as usize + along_x.source;
        let target_pixel = (along_y.target + row) * width as usize + along_x.target;
        let (source, target) = (source_pixel * channels, target_pixel * channels);
        canvas[target..target + bytes].copy_from_slice(&samples[source..source + bytes]);
    }
    RgbImage::from_samples(width, height, channels, canvas)
        .expect("the canvas is as large as it says")
}

/// The stretch along one side that source and target have in common.
struct Overlap {
    source: usize,
    target: usize,
    length: usize,
}

impl Overlap {
    fn centred(source: u32, target: u32) -> Self {
        Self {
            source: (source.saturating_sub(target) / 2) as usize,
            target: (target.saturating_sub(source) / 2) as usize,
            length: source.min(target) as usize,
        }
    }
}

#[cfg(test)]
mod tests;
