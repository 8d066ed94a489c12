//! Invented people, companies and places.
//!
//! Names are put together from syllables: they sound like their country and belong to nobody in
//! particular.

use crate::random::Rng;

/// A country with what its names are made of.
pub(super) struct Country {
    pub(super) code: &'static str,
    first: &'static [&'static str],
    last: &'static [&'static str],
    last_end: &'static [&'static str],
    companies: &'static [&'static str],
    cities: &'static [&'static str],
    /// States, where addresses name them.
    states: &'static [&'static str],
}

/// Countries in which applicants sit; the first ones are the most frequent.
const COUNTRIES: &[Country] = &[
    Country {
        code: "US",
        first: &[
            "Joel", "Marcy", "Trent", "Alina", "Corbin", "Dana", "Ruth", "Wes", "Gwen", "Omar",
        ],
        last: &[
            "Hal", "Brim", "Cald", "Wes", "Thorn", "Lang", "Peck", "Mar", "Dun", "Ash",
        ],
        last_end: &["wick", "son", "field", "ley", "worth", "man", "more", "by"],
        companies: &[
            "Inc.",
            "LLC",
            "Corporation",
            "L.P.",
            "Company",
            "Holdings, Inc.",
        ],
        cities: &[
            "Fairmont",
            "Cedar Hollow",
            "Lakeview",
            "Northport",
            "Milford Springs",
        ],
        states: &["CA", "NY", "TX", "OH", "WA", "IL"],
    },
    Country {
        code: "CN",
        first: &[
            "Wei", "Jun", "Xiaoling", "Haoran", "Min", "Yifan", "Qing", "Zhihao",
        ],
        last: &["Zh", "L", "W", "Ch", "X", "H", "Sh", "G"],
        last_end: &["ang", "eng", "iu", "ao", "ong", "en", "uan"],
        companies: &[
            "Technology Co., Ltd.",
            "Industrial Co., Ltd.",
            "Trading Co., Ltd.",
        ],
        cities: &["Shenzhen", "Ningbo", "Dongguan", "Hangzhou", "Foshan"],
        states: &[],
    },
    Country {
        code: "JP",
        first: &[
            "Haruki", "Yumi", "Kenta", "Aoi", "Takuya", "Naomi", "Shinji",
        ],
        last: &[
            "Kawa", "Yama", "Mori", "Taka", "Naka", "Ishi", "Hira", "Oku",
        ],
        last_end: &["moto", "shima", "da", "no", "hashi", "mura", "zaki"],
        companies: &["Co., Ltd.", "Kabushiki Kaisha", "Corporation"],
        cities: &["Osaka", "Kyoto", "Hamamatsu", "Nagoya", "Tsubame"],
        states: &[],
    },
    Country {
        code: "DE",
        first: &[
            "Jürgen", "Anke", "Matthias", "Silke", "Björn", "Ute", "Rainer",
        ],
        last: &["Brück", "Held", "Stein", "Wall", "Gräf", "Lind", "Oster"],
        last_end: &["ner", "mann", "hauer", "bach", "meier", "feld"],
        companies: &["GmbH", "AG", "GmbH & Co. KG", "SE"],
        cities: &["München", "Solingen", "Köln", "Nürnberg", "Lüdenscheid"],
        states: &[],
    },
    Country {
        code: "IT",
        first: &["Paolo", "Giulia", "Niccolò", "Chiara", "Dario", "Elena"],
        last: &["Bel", "Mont", "Ferr", "Cast", "Roc", "Val"],
        last_end: &["etti", "anari", "elli", "oni", "ucci", "erini"],
        companies: &["S.p.A.", "S.r.l."],
        cities: &["Milano", "Omegna", "Udine", "Forlì"],
        states: &[],
    },
    Country {
        code: "FR",
        first: &["Éloïse", "Benoît", "Camille", "Rémi", "Aurélie", "Hugues"],
        last: &["Beau", "Mar", "Clair", "Del", "Fon", "Val"],
        last_end: &["chard", "mont", "taine", "court", "lieu", "bert"],
        companies: &["SAS", "SA", "& Fils SARL"],
        cities: &["Lyon", "Besançon", "Thiers", "Nîmes"],
        states: &[],
    },
    Country {
        code: "KR",
        first: &["Ji-hoon", "Seo-yeon", "Min-jae", "Ha-eun", "Do-yun"],
        last: &["K", "P", "Ch", "J", "Y", "H"],
        last_end: &["im", "ang", "oon", "eong", "o"],
        companies: &["Co., Ltd.", "Inc."],
        cities: &["Seoul", "Suwon-si", "Daejeon", "Bucheon-si"],
        states: &[],
    },
    Country {
        code: "SE",
        first: &["Åsa", "Lars", "Malin", "Björn", "Ingrid"],
        last: &["Sjö", "Lund", "Berg", "Åker", "Hall", "Ny"],
        last_end: &["ström", "qvist", "dahl", "gren", "lind"],
        companies: &["AB"],
        cities: &["Göteborg", "Älmhult", "Malmö", "Västerås"],
        states: &[],
    },
    Country {
        code: "GB",
        first: &["Fiona", "Giles", "Nadia", "Rhys", "Imogen"],
        last: &["Ather", "Black", "Cress", "Pen", "Win"],
        last_end: &["ton", "well", "combe", "bourne", "stead"],
        companies: &["Limited", "Ltd.", "plc"],
        cities: &["Sheffield", "Stoke-on-Trent", "Bristol"],
        states: &[],
    },
    Country {
        code: "TW",
        first: &["Chih-Wei", "Mei-Ling", "Po-Han", "Ya-Ting"],
        last: &["L", "Ch", "Hs", "Ts"],
        last_end: &["in", "eng", "ieh", "ai"],
        companies: &["Co., Ltd.", "Enterprise Co., Ltd."],
        cities: &["Taipei", "Taichung", "Changhua"],
        states: &[],
    },
    Country {
        code: "CH",
        first: &["Urs", "Céline", "Reto", "Sandrine"],
        last: &["Zür", "Ober", "Fluck", "Gass"],
        last_end: &["cher", "holzer", "iger", "li"],
        companies: &["AG", "SA", "Sàrl"],
        cities: &["Genève", "Biel/Bienne", "Zürich"],
        states: &[],
    },
];

