//! Detection of AMX and the permission that Linux wants asked for.

use std::arch::asm;
use std::arch::x86_64::__cpuid_count;
use std::sync::OnceLock;

/// `AMX-BF16`, `AMX-TILE` and `AMX-INT8` in EDX of CPUID leaf 7 (Intel SDM, volume 2A, CPUID).
const CPUID_TILES: u32 = 1 << 22 | 1 << 24 | 1 << 25;

/// Tile configuration and tile data in XCR0: the system saves them when it switches threads.
const XCR0_TILES: u32 = 1 << 17 | 1 << 18;

/// Number of the system call `arch_prctl` on x86-64, and its request for an extended state
/// (`asm/prctl.h`); the state is tile data.
const ARCH_PRCTL: usize = 158;
const ARCH_REQ_XCOMP_PERM: usize = 0x1023;
const XFEATURE_XTILEDATA: usize = 18;

/// Whether the CPU has tiles of bf16 and int8 and the system lets this process use them. Asked
/// once: the permission holds for all threads. A process can be refused where its alternate signal
/// stacks are too small for the tiles.
///
/// The caller knows that the CPU has AVX, and so that XCR0 can be read.
pub(crate) fn is_permitted() -> bool {
    static PERMITTED: OnceLock<bool> = OnceLock::new();
    *PERMITTED.get_or_init(|| has_tiles() && request_permission())
}

fn has_tiles() -> bool {
    let features = __cpuid_count(7, 0).edx;
    features & CPUID_TILES == CPUID_TILES && xcr0() & XCR0_TILES == XCR0_TILES
}

/// The lower half of the register that says which states the system saves.
fn xcr0() -> u32 {
    let low: u32;
    // SAFETY: reads a register, which every CPU with AVX enabled allows; EDX is declared.
    unsafe {
        asm!("xgetbv", in("ecx") 0, out("eax") low, out("edx") _, options(nomem, nostack));
    }
    low
}

fn request_permission() -> bool {
    let result: isize;
    // SAFETY: this request takes two numbers, touches no memory of the process, and allows
    // more than before; RCX and R11, which system calls overwrite, are declared.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") ARCH_PRCTL => result,
            in("rdi") ARCH_REQ_XCOMP_PERM,
            in("rsi") XFEATURE_XTILEDATA,
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack),
        );
    }
    result == 0
}
