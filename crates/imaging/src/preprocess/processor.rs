//! `preprocessor_config.json` of Hugging Face model folders.
//!
//! The file has grown over the years: a size was a number once and is an object
//! now, and flags are absent where they have their default. All forms end in
//! the same few facts, with the arithmetic of the reference: the long side of a
//! shortest-edge resize is rounded down.

use serde::Deserialize;

use crate::resize::Filter;

/// What a model's own image processor does.
#[derive(Clone, Debug, PartialEq)]
pub struct ProcessorConfig {
    resize: Option<ResizeTo>,
    filter: Filter,
    crop: Option<(u32, u32)>,
    mean: [f32; 3],
    std: [f32; 3],
}

/// Target of the resize, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ResizeTo {
    /// Short side to a length, unless the long side then exceeds the other.
    ShortestEdge { short: u32, longest: Option<u32> },
    /// Long side to a length.
    LongestEdge(u32),
    /// Both sides, without regard to the aspect ratio.
    Exact { width: u32, height: u32 },
}

/// Why a `preprocessor_config.json` cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProcessorError {
    /// It is no JSON, or a field has another type than expected.
    #[error("preprocessor_config.json: {0}")]
    Json(#[from] serde_json::Error),
    /// A field has no usable value.
    #[error("preprocessor_config.json: `{field}` is {found}; expected {expected}")]
    Field {
        /// Name of the field.
        field: &'static str,
        /// What it holds.
        found: String,
        /// What it should hold.
        expected: &'static str,
    },
}

const IMAGENET_MEAN: [f32; 3] = [0.485, 0.456, 0.406];
const IMAGENET_STD: [f32; 3] = [0.229, 0.224, 0.225];

/// Crop of processors that crop but do not say how: the library's default.
const DEFAULT_CROP: u32 = 224;

impl ProcessorConfig {
    /// What DINOv2 ships with: shortest edge to 256 bicubic, centre crop of
    /// 224, mean and deviation of ImageNet.
    pub fn dinov2() -> Self {
        Self {
            resize: Some(ResizeTo::ShortestEdge {
                short: 256,
                longest: None,
            }),
            filter: Filter::Bicubic,
            crop: Some((224, 224)),
            mean: IMAGENET_MEAN,
            std: IMAGENET_STD,
        }
    }

    /// What EfficientNet-Lite networks were trained with: a square of their own
    /// size, levels less 127 over 128.
    pub fn efficientnet_lite(size: u32) -> Self {
        Self {
            resize: Some(ResizeTo::ShortestEdge {
                short: size,
                longest: None,
            }),
            filter: Filter::Bicubic,
            crop: Some((size, size)),
            mean: [127.0 / 255.0; 3],
            std: [128.0 / 255.0; 3],
        }
    }

    /// Reads the text of a `preprocessor_config.json`.
    ///
    /// # Errors
    /// Text that is no such file, or a field without a usable value.
    pub fn from_json(text: &str) -> Result<Self, ProcessorError> {
        let file: ConfigFile = serde_json::from_str(text)?;
        let crops = file.do_center_crop.unwrap_or(file.crop_size.is_some());
        let resize = match (file.do_resize.unwrap_or(true), file.size) {
            (false, _) => None,
            (true, Some(size)) => Some(size.target(crops)?),
            (true, None) => {
                return Err(field("size", "missing", "a number or an object of pixels"));
            }
        };
        let crop = match (crops, file.crop_size) {
            (false, _) => None,
            (true, None) => Some((DEFAULT_CROP, DEFAULT_CROP)),
            (true, Some(size)) => Some(size.rectangle("crop_size")?),
        };
        // The encoder divides by 255 and normalises; other factors and absent
        // steps are folded into mean and deviation.
        let factor = match (file.do_rescale.unwrap_or(true), file.rescale_factor) {
            (true, Some(factor)) => factor,
            (true, None) => 1.0 / 255.0,
            (false, _) => 1.0,
        };
        if !(factor.is_finite() && factor > 0.0) {
            return Err(field("rescale_factor", factor, "a number above zero"));
        }
        let (mean, std) = if file.do_normalize.unwrap_or(true) {
            let mean = file.image_mean.unwrap_or(IMAGENET_MEAN.map(f64::from));
            (mean, file.image_std.unwrap_or(IMAGENET_STD.map(f64::from)))
        } else {
            ([0.0; 3], [1.0; 3])
        };
        if let Some(bad) = mean.into_iter().find(|value| !value.is_finite()) {
            return Err(field("image_mean", bad, "three numbers"));
        }
        if let Some(bad) = std
            .into_iter()
            .find(|value| !(value.is_finite() && *value > 0.0))
        {
            return Err(field("image_std", bad, "three numbers above zero"));
        }
        let fold = |value: f64| (value / (255.0 * factor)) as f32;
        Ok(Self {
            resize,
            filter: filter_by_number(file.resample.unwrap_or(3))?,
            crop,
            mean: mean.map(fold),
            std: std.map(fold),
        })
    }

