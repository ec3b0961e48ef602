// Command peer staples the certificates of a file by certmagic, and says how long that took:
// peer CERTIFICATES.pem KEY.pem EXPECTED SECONDS WORKERS
//
// The first certificate is the issuer of all others. It ends when as many as expected are stapled,
// or when the time is up. certmagic staples a certificate before it takes it in, in the caller's
// goroutine: how many at once is the caller's choice.
package main

import (
	"bufio"
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/caddyserver/certmagic"
	"go.uber.org/zap"
)

const lookUps = 200_000

func main() {
	certificates := read(os.Args[1])
	key := privateKey(os.Args[2])
	expected := number(os.Args[3])
	limit := time.Duration(number(os.Args[4])) * time.Second
	workers := number(os.Args[5])
	folder, err := os.MkdirTemp("", "certmagic")
	check(err)
	defer os.RemoveAll(folder)

	var config *certmagic.Config
	cache := certmagic.NewCache(certmagic.CacheOptions{
		GetConfigForCert: func(certmagic.Certificate) (*certmagic.Config, error) { return config, nil },
		Logger:           zap.NewNop(),
	})
	config = certmagic.New(cache, certmagic.Config{
		Storage: &certmagic.FileStorage{Path: folder},
		Logger:  zap.NewNop(),
	})

	begin := time.Now()
	todo := make(chan []byte, len(certificates))
	done := make(chan string, len(certificates))
	for _, leaf := range certificates[1:] {
		todo <- leaf
	}
	close(todo)
	for i := 0; i < workers; i++ {
		go func() {
			for leaf := range todo {
				chain := tls.Certificate{Certificate: [][]byte{leaf, certificates[0]}, PrivateKey: key}
				parsed, err := x509.ParseCertificate(leaf)
				check(err)
				_, err = config.CacheUnmanagedTLSCertificate(context.Background(), chain, nil)
				check(err)
				done <- parsed.DNSNames[0]
			}
		}()
	}
	stapled := 0
	last := ""
	timeUp := time.After(limit)
	for over := 0; stapled < expected && over < len(certificates)-1; over++ {
		select {
		case name := <-done:
			if isStapled(cache, name) {
				stapled++
				last = name
			}
		case <-timeUp:
			over = len(certificates)
		}
	}
	fmt.Printf("RESULT seconds=%f\n", time.Since(begin).Seconds())
	fmt.Printf("RESULT stapled=%d\n", stapled)
	fmt.Printf("RESULT cpuMillis=%d\n", cpuMillis())
	fmt.Printf("RESULT peakMiB=%d\n", peakMiB())
	if last != "" {
		fmt.Printf("RESULT lookupNanos=%f\n", lookUp(config, last))
	}
}

func isStapled(cache *certmagic.Cache, name string) bool {
	for _, certificate := range cache.AllMatchingCertificates(name) {
		if len(certificate.OCSPStaple) > 0 {
			return true
		}
	}
	return false
}

// lookUp returns the nanoseconds for what crypto/tls asks in each handshake: which certificate this
// name has included, which is another's work in the two other peers.
func lookUp(config *certmagic.Config, name string) float64 {
	hello := &tls.ClientHelloInfo{ServerName: name}
	best := 1e18
	for round := 0; round < 5; round++ {
		begin := time.Now()
		for i := 0; i < lookUps; i++ {
			if _, err := config.GetCertificate(hello); err != nil {
				panic(err)
			}
		}
		best = min(best, float64(time.Since(begin).Nanoseconds())/lookUps)
	}
	return best
}

func read(path string) [][]byte {
	rest, err := os.ReadFile(path)
	check(err)
	var all [][]byte
	for block, rest := pem.Decode(rest); block != nil; block, rest = pem.Decode(rest) {
		all = append(all, block.Bytes)
	}
	return all
}

func privateKey(path string) crypto.PrivateKey {
	text, err := os.ReadFile(path)
	check(err)
	block, _ := pem.Decode(text)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	check(err)
	return key
}

func cpuMillis() int64 {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return (usage.Utime.Nano() + usage.Stime.Nano()) / 1_000_000
}

func peakMiB() int {
	file, err := os.Open("/proc/self/status")
	check(err)
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if fields := strings.Fields(lines.Text()); fields[0] == "VmHWM:" {
			return number(fields[1]) / 1024
		}
	}
	return 0
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
