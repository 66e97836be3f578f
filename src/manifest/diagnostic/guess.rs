//! "Did you mean": the word that was probably meant by one that is none.

/// No key or word is longer; comparing long ones takes time by the square of their length.
const MAX_WORD_BYTES: usize = 64;

/// The candidate that was probably meant, if one is near enough.
pub fn did_you_mean<'c>(written: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    if written.len() > MAX_WORD_BYTES {
        return None;
    }
    let folded = written.to_lowercase();
    let length = folded.chars().count();
    let near = |candidate: &str| (candidate.len().max(written.len()) / 3).clamp(1, 4);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= 2 * MAX_WORD_BYTES)
        .map(|candidate| (candidate, candidate.to_lowercase()))
        // Words differ at least by what one is longer than the other, which is told sooner.
        .filter(|(candidate, other)| other.chars().count().abs_diff(length) <= near(candidate))
        .map(|(candidate, other)| (strsim::damerau_levenshtein(&folded, &other), candidate))
        .filter(|(distance, candidate)| *distance <= near(candidate))
        // Everything is near to a word of one letter.
        .filter(|(distance, _)| *distance < written.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_are_guessed_and_far_ones_are_not() {
        assert_eq!(did_you_mean("keywrods", ["keywords", "features"]), Some("keywords"));
        assert_eq!(did_you_mean("public", ["Public", "Private"]), Some("Public"));
        assert_eq!(did_you_mean("zebra", ["keywords", "features"]), None);
        assert_eq!(did_you_mean("a", ["at", "A"]), Some("A"));
        assert_eq!(did_you_mean("a", ["at"]), None);
        let long = "k".repeat(65);
        assert_eq!(did_you_mean(&long, [long.as_str()]), None);
    }
}
