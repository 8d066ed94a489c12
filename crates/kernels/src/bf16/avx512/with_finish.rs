//! From an output to the epilogue that writes it.

/// Calls `$run` with the epilogue of `$output`, which was checked to fit results of `$outputs`
/// outputs, as `$sums` gives them.
macro_rules! with_finish {
    ($output:expr, $sums:expr, $outputs:expr, $finish:ident => $run:expr) => {
        match $output {
            $crate::bf16::output::Output::Blocked(out) => {
                let mut $finish = $crate::bf16::avx512::stores::Store::<
                    _,
                    { $crate::bf16::avx512::stores::AS_IT_IS },
                >::new(out.tiles_mut(), $sums, $outputs);
                $run
            }
            $crate::bf16::output::Output::Gelu(out) => {
                let mut $finish = $crate::bf16::avx512::stores::Store::<
                    _,
                    { $crate::bf16::avx512::stores::GELU },
                >::new(out.tiles_mut(), $sums, $outputs);
                $run
            }
            $crate::bf16::output::Output::Silu(out) => {
                let mut $finish = $crate::bf16::avx512::stores::Store::<
                    _,
                    { $crate::bf16::avx512::stores::SILU },
                >::new(out.tiles_mut(), $sums, $outputs);
                $run
            }
            $crate::bf16::output::Output::SwiGlu(out) => {
                let tiles = out.tiles_mut();
                let mut $finish = $crate::bf16::avx512::gate::Gate::new(tiles, $sums, $outputs);
                $run
            }
            out @ $crate::bf16::output::Output::Residual { .. } => {
                let mut $finish = $crate::bf16::avx512::stores::Residual::new(out, $sums);
                $run
            }
            $crate::bf16::output::Output::Relu6(out) => {
                let mut $finish = $crate::bf16::avx512::stores::Relu6::new(out, $sums);
                $run
            }
            $crate::bf16::output::Output::Heads(out) => {
                let heads = out.heads();
                let tiles = out.tiles_mut();
                let mut $finish = $crate::bf16::avx512::split::Split::new(tiles, $sums, heads);
                $run
            }
        }
    };
}
pub(crate) use with_finish;
