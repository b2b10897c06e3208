//! Pieces of URLs as URLs have them: the URL Pattern Standard, section 3.1. The `url` crate does it, on a URL that
//! stands for any.

use url::{Url, quirks};

/// Makes a piece canonical, or says why it cannot be part of a URL.
pub(super) type Encode = dyn Fn(&str) -> Result<String, String>;

/// The schemes whose URLs have an authority, with their ports.
const SPECIAL: [(&str, &str); 6] =
    [("ftp", "21"), ("file", ""), ("http", "80"), ("https", "443"), ("ws", "80"), ("wss", "443")];

/// Names of the special schemes.
pub(super) fn special_schemes() -> impl Iterator<Item = &'static str> {
    SPECIAL.into_iter().map(|(scheme, _)| scheme)
}

/// The port that a scheme has when none is written.
pub(super) fn default_port(scheme: &str) -> Option<&'static str> {
    SPECIAL.into_iter().find(|(known, _)| *known == scheme).map(|(_, port)| port).filter(|p| !p.is_empty())
}

fn dummy(text: &str) -> Result<Url, String> {
    Url::parse(text).map_err(|error| error.to_string())
}

pub(super) fn protocol(value: &str) -> Result<String, String> {
    if value.is_empty() {
        return Ok(String::new());
    }
    let url = Url::parse(&format!("{value}://dummy.invalid/"));
    url.map(|url| url.scheme().to_owned()).map_err(|_| format!("{value:?} is no scheme of a URL"))
}

pub(super) fn username(value: &str) -> Result<String, String> {
    let mut url = dummy("http://dummy.invalid/")?;
    let _ = quirks::set_username(&mut url, value);
    Ok(url.username().to_owned())
}

pub(super) fn password(value: &str) -> Result<String, String> {
    let mut url = dummy("http://dummy.invalid/")?;
    let _ = quirks::set_password(&mut url, value);
    Ok(url.password().unwrap_or_default().to_owned())
}

pub(super) fn hostname(value: &str) -> Result<String, String> {
    if value.is_empty() {
        return Ok(String::new());
    }
    let mut url = dummy("http://dummy.invalid/")?;
    let wrong = || format!("{value:?} is no host of a URL");
    if value.contains(['/', '?', '#', '\\', ':', '@']) && !value.starts_with('[') {
        return Err(wrong());
    }
    quirks::set_hostname(&mut url, value).map_err(|()| wrong())?;
    Ok(url.host_str().unwrap_or_default().to_owned())
}

/// Pieces of an address in brackets are not checked further: no piece is an address by itself.
pub(super) fn ipv6(value: &str) -> Result<String, String> {
    if value.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, '[' | ']' | ':')) {
        return Ok(value.to_ascii_lowercase());
    }
    Err(format!("{value:?} is no part of an IPv6 address"))
}

pub(super) fn port(value: &str, scheme: &str) -> Result<String, String> {
    if value.is_empty() {
        return Ok(String::new());
    }
    let digits: String = value.chars().take_while(char::is_ascii_digit).collect();
    let port: u16 = digits.parse().map_err(|_| format!("{value:?} is no port"))?;
    let port = port.to_string();
    Ok(if default_port(scheme) == Some(&port) { String::new() } else { port })
}

pub(super) fn pathname(value: &str) -> Result<String, String> {
    if value.is_empty() {
        return Ok(String::new());
    }
    let mut url = dummy("x://dummy.invalid/")?;
    if value.starts_with('/') {
        url.set_path(value);
        return Ok(url.path().to_owned());
    }
    url.set_path(&format!("/-{value}"));
    Ok(url.path().get(2..).unwrap_or_default().to_owned())
}

pub(super) fn opaque_pathname(value: &str) -> Result<String, String> {
    if value.is_empty() {
        return Ok(String::new());
    }
    let mut url = dummy("data:dummy")?;
    url.set_path(value);
    Ok(url.path().to_owned())
}

pub(super) fn search(value: &str) -> Result<String, String> {
    let mut url = dummy("x://dummy.invalid/")?;
    url.set_query(Some(value));
    Ok(url.query().unwrap_or_default().to_owned())
}

pub(super) fn hash(value: &str) -> Result<String, String> {
    let mut url = dummy("x://dummy.invalid/")?;
    url.set_fragment(Some(value));
    Ok(url.fragment().unwrap_or_default().to_owned())
}
