//! What attention works in.

/// Memory that [`super::attend`] works in (about 29 KB once used), to be reused between calls.
#[derive(Debug, Default)]
pub struct AttendScratch {
    #[cfg(target_arch = "x86_64")]
    pub(super) blocks: Option<Box<super::avx512::Scratch>>,
    pub(super) weights: Vec<f32>,
}
