//! The BERT tower with true weights.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::bert::BertLayers;
use crate::devices::Device;
use crate::families::modules::Modules;
use crate::families::text_tower::{Pooling, Texts};
use crate::files;
use crate::options::LoadOptions;
use crate::precision::Precision;
use crate::text::{Table, Tokenizer};
use crate::transformer::{Mlp, Norms, Shape, Sight, Source, Workspaces, choose_arithmetic};
use crate::weights::Tally;

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        let products = a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b));
        products.sum()
    };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

/// `python tools/golden_minilm.py target/models`, then
/// `cargo test --release --lib minilm -- --ignored --nocapture`.
#[test]
#[ignore = "needs all-MiniLM-L6-v2, which is too large to commit"]
fn minilm_has_the_embeddings_of_its_reference() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/models/minilm");
    let golden = fs::read_to_string(folder.join("golden.json")).unwrap();
    let golden: Value = serde_json::from_str(&golden).unwrap();
    let expected = fs::read(folder.join("texts.f32")).unwrap();
    let expected = expected.as_chunks().0.iter();
    let expected: Vec<f32> = expected.map(|&four| f32::from_le_bytes(four)).collect();
    let weights = files::open_folder_weights(&folder).unwrap();
    let tally = Tally::default();
    let shape = Shape {
        width: 384,
        layers: 6,
        heads: 12,
        mlp: Mlp::Gelu { hidden: 1536 },
        layer_norm_eps: 1e-12,
        sight: Sight::All,
        norms: Norms::Behind,
    };
    let bert = BertLayers {
        prefix: "",
        canonical: "",
        shape,
        weights: &weights,
        tally: &tally,
    };
    let mut positions = bert
        .read("embeddings.position_embeddings.weight", &[512, 384])
        .unwrap();
    let types = bert.read("embeddings.token_type_embeddings.weight", &[2, 384]);
    let types = types.unwrap();
    for place in positions.chunks_mut(384) {
        place
            .iter_mut()
            .zip(&types)
            .for_each(|(x, kind)| *x += kind);
    }
    for (precision, least) in [(Precision::F32, 0.999_999), (Precision::Bf16, 0.999_5)] {
        let options = LoadOptions::on_cpu(None, precision).unwrap();
        let isa = options.cpu.isa();
        let words = "embeddings.word_embeddings.weight";
        let source = Source {
            shape,
            patches: None,
            norm_before: Some(bert.norm("embeddings.LayerNorm", 384).unwrap()),
            norm_after: None,
            layers: &bert,
        };
        let arithmetic = choose_arithmetic(&options, &shape).unwrap();
        let texts = Texts {
            tokenizer: Tokenizer::open(&folder).unwrap(),
            folder: folder.clone(),
            tokens: Table::open(&weights, &tally, words, words, [30_522, 384]).unwrap(),
            positions: positions.clone(),
            width: 384,
            length: 256,
            padding: None,
            filling: None,
            pooling: Pooling::Mean,
            network: source.pack(isa, &arithmetic).unwrap(),
            projections: Vec::new(),
            workspaces: Workspaces::default(),
        };
        let mut worst = 1.0_f64;
        for (text, expected) in golden["texts"]
            .as_array()
            .unwrap()
            .iter()
            .zip(expected.chunks(384))
        {
            let (ids, text) = (&text["ids"], text["text"].as_str().unwrap());
            assert_eq!(
                &Value::from(texts.token_ids(text).unwrap()),
                ids,
                "{text:?}"
            );
            let found = options.cpu.whole().run(|| texts.embed(&[text]).unwrap());
            worst = worst.min(cosine(&found[0].embedding, expected));
        }
        println!("{precision}: {worst:.7}");
        assert!(worst >= least, "{precision}: {worst}");
    }
}
