//! The address is checked after the name is resolved, and the connection goes to exactly that address.

use std::sync::Arc;

use atoll_model::Limits;
use atoll_outbound::{OutboundClient, OutboundConfig, OutboundError};

use crate::{
    server::{Do, Server, respond},
    world::{Names, config, fetch, get, granted},
};

fn reaching(names: &Names, ranges: &[&str]) -> OutboundClient {
    let config = OutboundConfig {
        resolver: Arc::new(names.clone()),
        allowed_ranges: ranges.iter().map(|range| range.parse().unwrap()).collect(),
        ..config(Limits::default())
    };
    OutboundClient::new(config).unwrap()
}

#[tokio::test]
async fn a_name_that_leads_inside_is_refused() {
    let server = Server::start(|_| respond("200 OK", "", "inside")).await;
    let grants = granted(&[&server.named("a.test")]);
    for inside in
        ["127.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254", "10.1.2.3", "fd00:ec2::254", "0.0.0.0"]
    {
        let names = Names::default().know("a.test", &[&[inside]]);
        let error = fetch(&reaching(&names, &[]), &grants, get(&server.named("a.test"))).await.unwrap_err();
        assert!(matches!(error, OutboundError::AddressRefused { .. }), "{inside}: {error}");
        assert!(error.to_string().contains("a.test"), "{error}");
    }
    // Where exactly a name leads inside the operator's network is not the app's to know.
    let names = Names::default().know("a.test", &[&["10.1.2.3"]]);
    let error = fetch(&reaching(&names, &[]), &grants, get(&server.named("a.test"))).await.unwrap_err();
    assert!(!error.to_string().contains("10.1.2.3"), "{error}");
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_granted_loopback_origin_still_needs_the_operator() {
    let server = Server::start(|_| respond("200 OK", "", "here")).await;
    let grants = granted(&[&server.origin()]);
    let names = Names::default();
    let error = fetch(&reaching(&names, &[]), &grants, get(&server.origin())).await.unwrap_err();
    assert!(error.to_string().contains("the operator of the host can allow"), "{error}");
    let allowed = reaching(&names, &["127.0.0.0/8"]);
    assert_eq!(fetch(&allowed, &grants, get(&server.origin())).await.unwrap(), "here");
    assert!(names.asked().is_empty(), "an address is not looked up");
}

#[tokio::test]
async fn a_name_that_changes_its_mind_is_asked_once_a_connection_and_checked_each_time() {
    // The connection goes to what was checked, 127.0.0.2; asked again, the name leads to 127.0.0.1.
    let server = Server::start_on("127.0.0.2", None, |_| {
        let mut acts = respond("200 OK", "connection: close\r\n", "checked");
        acts.push(Do::Close);
        acts
    })
    .await;
    let names = Names::default().know("flip.test", &[&["127.0.0.2"], &["127.0.0.1"]]);
    let client = reaching(&names, &["127.0.0.2/32"]);
    let (grants, url) = (granted(&[&server.named("flip.test")]), server.named("flip.test"));
    assert_eq!(fetch(&client, &grants, get(&url)).await.unwrap(), "checked");
    assert_eq!(names.asked().len(), 1);
    let error = fetch(&client, &grants, get(&url)).await.unwrap_err();
    assert!(matches!(error, OutboundError::AddressRefused { .. }), "{error}");
    assert_eq!((names.asked().len(), server.connections()), (2, 1));
}

#[tokio::test]
async fn of_several_addresses_only_those_that_pass_are_tried() {
    let inside = Server::start(|_| respond("200 OK", "", "inside")).await;
    let names = Names::default().know("both.test", &[&["127.0.0.1", "127.0.0.3"]]);
    let client = reaching(&names, &["127.0.0.3/32"]);
    let grants = granted(&[&inside.named("both.test")]);
    // Nothing listens at 127.0.0.3, so the request fails there rather than at the server it must not reach.
    let error = fetch(&client, &grants, get(&inside.named("both.test"))).await.unwrap_err();
    assert!(matches!(error, OutboundError::Connect { .. }), "{error}");
    assert_eq!(inside.connections(), 0);
}

#[tokio::test]
async fn a_dead_address_is_passed_over() {
    let server = Server::start(|_| respond("200 OK", "", "second")).await;
    let names = Names::default().know("two.test", &[&["127.0.0.9", "127.0.0.1"]]);
    let client = reaching(&names, &["127.0.0.0/8"]);
    let grants = granted(&[&server.named("two.test")]);
    assert_eq!(fetch(&client, &grants, get(&server.named("two.test"))).await.unwrap(), "second");
}

#[tokio::test]
async fn a_name_without_an_address_says_so() {
    let names = Names::default().know("empty.test", &[&[]]);
    let grants = granted(&["http://empty.test", "http://unknown.test"]);
    for url in ["http://empty.test/", "http://unknown.test/"] {
        let error = fetch(&reaching(&names, &[]), &grants, get(url)).await.unwrap_err();
        assert!(matches!(error, OutboundError::Lookup { .. }), "{url}: {error}");
    }
}