    /// What to subtract from red, green and blue in [0, 1].
    pub fn mean(&self) -> [f32; 3] {
        self.mean
    }

    /// What to divide them by then; above zero.
    pub fn std(&self) -> [f32; 3] {
        self.std
    }

    /// Sides after the resize, at least one; none if it does not resize.
    pub(super) fn resized(&self, width: u32, height: u32) -> Option<(u64, u64)> {
        let (short, long) = (u64::from(width.min(height)), u64::from(width.max(height)));
        let (new_short, new_long) = match self.resize? {
            ResizeTo::Exact { width, height } => return Some((width.into(), height.into())),
            ResizeTo::LongestEdge(edge) => (u64::from(edge) * short / long, u64::from(edge)),
            ResizeTo::ShortestEdge {
                short: edge,
                longest,
            } => {
                let new_long = u64::from(edge) * long / short;
                match longest.map(u64::from) {
                    Some(longest) if new_long > longest => {
                        (longest * u64::from(edge) / new_long, longest)
                    }
                    _ => (u64::from(edge), new_long),
                }
            }
        };
        let (new_short, new_long) = (new_short.max(1), new_long.max(1));
        Some(if width <= height {
            (new_short, new_long)
        } else {
            (new_long, new_short)
        })
    }

    pub(super) fn filter(&self) -> Filter {
        self.filter
    }

    /// Width and height of the centre crop, if there is one.
    pub(super) fn crop(&self) -> Option<(u32, u32)> {
        self.crop
    }
}

/// The fields of the file that matter here.
#[derive(Deserialize)]
struct ConfigFile {
    do_resize: Option<bool>,
    size: Option<Size>,
    resample: Option<u32>,
    do_center_crop: Option<bool>,
    crop_size: Option<Size>,
    do_rescale: Option<bool>,
    rescale_factor: Option<f64>,
    do_normalize: Option<bool>,
    image_mean: Option<[f64; 3]>,
    image_std: Option<[f64; 3]>,
}

/// A size as it is written: one number, or an object with some of the edges.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged)]
enum Size {
    Number(u32),
    Edges {
        height: Option<u32>,
        width: Option<u32>,
        shortest_edge: Option<u32>,
        longest_edge: Option<u32>,
    },
}

impl Size {
    /// The target of a resize. A lone number was the shortest edge in the
    /// processors that crop (CLIP, Bit) and a square in those that do not (ViT).
    fn target(self, crops: bool) -> Result<ResizeTo, ProcessorError> {
        let target = match self {
            Self::Number(short) if crops => ResizeTo::ShortestEdge {
                short,
                longest: None,
            },
            Self::Number(side) => ResizeTo::Exact {
                width: side,
                height: side,
            },
            Self::Edges {
                shortest_edge: Some(short),
                longest_edge: longest,
                ..
            } => ResizeTo::ShortestEdge { short, longest },
            Self::Edges {
                longest_edge: Some(long),
                ..
            } => ResizeTo::LongestEdge(long),
            Self::Edges { .. } => {
                let (width, height) = self.rectangle("size")?;
                ResizeTo::Exact { width, height }
            }
        };
        let edges = match target {
            ResizeTo::ShortestEdge { short, longest } => [short, longest.unwrap_or(short)],
            ResizeTo::LongestEdge(long) => [long, long],
            ResizeTo::Exact { width, height } => [width, height],
        };
        if edges.contains(&0) {
            return Err(field("size", 0, "a number of pixels above zero"));
        }
        Ok(target)
    }

    fn rectangle(self, name: &'static str) -> Result<(u32, u32), ProcessorError> {
        let (width, height) = match self {
            Self::Number(side) => (side, side),
            Self::Edges {
                width: Some(width),
                height: Some(height),
                ..
            } => (width, height),
            Self::Edges {
                shortest_edge: Some(side),
                ..
            } => (side, side),
            Self::Edges { .. } => {
                return Err(field(
                    name,
                    "an object without the edges needed",
                    "height and width",
                ));
            }
        };
        if width == 0 || height == 0 || width > MAX_EDGE || height > MAX_EDGE {
            return Err(field(
                name,
                format!("{width} x {height}"),
                "1 to 4096 px a side",
            ));
        }
        Ok((width, height))
    }
}

/// Longest side of a crop: the limit of model inputs.
const MAX_EDGE: u32 = 4096;

/// Filters by the numbers that Pillow gives them.
fn filter_by_number(number: u32) -> Result<Filter, ProcessorError> {
    Ok(match number {
        0 => Filter::Nearest,
        1 => Filter::Lanczos,
        2 => Filter::Bilinear,
        3 => Filter::Bicubic,
        4 => Filter::Box,
        5 => Filter::Hamming,
        _ => return Err(field("resample", number, "a filter number from 0 to 5")),
    })
}

fn field(
    field: &'static str,
    found: impl std::fmt::Display,
    expected: &'static str,
) -> ProcessorError {
    ProcessorError::Field {
        field,
        found: found.to_string(),
        expected,
    }
}
