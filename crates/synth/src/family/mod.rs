//! The product families: parameters in, parts out.
//!
//! Lengths are centimetres, roughly. The front faces the viewer at negative y, z points up. Parts
//! run into each other where they join; the edge between them is found afterwards.

mod bench;
mod bottle;
mod bowl;
mod chair;
mod cup;
mod door_handle;
mod dumbbell;
mod hammer;
mod knife;
mod lamp;
mod legs;
mod ornament;
mod pen;
mod phone_case;
mod section;
mod shelf;
mod speaker;
mod spectacles;
mod table;
mod tap;
mod teapot;
#[cfg(test)]
mod tests;
mod vase;
mod watch;

use crate::random::Params;
use crate::solid::Part;

/// The materials that parts are made of, by number.
pub(crate) mod material {
    /// What most of the product is made of.
    pub(crate) const BODY: usize = 0;
    /// A second colour or finish; hatched in some drawings.
    pub(crate) const SECOND: usize = 1;
    /// Small coloured pieces.
    pub(crate) const ACCENT: usize = 2;
    /// Bright metal.
    pub(crate) const METAL: usize = 3;
    /// How many there are.
    pub(crate) const COUNT: usize = 4;
}

/// A kind of product.
pub(crate) struct Family {
    /// The name in `ground-truth.json`.
    pub(crate) name: &'static str,
    /// Titles that such designs go by.
    pub(crate) titles: &'static [&'static str],
    /// Locarno classes, the usual one first.
    pub(crate) locarno: &'static [&'static str],
    /// Makes the parts.
    pub(crate) build: fn(&Params) -> Vec<Part>,
}

macro_rules! family {
    ($name:literal, $build:path, [$($locarno:literal),+], [$($title:literal),+]) => {
        Family {
            name: $name,
            titles: &[$($title),+],
            locarno: &[$($locarno),+],
            build: $build,
        }
    };
}

/// All families.
pub(crate) const FAMILIES: &[Family] = &[
    family!(
        "bottle",
        bottle::bottle,
        ["09-01", "28-02"],
        [
            "Bottle",
            "Beverage bottle",
            "Container with cap",
            "Bottle with closure"
        ]
    ),
    family!(
        "cup",
        cup::cup,
        ["07-01"],
        ["Cup", "Mug", "Drinking cup", "Drinking vessel"]
    ),
    family!(
        "bowl",
        bowl::bowl,
        ["07-01"],
        ["Bowl", "Serving bowl", "Dish", "Tableware"]
    ),
    family!(
        "teapot",
        teapot::teapot,
        ["07-01", "07-02"],
        ["Teapot", "Kettle", "Tea kettle", "Pot with spout"]
    ),
    family!(
        "vase",
        vase::vase,
        ["11-02"],
        ["Vase", "Flower vase", "Planter", "Ornamental vessel"]
    ),
    family!(
        "chair",
        chair::chair,
        ["06-01"],
        ["Chair", "Dining chair", "Armchair", "Seat"]
    ),
    family!(
        "bench",
        bench::bench,
        ["06-01"],
        ["Bench", "Garden bench", "Seating unit", "Stool"]
    ),
    family!(
        "table",
        table::table,
        ["06-03"],
        ["Table", "Side table", "Coffee table", "Desk"]
    ),
    family!(
        "shelf",
        shelf::shelf,
        ["06-04"],
        ["Shelf", "Bookcase", "Shelving unit", "Cabinet"]
    ),
    family!(
        "lamp",
        lamp::lamp,
        ["26-05"],
        ["Lamp", "Table lamp", "Luminaire", "Lighting fixture"]
    ),
    family!(
        "phone-case",
        phone_case::phone_case,
        ["03-01", "14-03"],
        [
            "Case for mobile phone",
            "Phone case",
            "Protective cover for electronic device",
            "Mobile device cover"
        ]
    ),
    family!(
        "speaker",
        speaker::speaker,
        ["14-01"],
        [
            "Speaker",
            "Loudspeaker",
            "Portable speaker",
            "Wireless speaker"
        ]
    ),
    family!(
        "knife",
        knife::knife,
        ["08-03", "07-03"],
        [
            "Knife",
            "Kitchen knife",
            "Knife with handle",
            "Cutting tool"
        ]
    ),
    family!(
        "hammer",
        hammer::hammer,
        ["08-02"],
        ["Hammer", "Mallet", "Hand tool", "Claw hammer"]
    ),
    family!(
        "pen",
        pen::pen,
        ["19-06"],
        ["Pen", "Writing instrument", "Ballpoint pen", "Marker"]
    ),
    family!(
        "tap",
        tap::tap,
        ["23-01"],
        ["Faucet", "Tap", "Single-lever mixer", "Kitchen faucet"]
    ),
    family!(
        "door-handle",
        door_handle::door_handle,
        ["08-06"],
        ["Door handle", "Lever handle", "Handle", "Door lever"]
    ),
    family!(
        "watch",
        watch::watch,
        ["10-02"],
        ["Watch", "Wrist watch", "Watch with band", "Timepiece"]
    ),
    family!(
        "spectacles",
        spectacles::spectacles,
        ["16-06"],
        ["Eyeglasses", "Spectacles", "Sunglasses", "Eyewear"]
    ),
    family!(
        "dumbbell",
        dumbbell::dumbbell,
        ["21-02"],
        ["Dumbbell", "Hand weight", "Exercise weight", "Free weight"]
    ),
];
