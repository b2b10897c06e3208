//! However a forbidden address is written, granted or not, the client does not connect to it.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::Arc,
};

use async_trait::async_trait;
use atoll_model::{AppName, Grants, Origin};
use atoll_outbound::{OriginGrants, OutboundClient, OutboundConfig, OutboundError, OutboundRequest, Resolve};
use http::Method;
use proptest::prelude::*;
use url::Url;

/// A resolver that understands every spelling, as the C library's does: should a spelling ever pass for a name, it
/// leads where its author wants.
struct Obliging(IpAddr);

#[async_trait]
impl Resolve for Obliging {
    async fn resolve(&self, _host: &str) -> io::Result<Vec<IpAddr>> {
        Ok(vec![self.0])
    }
}

fn forbidden_v4() -> impl Strategy<Value = Ipv4Addr> {
    let range = prop_oneof![
        Just((0x7f00_0000u32, 8u32)),
        Just((0x0a00_0000, 8)),
        Just((0xa9fe_a9fe, 32)),
        Just((0xac10_0000, 12)),
        Just((0xc0a8_0000, 16)),
        Just((0x6440_0000, 10)),
        Just((0x0000_0000, 8)),
        Just((0xe000_0000, 4)),
        Just((0xf000_0000, 4)),
    ];
    (range, any::<u32>()).prop_map(|((base, bits), random)| {
        let mask = u32::MAX.checked_shr(bits).unwrap_or(0);
        Ipv4Addr::from(base | (random & mask))
    })
}

/// A number in one of the bases that the URL standard reads.
fn number(value: u32, base: u8) -> String {
    match base % 4 {
        0 => value.to_string(),
        1 => format!("0{value:o}"),
        2 => format!("0x{value:x}"),
        _ => format!("0X{value:X}"),
    }
}

/// The address in one to four parts, each in its own base.
fn spelled(address: Ipv4Addr, parts: u8, bases: [u8; 4], dot: bool) -> String {
    let [a, b, c, d] = address.octets().map(u32::from);
    let values = match parts % 4 {
        0 => vec![u32::from(address)],
        1 => vec![a, b << 16 | c << 8 | d],
        2 => vec![a, b, c << 8 | d],
        _ => vec![a, b, c, d],
    };
    let parts: Vec<String> = values.iter().zip(bases).map(|(value, base)| number(*value, base)).collect();
    format!("{}{}", parts.join("."), if dot { "." } else { "" })
}

/// Writes characters in ways that the URL standard undoes.
fn disguised(host: &str, way: u8) -> String {
    match way % 4 {
        0 => host.to_owned(),
        1 => host.bytes().map(|byte| format!("%{byte:02x}")).collect(),
        // Full-width forms, which IDNA maps to ASCII.
        2 => host.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c)).collect(),
        _ => host.replace('.', "\u{3002}"),
    }
}

fn try_it(text: &str, leads_to: IpAddr) -> Result<(), TestCaseError> {
    // What is no URL is no request.
    let Ok(url) = Url::parse(text) else { return Ok(()) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let config = OutboundConfig { resolver: Arc::new(Obliging(leads_to)), ..OutboundConfig::default() };
    let http = Origin::of(&url).into_iter().collect();
    let grants = OriginGrants::new(AppName::parse("app").unwrap(), &Grants { http, ..Grants::default() });
    let sent = runtime.block_on(async {
        let client = OutboundClient::new(config).unwrap();
        client.send(&grants, OutboundRequest::new(Method::GET, url.clone())).await
    });
    let refused = matches!(sent, Err(OutboundError::AddressRefused { .. } | OutboundError::Invalid { .. }));
    prop_assert!(refused, "{text} as {url}: {sent:?}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_spelling_of_an_ipv4_address_passes(
        address in forbidden_v4(),
        parts: u8,
        bases: [u8; 4],
        dot: bool,
        way: u8,
        before in prop_oneof![Just(""), Just("api.example.com@"), Just("a:b@"), Just("/"), Just("\\")],
        tls: bool,
    ) {
        let host = disguised(&spelled(address, parts, bases, dot), way);
        let scheme = if tls { "https" } else { "http" };
        try_it(&format!("{scheme}://{before}{host}:9/"), address.into())?;
    }

    #[test]
    fn no_spelling_of_an_ipv6_address_passes(address in forbidden_v4(), kind in 0u8..9, zone: bool, upper: bool) {
        let [a, b, c, d] = address.octets();
        let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        let (text, leads_to) = match kind {
            0 => ("::1".into(), Ipv6Addr::LOCALHOST),
            1 => ("0:0:0:0:0:0:0:0".into(), Ipv6Addr::UNSPECIFIED),
            2 => (format!("::ffff:{address}"), address.to_ipv6_mapped()),
            3 => (format!("0:0:0:0:0:ffff:{high:x}:{low:x}"), address.to_ipv6_mapped()),
            4 => (format!("::{address}"), Ipv6Addr::from([0, 0, 0, 0, 0, 0, high, low])),
            5 => (format!("64:ff9b::{address}"), Ipv6Addr::from([0x64, 0xff9b, 0, 0, 0, 0, high, low])),
            6 => (format!("2002:{high:x}:{low:x}::1"), Ipv6Addr::from([0x2002, high, low, 0, 0, 0, 0, 1])),
            7 => (format!("fe80::{high:x}:{low:x}"), Ipv6Addr::from([0xfe80, 0, 0, 0, 0, 0, high, low])),
            _ => (format!("fd{a:02x}::{low:x}"), Ipv6Addr::from([0xfd00 | u16::from(a), 0, 0, 0, 0, 0, 0, low])),
        };
        let text = if upper { text.to_uppercase() } else { text };
        let zone = if zone { "%25lo" } else { "" };
        try_it(&format!("http://[{text}{zone}]:9/"), leads_to.into())?;
    }

    #[test]
    fn no_name_that_leads_inside_passes(
        name in "[a-z][a-z0-9-]{0,8}(\\.[a-z]{2,5}){0,2}\\.?",
        address in forbidden_v4(),
    ) {
        try_it(&format!("http://{name}/"), address.into())?;
        try_it(&format!("http://{name}/"), address.to_ipv6_mapped().into())?;
    }
}
