//! A row as a type.

use serde::{
    Deserializer,
    de::{
        DeserializeOwned, Visitor,
        value::{Error, MapDeserializer, SeqDeserializer},
    },
};

use super::Value;
use crate::CapabilityError;

pub(super) fn parse<T: DeserializeOwned>(
    columns: &[String],
    values: Vec<Value>,
) -> Result<T, CapabilityError> {
    T::deserialize(Row { columns, values }).map_err(|error| CapabilityError::data("a row", error))
}

struct Row<'a> {
    columns: &'a [String],
    values: Vec<Value>,
}

/// Of a single column, the value itself; else the fields.
macro_rules! single {
    ($($method:ident($($name:ident: $type:ty),*);)*) => {$(
        fn $method<V: Visitor<'de>>(mut self, $($name: $type,)* visitor: V) -> Result<V::Value, Error> {
            match self.values.pop() {
                Some(value) if self.values.is_empty() => value.$method($($name,)* visitor),
                last => {
                    self.values.extend(last);
                    self.deserialize_any(visitor)
                }
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Row<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let names = self.columns.iter().map(String::as_str);
        visitor.visit_map(MapDeserializer::new(names.zip(self.values)))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let mut values = SeqDeserializer::new(self.values.into_iter());
        let value = visitor.visit_seq(&mut values)?;
        values.end()?;
        Ok(value)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    single! {
        deserialize_bool();
        deserialize_i8();
        deserialize_i16();
        deserialize_i32();
        deserialize_i64();
        deserialize_i128();
        deserialize_u8();
        deserialize_u16();
        deserialize_u32();
        deserialize_u64();
        deserialize_u128();
        deserialize_f32();
        deserialize_f64();
        deserialize_char();
        deserialize_str();
        deserialize_string();
        deserialize_bytes();
        deserialize_byte_buf();
        deserialize_option();
        deserialize_identifier();
        deserialize_unit_struct(name: &'static str);
        deserialize_enum(name: &'static str, variants: &'static [&'static str]);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::{super::params, *};

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "lowercase")]
    enum Colour {
        Red,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Id(i64);

    #[derive(Debug, Deserialize, PartialEq)]
    struct Note {
        id: Id,
        title: Option<String>,
        done: bool,
        weight: f64,
        colour: Colour,
        tags: Vec<String>,
        picture: Vec<u8>,
    }

    fn columns(names: &str) -> Vec<String> {
        names.split(' ').map(str::to_owned).collect()
    }

    fn note(done: Value) -> Result<Note, CapabilityError> {
        let mut values = Vec::from(params![3, Option::<&str>::None]);
        values.push(done);
        values.extend(params![2, "red", "[\"a\",\"b\"]", vec![7_u8, 8], "not asked for"]);
        parse(&columns("id title done weight colour tags picture more"), values)
    }

    #[test]
    fn a_row_becomes_a_struct_by_the_names_of_its_columns() {
        let expected = Note {
            id: Id(3),
            title: None,
            done: true,
            weight: 2.0,
            colour: Colour::Red,
            tags: vec!["a".into(), "b".into()],
            picture: vec![7, 8],
        };
        assert_eq!(note(Value::from(true)).unwrap(), expected);
        let map: BTreeMap<String, i64> = parse(&columns("a b"), params![1, 2].into()).unwrap();
        assert_eq!(map["b"], 2);
    }

    #[test]
    fn a_row_becomes_a_tuple_by_their_order_and_a_single_column_is_the_value() {
        assert_eq!(parse::<(i64, String)>(&columns("a b"), params![1, "x"].into()).unwrap(), (1, "x".into()));
        let one = |value| Vec::from([value]);
        assert_eq!(parse::<i64>(&columns("n"), one(Value::from(5))).unwrap(), 5);
        assert_eq!(parse::<Option<i64>>(&columns("n"), one(Value::Null)).unwrap(), None);
        assert_eq!(parse::<Id>(&columns("n"), one(Value::from(5))).unwrap(), Id(5));
        assert_eq!(parse::<Colour>(&columns("c"), one(Value::from("red"))).unwrap(), Colour::Red);
    }

    #[test]
    fn a_row_of_another_form_is_an_error_that_says_so() {
        let error = note(Value::from("yes")).unwrap_err().to_string();
        assert!(error.contains("\"yes\"") && error.contains("boolean"), "{error}");
        let error = parse::<Note>(&columns("id"), params![1].into()).unwrap_err().to_string();
        assert!(error.contains("`title`") || error.contains("`done`"), "{error}");
        assert!(parse::<(i64, i64)>(&columns("a b c"), params![1, 2, 3].into()).is_err());
        assert!(parse::<i64>(&columns("a b"), params![1, 2].into()).is_err());
        assert!(parse::<u8>(&columns("a"), params![-1].into()).is_err());
    }
}
