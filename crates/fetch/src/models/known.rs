//! The models that have a short name.

/// A model that has a short name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownModel {
    /// What users write.
    pub name: &'static str,
    /// `owner/name` on the hub.
    pub repository: &'static str,
    /// Length of its embeddings.
    pub dim: usize,
    /// What it embeds.
    pub kind: Kind,
    /// The licence of its weights, by a short name.
    pub licence: &'static str,
    /// What has to be known of that licence before weights are downloaded, if it is one of their own.
    pub terms: Option<&'static str>,
}

/// What a model embeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Pictures.
    Image,
    /// Pictures and texts.
    ImageAndText,
}

impl Kind {
    /// For people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::ImageAndText => "image + text",
        }
    }
}

const DINOV3_TERMS: &str = "the weights are under the DINOv3 License of Meta, whose terms you accept by using \
     them: commercial use is allowed, the terms go with the weights and with what is made from them, and military \
     and other uses are excluded; read it at https://ai.meta.com/resources/models-and-libraries/dinov3-license/";

/// All short names but that of the built-in encoder. Others are reached as
/// `hf:owner/name` or by path.
pub const KNOWN: &[KnownModel] = &[
    dinov2("dinov2-small", "facebook/dinov2-small", 384),
    dinov2("dinov2-base", "facebook/dinov2-base", 768),
    dinov2("dinov2-large", "facebook/dinov2-large", 1024),
    dinov2("dinov2-giant", "facebook/dinov2-giant", 1536),
    dinov2(
        "dinov2-small-reg",
        "facebook/dinov2-with-registers-small",
        384,
    ),
    dinov2(
        "dinov2-base-reg",
        "facebook/dinov2-with-registers-base",
        768,
    ),
    dinov2(
        "dinov2-large-reg",
        "facebook/dinov2-with-registers-large",
        1024,
    ),
    dinov2(
        "dinov2-giant-reg",
        "facebook/dinov2-with-registers-giant",
        1536,
    ),
    dinov3(
        "dinov3-small",
        "facebook/dinov3-vits16-pretrain-lvd1689m",
        384,
    ),
    dinov3(
        "dinov3-small-plus",
        "facebook/dinov3-vits16plus-pretrain-lvd1689m",
        384,
    ),
    dinov3(
        "dinov3-base",
        "facebook/dinov3-vitb16-pretrain-lvd1689m",
        768,
    ),
    dinov3(
        "dinov3-large",
        "facebook/dinov3-vitl16-pretrain-lvd1689m",
        1024,
    ),
    words("clip-vit-b-32", "openai/clip-vit-base-patch32", 512, "MIT"),
    words("clip-vit-b-16", "openai/clip-vit-base-patch16", 512, "MIT"),
    words("clip-vit-l-14", "openai/clip-vit-large-patch14", 768, "MIT"),
    words(
        "xlmr-clip-b-32",
        "laion/CLIP-ViT-B-32-xlm-roberta-base-laion5B-s13B-b90k",
        512,
        "MIT",
    ),
    words(
        "chinese-clip-b-16",
        "OFA-Sys/chinese-clip-vit-base-patch16",
        512,
        "MIT",
    ),
    words(
        "siglip2-base",
        "google/siglip2-base-patch16-224",
        768,
        "Apache-2.0",
    ),
    words(
        "patentclip-b-32",
        "patentclip/PatentCLIP_Vit_B",
        512,
        "see the hub",
    ),
];

const fn dinov2(name: &'static str, repository: &'static str, dim: usize) -> KnownModel {
    KnownModel {
        name,
        repository,
        dim,
        kind: Kind::Image,
        licence: "Apache-2.0",
        terms: None,
    }
}

const fn dinov3(name: &'static str, repository: &'static str, dim: usize) -> KnownModel {
    KnownModel {
        licence: "DINOv3 License",
        terms: Some(DINOV3_TERMS),
        ..dinov2(name, repository, dim)
    }
}

const fn words(
    name: &'static str,
    repository: &'static str,
    dim: usize,
    licence: &'static str,
) -> KnownModel {
    KnownModel {
        kind: Kind::ImageAndText,
        licence,
        ..dinov2(name, repository, dim)
    }
}

/// What has to be known of the licence of a repository's weights before they are downloaded.
pub(super) fn terms_of(repository: &str) -> Option<&'static str> {
    let known = KNOWN.iter().find(|known| known.repository == repository);
    known.and_then(|known| known.terms)
}
