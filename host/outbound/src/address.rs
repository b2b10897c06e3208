//! Which addresses the host connects to for an app: the public internet, and what the operator allows besides.
//!
//! IPv4 is a list of what is refused; IPv6 is a list of what is global, because everything else there is reserved,
//! local, or an IPv4 address in disguise. The figures are those of IANA's special-purpose address registries
//! (RFC 6890 and its updates).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Why an address is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The range that it lies in.
    pub range: IpNet,
    /// What that range is.
    pub kind: &'static str,
}

const fn v4(a: u8, b: u8, c: u8, d: u8, bits: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), bits)
}

const fn v6(segments: [u16; 8], bits: u8) -> Ipv6Net {
    let [a, b, c, d, e, f, g, h] = segments;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, e, f, g, h), bits)
}

const REFUSED_V4: &[(Ipv4Net, &str)] = &[
    (v4(0, 0, 0, 0, 8), "an unspecified address"),
    (v4(10, 0, 0, 0, 8), "a private address"),
    (v4(100, 64, 0, 0, 10), "an address of a carrier's network"),
    (v4(127, 0, 0, 0, 8), "a loopback address"),
    // A cloud's metadata service is at 169.254.169.254.
    (v4(169, 254, 0, 0, 16), "a link-local address"),
    (v4(172, 16, 0, 0, 12), "a private address"),
    // Reserved for protocols; one cloud's metadata service is at 192.0.0.192.
    (v4(192, 0, 0, 0, 24), "a protocol's own address"),
    (v4(192, 0, 2, 0, 24), "an address for documentation"),
    (v4(192, 88, 99, 0, 24), "an address of the 6to4 relay"),
    (v4(192, 168, 0, 0, 16), "a private address"),
    (v4(198, 18, 0, 0, 15), "an address for benchmarks"),
    (v4(198, 51, 100, 0, 24), "an address for documentation"),
    (v4(203, 0, 113, 0, 24), "an address for documentation"),
    // Public by its number, but answered inside one cloud's hosts only.
    (v4(168, 63, 129, 16, 32), "a cloud's own address"),
    (v4(224, 0, 0, 0, 4), "a multicast address"),
    (v4(255, 255, 255, 255, 32), "the broadcast address"),
    (v4(240, 0, 0, 0, 4), "a reserved address"),
];

/// All that IANA has given out for the global internet.
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

/// The first that matches names the refusal, so that narrow ranges stand before wide ones.
const REFUSED_V6: &[(Ipv6Net, &str)] = &[
    (v6([0, 0, 0, 0, 0, 0, 0, 0], 128), "the unspecified address"),
    (v6([0, 0, 0, 0, 0, 0, 0, 1], 128), "the loopback address"),
    (v6([0, 0, 0, 0, 0, 0xffff, 0, 0], 96), "an IPv4 address written as IPv6"),
    (v6([0, 0, 0, 0, 0xffff, 0, 0, 0], 96), "an IPv4 address translated to IPv6"),
    (v6([0, 0, 0, 0, 0, 0, 0, 0], 96), "an IPv4 address written as IPv6"),
    (v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96), "an IPv4 address behind NAT64"),
    (v6([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48), "an IPv4 address behind NAT64"),
    (v6([0x100, 0, 0, 0, 0, 0, 0, 0], 64), "an address that discards"),
    (v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 32), "an IPv4 address behind Teredo"),
    (v6([0x2001, 2, 0, 0, 0, 0, 0, 0], 48), "an address for benchmarks"),
    (v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23), "a protocol's own address"),
    (v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32), "an address for documentation"),
    (v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16), "an IPv4 address behind 6to4"),
    (v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20), "an address for documentation"),
    // A cloud's metadata service is at fd00:ec2::254.
    (v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7), "a unique local address"),
    (v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10), "a link-local address"),
    (v6([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10), "a site-local address"),
    (v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8), "a multicast address"),
];

/// What the host may connect to.
#[derive(Clone, Debug, Default)]
pub struct AddressPolicy {
    allowed: Vec<IpNet>,
}

impl AddressPolicy {
    /// Allows these ranges besides the public internet. A range is compared with the address as it is: allowing
    /// `127.0.0.0/8` does not allow `::ffff:127.0.0.1`.
    #[must_use]
    pub fn allowing(allowed: Vec<IpNet>) -> Self {
        Self { allowed }
    }

    /// Says whether the host may connect to an address.
    ///
    /// # Errors
    /// [`Refusal`] when it may not.
    pub fn check(&self, address: IpAddr) -> Result<(), Refusal> {
        match refusal(address) {
            Some(refusal) if !self.allowed.iter().any(|range| range.contains(&address)) => Err(refusal),
            _ => Ok(()),
        }
    }
}

