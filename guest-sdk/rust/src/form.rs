//! `application/x-www-form-urlencoded`: queries and forms, into text and into types.

use serde::{
    Deserializer,
    de::{
        DeserializeOwned, IntoDeserializer, Visitor,
        value::{Error, MapDeserializer},
    },
    forward_to_deserialize_any,
};

/// The pairs of a query or form, decoded.
pub(crate) fn pairs(text: &str) -> impl Iterator<Item = (String, String)> + '_ {
    text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name), decode(value))
    })
}

/// The pairs as a struct: its fields are texts, numbers, booleans, and options of them.
pub(crate) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    let pairs = pairs(text).map(|(name, value)| (name, Part(value)));
    T::deserialize(MapDeserializer::new(pairs))
}

/// What is malformed stays as it is.
pub(crate) fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = |offset: usize| bytes.get(at + offset).and_then(|digit| char::from(*digit).to_digit(16));
        match (byte, hex(1), hex(2)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((high * 16 + low) as u8);
                at += 3;
                continue;
            }
            (b'+', ..) => decoded.push(b' '),
            _ => decoded.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// A value, which is whatever its field says that it is.
struct Part(String);

impl IntoDeserializer<'_> for Part {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! parsed {
    ($($method:ident $visit:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self.0.parse() {
                Ok(value) => visitor.$visit(value),
                // The visitor says what it expected.
                Err(_) => visitor.visit_string(self.0),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Part {
    type Error = Error;

    parsed! {
        deserialize_bool visit_bool
        deserialize_i8 visit_i8
        deserialize_i16 visit_i16
        deserialize_i32 visit_i32
        deserialize_i64 visit_i64
        deserialize_u8 visit_u8
        deserialize_u16 visit_u16
        deserialize_u32 visit_u32
        deserialize_u64 visit_u64
        deserialize_f32 visit_f32
        deserialize_f64 visit_f64
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_string(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.is_empty() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(self.0.into_deserializer())
    }

    forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "lowercase")]
    enum Order {
        Newest,
        Oldest,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Search {
        q: String,
        limit: Option<u32>,
        #[serde(default)]
        done: bool,
        order: Order,
    }

    #[test]
    fn a_query_becomes_a_struct() {
        let search: Search = parse("q=one+%26%20two&limit=20&done=true&order=oldest&more=1").unwrap();
        let expected = Search { q: "one & two".into(), limit: Some(20), done: true, order: Order::Oldest };
        assert_eq!(search, expected);
        let search: Search = parse("q=&limit=&order=newest").unwrap();
        assert_eq!(search, Search { q: String::new(), limit: None, done: false, order: Order::Newest });
    }

    #[test]
    fn a_value_of_another_form_is_named() {
        let problem = parse::<Search>("q=x&limit=many&order=newest").unwrap_err().to_string();
        assert!(problem.contains("many") && problem.contains("u32"), "{problem}");
        let problem = parse::<Search>("limit=1").unwrap_err().to_string();
        assert!(problem.contains("`q`"), "{problem}");
    }

    #[test]
    fn what_is_malformed_stays() {
        let pairs: Vec<_> = pairs("x&bad=%zz&&a=%e9").collect();
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(pairs, [pair("x", ""), pair("bad", "%zz"), pair("a", "\u{fffd}")]);
    }
}
