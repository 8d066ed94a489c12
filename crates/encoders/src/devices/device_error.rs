//! What a device with memory of its own did not do.

/// A device with memory of its own did not do what was asked of it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DeviceError {
    /// There is not enough memory for it.
    #[error("{device}: out of memory: {detail}")]
    Memory {
        /// The device's name.
        device: String,
        /// What was too large, as far as it is known.
        detail: String,
    },
    /// It does not answer any more.
    #[error("{device}: lost: {detail}")]
    Lost {
        /// The device's name.
        device: String,
        /// What the driver said.
        detail: String,
    },
    /// Its driver took a program or a command for wrong.
    #[error("{device}: its driver refused {subject}: {detail}")]
    Refused {
        /// The device's name.
        device: String,
        /// The program or the command.
        subject: String,
        /// What the driver said.
        detail: String,
    },
    /// What it computes is not what the CPU computes.
    #[error(
        "{device}: computes other embeddings than the CPU (cosine {cosine:.6}, at least {least} \
         is needed); a newer driver may help"
    )]
    Disagrees {
        /// The device's name.
        device: String,
        /// The smallest cosine of two embeddings of one picture.
        cosine: f64,
        /// What it should be at least.
        least: f64,
    },
}
