//! The cards of this machine, and which of them is taken.

use std::fmt;

use wgpu::{Adapter, AdapterInfo, Backends, DeviceType, Features, Instance, InstanceDescriptor};

use crate::ready::ready;

/// Which adapter is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The first card: of several the fastest kind.
    First,
    /// The card of this number, counted from 0 as [`adapters`] lists them.
    Number(usize),
    /// A program that stands in for a card, such as Mesa's: for tests.
    Software,
}

/// What is known of an adapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdapterSummary {
    /// What its maker calls it, such as `NVIDIA H200`.
    pub name: String,
    /// How it is driven: `vulkan`, `metal` or `dx12`.
    pub interface: &'static str,
    /// Whether it is a program that stands in for a card.
    pub is_software: bool,
    /// Whether it computes with 16-bit floats.
    pub has_halves: bool,
    /// Name and version of the driver, as far as it tells.
    pub driver: String,
}

/// There is no adapter of the kind that is wanted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{wanted} was not found; {found}")]
pub struct NoCard {
    wanted: String,
    found: String,
}

impl AdapterSummary {
    pub(crate) fn of(adapter: &Adapter) -> Self {
        let info = adapter.get_info();
        Self {
            is_software: info.device_type == DeviceType::Cpu,
            has_halves: adapter.features().contains(Features::SHADER_F16),
            interface: info.backend.to_str(),
            driver: format!("{} {}", info.driver, info.driver_info)
                .trim()
                .to_owned(),
            name: info.name,
        }
    }
}

impl fmt::Display for AdapterSummary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", self.name, self.interface)
    }
}

/// The adapters of this machine: cards first, the fastest kinds of them before the others, then
/// programs that stand in for cards.
#[must_use]
pub fn adapters() -> Vec<AdapterSummary> {
    found(Backends::VULKAN | Backends::METAL | Backends::DX12)
        .iter()
        .map(AdapterSummary::of)
        .collect()
}

/// The adapter that is wanted among those of `backends`.
///
/// # Errors
/// There is none of the kind.
pub(crate) fn choose(backends: Backends, choice: Choice) -> Result<Adapter, NoCard> {
    let mut adapters = found(backends);
    let summaries: Vec<AdapterSummary> = adapters.iter().map(AdapterSummary::of).collect();
    let is_software: Vec<bool> = summaries.iter().map(|one| one.is_software).collect();
    match pick(&is_software, choice) {
        Some(index) => Ok(adapters.swap_remove(index)),
        None => Err(NoCard::among(&summaries, choice)),
    }
}

/// The index of what is wanted among adapters, of which it is known whether they are software.
fn pick(is_software: &[bool], choice: Choice) -> Option<usize> {
    let mut indexes = 0..is_software.len();
    let mut cards = indexes.clone().filter(|&index| !is_software[index]);
    match choice {
        Choice::First => cards.next(),
        Choice::Number(number) => cards.nth(number),
        Choice::Software => indexes.find(|&index| is_software[index]),
    }
}

impl NoCard {
    fn among(summaries: &[AdapterSummary], choice: Choice) -> Self {
        let list = |are_software: bool| {
            let kind = summaries
                .iter()
                .filter(|one| one.is_software == are_software);
            kind.map(ToString::to_string).collect::<Vec<_>>().join(", ")
        };
        let (cards, programs) = (list(false), list(true));
        let wanted = match choice {
            Choice::First => "a graphics card".to_owned(),
            Choice::Number(number) => format!("graphics card {number}"),
            Choice::Software => "a software adapter".to_owned(),
        };
        let found = match (cards.is_empty(), programs.is_empty()) {
            (false, _) => format!("there are, from 0 on: {cards}"),
            (true, false) => format!(
                "there is only {programs}, which computes on the CPU and more slowly than this \
                 program does; use device cpu"
            ),
            (true, true) => {
                let missing = "no driver for Vulkan, Metal or Direct3D 12 answers; install the \
                               driver of the card, or use device cpu";
                missing.to_owned()
            }
        };
        Self { wanted, found }
    }
}

fn found(backends: Backends) -> Vec<Adapter> {
    let instance = Instance::new(InstanceDescriptor {
        backends,
        ..InstanceDescriptor::new_without_display_handle()
    });
    let mut adapters = ready(instance.enumerate_adapters(backends));
    // In the order of the system within a kind.
    adapters.sort_by_key(|adapter| rank(&adapter.get_info()));
    let mut known: Vec<(String, String)> = Vec::new();
    adapters.retain(|adapter| {
        let info = adapter.get_info();
        // The same card by another interface has the same name and place.
        let card = (info.name, info.device_pci_bus_id);
        let is_new = card.1.is_empty() || !known.contains(&card);
        known.push(card);
        is_new
    });
    adapters
}

fn rank(info: &AdapterInfo) -> u8 {
    match info.device_type {
        DeviceType::DiscreteGpu => 0,
        DeviceType::IntegratedGpu => 1,
        DeviceType::VirtualGpu => 2,
        DeviceType::Other => 3,
        DeviceType::Cpu => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(name: &str, is_software: bool) -> AdapterSummary {
        AdapterSummary {
            name: name.into(),
            interface: "vulkan",
            is_software,
            has_halves: false,
            driver: String::new(),
        }
    }

    #[test]
    fn programs_are_taken_only_where_they_are_asked_for() {
        assert_eq!(pick(&[], Choice::First), None);
        assert_eq!(pick(&[true], Choice::First), None);
        assert_eq!(pick(&[true], Choice::Number(0)), None);
        assert_eq!(pick(&[true], Choice::Software), Some(0));
        assert_eq!(pick(&[false, false, true], Choice::First), Some(0));
        assert_eq!(pick(&[false, false, true], Choice::Number(1)), Some(1));
        assert_eq!(pick(&[false, false, true], Choice::Number(2)), None);
        assert_eq!(pick(&[false, false, true], Choice::Software), Some(2));
    }

    #[test]
    fn errors_say_what_there_is_and_what_to_do() {
        let none = NoCard::among(&[], Choice::First).to_string();
        assert!(none.contains("install the driver"), "{none}");
        let program = [summary("llvmpipe", true)];
        let only = NoCard::among(&program, Choice::First).to_string();
        assert!(only.contains("only llvmpipe (vulkan)"), "{only}");
        let cards = [summary("A", false), summary("B", false)];
        let beyond = NoCard::among(&cards, Choice::Number(2)).to_string();
        assert_eq!(
            beyond,
            "graphics card 2 was not found; there are, from 0 on: A (vulkan), B (vulkan)"
        );
    }

    #[test]
    fn without_a_driver_there_is_no_card() {
        for choice in [Choice::First, Choice::Number(3), Choice::Software] {
            assert!(choose(Backends::empty(), choice).is_err());
        }
    }
}
