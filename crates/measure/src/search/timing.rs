//! Times of repeated calls.

use std::time::{Duration, Instant};

/// What the calls answered the first time, and what they took.
pub(super) struct Timed<T> {
    /// By call.
    pub(super) answers: Vec<T>,
    pub(super) latencies: Latencies,
}

/// Times of calls.
#[derive(Debug)]
pub(super) struct Latencies {
    /// Rising, at least one.
    calls_ms: Vec<f64>,
    /// How often all calls were timed.
    pub(super) rounds: usize,
}

/// Makes the calls `0..calls`, at least one, again and again until `least` has passed.
///
/// The first round loads what later ones find in memory: its times count only where no other
/// round fits.
pub(super) fn timed<T, E>(
    calls: usize,
    least: Duration,
    mut call: impl FnMut(usize) -> Result<T, E>,
) -> Result<Timed<T>, E> {
    let start = Instant::now();
    let mut answers = Vec::with_capacity(calls);
    let mut calls_ms = Vec::with_capacity(calls);
    let mut rounds = 0;
    while rounds == 0 || start.elapsed() < least {
        for index in 0..calls {
            let call_start = Instant::now();
            let answer = call(index)?;
            calls_ms.push(call_start.elapsed().as_secs_f64() * 1e3);
            if rounds == 0 {
                answers.push(answer);
            }
        }
        rounds += 1;
    }
    if rounds > 1 {
        calls_ms.drain(..calls);
        rounds -= 1;
    }
    calls_ms.sort_unstable_by(f64::total_cmp);
    Ok(Timed {
        answers,
        latencies: Latencies { calls_ms, rounds },
    })
}

impl Latencies {
    /// The time in which `percent` of the calls were done (nearest rank).
    pub(super) fn percentile_ms(&self, percent: f64) -> f64 {
        let rank = (self.calls_ms.len() as f64 * percent / 100.0).ceil() as usize;
        self.calls_ms[rank.clamp(1, self.calls_ms.len()) - 1]
    }

    pub(super) fn mean_ms(&self) -> f64 {
        self.calls_ms.iter().sum::<f64>() / self.calls_ms.len() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_calls_that_were_made() {
        let latencies = Latencies {
            calls_ms: (1..=200).map(f64::from).collect(),
            rounds: 1,
        };
        assert_eq!(latencies.percentile_ms(50.0), 100.0);
        assert_eq!(latencies.percentile_ms(99.0), 198.0);
        assert_eq!(latencies.percentile_ms(100.0), 200.0);
        assert_eq!(latencies.mean_ms(), 100.5);
        let single = Latencies {
            calls_ms: vec![7.0],
            rounds: 1,
        };
        assert_eq!(single.percentile_ms(50.0), 7.0);
    }

    #[test]
    fn every_call_is_made_and_the_first_round_counts_when_it_is_alone() {
        let once = timed(3, Duration::ZERO, Ok::<_, ()>);
        let once = once.unwrap_or_else(|()| panic!("no call failed"));
        assert_eq!(once.answers, [0, 1, 2]);
        assert_eq!(
            (once.latencies.rounds, once.latencies.calls_ms.len()),
            (1, 3)
        );
        let mut made = 0;
        let often = timed(2, Duration::from_millis(2), |index| {
            made += 1;
            std::thread::sleep(Duration::from_micros(100));
            Ok::<_, ()>(index)
        });
        let often = often.unwrap_or_else(|()| panic!("no call failed"));
        assert_eq!(often.answers, [0, 1]);
        let (rounds, counted) = (often.latencies.rounds, often.latencies.calls_ms.len());
        assert_eq!(counted, 2 * rounds);
        assert!(
            made == 2 && rounds == 1 || made == 2 * (rounds + 1),
            "{made}"
        );
    }

    #[test]
    fn a_call_that_fails_ends_it() {
        let failed = timed(3, Duration::ZERO, |index| match index {
            1 => Err("no"),
            index => Ok(index),
        });
        assert_eq!(failed.err(), Some("no"));
    }
}
