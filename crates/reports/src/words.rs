//! The words of a report in each language.

use std::str::FromStr;

use lookalike_encoders::Band;
use lookalike_engine::EngineError;

/// The language of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Simplified Chinese.
    Chinese,
}

impl FromStr for Language {
    type Err = EngineError;

    /// Reads `en` or `zh`.
    fn from_str(name: &str) -> Result<Self, EngineError> {
        match name {
            "en" => Ok(Self::English),
            "zh" => Ok(Self::Chinese),
            _ => Err(EngineError::invalid(format!(
                "lang is `{name}`; give en or zh"
            ))),
        }
    }
}

impl Language {
    /// What a browser prefers, by its `Accept-Language`; English if it says nothing of either.
    #[must_use]
    pub fn preferred(accept_language: &str) -> Self {
        let mut best = (0.0, Self::English);
        for range in accept_language.split(',') {
            let (tag, weight) = range.split_once(';').unwrap_or((range, ""));
            let tag = tag.trim().split('-').next().unwrap_or_default();
            let language = match tag.to_ascii_lowercase().as_str() {
                "en" => Self::English,
                "zh" => Self::Chinese,
                _ => continue,
            };
            let weight = match weight.trim().strip_prefix("q=") {
                Some(weight) => weight.parse().unwrap_or(0.0),
                None => 1.0,
            };
            // Of equals the first.
            if weight > best.0 {
                best = (weight, language);
            }
        }
        best.1
    }

    pub(crate) fn words(self) -> &'static Words {
        match self {
            Self::English => &ENGLISH,
            Self::Chinese => &CHINESE,
        }
    }
}

/// Every text that a report shows of its own.
pub(crate) struct Words {
    pub(crate) tag: &'static str,
    pub(crate) title: &'static str,
    pub(crate) matter: &'static str,
    pub(crate) query: &'static str,
    pub(crate) picture: &'static str,
    pub(crate) region: &'static str,
    pub(crate) item: &'static str,
    pub(crate) vector: &'static str,
    pub(crate) words: &'static str,
    pub(crate) searched_at: &'static str,
    pub(crate) reported_at: &'static str,
    pub(crate) collections: &'static str,
    pub(crate) encoder: &'static str,
    pub(crate) brought_vectors: &'static str,
    pub(crate) found: &'static str,
    /// Between the number of images and that of groups.
    pub(crate) images_in: &'static str,
    pub(crate) groups: &'static str,
    pub(crate) duration: &'static str,
    pub(crate) results: &'static str,
    pub(crate) nothing: &'static str,
    pub(crate) score: &'static str,
    pub(crate) loc_class: &'static str,
    pub(crate) pub_date: &'static str,
    pub(crate) filing_date: &'static str,
    pub(crate) expiry_date: &'static str,
    pub(crate) in_force: &'static str,
    pub(crate) expired: &'static str,
    pub(crate) yes: &'static str,
    pub(crate) inventors: &'static str,
    pub(crate) claim: &'static str,
    pub(crate) no_picture: &'static str,
    /// After the number of pictures that are left out.
    pub(crate) more: &'static str,
    pub(crate) starred: &'static str,
    pub(crate) side_by_side: &'static str,
    /// Before the number of hits that were chosen.
    pub(crate) shown: &'static str,
    pub(crate) any: &'static str,
    pub(crate) record: &'static str,
    pub(crate) program: &'static str,
    pub(crate) search_id: &'static str,
    pub(crate) checksum: &'static str,
    pub(crate) metric: &'static str,
    pub(crate) revision: &'static str,
    pub(crate) holds: &'static str,
    /// Between the number of images and that of patents.
    pub(crate) images_of: &'static str,
    pub(crate) patents: &'static str,
    pub(crate) coverage: &'static str,
    /// After the number of days on which patents were granted.
    pub(crate) grant_days: &'static str,
    readings: [&'static str; 5],
    pub(crate) guide: &'static str,
    pub(crate) no_bands: &'static str,
}

impl Words {
    /// A band in words.
    pub(crate) fn reading(&self, band: &str) -> &'static str {
        let place = Band::ALL.iter().position(|known| known.name() == band);
        place.map_or("", |place| self.readings[place])
    }
}

