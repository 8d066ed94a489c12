//! The CPU features that each token proves, written once: for detection and for the functions
//! that are compiled with them.
//!
//! Macros, as the attribute that enables features takes nothing but literals. What stands in
//! them is not formatted by rustfmt.

/// Defines a macro of two uses. `name!(detected)` tells whether this CPU has the features;
/// `name! { fn .. }` enables them on a function. `from` names a set that is part of this one.
macro_rules! features {
    ($dollar:tt $name:ident $(from $base:ident)?: $($feature:tt)+) => {
        macro_rules! $name {
            (detected) => {
                $($base!(detected) &&)? $(is_x86_feature_detected!($feature))&&+
            };
            ($dollar($dollar function:tt)*) => {
                $crate::features::enable! {
                    $($base)?, [$(#[target_feature(enable = $feature)])+ $dollar($dollar function)*]
                }
            };
        }
        pub(crate) use $name;
    };
}

/// A function with its features, and those of another set.
macro_rules! enable {
    ($base:ident, [$($function:tt)*]) => {
        $crate::features::$base! { $($function)* }
    };
    (, [$($function:tt)*]) => {
        $($function)*
    };
}
pub(crate) use enable;

features! { $ avx2: "avx2" "fma" "f16c" }
features! { $ avx512 from avx2: "avx512f" "avx512bw" "avx512dq" "avx512vl" "avx512vnni" }
features! { $ avx512_bf16 from avx512: "avx512bf16" "avx512vbmi" }
