//! The product families: parameters in, parts out.
//!
//! Lengths are centimetres, roughly. The front faces the viewer at negative y, z points up. Parts
//! run into each other where they join; the edge between them is found afterwards.

mod area;
mod basin;
mod bench;
mod bottle;
mod bowl;
mod chair;
mod charger;
mod clock;
mod controller;
mod cookware;
mod cup;
mod door_handle;
mod drone;
mod dumbbell;
mod fan;
mod furniture;
mod glyph;
mod grooming;
mod guitar;
mod hammer;
mod hand_tool;
mod hat;
mod headphones;
mod knife;
mod lamp;
mod legs;
mod luggage;
mod ornament;
mod package;
mod pen;
mod phone;
mod phone_case;
mod ring;
mod screen;
mod section;
mod shapes;
mod shelf;
mod shoe;
mod speaker;
mod spectacles;
mod surface;
mod syringe;
mod table;
mod tap;
mod teapot;
#[cfg(test)]
mod tests;
mod toy;
mod umbrella;
mod vaporizer;
mod vase;
mod vehicle;
mod watch;
mod writing;

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
    /// Whether only the front counts, as with what a screen displays: such a patent shows states
    /// of its design instead of sides.
    pub(crate) is_flat: bool,
}

macro_rules! family {
    ($name:literal, $build:path, [$($locarno:literal),+], [$($title:literal),+]) => {
        family!($name, $build, [$($locarno),+], [$($title),+], is_flat: false)
    };
    ($name:literal, $build:path, [$($locarno:literal),+], [$($title:literal),+], is_flat: $flat:literal) => {
        Family {
            name: $name,
            titles: &[$($title),+],
            locarno: &[$($locarno),+],
            build: $build,
            is_flat: $flat,
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
    family!(
        "screen",
        screen::screen,
        ["14-04"],
        [
            "Display screen with graphical user interface",
            "Display panel with transitional user interface",
            "Electronic device with user interface",
            "Display screen or portion thereof"
        ],
        is_flat: true
    ),
    family!(
        "icon",
        screen::icon,
        ["14-04", "32-00"],
        [
            "Display screen with icon",
            "Display panel with icon",
            "Icon for a display",
            "Electronic display with symbol"
        ],
        is_flat: true
    ),
    family!(
        "shoe",
        shoe::shoe,
        ["02-04"],
        ["Shoe", "Sports shoe", "Sneaker", "Footwear"]
    ),
    family!(
        "hat",
        hat::hat,
        ["02-03"],
        ["Cap", "Hat", "Sun hat", "Headwear"]
    ),
    family!(
        "carton",
        package::carton,
        ["09-03"],
        ["Carton", "Packaging box", "Package", "Display box"]
    ),
    family!(
        "crate",
        package::crate_box,
        ["09-04"],
        [
            "Crate",
            "Storage crate",
            "Basket",
            "Container for transport"
        ]
    ),
    family!(
        "pouch",
        package::pouch,
        ["09-05"],
        [
            "Pouch",
            "Packaging pouch",
            "Stand-up bag",
            "Flexible package"
        ]
    ),
    family!(
        "sofa",
        furniture::sofa,
        ["06-01"],
        ["Sofa", "Couch", "Upholstered seat", "Lounge chair"]
    ),
    family!(
        "cabinet",
        furniture::cabinet,
        ["06-04"],
        [
            "Cabinet",
            "Chest of drawers",
            "Storage cabinet",
            "Sideboard"
        ]
    ),
    family!(
        "bed",
        furniture::bed,
        ["06-02"],
        ["Bed", "Bed frame", "Daybed", "Upholstered bed"]
    ),
    family!(
        "car",
        vehicle::car,
        ["12-08", "21-01"],
        ["Automobile", "Vehicle", "Toy car", "Motor vehicle body"]
    ),
    family!(
        "wheel",
        vehicle::wheel,
        ["12-16"],
        ["Wheel", "Vehicle wheel", "Wheel rim", "Wheel for a vehicle"]
    ),
    family!(
        "drone",
        drone::drone,
        ["12-07"],
        [
            "Drone",
            "Unmanned aerial vehicle",
            "Quadcopter",
            "Aircraft with rotors"
        ]
    ),
    family!(
        "brick",
        toy::brick,
        ["21-01"],
        [
            "Toy brick",
            "Building block",
            "Toy construction element",
            "Toy block"
        ]
    ),
    family!(
        "toy figure",
        toy::figure,
        ["21-01"],
        ["Toy figure", "Doll", "Figurine", "Toy robot"]
    ),
    family!(
        "wrench",
        hand_tool::wrench,
        ["08-05"],
        ["Wrench", "Spanner", "Combination wrench", "Hand tool"]
    ),
    family!(
        "screwdriver",
        hand_tool::screwdriver,
        ["08-05"],
        [
            "Screwdriver",
            "Driver tool",
            "Hand tool with handle",
            "Screwdriver handle"
        ]
    ),
    family!(
        "pliers",
        hand_tool::pliers,
        ["08-03", "08-05"],
        ["Pliers", "Scissors", "Cutters", "Gripping tool"]
    ),
    family!(
        "phone",
        phone::phone,
        ["14-03"],
        [
            "Mobile phone",
            "Smartphone",
            "Electronic device",
            "Tablet computer"
        ]
    ),
    family!(
        "headphones",
        headphones::headphones,
        ["14-01"],
        ["Headphones", "Headset", "Over-ear headphones", "Earphones"]
    ),
    family!(
        "charger",
        charger::charger,
        ["13-02"],
        ["Charger", "Power adapter", "Wall charger", "USB charger"]
    ),
    family!(
        "controller",
        controller::controller,
        ["14-02", "21-01"],
        [
            "Game controller",
            "Controller",
            "Gamepad",
            "Remote controller"
        ]
    ),
    family!(
        "suitcase",
        luggage::suitcase,
        ["03-01"],
        ["Suitcase", "Luggage", "Trolley case", "Travel case"]
    ),
    family!(
        "handbag",
        luggage::handbag,
        ["03-01"],
        ["Handbag", "Bag", "Purse", "Tote bag"]
    ),
    family!(
        "umbrella",
        umbrella::umbrella,
        ["03-03"],
        ["Umbrella", "Parasol", "Sunshade", "Patio umbrella"]
    ),
    family!(
        "toothbrush",
        grooming::toothbrush,
        ["04-02"],
        [
            "Toothbrush",
            "Brush",
            "Toothbrush handle",
            "Oral care implement"
        ]
    ),
    family!(
        "razor",
        grooming::razor,
        ["28-03"],
        ["Razor", "Shaving razor", "Safety razor", "Razor handle"]
    ),
    family!(
        "comb",
        grooming::comb,
        ["28-03"],
        ["Comb", "Hair comb", "Grooming comb", "Pet comb"]
    ),
    family!(
        "ring",
        ring::ring,
        ["11-01"],
        ["Ring", "Finger ring", "Jewelry", "Engagement ring"]
    ),
    family!(
        "vaporizer",
        vaporizer::vaporizer,
        ["27-02"],
        [
            "Electronic cigarette",
            "Vaporizer",
            "Vaping device",
            "Inhaler"
        ]
    ),
    family!(
        "syringe",
        syringe::syringe,
        ["24-02"],
        [
            "Syringe",
            "Injection device",
            "Oral syringe",
            "Dispensing syringe"
        ]
    ),
    family!(
        "pan",
        cookware::pan,
        ["07-02"],
        ["Frying pan", "Cooking pot", "Saucepan", "Cookware"]
    ),
    family!(
        "spoon",
        cookware::spoon,
        ["07-03", "07-06"],
        ["Spoon", "Spatula", "Ladle", "Kitchen utensil"]
    ),
    family!(
        "basin",
        basin::basin,
        ["23-02"],
        ["Wash basin", "Sink", "Basin", "Vessel sink"]
    ),
    family!(
        "fan",
        fan::fan,
        ["23-04"],
        ["Fan", "Table fan", "Electric fan", "Air circulator"]
    ),
    family!(
        "clock",
        clock::clock,
        ["10-01"],
        ["Clock", "Wall clock", "Clock with dial", "Timepiece"]
    ),
    family!(
        "tile",
        surface::tile,
        ["25-01"],
        ["Tile", "Wall panel", "Paving stone", "Decorative panel"]
    ),
    family!(
        "textile",
        surface::textile,
        ["05-05"],
        [
            "Textile",
            "Fabric with pattern",
            "Sheet material",
            "Textile fabric"
        ],
        is_flat: true
    ),
    family!(
        "guitar",
        guitar::guitar,
        ["17-03"],
        [
            "Guitar",
            "Electric guitar",
            "Guitar body",
            "Stringed instrument"
        ]
    ),
];
