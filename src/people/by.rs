//! Who acts, from where and when: what every line of the audit needs to know.

use jiff::Timestamp;

use crate::people::actor::Actor;
use crate::people::audit::{Action, AuditEvent};

/// An act that is to be written down.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    /// Who.
    pub actor: &'a Actor,
    /// From where, where that is known.
    pub address: Option<&'a str>,
    /// When.
    pub now: Timestamp,
}

impl By<'_> {
    /// Begins a line of the audit.
    pub fn event(&self, action: Action, subject: &str) -> AuditEvent {
        let event = AuditEvent::new(self.now, self.actor, action, subject);
        match self.address {
            Some(address) => event.at_address(address),
            None => event,
        }
    }
}
