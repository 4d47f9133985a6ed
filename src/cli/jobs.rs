//! Long work in pieces, as many at once as there are cores, each kept on disk when it is done, so that an interrupted run
//! goes on where it was.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Does all pieces, `at_once` at once (one a core if not said); what they gave, in their order. The first error ends the
/// work: pieces under way are finished, none is begun.
pub fn all<J: Sync, T: Send>(
    jobs: &[J],
    at_once: Option<usize>,
    work: impl Fn(&J) -> Result<T, String> + Sync,
) -> Result<Vec<T>, String> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let (next, done, failed) = (AtomicUsize::new(0), Mutex::new(vec![]), Mutex::new(None));
    thread::scope(|scope| {
        for _ in 0..at_once.unwrap_or(cores).min(jobs.len()).max(1) {
            scope.spawn(|| {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(job) = jobs.get(place) else { break };
                    match work(job) {
                        Ok(given) => done.lock().unwrap_or_else(PoisonError::into_inner).push((place, given)),
                        Err(error) => {
                            failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                            next.store(jobs.len(), Ordering::Relaxed);
                        }
                    }
                }
            });
        }
    });
    if let Some(error) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(place, _)| *place);
    Ok(done.into_iter().map(|(_, given)| given).collect())
}

/// Keeps what a piece gave, in two steps, so that an interruption leaves no half file behind.
pub fn keep(path: &Path, given: &impl Serialize) -> Result<(), String> {
    let text = serde_json::to_string(given).map_err(|error| error.to_string())?;
    let half = path.with_extension("half");
    fs::write(&half, text)
        .and_then(|()| fs::rename(&half, path))
        .map_err(|error| format!("{}: {error}", path.display()))
}

/// What was kept, if it can still be read.
pub fn kept<T: DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_str(&fs::read_to_string(path).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_come_back_in_their_order_and_the_first_error_ends_the_work() {
        let jobs: Vec<usize> = (0..50).collect();
        let squares = all(&jobs, Some(4), |job| Ok(job * job)).unwrap();
        assert_eq!(squares, jobs.iter().map(|job| job * job).collect::<Vec<_>>());
        let begun = AtomicUsize::new(0);
        let failed = all(&jobs, Some(1), |job| {
            begun.fetch_add(1, Ordering::Relaxed);
            if *job == 3 { Err("three".to_string()) } else { Ok(()) }
        });
        assert_eq!((failed, begun.into_inner()), (Err("three".into()), 4));
    }
}
