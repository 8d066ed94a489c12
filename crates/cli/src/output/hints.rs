//! What can be done about an error, in the words of the command line.

use std::error::Error;

use lookalike_annotations::AnnotateError;
use lookalike_catalog::CatalogError;
use lookalike_engine::{EngineError, Hint};
use lookalike_fetch::download::DownloadError;
use lookalike_tables::TableError;

/// What can be done about an error that somewhere below the command line came up.
pub(super) fn of(error: &(dyn Error + 'static)) -> Option<String> {
    if let Some(error) = error.downcast_ref::<EngineError>() {
        return error.hint().map(hint);
    }
    let advice = match error.downcast_ref::<CatalogError>() {
        Some(CatalogError::Missing { .. }) => {
            "import something first (`lookalike import PATH`) or name another directory with --data"
        }
        _ => match (
            error.downcast_ref::<DownloadError>(),
            error.downcast_ref::<AnnotateError>(),
        ) {
            (Some(DownloadError::Table(TableError::NoColumn { .. })), _) => {
                "name the column with the addresses by --column"
            }
            (Some(DownloadError::Busy { .. }), _) => "choose another folder by --out",
            (_, Some(AnnotateError::Table(TableError::NoColumn { .. }))) => {
                "name the column with the patents' numbers by --column"
            }
            _ => return None,
        },
    };
    Some(advice.to_owned())
}

fn hint(hint: &Hint) -> String {
    match hint {
        Hint::LeaveAway { setting, asked } => format!(
            "leave --{} {asked} away, or import into another collection with --collection",
            setting.name()
        ),
        Hint::AnotherCollection => "import it into another collection with --collection".to_owned(),
        Hint::KeepCopies => "import with --originals copy to keep copies".to_owned(),
        Hint::NameBucket => {
            "set LOOKALIKE_S3_ENDPOINT and LOOKALIKE_S3_BUCKET, or s3_endpoint and s3_bucket in the \
             settings file, and the keys"
                .to_owned()
        }
        Hint::Examine => "`lookalike doctor` looks for what is missing".to_owned(),
        Hint::SearchAgain => "search again".to_owned(),
        Hint::SendFiles => "name pictures, grants or archives".to_owned(),
        Hint::GiveTexts => {
            "import with a model that embeds texts, such as --model clip-vit-b-32, or describe \
                            images with `lookalike images edit`"
                .to_owned()
        }
        Hint::ListCollections => "`lookalike collections list` shows those there are".to_owned(),
        Hint::BringModel {
            endpoint,
            repository,
            folder,
        } => format!(
            "either make {endpoint} reachable, or put the files of {endpoint}/{repository} into {}: \
             config.json, model.safetensors (or model.safetensors.index.json and the files it \
             lists), and preprocessor_config.json if there is one",
            folder.display()
        ),
    }
}

#[cfg(test)]
mod tests {
    use lookalike_engine::Setting;

    use super::*;

    #[test]
    fn settings_are_named_as_options() {
        let asked = Hint::LeaveAway {
            setting: Setting::Metric,
            asked: "l2".to_owned(),
        };
        assert!(hint(&asked).starts_with("leave --metric l2 away"));
    }
}
