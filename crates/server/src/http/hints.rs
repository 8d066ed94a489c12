//! The engine's advice in the words of the API.

use lookalike_engine::Hint;

pub(crate) fn hint(hint: &Hint) -> String {
    match hint {
        Hint::LeaveAway { setting, .. } => format!(
            "leave `{}` away, or import into another `collection`",
            setting.name()
        ),
        Hint::AnotherCollection => "import it into another `collection`".to_owned(),
        Hint::KeepCopies => "import with `originals` as `copy` to keep copies".to_owned(),
        Hint::NameBucket => {
            "on the server, set LOOKALIKE_S3_ENDPOINT and LOOKALIKE_S3_BUCKET, and the keys"
                .to_owned()
        }
        Hint::Examine => "on the server, `lookalike doctor` looks for what is missing".to_owned(),
        Hint::SearchAgain => "search again and use the new answer's `query_token`".to_owned(),
        Hint::SendFiles => "send pictures, grants or archives as `file`".to_owned(),
        Hint::GiveTexts => {
            "import with a `model` that embeds texts, such as `clip-vit-b-32`, or describe images"
                .to_owned()
        }
        Hint::ListCollections => "`GET /api/collections` lists those there are".to_owned(),
        Hint::BringModel {
            endpoint,
            repository,
            ..
        } => format!(
            "on the server, `lookalike models pull` brings {repository} from {endpoint}, and says \
             where its files belong if that can't be reached"
        ),
    }
}

#[cfg(test)]
mod tests {
    use lookalike_engine::Setting;

    use super::*;

    #[test]
    fn settings_are_named_as_fields() {
        let asked = Hint::LeaveAway {
            setting: Setting::Metric,
            asked: "l2".to_owned(),
        };
        assert!(hint(&asked).starts_with("leave `metric` away"));
    }
}
