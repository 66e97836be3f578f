//! Prices, in general and market by market.

use serde_json::Value;

use crate::plan::Change;

use super::super::glyphs::ARROW;
use super::super::hygiene::visible_line;
use super::super::page::{BOLD, Line, PLAIN, Page, Symbol};
use super::values::{place, short, symbol, value};

/// From so many markets on, those with the same change stand on one line.
const FOLDED: usize = 3;

fn market(change: &Change) -> Option<&str> {
    match change.path.keys() {
        [pricing, markets, market] if pricing == "pricing" && markets == "marketSpecificPricings" => {
            Some(market)
        }
        _ => None,
    }
}

pub(super) fn pricing(page: &mut Page, changes: &[&Change], full: bool) {
    for change in changes.iter().filter(|change| market(change).is_none()) {
        value(page, 4, change, change.path.keys().last().map_or("", String::as_str), full);
    }
    let of_markets: Vec<&Change> =
        changes.iter().copied().filter(|change| market(change).is_some()).collect();
    let Some(first) = of_markets.first() else { return };
    let line = page.open(4, Symbol::Change).and(BOLD, "marketSpecificPricings");
    page.line(line.right(place(first)));
    let mut groups: Vec<(&Change, Vec<&str>)> = Vec::new();
    for change in of_markets {
        let own = market(change).unwrap_or_default();
        let same = |(first, _): &&mut (&Change, Vec<&str>)| {
            (first.op, &first.before, &first.after) == (change.op, &change.before, &change.after)
        };
        match groups.iter_mut().find(same).filter(|_| !full) {
            Some((_, markets)) => markets.push(own),
            None => groups.push((change, vec![own])),
        }
    }
    for (change, markets) in groups {
        let price = |price: Option<&Value>| price.map_or_else(|| "base price".to_owned(), short);
        let words = format!("{} {ARROW} {}", price(change.before.as_ref()), price(change.after.as_ref()));
        let names: Vec<String> = markets.iter().map(|market| visible_line(market)).collect();
        if names.len() >= FOLDED {
            let line = page.open(8, symbol(change)).and(BOLD, format!("{} markets", names.len()));
            page.line(line.and(PLAIN, format!("  {words}")));
            page.line_with(Line::new(PLAIN, format!("          {}", names.join(", "))), 10);
        } else {
            for name in names {
                let line = page.open(8, symbol(change)).and(BOLD, format!("{name:<8} "));
                page.line_with(line.and(PLAIN, words.clone()), 12);
            }
        }
    }
}
