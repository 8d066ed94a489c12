//! `config.json` of the family.

use lookalike_kernels::Pooling;
use lookalike_kernels::convolution::Window;
use serde::Deserialize;

use super::{Block, Config, Layer, Tap, Tokens};
use crate::config_check::Check;
use crate::config_file::ConfigFile;
use crate::error::LoadError;

/// Most channels and most outputs: products of two still fit in 64 bits.
const MOST_CHANNELS: usize = 1 << 16;

/// Longest side of the images that a network is made for.
const MOST_PIXELS: usize = 4096;

/// Most blocks; Lite4 has 30.
const MOST_BLOCKS: usize = 1000;

#[derive(Deserialize)]
struct File {
    image_size: usize,
    stem_channels: usize,
    blocks: Vec<BlockFile>,
    head_channels: usize,
    taps: Vec<TapFile>,
    #[serde(default)]
    normalize_taps: bool,
    embedding_dim: Option<usize>,
    #[serde(default)]
    common_share: f32,
    tokens: Option<TokensFile>,
}

#[derive(Deserialize)]
struct BlockFile {
    kernel: usize,
    stride: usize,
    expand: usize,
    #[serde(rename = "in")]
    inputs: usize,
    out: usize,
    residual: bool,
}

#[derive(Deserialize)]
struct TapFile {
    layer: String,
    pool: String,
    power: Option<f32>,
}

#[derive(Deserialize)]
struct TokensFile {
    layer: String,
    dim: usize,
}

/// Reads the settings.
///
/// # Errors
/// One has another type, or a value that cannot be computed.
pub(crate) fn parse(config: &ConfigFile) -> Result<Config, LoadError> {
    let file: File = config.parse()?;
    let check = Check::new(config.path());
    check.range("image_size", file.image_size, MOST_PIXELS)?;
    check.range("stem_channels", file.stem_channels, MOST_CHANNELS)?;
    check.range("head_channels", file.head_channels, MOST_CHANNELS)?;
    check.range("blocks", file.blocks.len(), MOST_BLOCKS)?;
    let mut blocks = Vec::new();
    let mut inputs = file.stem_channels;
    for block in &file.blocks {
        blocks.push(check.block(block, blocks.len(), inputs)?);
        inputs = block.out;
    }
    let mut taps = Vec::new();
    for tap in &file.taps {
        taps.push(check.tap(tap, blocks.len())?);
    }
    check.that(
        !taps.is_empty(),
        "taps",
        "an empty list",
        "at least one layer",
    )?;
    let last = blocks.len() - 1;
    let tokens = match &file.tokens {
        None => Tokens {
            block: last,
            dim: blocks[last].outputs,
        },
        Some(tokens) => {
            check.range("tokens.dim", tokens.dim, MOST_CHANNELS)?;
            let layer = check.layer("tokens.layer", &tokens.layer, blocks.len())?;
            let Layer::Block(block) = layer else {
                return check.fail("tokens.layer", &tokens.layer, "a block");
            };
            Tokens {
                block,
                dim: tokens.dim,
            }
        }
    };
    let mut config = Config {
        image_size: file.image_size,
        stem_channels: file.stem_channels,
        blocks,
        head_channels: file.head_channels,
        taps,
        normalizes_taps: file.normalize_taps,
        embedding_dim: 0,
        common_share: file.common_share,
        tokens,
    };
    check.that(
        (0.0..1.0).contains(&config.common_share),
        "common_share",
        config.common_share,
        "at least 0 and below 1",
    )?;
    let common = usize::from(config.common_share > 0.0);
    config.embedding_dim = file
        .embedding_dim
        .unwrap_or_else(|| config.tapped() + common);
    let dims = 1 + common..=MOST_CHANNELS;
    check.that(
        dims.contains(&config.embedding_dim),
        "embedding_dim",
        config.embedding_dim,
        format!("{} to {MOST_CHANNELS}", dims.start()),
    )?;
    Ok(config)
}

impl Check<'_> {
    fn block(&self, block: &BlockFile, index: usize, inputs: usize) -> Result<Block, LoadError> {
        let of = |value: usize| format!("{value} in block {index}");
        let that = |holds, setting, value: usize, expected: &str| {
            self.that(holds, setting, of(value), expected)
        };
        that(
            block.inputs == inputs,
            "blocks.in",
            block.inputs,
            &format!("{inputs}, the channels before it"),
        )?;
        that(
            (1..=MOST_CHANNELS).contains(&block.out),
            "blocks.out",
            block.out,
            &format!("1 to {MOST_CHANNELS}"),
        )?;
        // The stem's outputs are convolved as they come; all other blocks expand theirs.
        let is_first = index == 0;
        let expected = if is_first { "1" } else { "2 to 16" };
        let expands = if is_first {
            block.expand == 1
        } else {
            (2..=16).contains(&block.expand)
        };
        that(expands, "blocks.expand", block.expand, expected)?;
        let keeps_shape = block.stride == 1 && block.out == inputs && !is_first;
        self.that(
            keeps_shape || !block.residual,
            "blocks.residual",
            format!("true in block {index}"),
            "false where stride or channels change, and in the first block",
        )?;
        let Some(window) = Window::new(block.kernel, block.stride) else {
            let found = format!("{} and {} in block {index}", block.kernel, block.stride);
            return self.fail(
                "blocks.kernel and blocks.stride",
                found,
                "3 or 5, and 1 or 2",
            );
        };
        Ok(Block {
            window,
            inputs,
            expanded: inputs * block.expand,
            outputs: block.out,
            is_residual: block.residual,
        })
    }

    fn layer(&self, setting: &'static str, name: &str, blocks: usize) -> Result<Layer, LoadError> {
        let block = || {
            name.strip_prefix("block.")?
                .parse()
                .ok()
                .filter(|&index| index < blocks)
        };
        if name == "head" {
            return Ok(Layer::Head);
        }
        match block() {
            Some(index) => Ok(Layer::Block(index)),
            None => self.fail(
                setting,
                format!("'{name}'"),
                format!("head, or block.0 to block.{}", blocks - 1),
            ),
        }
    }

    fn tap(&self, tap: &TapFile, blocks: usize) -> Result<Tap, LoadError> {
        let layer = self.layer("taps.layer", &tap.layer, blocks)?;
        let pooling = match (tap.pool.as_str(), tap.power) {
            ("mean", _) => Pooling::Mean,
            ("gem", Some(power)) if power.is_finite() && power > 0.0 && power <= 64.0 => {
                Pooling::Gem { power }
            }
            ("gem", power) => {
                let found = power.map_or_else(|| "missing".into(), |power| power.to_string());
                return self.fail("taps.power", found, "above 0, at most 64");
            }
            (other, _) => return self.fail("taps.pool", format!("'{other}'"), "mean or gem"),
        };
        Ok(Tap { layer, pooling })
    }
}

