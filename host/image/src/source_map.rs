//! The source maps of an app, kept in its image: a custom section, which wasmtime passes over. So they are stored,
//! copied and dropped with the code that they explain, and cost nothing until an error is looked at.

use std::borrow::Cow;

use wasm_encoder::{CustomSection, Section as _};
use wasmparser::{Parser, Payload};

const SECTION: &str = "atoll:source-maps";

/// Adds source maps (a document of [`atoll_model::SourceMaps`]) to an image.
pub fn attach_source_maps(image: &mut Vec<u8>, document: &[u8]) {
    CustomSection { name: SECTION.into(), data: Cow::Borrowed(document) }.append_to(image);
}

/// The source maps in an image; `None` when it has none, or is no image.
#[must_use]
pub fn source_maps(image: &[u8]) -> Option<&[u8]> {
    Parser::new(0).parse_all(image).map_while(Result::ok).find_map(|payload| match payload {
        Payload::CustomSection(section) if section.name() == SECTION => Some(section.data()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_attached_is_found_and_the_image_stays_valid() {
        let mut image = wat::parse_str("(module (memory (export \"memory\") 1))").unwrap();
        assert_eq!(source_maps(&image), None);
        attach_source_maps(&mut image, b"{\"a\":1}");
        assert_eq!(source_maps(&image), Some(&b"{\"a\":1}"[..]));
        wasmparser::validate(&image).unwrap();
        assert_eq!(source_maps(b"no module"), None);
    }
}
