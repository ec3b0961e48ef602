//! Staples the certificates of a file by the crate ocsp-stapler: peer staple ... or peer outage ...

mod outage;
mod staple;

use std::{
    env,
    sync::{
        atomic::{AtomicUsize, Ordering},
        Arc,
    },
};

use rustls::{
    crypto::ring,
    pki_types::{pem::PemObject, CertificateDer},
    server::{Accepted, Acceptor, ClientHello, ResolvesServerCert},
    sign::{CertifiedKey, Signer, SigningKey},
    ClientConfig, ClientConnection, RootCertStore, SignatureAlgorithm, SignatureScheme,
};

#[tokio::main]
async fn main() {
    ring::default_provider().install_default().unwrap();
    let args: Vec<String> = env::args().collect();
    match args[1].as_str() {
        "staple" => staple::run(&args[2], number(&args[4]), number(&args[5])).await,
        "outage" => outage::run(number(&args[2]), &args[3], number(&args[4])).await,
        _ => panic!("{} (expected: staple or outage)", args[1]),
    }
    std::process::exit(0);
}

fn number<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

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

/// The certificates of a file, of which one at a time is served.
#[derive(Debug)]
struct Chosen {
    keys: Vec<Arc<CertifiedKey>>,
    index: AtomicUsize,
}

impl Chosen {
    /// The first certificate is the issuer of all others.
    fn read(path: &str) -> Arc<Self> {
        let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(path)
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let signer: Arc<dyn SigningKey> = Arc::new(NoKey);
        let keys = certificates[1..]
            .iter()
            .map(|leaf| vec![leaf.clone(), certificates[0].clone()])
            .map(|chain| Arc::new(CertifiedKey::new(chain, signer.clone())))
            .collect();
        Arc::new(Self {
            keys,
            index: AtomicUsize::new(0),
        })
    }

    fn choose(&self, index: usize) {
        self.index.store(index, Ordering::Relaxed);
    }
}

impl ResolvesServerCert for Chosen {
    fn resolve(&self, _: ClientHello) -> Option<Arc<CertifiedKey>> {
        Some(self.keys[self.index.load(Ordering::Relaxed)].clone())
    }
}

/// What a server has in hand when rustls asks for its certificate.
fn accepted() -> Accepted {
    let config = ClientConfig::builder()
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    let name = "site0.test".try_into().unwrap();
    let mut client = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut flight = Vec::new();
    client.write_tls(&mut flight).unwrap();
    let mut acceptor = Acceptor::default();
    acceptor.read_tls(&mut flight.as_slice()).unwrap();
    acceptor.accept().ok().flatten().unwrap()
}

/// How many of these have a status, and a good one: these are stapled.
fn good(stapler: &ocsp_stapler::Stapler, keys: &[Arc<CertifiedKey>]) -> usize {
    keys.iter()
        .filter_map(|key| stapler.status(key.clone()))
        .filter(|status| format!("{status:?}").starts_with("Good"))
        .count()
}
