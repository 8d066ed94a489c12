//! The configuration of the tile registers of a thread.

#[cfg(not(lookalike_emulated_tiles))]
use std::arch::asm;
use std::marker::PhantomData;

use crate::isa::Amx;

/// Proof that this thread's eight tile registers are configured as 16 rows of 64 bytes.
///
/// Bound to the thread that made it. Dropping it releases the registers, which spares the
/// system saving 8 KB at every switch away from a thread that is done with them.
#[derive(Debug)]
pub(crate) struct Tiles(PhantomData<*const ()>);

/// Operand of `ldtilecfg` (Intel SDM, volume 1, 18.2).
#[cfg(not(lookalike_emulated_tiles))]
#[repr(C, align(64))]
struct Configuration {
    palette: u8,
    start_row: u8,
    reserved: [u8; 14],
    bytes_per_row: [u16; 16],
    rows: [u8; 16],
}

#[cfg(not(lookalike_emulated_tiles))]
const ALL_FULL: Configuration = {
    let mut configuration = Configuration {
        palette: 1,
        start_row: 0,
        reserved: [0; 14],
        bytes_per_row: [0; 16],
        rows: [0; 16],
    };
    let mut tile = 0;
    while tile < 8 {
        configuration.bytes_per_row[tile] = 64;
        configuration.rows[tile] = 16;
        tile += 1;
    }
    configuration
};

impl Tiles {
    /// Configures the tiles of this thread and sets them to zero.
    ///
    /// One guard at a time: the end of one is the end of all on its thread. Kernels make one
    /// when they are called and call no other kernels.
    #[cfg(not(lookalike_emulated_tiles))]
    pub(crate) fn configure(_token: Amx) -> Self {
        static CONFIGURATION: Configuration = ALL_FULL;
        // SAFETY: the token proves that the CPU has tiles and that the process may use them;
        // the operand is 64 bytes of a valid configuration for palette 1.
        unsafe {
            asm!("ldtilecfg [{}]", in(reg) &raw const CONFIGURATION, options(readonly, nostack));
        }
        Self(PhantomData)
    }

    #[cfg(lookalike_emulated_tiles)]
    pub(crate) fn configure(_token: Amx) -> Self {
        // SAFETY: none is needed.
        (0..8).for_each(|tile| unsafe { super::fill(tile, 0) });
        Self(PhantomData)
    }
}

#[cfg(lookalike_emulated_tiles)]
impl Drop for Tiles {
    fn drop(&mut self) {
        // Not zero: whoever uses tiles that are released shall notice.
        // SAFETY: none is needed.
        (0..8).for_each(|tile| unsafe { super::fill(tile, 0x5a) });
    }
}

#[cfg(not(lookalike_emulated_tiles))]
impl Drop for Tiles {
    fn drop(&mut self) {
        // SAFETY: only a thread that has configured its tiles holds `self`.
        unsafe {
            asm!("tilerelease", options(nomem, nostack));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Tiles;
    use crate::isa::Amx;

    #[test]
    fn threads_configure_and_release_their_own_tiles() {
        let Some(token) = Amx::detect() else {
            println!("amx: skipped, this CPU lacks it");
            return;
        };
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(move || {
                    for _ in 0..100 {
                        drop(Tiles::configure(token));
                    }
                });
            }
        });
    }
}
