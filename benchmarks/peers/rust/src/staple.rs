//! How long it takes until all are stapled, and what a look-up costs then:
//! peer staple CERTIFICATES.pem KEY.pem EXPECTED SECONDS
//!
//! The key is not read. It ends when as many as expected are stapled, or when the time is up.

use std::{
    fs,
    time::{Duration, Instant},
};

use ocsp_stapler::Stapler;
use rustls::server::ResolvesServerCert;

use crate::{accepted, good, Chosen};

/// The crate's channel holds 1,024 certificates, and what does not fit is lost.
const AT_ONCE: usize = 1_000;
const LOOK_UPS: u32 = 200_000;

pub async fn run(path: &str, expected: usize, seconds: u64) {
    let chosen = Chosen::read(path);
    let limit = Duration::from_secs(seconds);
    let begin = Instant::now();
    let stapler = Stapler::new(chosen.clone());
    let mut stapled = 0;
    for some in chosen.keys.chunks(AT_ONCE) {
        some.iter().for_each(|key| stapler.preload(key.clone()));
        let before = stapled;
        // A status is there once the crate has gone through all it knows.
        loop {
            let now = good(&stapler, some);
            stapled = before + now;
            if now == some.len() || stapled >= expected || begin.elapsed() > limit {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    println!("RESULT seconds={}", begin.elapsed().as_secs_f64());
    println!("RESULT stapled={stapled}");
    println!("RESULT cpuMillis={}", cpu_millis());
    println!("RESULT peakMiB={}", peak_mib());

    let with = look_ups(&stapler);
    let without = look_ups(chosen.as_ref());
    println!("RESULT lookupNanos={}", with - without);
}

/// Nanoseconds for what rustls asks in each handshake.
fn look_ups(resolver: &dyn ResolvesServerCert) -> f64 {
    let mut best = f64::MAX;
    let accepted = accepted();
    for _ in 0..5 {
        let begin = Instant::now();
        for _ in 0..LOOK_UPS {
            std::hint::black_box(resolver.resolve(accepted.client_hello()));
        }
        best = best.min(begin.elapsed().as_nanos() as f64 / f64::from(LOOK_UPS));
    }
    best
}

fn cpu_millis() -> u64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat[stat.rfind(')').unwrap()..].split(' ').collect();
    let ticks: u64 = fields[12].parse::<u64>().unwrap() + fields[13].parse::<u64>().unwrap();
    ticks * 10
}

fn peak_mib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap();
    let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib / 1024
}
