//! How many are stapled after an outage: peer outage SPEED CERTIFICATES.pem SECONDS
//!
//! Run it in a time that passes faster by SPEED. When all are stapled, it waits for a line, and then for the outage to
//! pass.

use std::{io, time::Duration};

use ocsp_stapler::{Client, Stapler};
use rustls::server::ResolvesServerCert;
use tokio::time::{sleep, Instant};

use crate::{accepted, good, Chosen};

const LONGEST_START: Duration = Duration::from_secs(86_400);

pub async fn run(speed: u32, path: &str, seconds: u64) {
    let chosen = Chosen::read(path);
    let stapler = Stapler::new_with_client(chosen.clone(), client(speed));
    chosen
        .keys
        .iter()
        .for_each(|key| stapler.preload(key.clone()));
    let begin = Instant::now();
    while good(&stapler, &chosen.keys) < chosen.keys.len() && begin.elapsed() < LONGEST_START {
        sleep(Duration::from_secs(5)).await;
    }
    println!("RESULT stapled={}", good(&stapler, &chosen.keys));
    io::stdin().read_line(&mut String::new()).unwrap();
    sleep(Duration::from_secs(seconds)).await;

    let accepted = accepted();
    let served = (0..chosen.keys.len())
        .inspect(|index| chosen.choose(*index))
        .filter_map(|_| stapler.resolve(accepted.client_hello()))
        .filter(|key| key.ocsp.is_some())
        .count();
    println!("RESULT served={served}");
}

/// The crate's own client, whose time-outs are as long as without the speed: the network does not get faster.
fn client(speed: u32) -> Client {
    Client::new_with_client(
        reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(3) * speed)
            .timeout(Duration::from_secs(6) * speed)
            .build()
            .unwrap(),
    )
}
