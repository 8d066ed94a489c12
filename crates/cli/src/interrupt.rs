//! Ctrl-C and SIGTERM, as a request to end cleanly.

use std::thread;

/// Completes at the first Ctrl-C or SIGTERM.
pub(crate) async fn requested() {
    let interrupted = async {
        // Without a handler the signal ends the process as usual: nothing to do better.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            return interrupted.await;
        };
        tokio::select! {
            () = interrupted => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    interrupted.await;
}

/// Calls `stop` at the first signal; the second one ends the process at once.
pub(crate) fn on_signal(stop: impl FnOnce() + Send + 'static) {
    thread::spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
        else {
            return;
        };
        runtime.block_on(async {
            requested().await;
            stop();
            eprintln!("\nstopping at the next safe point; once more ends at once");
            requested().await;
            std::process::exit(130);
        });
    });
}
