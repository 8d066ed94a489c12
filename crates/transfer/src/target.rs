//! The collection that banks go into: found or made, and checked against each of them.

use lookalike_banks::{Bank, Origin};
use lookalike_catalog::{Collection, NewCollection, PreprocessKind};
use lookalike_engine::{EngineError, ErrorKind, Hint, Length, Stores, absolute_if_path};
use lookalike_storage::Metric;

use crate::request::{BankEncoder, BankImportRequest};

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
    let named = named(stores, request)?;
    let spec = match (&existing, banks.first()) {
        (Some(collection), _) => collection.spec.clone(),
        (None, Some(bank)) => new_spec(request, bank, named.as_ref()),
        (None, None) => return Err(EngineError::invalid("no feature bank was named")),
    };
    for bank in banks {
        check(&spec, request, bank, named.as_ref())?;
    }
    match existing {
        Some(collection) => Ok(collection),
        None => stores.catalog().write(stores.now().as_second(), |tx| {
            Ok(tx.create_collection(&spec)?)
        }),
    }
}

/// What made a bank's vectors.
#[derive(Clone, Debug)]
struct Maker {
    model: String,
    fingerprint: Option<String>,
    preprocess: Option<PreprocessKind>,
    size: Option<u32>,
    dim: Option<usize>,
}

impl Maker {
    /// As a bank says, else as it was named.
    fn of(bank: &Bank, named: Option<&Self>) -> Option<Self> {
        let recorded = bank.origin.as_ref().and_then(Self::recorded);
        recorded.or_else(|| named.cloned())
    }

    fn recorded(origin: &Origin) -> Option<Self> {
        Some(Self {
            model: origin.model.clone()?,
            fingerprint: origin.model_fingerprint.clone(),
            preprocess: origin.preprocess,
            size: origin.size,
            dim: None,
        })
    }
}

/// What the request says that vectors were made by.
fn named(stores: &Stores, request: &BankImportRequest) -> Result<Option<Maker>, EngineError> {
    let Some(BankEncoder {
        model,
        preprocess,
        size,
    }) = &request.encoder
    else {
        return Ok(None);
    };
    let encoder = stores
        .encoders()
        .encoder(model, *preprocess, *size, Length::Kept)?;
    let facts = encoder.model().facts();
    Ok(Some(Maker {
        model: absolute_if_path(model),
        fingerprint: Some(facts.fingerprint.clone()),
        preprocess: Some(encoder.preprocessor().kind()),
        size: Some(encoder.preprocessor().size()),
        dim: Some(facts.description.dim),
    }))
}

fn new_spec(request: &BankImportRequest, bank: &Bank, named: Option<&Maker>) -> NewCollection {
    let origin = bank.origin.as_ref();
    let maker = Maker::of(bank, named);
    let maker = maker.as_ref();
    let recorded = || origin.map(|origin| origin.metric);
    NewCollection {
        name: request.collection.clone(),
        model: maker.map(|maker| maker.model.clone()),
        model_fingerprint: maker.and_then(|maker| maker.fingerprint.clone()),
        dim: bank.dim,
        preprocess: maker.and_then(|maker| maker.preprocess),
        size: maker.and_then(|maker| maker.size),
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
    named: Option<&Maker>,
) -> Result<(), EngineError> {
    let maker = Maker::of(bank, named);
    if let Some((model, dim)) = maker
        .as_ref()
        .and_then(|maker| Some((&maker.model, maker.dim?)))
        && dim != bank.dim
    {
        return Err(EngineError::invalid(format!(
            "model `{model}` makes vectors of {dim} numbers, {} has vectors of {}: they were made by another",
            bank.path.display(),
            bank.dim
        )));
    }
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
    check_encoder(spec, maker).or_else(|(has, brings)| conflict(has, brings))
}

/// Embeddings can be compared only if the same weights made them from the same pixels.
fn check_encoder(spec: &NewCollection, of_bank: Option<Maker>) -> Result<(), (String, String)> {
    let with_model = |name: &Option<String>| match name {
        Some(name) => format!("of encoder `{name}`"),
        None => "of no known encoder".to_owned(),
    };
    match (&spec.model, of_bank) {
        (None, None) => Ok(()),
        (Some(_), Some(maker)) => {
            let Maker {
                model: name,
                fingerprint,
                preprocess,
                size,
                ..
            } = maker;
            if fingerprint != spec.model_fingerprint {
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
                with_model(&of_bank.map(|maker| maker.model))
            ),
        )),
    }
}
