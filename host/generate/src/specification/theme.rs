//! The accent colour and the language of a page.

use serde::{Deserialize, Serialize};

/// The accent colour, a hue of Tailwind's palette.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "colours say what they are")]
pub enum Theme {
    Red,
    Orange,
    Amber,
    Lime,
    Emerald,
    Teal,
    Sky,
    Blue,
    Indigo,
    Violet,
    Pink,
    Rose,
}

impl Theme {
    /// The name in Tailwind's classes.
    #[must_use]
    pub fn hue(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Orange => "orange",
            Self::Amber => "amber",
            Self::Lime => "lime",
            Self::Emerald => "emerald",
            Self::Teal => "teal",
            Self::Sky => "sky",
            Self::Blue => "blue",
            Self::Indigo => "indigo",
            Self::Violet => "violet",
            Self::Pink => "pink",
            Self::Rose => "rose",
        }
    }
}

/// The language of a page's fixed words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "languages say what they are")]
pub enum Language {
    #[default]
    English,
    Spanish,
    German,
    French,
    Japanese,
}

impl Language {
    /// The BCP 47 tag; none for English, which takes dates as the reader's own machine writes them.
    #[must_use]
    pub fn locale(self) -> Option<&'static str> {
        match self {
            Self::English => None,
            Self::Spanish => Some("es"),
            Self::German => Some("de"),
            Self::French => Some("fr"),
            Self::Japanese => Some("ja"),
        }
    }
}
