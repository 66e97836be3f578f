//! The changes of each product, as differences that GitHub colours.

use crate::plan::{Action, Plan, ResourcePlan};
use crate::render::page::{Look, Page};
use crate::render::plan::{View, resource_text};
use crate::render::plural;

use super::words::{fenced, name_in_html};

/// The changes of every product within so many bytes, and whether some had to be left out.
pub(super) fn details(plan: &Plan, room: usize) -> (String, bool) {
    let mut text = String::new();
    let mut truncated = false;
    for resource in plan.resources.iter().filter(|resource| resource.action != Action::None) {
        let own = of(plan, resource);
        if text.len() + own.len() <= room {
            text.push_str(&own);
        } else {
            truncated = true;
        }
    }
    (text, truncated)
}

fn of(plan: &Plan, resource: &ResourcePlan) -> String {
    let mut page = Page::new(Look { colour: false, ascii: false, width: 80 });
    resource_text(&mut page, plan, resource, View::default());
    let shown = if resource.name.is_empty() { &resource.address } else { &resource.name };
    let changes = plural(resource.changes.len(), "change");
    format!(
        "<details><summary>{}: {changes}</summary>\n\n{}\n</details>\n\n",
        name_in_html(shown),
        fenced("diff", &page.finish())
    )
}
