//! Request targets: a path that two programs could read in two ways is refused before anybody reads it.

use http::{Method, Uri, Version};

use crate::problem::Problem;

/// Refuses absolute-form and authority-form targets (this is no proxy), and paths with dot segments,
/// encoded slashes, control characters, raw non-ASCII bytes, or broken or non-UTF-8 percent-encoding.
pub(crate) fn check_target(uri: &Uri, version: Version, method: &Method) -> Result<(), Problem> {
    check_form(uri, version, method)?;
    match path_problem(uri.path()) {
        Some(problem) => Err(Problem::bad_request("bad-target", problem)),
        None => Ok(()),
    }
}

/// Refuses absolute-form and authority-form targets, whatever their path.
pub(crate) fn check_form(uri: &Uri, version: Version, method: &Method) -> Result<(), Problem> {
    // In HTTP/2 the target always comes with scheme and authority.
    let has_authority = uri.scheme().is_some() || uri.authority().is_some();
    if method == Method::CONNECT || (has_authority && version <= Version::HTTP_11) {
        return Err(Problem::bad_request("bad-target", "the request target is not a path: this is no proxy"));
    }
    Ok(())
}

/// What is wrong with a path, if anything is.
fn path_problem(path: &str) -> Option<&'static str> {
    if !path.starts_with('/') {
        return Some("the path does not start with a slash");
    }
    path.split('/').find_map(|segment| match decoded(segment) {
        Err(problem) => Some(problem),
        Ok(bytes) if bytes == b"." || bytes == b".." => Some("the path has a '.' or '..' segment"),
        Ok(bytes) if std::str::from_utf8(&bytes).is_err() => Some("the path is not UTF-8"),
        Ok(_) => None,
    })
}

fn decoded(segment: &str) -> Result<Vec<u8>, &'static str> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let (byte, tail) = if first == b'%' {
            let (digits, tail) = tail.split_at_checked(2).ok_or("the path has a broken percent-encoding")?;
            let byte = hexadecimal(digits).ok_or("the path has a broken percent-encoding")?;
            (byte, tail)
        } else if !first.is_ascii() {
            return Err("the path has bytes beyond ASCII; percent-encode them");
        } else {
            (first, tail)
        };
        match byte {
            0..0x20 | 0x7f => return Err("the path has a control character"),
            b'/' | b'\\' => return Err("the path has an encoded slash or a backslash"),
            _ => bytes.push(byte),
        }
        rest = tail;
    }
    Ok(bytes)
}

fn hexadecimal(digits: &[u8]) -> Option<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|d| u8::try_from(d).ok());
    match digits {
        [high, low] => Some(digit(high)? << 4 | digit(low)?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_two_meanings_are_refused() {
        for bad in [
            "/apps/../etc",
            "/apps/%2e%2e/x",
            "/apps/.%2E/x",
            "/apps/./x",
            "/apps/%2e",
            "/apps/a%2fb",
            "/apps/a%5Cb",
            "/apps/a\\b",
            "/apps/a%00",
            "/apps/a%0d%0aset-cookie:x",
            "/apps/%zz",
            "/apps/%4",
            "/apps/%",
            "/apps/%c0%ae",
            "/apps/tödo",
            "/apps/%ff",
            "*",
            "",
        ] {
            assert!(path_problem(bad).is_some(), "{bad:?}");
        }
    }

    #[test]
    fn plain_and_encoded_paths_pass() {
        for good in
            ["/", "/apps/todo/api/a%20b/caf%C3%A9", "/a//b", "/..a/a../...", "/x%252e%252e", "/a:b@c;d=1,e"]
        {
            assert_eq!(path_problem(good), None, "{good:?}");
        }
    }

    #[test]
    fn only_origin_form_is_answered() {
        let check =
            |uri: &str, method| check_target(&uri.parse().unwrap(), Version::HTTP_11, &method).is_ok();
        assert!(check("/x?y=http://z", Method::GET));
        assert!(!check("http://127.0.0.1/x", Method::GET));
        assert!(!check("127.0.0.1:80", Method::CONNECT));
        assert!(!check("*", Method::OPTIONS));
    }
}