static ENGLISH: Words = Words {
    tag: "en",
    title: "Similarity search report",
    matter: "Matter",
    query: "Query",
    picture: "Picture",
    region: "region",
    item: "Stored image",
    vector: "Vector",
    words: "Words",
    searched_at: "Searched",
    reported_at: "Report made",
    collections: "Collections",
    encoder: "Encoder",
    brought_vectors: "none (vectors brought along)",
    found: "Found",
    images_in: "images in",
    groups: "groups",
    duration: "Duration",
    results: "Results",
    nothing: "Nothing was found under these parameters.",
    score: "Score",
    loc_class: "Locarno",
    pub_date: "granted",
    filing_date: "filed",
    expiry_date: "expires",
    in_force: "in force",
    expired: "expired",
    yes: "yes",
    inventors: "Inventors",
    claim: "Claim",
    no_picture: "no picture",
    more: "more pictures",
    starred: "marked",
    side_by_side: "Side by side with the query",
    shown: "Chosen for this report",
    any: "any",
    record: "Record of the search",
    program: "Program",
    search_id: "Search",
    checksum: "Checksum of the model",
    metric: "Metric",
    revision: "Revision",
    holds: "Holds",
    images_of: "images of",
    patents: "patents",
    coverage: "Grants of",
    grant_days: "days of grants",
    readings: [
        "near-identical",
        "highly similar",
        "moderately similar",
        "weakly similar",
        "hardly related",
    ],
    guide: "How alike two pictures are called follows the score alone, by bounds that were fitted for \
            the encoder. It is a help for reading the list and no legal advice: designs are judged as \
            a whole, by people.",
    no_bands: "Scores of this metric have no scale of their own, so none is put into words.",
};

static CHINESE: Words = Words {
    tag: "zh-Hans",
    title: "相似图片检索报告",
    matter: "案号",
    query: "检索对象",
    picture: "图片",
    region: "区域",
    item: "库中图片",
    vector: "向量",
    words: "文字",
    searched_at: "检索时间",
    reported_at: "报告时间",
    collections: "集合",
    encoder: "编码器",
    brought_vectors: "无（自带向量）",
    found: "结果数",
    images_in: "张图片，分属",
    groups: "组",
    duration: "耗时",
    results: "检索结果",
    nothing: "在上述参数下未找到结果。",
    score: "相似度",
    loc_class: "洛迦诺分类",
    pub_date: "授权日",
    filing_date: "申请日",
    expiry_date: "到期日",
    in_force: "有效",
    expired: "已过期",
    yes: "是",
    inventors: "发明人",
    claim: "权利要求",
    no_picture: "无图片",
    more: "张图片",
    starred: "星标",
    side_by_side: "与检索对象并列",
    shown: "本报告所选",
    any: "不限",
    record: "检索记录",
    program: "程序",
    search_id: "检索编号",
    checksum: "编码器校验和",
    metric: "度量",
    revision: "版本",
    holds: "库内数量",
    images_of: "张图片，专利数",
    patents: "件",
    coverage: "授权日范围",
    grant_days: "个授权日",
    readings: ["几乎相同", "高度相似", "中等相似", "弱相似", "几乎无关"],
    guide: "相似程度仅依据相似度数值，界限按编码器校准。仅供阅读参考，不构成法律意见；\
            须由专业人员对设计整体作出判断。",
    no_bands: "该度量的数值没有固定尺度，因此不以文字说明。",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_get_what_they_prefer() {
        for (header, expected) in [
            ("", Language::English),
            ("de-DE,de;q=0.9", Language::English),
            ("zh-CN,zh;q=0.9,en;q=0.8", Language::Chinese),
            ("en-US,en;q=0.9,zh;q=0.8", Language::English),
            ("en;q=0.2, ZH-tw;q=0.7", Language::Chinese),
            ("zh;q=0, en;q=0", Language::English),
            ("zh;q=x;;,,", Language::English),
        ] {
            assert_eq!(Language::preferred(header), expected, "{header}");
        }
    }

    #[test]
    fn every_band_has_its_words() {
        let words = |words: &Words| Band::ALL.map(|band| words.reading(band.name()));
        assert_eq!(words(&ENGLISH)[0], "near-identical");
        assert_eq!(words(&CHINESE)[1], "高度相似");
        for word in words(&ENGLISH).into_iter().chain(words(&CHINESE)) {
            assert!(!word.is_empty());
        }
    }
}
