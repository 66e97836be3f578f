//! How long ago something was, for people.

use super::plural;

/// The time between two instants in RFC 3339, such as `3 hours`; `None` where they are none, or in no order.
pub(super) fn age(of: &str, at: &str) -> Option<String> {
    let seconds = |text: &str| text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second);
    let minutes = usize::try_from(seconds(at)? - seconds(of)?).ok()? / 60;
    Some(match minutes {
        0 => "less than a minute".to_owned(),
        1..120 => plural(minutes, "minute"),
        120..2880 => plural(minutes / 60, "hour"),
        _ => format!("{} days", super::count(minutes / 1440)),
    })
}

#[cfg(test)]
mod tests {
    use super::age;

    #[test]
    fn ages_are_told_in_the_unit_that_people_would_use() {
        let of = |at: &str| age("2026-08-22T09:00:00Z", at);
        for (at, words) in [
            ("2026-08-22T09:00:59Z", "less than a minute"),
            ("2026-08-22T09:01:00Z", "1 minute"),
            ("2026-08-22T10:59:59Z", "119 minutes"),
            ("2026-08-22T11:00:00Z", "2 hours"),
            ("2026-08-24T08:59:59Z", "47 hours"),
            ("2029-08-24T09:00:00Z", "1,098 days"),
        ] {
            assert_eq!(of(at).as_deref(), Some(words), "{at}");
        }
        assert_eq!(of("2026-08-22T08:00:00Z"), None, "it was taken by a clock that is wrong");
        assert_eq!(of("yesterday"), None);
    }
}
