//! How a client spaces its attempts to connect: the kind of back-off, and a fit of its numbers.

use reports::conversation::{Backoff, BackoffClass};

/// Classifies the gaps between attempts, in milliseconds; at least three, or nothing can be said.
///
/// `slack_ms` is what a scheduler may add to a gap. A series grows when its later half is clearly longer
/// than its earlier half. It grows exponentially when the ratio of gaps is steadier than their
/// difference; and it has jitter when gaps stray from the fit by more than the slack, or go back.
pub(crate) fn classify(gaps_ms: &[u64], slack_ms: u64) -> Option<Backoff> {
    if gaps_ms.len() < 3 {
        return None;
    }
    // What reached its cap grows no more: only the part before it tells how it grows.
    let gaps = before_cap(gaps_ms, slack_ms);
    let base = gaps[0].max(1.0);
    let factor = growth(&gaps);
    let slack = slack_ms as f64;
    let half = gaps.len() / 2;
    let (early, late) = (mean(&gaps[..half.max(1)]), mean(&gaps[gaps.len() - half.max(1)..]));
    let grows = late > early * 1.3 + slack;
    let strays = stray(&gaps, base, factor) > (slack / mean(&gaps)).max(0.08);
    let goes_back = gaps.windows(2).any(|pair| pair[1] + slack < pair[0] * 0.9);
    let class = match grows {
        true if goes_back || (strays && !is_linear(&gaps, slack)) => {
            BackoffClass::ExponentialWithJitter
        }
        true if is_linear(&gaps, slack) => BackoffClass::Linear,
        true => BackoffClass::Exponential,
        false => BackoffClass::Constant,
    };
    let factor =
        if class == BackoffClass::Constant { 1.0 } else { (factor * 100.0).round() / 100.0 };
    Some(Backoff { gaps_ms: gaps_ms.to_vec(), class, base_ms: base as u64, factor })
}

/// The gaps up to the first of those that have reached the largest.
fn before_cap(gaps_ms: &[u64], slack_ms: u64) -> Vec<f64> {
    let largest = gaps_ms.iter().copied().max().unwrap_or(0);
    let is_cap = |gap: &u64| gap + slack_ms.max(largest / 20) >= largest;
    let first = gaps_ms.iter().position(is_cap).unwrap_or(0);
    let end = if gaps_ms[first..].iter().all(is_cap) { first + 1 } else { gaps_ms.len() };
    // A series that is all cap is constant.
    let end = if end < 3 { gaps_ms.len() } else { end };
    gaps_ms[..end].iter().map(|gap| *gap as f64).collect()
}

/// The factor from gap to gap: the geometric mean.
fn growth(gaps: &[f64]) -> f64 {
    let (first, last) = (gaps[0].max(1.0), gaps[gaps.len() - 1].max(1.0));
    (last / first).powf(1.0 / (gaps.len() - 1) as f64)
}

/// The largest relative distance from the exponential fit.
fn stray(gaps: &[f64], base: f64, factor: f64) -> f64 {
    let fit = |n: usize| base * factor.powi(i32::try_from(n).unwrap_or(i32::MAX));
    gaps.iter().enumerate().map(|(n, gap)| ((gap - fit(n)) / fit(n)).abs()).fold(0.0, f64::max)
}

/// Whether the differences are steadier than the ratios.
fn is_linear(gaps: &[f64], slack: f64) -> bool {
    let steps: Vec<f64> = gaps.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let step = mean(&steps);
    step > 0.0 && steps.iter().all(|it| (it - step).abs() <= slack.max(step * 0.2))
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use BackoffClass::{Constant, Exponential, ExponentialWithJitter, Linear};

    #[test]
    fn gaps_tell_the_kind_of_back_off() {
        for (gaps_ms, class) in [
            (&[1000, 1002, 1001, 1003][..], Constant),
            (&[10_000, 10_020, 10_010, 10_000], Constant),
            (&[0, 1, 2, 1], Constant),
            (&[1000, 2001, 4002, 8001], Exponential),
            (&[500, 750, 1125, 1690], Exponential),
            (&[1000, 2000, 4000, 8000, 8001, 8000], Exponential),
            (&[1000, 2003, 3001, 4002], Linear),
            (&[5000, 10_000, 15_010, 20_000], Linear),
            (&[730, 2400, 3100, 9400], ExponentialWithJitter),
            (&[80, 41, 390, 210, 1300], ExponentialWithJitter),
            (&[100, 260, 190, 800], ExponentialWithJitter),
        ] {
            let backoff = classify(gaps_ms, 50).expect("enough gaps");
            assert_eq!(backoff.class, class, "{gaps_ms:?}: {backoff:?}");
        }
        assert_eq!(classify(&[1, 2], 50), None);
    }

    #[test]
    fn the_fit_has_a_base_and_a_factor() {
        let backoff = classify(&[1000, 2000, 4000, 8000], 50).expect("enough gaps");
        assert_eq!((backoff.base_ms, backoff.factor), (1000, 2.0));
    }
}
