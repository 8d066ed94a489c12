//! Work shared by threads of its own.

/// Pieces for which a thread is started: some milliseconds of work, against a tenth of one.
const LEAST_PER_THREAD: usize = 16;

/// `work` for each index below `count`, shared by as many threads as the current rayon pool has.
///
/// Not by those of the pool itself: while they wait for one another they take up other jobs of
/// the pool, and one of these may want to write to the index whose lock is held here.
pub(crate) fn on_threads<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let threads = rayon::current_num_threads().min(count / LEAST_PER_THREAD);
    if threads <= 1 {
        return (0..count).map(work).collect();
    }
    let work = &work;
    std::thread::scope(|scope| {
        let part = count.div_ceil(threads);
        let parts = (0..count)
            .step_by(part)
            .map(|first| first..count.min(first + part));
        let handles: Vec<_> = parts
            .map(|part| scope.spawn(move || part.map(work).collect::<Vec<T>>()))
            .collect();
        let results = handles.into_iter().map(|handle| {
            handle
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        results.flatten().collect()
    })
}