#[cfg(test)]
mod tests {
    use super::{Config, ConfigFile, Layer, Pooling, parse};

    const GOOD: &str = r#"{"model_type": "efficientnet-lite", "image_size": 64, "stem_channels": 8,
        "blocks": [
            {"kernel": 3, "stride": 1, "expand": 1, "in": 8, "out": 4, "residual": false},
            {"kernel": 5, "stride": 2, "expand": 6, "in": 4, "out": 6, "residual": false},
            {"kernel": 3, "stride": 1, "expand": 6, "in": 6, "out": 6, "residual": true}],
        "head_channels": 40, "embedding_dim": 10, "preprocess": "figure",
        "taps": [{"layer": "head", "pool": "mean"}, {"layer": "block.1", "pool": "gem", "power": 3.0}],
        "tokens": {"layer": "block.2", "dim": 5}}"#;

    fn read(text: &str) -> Result<Config, String> {
        let file = ConfigFile::new("config.json".into(), text.into());
        file.and_then(|file| parse(&file))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn reads_blocks_taps_and_tokens() {
        let config = read(GOOD).unwrap();
        assert_eq!(config.blocks[1].expanded, 24);
        assert_eq!(config.taps[0].layer, Layer::Head);
        assert_eq!(config.taps[1].pooling, Pooling::Gem { power: 3.0 });
        assert_eq!((config.tapped(), config.embedding_dim), (46, 10));
        assert_eq!(
            (
                config.tokens.block,
                config.tokens.dim,
                config.token_stride()
            ),
            (2, 5, 4)
        );
    }

    #[test]
    fn what_embeddings_have_in_common_is_one_of_their_values() {
        let shared = |share| format!("\"common_share\": {share}, \"embedding_dim\": 10");
        for (share, projected) in [("0", 10), ("0.25", 9)] {
            let config = read(&GOOD.replacen("\"embedding_dim\": 10", &shared(share), 1)).unwrap();
            assert_eq!((config.embedding_dim, config.projected()), (10, projected));
            let is_told = config.settings().contains("common:2.5e-1");
            assert_eq!(is_told, projected == 9, "{}", config.settings());
        }
        let without_size = GOOD.replacen("\"embedding_dim\": 10", "\"common_share\": 0.5", 1);
        let config = read(&without_size).unwrap();
        assert_eq!((config.embedding_dim, config.projected()), (47, 46));
    }

    #[test]
    fn refuses_what_it_cannot_compute() {
        for (from, to, expected) in [
            ("\"kernel\": 5", "\"kernel\": 4", "4 and 2 in block 1"),
            (
                "\"in\": 4",
                "\"in\": 5",
                "blocks.in is 5 in block 1, expected 4",
            ),
            (
                "\"expand\": 1,",
                "\"expand\": 2,",
                "blocks.expand is 2 in block 0, expected 1",
            ),
            (
                "\"out\": 6, \"residual\": false",
                "\"out\": 6, \"residual\": true",
                "true in block 1",
            ),
            (
                "block.1",
                "block.3",
                "'block.3', expected head, or block.0 to block.2",
            ),
            ("\"power\": 3.0", "\"power\": 0", "taps.power is 0"),
            (
                "\"pool\": \"mean\"",
                "\"pool\": \"max\"",
                "'max', expected mean or gem",
            ),
            (
                "\"layer\": \"block.2\"",
                "\"layer\": \"head\"",
                "tokens.layer is head",
            ),
            ("\"image_size\": 64", "\"image_size\": 0", "image_size is 0"),
            (
                "\"out\": 6, \"residual\": true",
                "\"out\": 0, \"residual\": false",
                "blocks.out is 0",
            ),
            (
                "\"embedding_dim\": 10",
                "\"common_share\": 1.0",
                "common_share is 1, expected at least 0 and below 1",
            ),
            (
                "\"embedding_dim\": 10",
                "\"common_share\": -0.1",
                "common_share is -0.1",
            ),
            (
                "\"embedding_dim\": 10",
                "\"common_share\": 0.1, \"embedding_dim\": 1",
                "embedding_dim is 1, expected 2 to",
            ),
            (
                "\"stem_channels\": 8",
                "\"stem_channels\": \"8\"",
                "malformed",
            ),
        ] {
            let text = GOOD.replacen(from, to, 1);
            assert_ne!(text, GOOD, "{from}");
            let error = read(&text).unwrap_err();
            assert!(error.contains(expected), "{to}: {error}");
        }
    }
}