const BRAND_START: &[&str] = &[
    "Nor", "Vel", "Tri", "Luma", "Kes", "Ardo", "Zen", "Brio", "Calu", "Ople", "Fen", "Qua", "Sol",
    "Mira", "Tavo", "Hex",
];
const BRAND_END: &[&str] = &[
    "vex", "lane", "tis", "mor", "dia", "nova", "rik", "sen", "polis", "ware",
];
const TRADES: &[&str] = &[
    "",
    "",
    "Design",
    "Home",
    "Industries",
    "Products",
    "Innovations",
    "Living",
];

/// A person.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) first: String,
    pub(crate) last: String,
    pub(crate) address: Address,
}

impl Person {
    /// The first name before the last.
    pub(crate) fn full_name(&self) -> String {
        format!("{} {}", self.first, self.last)
    }
}

/// A company.
#[derive(Clone, Debug)]
pub(crate) struct Company {
    pub(crate) name: String,
    pub(crate) address: Address,
}

/// A place.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    pub(crate) city: String,
    pub(crate) state: Option<String>,
    pub(crate) country: String,
}

/// A country, the frequent ones more often.
pub(super) fn country(rng: &mut Rng) -> &'static Country {
    let u = rng.unit();
    &COUNTRIES[((u * u * COUNTRIES.len() as f64) as usize).min(COUNTRIES.len() - 1)]
}

fn address(country: &Country, rng: &mut Rng) -> Address {
    Address {
        city: (*rng.pick(country.cities)).to_owned(),
        state: (!country.states.is_empty()).then(|| (*rng.pick(country.states)).to_owned()),
        country: country.code.to_owned(),
    }
}

pub(super) fn person(country: &Country, rng: &mut Rng) -> Person {
    let mut first = (*rng.pick(country.first)).to_owned();
    if rng.chance(0.25) && country.code == "US" {
        let initial = char::from(b'A' + rng.below(26) as u8);
        first = format!("{first} {initial}.");
    }
    Person {
        first,
        last: format!("{}{}", rng.pick(country.last), rng.pick(country.last_end)),
        address: address(country, rng),
    }
}

pub(super) fn company(country: &Country, rng: &mut Rng) -> Company {
    let brand = format!("{}{}", rng.pick(BRAND_START), rng.pick(BRAND_END));
    let trade = rng.pick(TRADES);
    let form = rng.pick(country.companies);
    let gap = if trade.is_empty() { "" } else { " " };
    let comma = if country.code == "US" && rng.chance(0.5) {
        ","
    } else {
        ""
    };
    Company {
        name: format!("{brand}{gap}{trade}{comma} {form}"),
        address: address(country, rng),
    }
}
