//! The elements of a package manifest, from bytes that may be anything.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{NamespaceResolver, ResolveResult};
use quick_xml::reader::NsReader;

use super::error::{PackageProblem, shown};

/// Deepest nesting. Manifests have some ten levels.
const MAX_DEPTH: usize = 64;

/// An element that is met while walking.
pub(super) struct Element<'a> {
    path: &'a str,
    start: &'a BytesStart<'a>,
    namespaces: &'a NamespaceResolver,
}

/// Walks all elements in the order of their starts.
///
/// Prefixes vary from manifest to manifest, so elements are told by the path of their local names from the
/// root, such as `Package/Dependencies/TargetDeviceFamily`.
pub(super) fn walk(
    bytes: &[u8],
    mut visit: impl FnMut(&str, &Element<'_>) -> Result<(), PackageProblem>,
) -> Result<(), PackageProblem> {
    let text = decode(bytes)?;
    let mut reader = NsReader::from_str(&text);
    let mut path = Path::default();
    loop {
        match reader.read_event().map_err(malformed)? {
            Event::Start(start) => {
                path.push(&start)?;
                path.visit(&start, reader.resolver(), &mut visit)?;
            }
            Event::Empty(start) => {
                path.push(&start)?;
                path.visit(&start, reader.resolver(), &mut visit)?;
                path.pop();
            }
            Event::End(_) => path.pop(),
            Event::DocType(_) => return Err(PackageProblem::DocumentType),
            Event::Eof => return path.finish(),
            _ => {}
        }
    }
}

/// Where the walk is.
#[derive(Default)]
struct Path {
    text: String,
    /// Lengths of `text` without the last, the last two … names.
    lengths: Vec<usize>,
    roots: usize,
}

impl Path {
    fn push(&mut self, start: &BytesStart<'_>) -> Result<(), PackageProblem> {
        let name = start.local_name();
        let name = std::str::from_utf8(name.as_ref()).expect("the input is a string");
        if name.contains('/') {
            return Err(PackageProblem::Xml(format!("`{}` is not a name", shown(name))));
        }
        if self.lengths.len() == MAX_DEPTH {
            return Err(PackageProblem::TooDeep { limit: MAX_DEPTH });
        }
        self.lengths.push(self.text.len());
        if self.lengths.len() == 1 {
            self.roots += 1;
        } else {
            self.text.push('/');
        }
        self.text.push_str(name);
        Ok(())
    }

    fn visit(
        &self,
        start: &BytesStart<'_>,
        namespaces: &NamespaceResolver,
        visit: &mut impl FnMut(&str, &Element<'_>) -> Result<(), PackageProblem>,
    ) -> Result<(), PackageProblem> {
        let element = Element { path: &self.text, start, namespaces };
        visit(&self.text, &element)
    }

    fn pop(&mut self) {
        if let Some(length) = self.lengths.pop() {
            self.text.truncate(length);
        }
    }

    fn finish(&self) -> Result<(), PackageProblem> {
        if !self.lengths.is_empty() {
            return Err(PackageProblem::Xml("its end is missing".to_owned()));
        }
        if self.roots != 1 {
            return Err(PackageProblem::Xml(format!("it has {} root elements instead of one", self.roots)));
        }
        Ok(())
    }
}

impl Element<'_> {
    /// The value of an attribute without prefix.
    pub(super) fn attribute(&self, name: &'static str) -> Result<Option<String>, PackageProblem> {
        let mut value = None;
        // To the end, so that a second one is an error.
        for attribute in self.start.attributes() {
            let attribute = attribute.map_err(malformed)?;
            if attribute.key.as_ref() == name.as_bytes() {
                let text = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(malformed)?;
                value = Some(text.into_owned());
            }
        }
        match value {
            Some(value) if value.contains(char::is_control) => {
                Err(self.wrong(name, &value, "not a text for people: it has control characters"))
            }
            value => Ok(value),
        }
    }

    /// The value of an attribute that must be there.
    pub(super) fn required(&self, name: &'static str) -> Result<String, PackageProblem> {
        self.attribute(name)?
            .filter(|value| !value.is_empty())
            .ok_or_else(|| PackageProblem::NoAttribute { element: self.path.to_owned(), attribute: name })
    }

    /// The value of an attribute that must be there, in its type.
    pub(super) fn parsed<T>(&self, name: &'static str) -> Result<T, PackageProblem>
    where
        T: std::str::FromStr<Err: std::fmt::Display>,
    {
        self.typed(name, &self.required(name)?)
    }

    /// The value of an attribute in its type, or the default for one that is not there.
    pub(super) fn parsed_or<T>(&self, name: &'static str, default: T) -> Result<T, PackageProblem>
    where
        T: std::str::FromStr<Err: std::fmt::Display>,
    {
        match self.attribute(name)? {
            Some(value) => self.typed(name, &value),
            None => Ok(default),
        }
    }

    fn typed<T>(&self, name: &'static str, value: &str) -> Result<T, PackageProblem>
    where
        T: std::str::FromStr<Err: std::fmt::Display>,
    {
        value.parse().map_err(|error: T::Err| self.wrong(name, value, &error.to_string()))
    }

    fn wrong(&self, name: &'static str, value: &str, reason: &str) -> PackageProblem {
        PackageProblem::Value {
            element: self.path.to_owned(),
            attribute: name,
            value: shown(value),
            reason: reason.to_owned(),
        }
    }

    /// Whether the element's namespace begins with `prefix`.
    pub(super) fn is_in_namespace(&self, prefix: &str) -> bool {
        let (namespace, _) = self.namespaces.resolve_element(self.start.name());
        matches!(namespace, ResolveResult::Bound(namespace) if namespace.as_ref().starts_with(prefix.as_bytes()))
    }
}

/// UTF-8 with or without mark, and UTF-16 by its mark, as Windows tools write them.
fn decode(bytes: &[u8]) -> Result<String, PackageProblem> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let units: Vec<_> = pairs.iter().copied().map(unit).collect();
        if rest.is_empty() { String::from_utf16(&units).ok() } else { None }
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).ok(),
        _ => String::from_utf8(bytes.to_vec()).ok(),
    }
    .ok_or(PackageProblem::Encoding)
}

fn malformed(error: impl Into<quick_xml::Error>) -> PackageProblem {
    PackageProblem::Xml(shown(&error.into().to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(bytes: &[u8]) -> Result<Vec<String>, PackageProblem> {
        let mut paths = Vec::new();
        walk(bytes, |path, _| {
            paths.push(path.to_owned());
            Ok(())
        })?;
        Ok(paths)
    }

    fn attribute(text: &str) -> Result<Option<String>, PackageProblem> {
        let mut value = None;
        walk(text.as_bytes(), |_, element| {
            value = element.attribute("A")?;
            Ok(())
        })?;
        Ok(value)
    }

    #[test]
    fn elements_are_told_by_path_whatever_their_prefix() {
        let text = b"<?xml version='1.0'?><!-- <n/> --><a:P xmlns:a='u'><b/>x<c:D><b></b></c:D><![CDATA[<e/>]]></a:P>\n";
        assert_eq!(paths(text).unwrap(), ["P", "P/b", "P/D", "P/D/b"]);
    }

    #[test]
    fn utf_8_and_utf_16_are_read() {
        let text = "<P><é/></P>";
        let units: Vec<u16> = text.encode_utf16().collect();
        let little = units.iter().flat_map(|unit| unit.to_le_bytes());
        let big = units.iter().flat_map(|unit| unit.to_be_bytes());
        for bytes in [
            text.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            [0xff, 0xfe].into_iter().chain(little).collect(),
            [0xfe, 0xff].into_iter().chain(big).collect(),
        ] {
            assert_eq!(paths(&bytes).unwrap(), ["P", "P/é"]);
        }
        for bytes in [&b"<P \xff/>"[..], b"\xff\xfe<", b"\xff\xfe\x00\xd8"] {
            assert!(matches!(paths(bytes), Err(PackageProblem::Encoding)), "{bytes:?}");
        }
    }

    #[test]
    fn attributes_are_unescaped_and_told_by_their_whole_name() {
        assert_eq!(attribute("<P x:A='1' A='a &amp; &#x62;' a='2'/>").unwrap().unwrap(), "a & b");
        assert_eq!(attribute("<P x:A='1'/>").unwrap(), None);
        for wrong in ["<P A='1' A='2'/>", "<P A=1/>", "<P A/>", "<P A='&own;'/>"] {
            assert!(matches!(attribute(wrong), Err(PackageProblem::Xml(_))), "{wrong}");
        }
    }

    #[test]
    fn control_characters_are_refused_however_they_are_written() {
        for wrong in ["<P A='\u{1b}[31m'/>", "<P A='&#x1b;[31m'/>", "<P A='\u{7f}'/>"] {
            let Err(PackageProblem::Value { value, .. }) = attribute(wrong) else {
                panic!("{wrong:?}");
            };
            assert!(value.starts_with("\\u{"), "{value:?}");
        }
    }

    #[test]
    fn document_types_are_refused() {
        let bomb = b"<!DOCTYPE P [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]><P A='&b;'/>";
        assert!(matches!(paths(bomb), Err(PackageProblem::DocumentType)));
        assert!(matches!(paths(b"<P/><!DOCTYPE P>"), Err(PackageProblem::DocumentType)));
    }

    #[test]
    fn what_is_not_one_whole_document_is_refused() {
        for wrong in
            ["", "text", "<P>", "<P><Q></P>", "</P>", "<P", "<P/><P/>", "<P><a/b='1'/></P>", "<P/b/>"]
        {
            assert!(matches!(paths(wrong.as_bytes()), Err(PackageProblem::Xml(_))), "{wrong}");
        }
    }

    #[test]
    fn deep_nesting_is_refused_early() {
        let nested = |depth: usize| paths("<a>".repeat(depth).as_bytes());
        assert!(matches!(nested(MAX_DEPTH), Err(PackageProblem::Xml(_))));
        assert!(matches!(nested(1_000_000), Err(PackageProblem::TooDeep { .. })));
    }
}
