//! Staples the certificates of a file by the crate ocsp-stapler, and says how long that took:
//! peer CERTIFICATES.pem KEY.pem EXPECTED SECONDS
//!
//! The key is not read. The first certificate is the issuer of all others. It ends when as many as expected are stapled,
//! or when the time is up.

use std::{
    env, fs,
    sync::Arc,
    time::{Duration, Instant},
};

use ocsp_stapler::Stapler;
use rustls::{
    crypto::ring,
    pki_types::{pem::PemObject, CertificateDer},
    server::{Acceptor, ClientHello, ResolvesServerCert},
    sign::{CertifiedKey, Signer, SigningKey},
    ClientConfig, ClientConnection, RootCertStore, SignatureAlgorithm, SignatureScheme,
};

/// The crate's channel holds 1,024 certificates, and what does not fit is lost.
const AT_ONCE: usize = 1_000;
const LOOK_UPS: u32 = 200_000;

/// Nobody signs here: ring cannot read a PKCS #8 key without its public half, which the JDK writes.
#[derive(Debug)]
struct NoKey;

impl SigningKey for NoKey {
    fn choose_scheme(&self, _: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        None
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ECDSA
    }
}

#[derive(Debug)]
struct Always(Arc<CertifiedKey>);

impl ResolvesServerCert for Always {
    fn resolve(&self, _: ClientHello) -> Option<Arc<CertifiedKey>> {
        Some(self.0.clone())
    }
}

#[tokio::main]
async fn main() {
    ring::default_provider().install_default().unwrap();
    let args: Vec<String> = env::args().collect();
    let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&args[1])
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let expected: usize = args[3].parse().unwrap();
    let limit = Duration::from_secs(args[4].parse().unwrap());
    let signer: Arc<dyn SigningKey> = Arc::new(NoKey);
    let keys: Vec<Arc<CertifiedKey>> = certificates[1..]
        .iter()
        .map(|leaf| vec![leaf.clone(), certificates[0].clone()])
        .map(|chain| Arc::new(CertifiedKey::new(chain, signer.clone())))
        .collect();

    let begin = Instant::now();
    let inner = Arc::new(Always(keys[0].clone()));
    let stapler = Stapler::new(inner.clone());
    let mut stapled = 0;
    for some in keys.chunks(AT_ONCE) {
        some.iter().for_each(|key| stapler.preload(key.clone()));
        let before = stapled;
        // A status is there once the crate has gone through all it knows; good is stapled.
        loop {
            let good = some
                .iter()
                .filter_map(|key| stapler.status(key.clone()))
                .filter(|status| format!("{status:?}").starts_with("Good"))
                .count();
            stapled = before + good;
            if good == some.len() || stapled >= expected || begin.elapsed() > limit {
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
    let without = look_ups(inner.as_ref());
    println!("RESULT lookupNanos={}", with - without);
    std::process::exit(0);
}

/// Nanoseconds for what rustls asks in each handshake.
fn look_ups(resolver: &dyn ResolvesServerCert) -> f64 {
    let mut best = f64::MAX;
    let config = ClientConfig::builder()
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    let name = "site0.test".try_into().unwrap();
    let mut client = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut flight = Vec::new();
    client.write_tls(&mut flight).unwrap();
    let mut acceptor = Acceptor::default();
    acceptor.read_tls(&mut flight.as_slice()).unwrap();
    let accepted = acceptor.accept().ok().flatten().unwrap();
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
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib / 1024
}
