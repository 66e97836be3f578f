//! What GitHub makes of Markdown, as far as a comment can be judged by it.

/// The elements of Markdown outside of code, with their attributes and in their order, and the text outside of code.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) elements: Vec<String>,
    pub(crate) text: String,
}

/// Reads Markdown with everything that GitHub adds to it, and raw HTML left as it is.
pub(crate) fn page(markdown: &str) -> Page {
    let mut options = comrak::Options::default();
    let extension = &mut options.extension;
    for switch in [
        &mut extension.table, &mut extension.alerts, &mut extension.autolink, &mut extension.strikethrough,
        &mut extension.tasklist, &mut extension.footnotes, &mut extension.math_dollars,
        &mut extension.math_code,
    ] {
        *switch = true;
    }
    options.render.r#unsafe = true;
    let html = comrak::markdown_to_html(markdown, &options);
    let mut page = Page { elements: Vec::new(), text: String::new() };
    let mut rest = html.as_str();
    while let Some((text, tail)) = rest.split_once('<') {
        page.text.push_str(text);
        if let Some(comment) = tail.strip_prefix("!--") {
            page.elements.push("<!-->".to_owned());
            rest = comment.split_once("-->").unwrap().1;
            continue;
        }
        let (tag, behind) = tail.split_once('>').unwrap();
        rest = behind;
        if tag.split(' ').next() == Some("code") {
            // In code there are no elements: the first end is its own.
            rest = behind.split_once("</code>").unwrap().1;
        } else {
            page.elements.push(format!("<{tag}>"));
        }
    }
    page.text.push_str(rest);
    page
}

#[test]
fn what_is_in_code_does_not_count() {
    let hidden = page("a `<img> @x` b\n\n```\n# c\n<b>\n```\n");
    assert_eq!(hidden.elements, ["<p>", "</p>", "<pre>", "</pre>"]);
    assert_eq!(hidden.text.trim(), "a  b");
    assert!(page("www.example.com").elements.iter().any(|tag| tag.starts_with("<a href=")));
    assert!(page("> [!NOTE]\n> a\n").elements[0].contains("markdown-alert-note"));
}
