//! Synthetic design patents: parametric solids drawn as patent sheets and product photos, with grant XML.

mod drawing;
mod error;
mod family;
mod math;
mod options;
mod random;
mod solid;
mod tiff;

use std::path::Path;

pub use error::SynthError;
pub use options::{Layout, Options, Summary};

/// Writes synthetic design patents below `out`, a new or empty directory.
///
/// `progress` is called from any thread with (files done, files in all).
#[expect(clippy::todo, reason = "the body follows")]
pub fn generate(
    _out: &Path,
    _options: &Options,
    _progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<Summary, SynthError> {
    todo!()
}

#[cfg(test)]
mod preview {
    use super::*;
    use drawing::*;
    #[test]
    fn preview() {
        let Ok(dir) = std::env::var("SYNTH_PREVIEW") else {
            return;
        };
        let t = std::time::Instant::now();
        let mut n = 0;
        for (f, family) in family::FAMILIES.iter().enumerate() {
            for k in 0..6u64 {
                let params = random::Params::original(random::derive_index(f as u64 + 1, k));
                let parts = (family.build)(&params);
                let tris: usize = parts.iter().map(|p| p.mesh.triangles.len()).sum();
                let junctions = solid::junctions(&parts);
                let subject = Subject { parts, junctions };
                let mut rng = params.rng("draw");
                let plan = plan(&subject, &mut rng);
                let views = if k < 4 { 1 } else { 7.min(plan.sheets.len()) };
                let _ = tris;
                for s in 0..views {
                    let page = draw(
                        &plan,
                        &subject,
                        s,
                        &Header {
                            date: "Dec. 30, 2025",
                            number: "US D1,107,373 S",
                        },
                        &mut rng,
                    );
                    std::fs::write(
                        format!("{dir}/{}-{k}-{s}.tif", family.name),
                        tiff::encode(&page),
                    )
                    .unwrap();
                    n += 1;
                }
            }
        }
        println!("{n} sheets in {:?}", t.elapsed());
    }
}
