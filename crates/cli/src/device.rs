//! Graphics cards, where the program is built for them: the only place that names what drives them.

use std::sync::Arc;

use lookalike_encoders::{Later, Placement};

use crate::settings::DeviceChoice;

/// Where models run. A card is opened when the first model is loaded.
pub(crate) fn placement(choice: DeviceChoice) -> Placement {
    match choice {
        DeviceChoice::Cpu => Placement::Cpu,
        other => Placement::Later(Arc::new(Later::new(move || driver::open(other)))),
    }
}

/// What `doctor` says of cards: each that was found, or why there is none.
pub(crate) fn describe() -> String {
    driver::describe()
}

#[cfg(feature = "gpu")]
mod driver {
    use lookalike_encoders::Placement;
    use lookalike_gpu::{AdapterSummary, Card, CardOptions, Choice, OpenError, adapters};

    use crate::settings::DeviceChoice;

    pub(super) fn open(device: DeviceChoice) -> Result<Placement, String> {
        let choice = match device {
            DeviceChoice::Cpu => return Ok(Placement::Cpu),
            DeviceChoice::Auto => Choice::First,
            DeviceChoice::Gpu(number) => Choice::Number(number),
            DeviceChoice::Software => Choice::Software,
        };
        match Card::open(choice, CardOptions::default()) {
            Ok(card) if device == DeviceChoice::Auto => Ok(Placement::Faster(card)),
            Ok(card) => Ok(Placement::Accelerator(card)),
            Err(OpenError::NoCard(_)) if device == DeviceChoice::Auto => Ok(Placement::Cpu),
            Err(error) if device == DeviceChoice::Auto => {
                tracing::warn!("{error}; the CPU is used");
                Ok(Placement::Cpu)
            }
            Err(error) => Err(error.to_string()),
        }
    }

    pub(super) fn describe() -> String {
        let found = adapters();
        if found.is_empty() {
            return "none: no driver for Vulkan, Metal or Direct3D 12 answers".to_owned();
        }
        let (cards, programs): (Vec<_>, Vec<_>) =
            found.iter().partition(|adapter| !adapter.is_software);
        let of_card = |(number, card): (usize, &&AdapterSummary)| {
            let halves = if card.has_halves { "f16" } else { "f32 only" };
            format!("gpu:{number} {card}, {halves}, driver {}", card.driver)
        };
        let mut lines: Vec<String> = cards.iter().enumerate().map(of_card).collect();
        if cards.is_empty() {
            lines.push("none".to_owned());
        }
        let of_program =
            |program: &&AdapterSummary| format!("{program} computes on the CPU and is not used");
        lines.extend(programs.iter().map(of_program));
        lines.join("; ")
    }
}

#[cfg(not(feature = "gpu"))]
mod driver {
    use lookalike_encoders::Placement;

    use crate::settings::DeviceChoice;

    pub(super) fn open(device: DeviceChoice) -> Result<Placement, String> {
        match device {
            DeviceChoice::Auto | DeviceChoice::Cpu => Ok(Placement::Cpu),
            DeviceChoice::Gpu(_) | DeviceChoice::Software => Err(
                "this program was built without graphics cards; use --device cpu, or build it with \
                 `cargo build --release -p lookalike-cli --features gpu`"
                    .to_owned(),
            ),
        }
    }

    pub(super) fn describe() -> String {
        "not looked for: this program was built without graphics cards".to_owned()
    }
}
