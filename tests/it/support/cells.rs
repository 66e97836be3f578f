//! Many cells of a table, a few at a time, and the table for people.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

/// How many cells are worked on at a time.
const AT_A_TIME: usize = 6;

/// Works on all cells; the results in their order. A cell that fails says so and fails the test at the end, so that one
/// failure does not hide the others.
pub(crate) fn each<C: Sync, R: Send>(
    cells: &[C],
    name: impl Fn(&C) -> String + Sync,
    work: impl Fn(&C) -> R + Sync,
) -> Vec<R> {
    let queue: Mutex<VecDeque<usize>> = Mutex::new((0..cells.len()).collect());
    let done: Mutex<Vec<(usize, Option<R>)>> = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                loop {
                    let Some(at) = queue.lock().unwrap().pop_front() else { return };
                    let result = catch_unwind(AssertUnwindSafe(|| work(&cells[at])));
                    done.lock().unwrap().push((at, result.ok()));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(at, _)| *at);
    let failed: Vec<String> =
        done.iter().filter(|(_, result)| result.is_none()).map(|(at, _)| name(&cells[*at])).collect();
    assert!(failed.is_empty(), "{} of {} failed:\n{}", failed.len(), cells.len(), failed.join("\n"));
    done.into_iter().filter_map(|(_, result)| result).collect()
}

/// Shows rows in columns.
#[expect(clippy::print_stdout, reason = "a table for whoever runs it")]
pub(crate) fn print(rows: &[Vec<String>]) {
    let widths: Vec<usize> = (0..rows.first().map_or(0, Vec::len))
        .map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0))
        .collect();
    for row in rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        println!("{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
}
