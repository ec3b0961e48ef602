package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"net/http"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/caddyserver/certmagic"
	"go.uber.org/zap"
)

// TestOutage is a program, though Go simulates time in a test only. It staples the certificates of
// a file by certmagic, waits for a line while time stands still, lets an outage pass in simulated
// time, and says how many certificates are served with a staple then:
// outage -test.run=TestOutage CERTIFICATES.pem SECONDS
func TestOutage(t *testing.T) {
	flag.Parse()
	if flag.NArg() != 2 {
		t.Skip("a program: see benchmarks/peers/run")
	}
	certificates := read(flag.Arg(0))
	outage := time.Duration(number(flag.Arg(1))) * time.Second
	folder := t.TempDir()
	// Time passes when everybody waits for it. An open connection waits for its peer.
	http.DefaultTransport.(*http.Transport).DisableKeepAlives = true

	synctest.Test(t, func(t *testing.T) {
		var config *certmagic.Config
		cache := certmagic.NewCache(certmagic.CacheOptions{
			GetConfigForCert: func(certmagic.Certificate) (*certmagic.Config, error) { return config, nil },
			Logger:           zap.NewNop(),
		})
		defer cache.Stop()
		config = certmagic.New(cache, certmagic.Config{
			Storage: &certmagic.FileStorage{Path: folder},
			Logger:  zap.NewNop(),
		})
		var names []string
		for _, leaf := range certificates[1:] {
			parsed, err := x509.ParseCertificate(leaf)
			check(err)
			chain := tls.Certificate{Certificate: [][]byte{leaf, certificates[0]}}
			_, err = config.CacheUnmanagedTLSCertificate(context.Background(), chain, nil)
			check(err)
			names = append(names, parsed.DNSNames[0])
		}
		fmt.Printf("RESULT stapled=%d\n", served(config, names))
		_, err := bufio.NewReader(os.Stdin).ReadString('\n')
		check(err)
		time.Sleep(outage)
		synctest.Wait()
		fmt.Printf("RESULT served=%d\n", served(config, names))
	})
}

// served returns how many certificates a handshake gets with a staple.
func served(config *certmagic.Config, names []string) int {
	count := 0
	for _, name := range names {
		certificate, err := config.GetCertificate(&tls.ClientHelloInfo{ServerName: name})
		check(err)
		if len(certificate.OCSPStaple) > 0 {
			count++
		}
	}
	return count
}
