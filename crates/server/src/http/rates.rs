//! How many requests each client has left.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Clients remembered. Those that made no request for a minute are forgotten first.
const MOST_CLIENTS: usize = 100_000;

const MINUTE: Duration = Duration::from_secs(60);

/// Requests left to each client, refilled evenly: a token bucket that holds a minute's worth.
#[derive(Default)]
pub(crate) struct Rates(Mutex<HashMap<IpAddr, Bucket>>);

struct Bucket {
    left: f64,
    at: Instant,
}

impl Rates {
    /// Takes one request from what the client has left; or how long it has to wait if nothing is.
    pub(crate) fn take(&self, client: IpAddr, a_minute: u32, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST_CLIENTS && !buckets.contains_key(&client) {
            buckets.retain(|_, bucket| now.duration_since(bucket.at) < MINUTE);
            if buckets.len() >= MOST_CLIENTS {
                return Err(MINUTE);
            }
        }
        let most = f64::from(a_minute);
        let a_second = most / MINUTE.as_secs_f64();
        let bucket = buckets.entry(client).or_insert(Bucket {
            left: most,
            at: now,
        });
        let gained = now.duration_since(bucket.at).as_secs_f64() * a_second;
        bucket.left = (bucket.left + gained).min(most);
        bucket.at = now;
        if bucket.left < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - bucket.left) / a_second));
        }
        bucket.left -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_gets_its_minutes_worth_and_then_an_even_flow() {
        let rates = Rates::default();
        let [one, other]: [IpAddr; 2] = ["192.0.2.1", "192.0.2.2"].map(|ip| ip.parse().unwrap());
        let start = Instant::now();
        for _ in 0..60 {
            assert_eq!(rates.take(one, 60, start), Ok(()));
        }
        assert_eq!(rates.take(one, 60, start), Err(Duration::from_secs(1)));
        assert_eq!(rates.take(other, 60, start), Ok(()));
        let later = start + Duration::from_secs(2);
        assert_eq!(rates.take(one, 60, later), Ok(()));
        assert_eq!(rates.take(one, 60, later), Ok(()));
        assert!(rates.take(one, 60, later).is_err());
    }
}
