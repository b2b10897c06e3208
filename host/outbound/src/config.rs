//! What an [`OutboundClient`](crate::OutboundClient) is made of.

use std::sync::Arc;

use atoll_model::Limits;
use ipnet::IpNet;
use rustls::pki_types::CertificateDer;

use crate::{NoSecrets, Resolve, SecretLookup, SystemResolver};

/// What an [`OutboundClient`](crate::OutboundClient) is made of.
#[derive(Clone)]
pub struct OutboundConfig {
    /// The `outbound_…` fields are used.
    pub limits: Limits,
    /// Ranges that the operator allows although they are private, loopback, or otherwise not the public internet.
    /// Empty by default. A grant is needed besides.
    pub allowed_ranges: Vec<IpNet>,
    /// Looks names up; the system's resolver by default.
    pub resolver: Arc<dyn Resolve>,
    /// Knows the values of secrets; nobody does by default.
    pub secrets: Arc<dyn SecretLookup>,
    /// Certificate authorities that are trusted besides Mozilla's, e.g. a company's own.
    pub extra_roots: Vec<CertificateDer<'static>>,
}

impl Default for OutboundConfig {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            allowed_ranges: Vec::new(),
            resolver: Arc::new(SystemResolver),
            secrets: Arc::new(NoSecrets),
            extra_roots: Vec::new(),
        }
    }
}