fn refusal(address: IpAddr) -> Option<Refusal> {
    match address {
        IpAddr::V4(address) => {
            let (range, kind) = REFUSED_V4.iter().find(|(range, _)| range.contains(&address))?;
            Some(Refusal { range: (*range).into(), kind })
        }
        IpAddr::V6(address) => {
            let refused = REFUSED_V6.iter().find(|(range, _)| range.contains(&address));
            if let Some((range, kind)) = refused {
                return Some(Refusal { range: (*range).into(), kind });
            }
            let reserved = Refusal { range: IpNet::V6(v6([0; 8], 0)), kind: "a reserved address" };
            (!GLOBAL_V6.contains(&address)).then_some(reserved)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kind(address: &str) -> Option<&'static str> {
        AddressPolicy::default().check(address.parse().unwrap()).err().map(|refusal| refusal.kind)
    }

    #[test]
    fn nothing_but_the_public_internet_is_reached() {
        let cases = [
            ("0.0.0.0", "unspecified"),
            ("10.1.2.3", "private"),
            ("100.100.100.200", "carrier"),
            ("127.0.0.1", "loopback"),
            ("127.255.255.254", "loopback"),
            ("169.254.169.254", "link-local"),
            ("172.31.255.255", "private"),
            ("192.0.0.192", "protocol"),
            ("192.0.2.1", "documentation"),
            ("192.88.99.1", "6to4"),
            ("192.168.0.1", "private"),
            ("198.19.255.255", "benchmarks"),
            ("198.51.100.9", "documentation"),
            ("203.0.113.9", "documentation"),
            ("168.63.129.16", "cloud"),
            ("224.0.0.1", "multicast"),
            ("239.255.255.255", "multicast"),
            ("240.0.0.1", "reserved"),
            ("255.255.255.255", "broadcast"),
            ("::", "unspecified"),
            ("::1", "loopback"),
            ("::ffff:8.8.8.8", "written as IPv6"),
            ("::ffff:127.0.0.1", "written as IPv6"),
            ("::127.0.0.1", "written as IPv6"),
            ("::ffff:0:127.0.0.1", "translated"),
            ("64:ff9b::10.0.0.1", "NAT64"),
            ("64:ff9b:1::1", "NAT64"),
            ("100::1", "discards"),
            ("2001::1", "Teredo"),
            ("2001:2::1", "benchmarks"),
            ("2001:20::1", "protocol"),
            ("2001:db8::1", "documentation"),
            ("2002:7f00:1::", "6to4"),
            ("3fff::1", "documentation"),
            ("5f00::1", "reserved"),
            ("4000::1", "reserved"),
            ("fd00:ec2::254", "unique local"),
            ("fe80::1", "link-local"),
            ("fec0::1", "site-local"),
            ("ff02::1", "multicast"),
        ];
        for (address, expected) in cases {
            let found = kind(address).unwrap_or_else(|| panic!("{address} passes"));
            assert!(found.contains(expected), "{address}: {found}");
        }
    }

    #[test]
    fn the_public_internet_is_reached() {
        for address in
            ["1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "198.20.0.1", "2606:4700::1111", "2a00::1"]
        {
            assert_eq!(kind(address), None, "{address}");
        }
    }

    #[test]
    fn the_operator_allows_a_range_and_nothing_beside_it() {
        let policy =
            AddressPolicy::allowing(vec!["127.0.0.1/32".parse().unwrap(), "fd00::/8".parse().unwrap()]);
        for (address, allowed) in [
            ("127.0.0.1", true),
            ("127.0.0.2", false),
            ("::ffff:127.0.0.1", false),
            ("fd12::1", true),
            ("fc12::1", false),
        ] {
            assert_eq!(policy.check(address.parse().unwrap()).is_ok(), allowed, "{address}");
        }
    }

    proptest! {
        /// The standard library's own judgement, where it has one, is never laxer than ours.
        #[test]
        fn no_ipv4_address_that_is_known_to_be_local_passes(bits: u32) {
            let address = Ipv4Addr::from(bits);
            let local = address.is_private() || address.is_loopback() || address.is_link_local()
                || address.is_broadcast() || address.is_documentation() || address.is_multicast()
                || address.is_unspecified();
            prop_assert!(!local || AddressPolicy::default().check(address.into()).is_err(), "{address}");
        }

        /// However an IPv4 address is put into an IPv6 one, it is refused, public or not.
        #[test]
        fn no_ipv6_address_carries_an_ipv4_one(bits: u32) {
            let [a, b, c, d] = bits.to_be_bytes();
            let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
            let disguises = [
                [0, 0, 0, 0, 0, 0xffff, high, low],
                [0, 0, 0, 0, 0, 0, high, low],
                [0, 0, 0, 0, 0xffff, 0, high, low],
                [0x64, 0xff9b, 0, 0, 0, 0, high, low],
                [0x64, 0xff9b, 1, 0, 0, 0, high, low],
                [0x2002, high, low, 0, 0, 0, 0, 1],
                [0x2001, 0, 0x4136, 0xe378, 0x8000, 0x63bf, !high, !low],
            ];
            for disguise in disguises {
                let address = Ipv6Addr::from(disguise);
                prop_assert!(AddressPolicy::default().check(address.into()).is_err(), "{address}");
            }
        }
    }
}
