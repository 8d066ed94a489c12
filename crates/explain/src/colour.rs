//! The colours of heat maps.
//!
//! ColorBrewer's YlGnBu (Brewer, 2003) up to its sixth step, from white: of its lightness alone
//! the order can be read, in grey print and by the colour-blind, and black lines show on all of
//! it. Maps that end in yellow, as viridis does, would leave the best places pale on white paper.

/// White, then the sequential scheme.
const STOPS: [[f32; 3]; 7] = [
    [255.0, 255.0, 255.0],
    [237.0, 248.0, 177.0],
    [199.0, 233.0, 180.0],
    [127.0, 205.0, 187.0],
    [65.0, 182.0, 196.0],
    [29.0, 145.0, 192.0],
    [34.0, 94.0, 168.0],
];

/// The colour of a heat from 0 to 1, each channel 0 to 255.
pub(super) fn of_heat(heat: f32) -> [f32; 3] {
    let position = heat.clamp(0.0, 1.0) * (STOPS.len() - 1) as f32;
    let below = (position as usize).min(STOPS.len() - 2);
    let part = position - below as f32;
    std::array::from_fn(|channel| {
        STOPS[below][channel] * (1.0 - part) + STOPS[below + 1][channel] * part
    })
}

#[cfg(test)]
mod tests {
    use super::super::ink::luminance;
    use super::*;

    #[test]
    fn hotter_is_darker() {
        let lightness = |heat: f32| luminance(&of_heat(heat).map(|level| level as u8));
        assert_eq!(of_heat(0.0), [255.0; 3]);
        for step in 0..100 {
            let heat = step as f32 / 100.0;
            assert!(lightness(heat) >= lightness(heat + 0.01), "{heat}");
        }
        assert!(lightness(1.0) < 100.0);
    }
}
