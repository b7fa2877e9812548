//! What samples come to: percentiles, and how well one can be told from another.

/// The value below which this share of the samples lies; 0 where there is none.
pub fn percentile(samples: &[f64], share: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    let at = (last as f64 * share).round() as usize;
    sorted.get(at).copied().unwrap_or_default()
}

/// The median.
pub fn median(samples: &[f64]) -> f64 {
    percentile(samples, 0.5)
}

/// How often a sample of the first kind is above one of the second, a tie counting half: the area under the ROC curve. 0.5
/// where nobody can tell them apart, 0 or 1 where anybody can.
pub fn auc(first: &[f64], second: &[f64]) -> f64 {
    let mut all: Vec<(f64, bool)> =
        first.iter().map(|x| (*x, true)).chain(second.iter().map(|x| (*x, false))).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut ranks, mut begun) = (0.0, 0);
    for tied in all.chunk_by(|a, b| a.0 == b.0) {
        // Ranks count from 1; those who tie share the middle of theirs.
        let middle = count(2 * begun + tied.len() + 1) / 2.0;
        ranks += middle * count(tied.iter().filter(|(_, of_first)| *of_first).count());
        begun += tied.len();
    }
    let (n, m) = (count(first.len()), count(second.len()));
    (ranks - n * (n + 1.0) / 2.0) / (n * m)
}

/// A count as a number to divide by.
#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
pub fn count(n: usize) -> f64 {
    n as f64
}
