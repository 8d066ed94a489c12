//! The parameters of a search in the words of a report.

use serde_json::Value;

use crate::document::day;
use crate::words::{Language, Words};

/// By the name that the API gives them: in English, in Chinese.
const NAMES: [(&str, [&str; 2]); 35] = [
    ("top_k", ["Images at most", "最多图片数"]),
    ("top_groups", ["Groups at most", "最多分组数"]),
    ("min_score", ["Score at least", "相似度不低于"]),
    ("max_distance", ["Distance at most", "距离不超过"]),
    (
        "include_front_page",
        ["Front-page copies included", "包含首页副本"],
    ),
    ("rerank", ["Compared again", "再次比对数"]),
    ("like", ["More like stored images", "更像库中图片"]),
    ("unlike", ["Less like stored images", "不像库中图片"]),
    ("mode", ["Photos searched for", "照片检索方式"]),
    ("poses", ["Poses of the query", "查询图姿态"]),
    (
        "nprobe",
        ["Lists looked through (nprobe)", "探查列表数（nprobe）"],
    ),
    (
        "ef_search",
        ["Candidates (ef_search)", "候选数（ef_search）"],
    ),
    ("exact", ["Exact search", "精确检索"]),
    (
        "keyword",
        ["Number, name or words", "专利号、名称或正文包含"],
    ),
    ("loc_class", ["Only Locarno class", "限洛迦诺分类"]),
    ("us_class", ["Only US class", "限美国分类"]),
    ("applicant", ["Only applicant", "限申请人"]),
    ("assignee", ["Only assignee", "限受让人"]),
    ("country", ["Only applicants from", "限申请人国家或地区"]),
    ("pub_date_from", ["Granted from", "授权日不早于"]),
    ("pub_date_to", ["Granted until", "授权日不晚于"]),
    ("status", ["Only status", "限法律状态"]),
    ("tags", ["Only tags", "限标签"]),
    ("attributes", ["Only attributes", "限属性"]),
    ("folder", ["Only folders", "限文件夹"]),
    ("format", ["Only formats", "限格式"]),
    ("created_from", ["Added from", "入库日不早于"]),
    ("created_to", ["Added until", "入库日不晚于"]),
    ("patent_id", ["Only patents", "限专利"]),
    ("exclude_patent_id", ["Without patents", "排除专利"]),
    ("exclude_item_id", ["Without stored images", "排除库中图片"]),
    ("file_name", ["File name contains", "文件名包含"]),
    ("md5", ["Only MD5 sum", "限 MD5"]),
    ("external_id", ["Only own id", "限外部编号"]),
    (
        "after_item",
        ["Only what was added after image", "仅限此后加入的图片"],
    ),
];

/// A parameter's name as people say it; as scripts write it where people have none.
pub(crate) fn name(parameter: &str, language: Language) -> &str {
    let known = NAMES.iter().find(|(other, _)| *other == parameter);
    known.map_or(parameter, |(_, [english, chinese])| match language {
        Language::English => english,
        Language::Chinese => chinese,
    })
}

/// A parameter's value as text: lists with commas.
pub(crate) fn value(parameter: &str, value: &Value, words: &Words) -> String {
    match value {
        Value::Array(values) => {
            let texts: Vec<String> = values
                .iter()
                .map(|one| self::value(parameter, one, words))
                .collect();
            texts.join(", ")
        }
        Value::Bool(true) => words.yes.to_owned(),
        Value::String(text) => match (parameter, text.as_str()) {
            ("status", "in_force") => words.in_force.to_owned(),
            ("status", "expired") => words.expired.to_owned(),
            _ => text.clone(),
        },
        Value::Number(number) => match (parameter, number.as_u64().map(u32::try_from)) {
            ("pub_date_from" | "pub_date_to" | "created_from" | "created_to", Some(Ok(date))) => {
                day(date)
            }
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use lookalike_catalog::ItemFilter;
    use lookalike_engine::search::{Limit, Mode, Poses, SearchRequest};
    use serde_json::json;

    use super::*;

    #[test]
    fn every_parameter_has_a_name_that_people_read() {
        let some = || vec!["x".to_owned()];
        let mut request = SearchRequest {
            min_score: Some(0.5),
            max_distance: Some(0.5),
            include_front_page: true,
            rerank: Some(0),
            like: vec![1],
            unlike: vec![2],
            mode: Mode::Both,
            poses: Poses::All,
            filter: ItemFilter {
                keyword: some(),
                loc_class: some(),
                us_class: some(),
                applicant: some(),
                assignee: some(),
                country: some(),
                pub_date_from: Some(20_250_101),
                pub_date_to: Some(20_251_231),
                status: some(),
                tags: some(),
                attributes: some(),
                folder: some(),
                format: some(),
                created_from: Some(20_260_101),
                created_to: Some(20_261_231),
                patent_id: some(),
                exclude_patent_id: some(),
                file_name: some(),
                md5: some(),
                external_id: some(),
                exclude_item_id: vec![1],
                after_item: Some(1),
            },
            ..SearchRequest::default()
        };
        request.effort.nprobe = Some(4);
        request.effort.ef_search = Some(64);
        request.effort.exact = true;
        let mut names: Vec<String> = request.parameters().keys().cloned().collect();
        request.limit = Limit::Groups(3);
        names.extend(request.parameters().keys().cloned());
        for parameter in names.iter().filter(|name| *name != "collection") {
            for language in [Language::English, Language::Chinese] {
                assert_ne!(name(parameter, language), parameter, "{language:?}");
            }
        }
    }

    #[test]
    fn values_are_read_as_people_write_them() {
        let words = Language::English.words();
        let read = |parameter, json| value(parameter, &json, words);
        assert_eq!(read("pub_date_from", json!(20_250_101)), "2025-01-01");
        assert_eq!(
            read("status", json!(["in_force", "expired"])),
            "in force, expired"
        );
        assert_eq!(read("exact", json!(true)), "yes");
        assert_eq!(read("min_score", json!(0.3)), "0.3");
        assert_eq!(read("exclude_item_id", json!([1, 2])), "1, 2");
    }
}
