//! The engine's advice in the words of the command line.

use lookalike_engine::Hint;

pub(super) fn hint(hint: &Hint) -> String {
    match hint {
        Hint::LeaveAway { setting, asked } => format!(
            "leave --{} {asked} away, or import into another collection with --collection",
            setting.name()
        ),
        Hint::AnotherCollection => "import it into another collection with --collection".to_owned(),
        Hint::KeepCopies => "import with --originals copy to keep copies".to_owned(),
        Hint::Examine => "`lookalike doctor` looks for what is missing".to_owned(),
        Hint::SearchAgain => "search again".to_owned(),
        Hint::SendFiles => "name pictures, grants or archives".to_owned(),
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
