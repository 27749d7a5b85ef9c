//! Who a client is, and how often it may ask. A client is an IPv4 address or an IPv6 /64; a proxy's word about it counts
//! only where the proxy is a configured peer.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use ipnet::IpNet;

use crate::app::App;
use crate::config::LimitsConfig;
use crate::http::error::{Code, Problem};

/// The address that a connection came from.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// A token bucket for each client, and whom to believe about who that is.
pub struct ClientLimits {
    buckets: Option<DefaultKeyedRateLimiter<IpAddr>>,
    clock: DefaultClock,
    trusted_proxies: Vec<IpNet>,
}

const FORWARDED_FOR: &str = "x-forwarded-for";

impl ClientLimits {
    /// Makes empty buckets.
    pub fn new(limits: &LimitsConfig, trusted_proxies: &[IpNet]) -> Self {
        let burst = NonZeroU32::new(limits.burst).unwrap_or(NonZeroU32::MIN);
        let quota = NonZeroU32::new(limits.requests_per_second).map(|rate| Quota::per_second(rate).allow_burst(burst));
        Self {
            buckets: quota.map(DefaultKeyedRateLimiter::keyed),
            clock: DefaultClock::default(),
            trusted_proxies: trusted_proxies.to_vec(),
        }
    }

    /// Takes a token; the error is the seconds after which there is one again.
    fn take(&self, client: IpAddr) -> Result<(), u64> {
        let Some(buckets) = &self.buckets else { return Ok(()) };
        buckets.check_key(&client).map_err(|until| until.wait_time_from(self.clock.now()).as_secs() + 1)
    }

    /// Forgets the clients whose buckets are full again.
    pub fn forget_idle(&self) {
        if let Some(buckets) = &self.buckets {
            buckets.retain_recent();
            buckets.shrink_to_fit();
        }
    }

    /// Says whether a peer is a configured proxy, whose word counts.
    pub fn trusts(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.trusted_proxies.iter().any(|network| network.contains(&peer))
    }

    /// Returns who asks: the peer, or whom the nearest untrusted address in a trusted peer's header names.
    pub fn address(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.trusts(peer) {
            return peer;
        }
        let values = headers.get_all(FORWARDED_FOR).into_iter().filter_map(|value| value.to_str().ok());
        let mut hops: Vec<&str> = values.flat_map(|value| value.split(',')).map(str::trim).collect();
        let mut client = peer;
        // Each proxy adds whom it heard from at the end; what stands before an untrusted one may be made up.
        while let Some(hop) = hops.pop() {
            let Ok(address) = hop.parse::<IpAddr>() else { break };
            client = address.to_canonical();
            if !self.trusts(client) {
                break;
            }
        }
        client
    }
}

/// Returns what counts as one client.
pub fn bucket_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
    }
}

/// Refuses a client that asks too often.
pub async fn limit_rate(State(app): State<App>, request: Request, next: Next) -> Result<Response, Problem> {
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0.ip());
    if let Some(peer) = peer {
        let client = bucket_of(app.clients().address(peer, request.headers()));
        if let Err(seconds) = app.clients().take(client) {
            app.metrics().note_refusal("rate");
            return Err(Problem::new(Code::TooManyRequests).retry_after(seconds));
        }
    }
    Ok(next.run(request).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &[&str], peer: &str, forwarded_for: &[&str]) -> String {
        let limits: LimitsConfig = toml::from_str(
            "max_connections=1\nmax_requests=1\nheader_seconds=1\nbody_seconds=1\nwrite_seconds=1\nbody_bytes=1\nfile_bytes=1\nfile_seconds=1\nquestion_chars=1\njson_depth=1\nrequests_per_second=1\nburst=1\nconversations_per_hour=1\nmessages_per_minute=1\nstreams_per_conversation=1",
        )
        .unwrap();
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        let mut headers = HeaderMap::new();
        for value in forwarded_for {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        bucket_of(ClientLimits::new(&limits, &trusted).address(peer.parse().unwrap(), &headers)).to_string()
    }

    #[test]
    fn a_proxys_word_counts_only_where_it_is_a_configured_peer() {
        let proxies = ["10.0.0.0/8"];
        for (trusted, peer, forwarded_for, expected) in [
            (&[][..], "203.0.113.9", &["198.51.100.1"][..], "203.0.113.9"),
            (&proxies, "203.0.113.9", &["198.51.100.1"], "203.0.113.9"),
            (&proxies, "10.1.2.3", &["198.51.100.1"], "198.51.100.1"),
            (&proxies, "::ffff:10.1.2.3", &["198.51.100.1"], "198.51.100.1"),
            (&proxies, "10.1.2.3", &["192.0.2.66, 198.51.100.1, 10.9.9.9"], "198.51.100.1"),
            (&proxies, "10.1.2.3", &["192.0.2.66", "198.51.100.1"], "198.51.100.1"),
            (&proxies, "10.1.2.3", &["nonsense"], "10.1.2.3"),
            (&proxies, "10.1.2.3", &[], "10.1.2.3"),
            (&proxies, "10.1.2.3", &["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::"),
        ] {
            assert_eq!(client(trusted, peer, forwarded_for), expected, "{peer} {forwarded_for:?}");
        }
    }
}
