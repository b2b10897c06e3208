//! URLs by the WHATWG standard: the `url` crate parses and sets, JavaScript cuts.

use rquickjs::{Array, Ctx, IntoJs, Object, Result, Value};
use url::{Position, Url, form_urlencoded, quirks};

use super::array::array_of;
use crate::text::Text;

pub(super) fn define<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    super::define!(ctx, native, {
        "urlParse" => parse,
        "urlSet" => set,
        "formParse" => form_parse,
        "formSerialize" => form_serialize,
    });
    Ok(())
}

/// Where `js/url.js` cuts, in its order after the text itself.
const CUTS: [Position; 12] = [
    Position::AfterScheme,
    Position::BeforeUsername,
    Position::AfterUsername,
    Position::BeforePassword,
    Position::AfterPassword,
    Position::BeforeHost,
    Position::AfterHost,
    Position::BeforePort,
    Position::AfterPort,
    Position::BeforePath,
    Position::AfterPath,
    Position::AfterQuery,
];

fn parts<'js>(ctx: &Ctx<'js>, url: &Url) -> Result<Array<'js>> {
    let mut values = Vec::with_capacity(1 + CUTS.len());
    values.push(url.as_str().into_js(ctx)?);
    // A serialised URL is ASCII: bytes are characters.
    values.extend(CUTS.iter().map(|cut| Value::new_int(ctx.clone(), url[..*cut].len() as i32)));
    array_of(ctx, values)
}

/// The parts, or nothing for what is no URL.
fn parse<'js>(ctx: Ctx<'js>, input: Text, base: Option<Text>) -> Result<Option<Array<'js>>> {
    let url = match base {
        None => Url::parse(&input.0),
        Some(base) => Url::parse(&base.0).and_then(|base| base.join(&input.0)),
    };
    url.ok().map(|url| parts(&ctx, &url)).transpose()
}

/// The parts after one of the URL's setters; nothing when the setter changes nothing.
fn set<'js>(ctx: Ctx<'js>, href: Text, part: Text, value: Text) -> Result<Option<Array<'js>>> {
    let Ok(mut url) = Url::parse(&href.0) else { return Ok(None) };
    let value = value.0.as_str();
    let done = match part.0.as_str() {
        "protocol" => quirks::set_protocol(&mut url, value),
        "username" => quirks::set_username(&mut url, value),
        "password" => quirks::set_password(&mut url, value),
        "host" => quirks::set_host(&mut url, value),
        "hostname" => quirks::set_hostname(&mut url, value),
        "port" => quirks::set_port(&mut url, value),
        "pathname" => {
            quirks::set_pathname(&mut url, value);
            Ok(())
        }
        "search" => {
            quirks::set_search(&mut url, value);
            Ok(())
        }
        "hash" => {
            quirks::set_hash(&mut url, value);
            Ok(())
        }
        _ => Err(()),
    };
    done.ok().map(|()| parts(&ctx, &url)).transpose()
}

/// `[name, value, …]` of an application/x-www-form-urlencoded text.
fn form_parse(ctx: Ctx<'_>, text: Text) -> Result<Array<'_>> {
    let mut values = Vec::new();
    for (name, value) in form_urlencoded::parse(text.0.as_bytes()) {
        values.push(name.into_js(&ctx)?);
        values.push(value.into_js(&ctx)?);
    }
    array_of(&ctx, values)
}

fn form_serialize<'js>(list: Array<'js>) -> Result<String> {
    let mut serializer = form_urlencoded::Serializer::new(String::new());
    for i in (0..list.len()).step_by(2) {
        serializer.append_pair(&list.get::<Text>(i)?.0, &list.get::<Text>(i + 1)?.0);
    }
    Ok(serializer.finish())
}
