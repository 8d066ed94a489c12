//! The collection that banks go into: found or made, and checked against each of them.

use lookalike_banks::{Bank, Origin};
use lookalike_catalog::{Collection, NewCollection, PreprocessKind};
use lookalike_engine::{EngineError, ErrorKind, Hint, Stores};
use lookalike_storage::Metric;

use crate::request::BankImportRequest;

/// The collection for `banks`, of which there is at least one.
///
/// # Errors
/// A bank does not fit it, or does not fit the others.
pub(crate) fn collection(
    stores: &Stores,
    request: &BankImportRequest,
    banks: &[Bank],
) -> Result<Collection, EngineError> {
    let existing = stores.catalog().find_collection(&request.collection)?;
    let spec = match (&existing, banks.first()) {
        (Some(collection), _) => collection.spec.clone(),
        (None, Some(bank)) => new_spec(request, bank),
        (None, None) => return Err(EngineError::invalid("no feature bank was named")),
    };
    for bank in banks {
        check(&spec, request, bank)?;
    }
    match existing {
        Some(collection) => Ok(collection),
        None => stores.catalog().write(stores.now().as_second(), |tx| {
            Ok(tx.create_collection(&spec)?)
        }),
    }
}

fn new_spec(request: &BankImportRequest, bank: &Bank) -> NewCollection {
    let origin = bank.origin.as_ref();
    let recorded = || origin.map(|origin| origin.metric);
    NewCollection {
        name: request.collection.clone(),
        model: origin.and_then(|origin| origin.model.clone()),
        model_fingerprint: origin.and_then(|origin| origin.model_fingerprint.clone()),
        dim: bank.dim,
        preprocess: origin.and_then(|origin| origin.preprocess),
        size: origin.and_then(|origin| origin.size),
        metric: request.metric.or_else(recorded).unwrap_or(Metric::Cosine),
        index_kind: request.index.unwrap_or_default(),
        normalize: request
            .normalize
            .or(origin.map(|origin| origin.normalize))
            .unwrap_or(false),
    }
}

fn check(
    spec: &NewCollection,
    request: &BankImportRequest,
    bank: &Bank,
) -> Result<(), EngineError> {
    let conflict = |has: String, brings: String| {
        Err(EngineError::new(
            ErrorKind::Conflict,
            format!(
                "collection `{}` {has}, {} {brings}",
                spec.name,
                bank.path.display()
            ),
        )
        .with_hint(Hint::AnotherCollection))
    };
    if bank.dim != spec.dim {
        return conflict(
            format!("holds vectors of {} numbers", spec.dim),
            format!("has vectors of {}", bank.dim),
        );
    }
    let origin = bank.origin.as_ref();
    let metric = request.metric.or(origin.map(|origin| origin.metric));
    if let Some(metric) = metric.filter(|metric| *metric != spec.metric) {
        return conflict(
            format!("has metric {} and that never changes", spec.metric),
            format!("is to have {metric}"),
        );
    }
    if let Some(normalize) = request.normalize.filter(|wanted| *wanted != spec.normalize) {
        return conflict(
            format!("has normalize = {} and that never changes", spec.normalize),
            format!("is to have {normalize}"),
        );
    }
    // Lengths that an export has lost can't come back.
    let lost_lengths = origin.is_some_and(|origin| origin.normalize) && !spec.normalize;
    if lost_lengths && spec.model.is_some() {
        return conflict(
            "keeps the length of vectors".to_owned(),
            "holds normalised ones".to_owned(),
        );
    }
    check_encoder(spec, origin).or_else(|(has, brings)| conflict(has, brings))
}

/// Embeddings can be compared only if the same weights made them from the same pixels.
fn check_encoder(spec: &NewCollection, origin: Option<&Origin>) -> Result<(), (String, String)> {
    let with_model = |name: &Option<String>| match name {
        Some(name) => format!("of encoder `{name}`"),
        None => "of no known encoder".to_owned(),
    };
    let of_bank = origin.and_then(|origin| {
        let model = origin.model.as_ref()?;
        Some((
            model,
            &origin.model_fingerprint,
            origin.preprocess,
            origin.size,
        ))
    });
    match (&spec.model, of_bank) {
        (None, None) => Ok(()),
        (Some(_), Some((name, fingerprint, preprocess, size))) => {
            if *fingerprint != spec.model_fingerprint {
                return Err((
                    format!("holds embeddings {}", with_model(&spec.model)),
                    format!("has those of `{name}` with other weights"),
                ));
            }
            if (preprocess, size) != (spec.preprocess, spec.size) {
                let show = |preprocess: Option<PreprocessKind>, size: Option<u32>| {
                    format!(
                        "{} at {} px",
                        preprocess.map_or("no preprocessing", PreprocessKind::name),
                        size.unwrap_or(0)
                    )
                };
                return Err((
                    format!("prepares pictures by {}", show(spec.preprocess, spec.size)),
                    format!("was made by {}", show(preprocess, size)),
                ));
            }
            Ok(())
        }
        (has, of_bank) => Err((
            format!("holds vectors {}", with_model(has)),
            format!(
                "has vectors {}, and those of two models can't be compared",
                with_model(&of_bank.map(|(name, ..)| name.clone()))
            ),
        )),
    }
}
