// A peer on Go's crypto/tls; tests/interop/peers/own.py describes its arguments.
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
)

type settings struct {
	port, connections             int
	cert, key, ca, name           string
	groups, suites, alpn          string
	tls                           string
	demand, resume, update, serve bool
	renegotiate                   bool
}

var curves = map[string]tls.CurveID{
	"X25519": tls.X25519, "P-256": tls.CurveP256, "P-384": tls.CurveP384, "P-521": tls.CurveP521,
}

func fail(err error) {
	fmt.Printf("info error=%v\n", err)
	os.Exit(1)
}

func read(words []string) settings {
	var s settings
	flags := flag.NewFlagSet("peer", flag.ExitOnError)
	flags.IntVar(&s.port, "port", 0, "")
	flags.IntVar(&s.connections, "connections", 1, "")
	flags.StringVar(&s.cert, "cert", "", "")
	flags.StringVar(&s.key, "key", "", "")
	flags.StringVar(&s.ca, "ca", "", "")
	flags.StringVar(&s.name, "name", "localhost", "")
	flags.StringVar(&s.groups, "groups", "", "")
	flags.StringVar(&s.suites, "suites", "", "")
	flags.StringVar(&s.alpn, "alpn", "", "")
	flags.StringVar(&s.tls, "tls", "1.3", "")
	flags.BoolVar(&s.renegotiate, "renegotiate", false, "")
	flags.BoolVar(&s.demand, "demand", false, "")
	flags.BoolVar(&s.resume, "resume", false, "")
	flags.BoolVar(&s.update, "update", false, "")
	if len(words) < 2 || flags.Parse(words[1:]) != nil {
		fail(errors.New("usage: peer server|client --port N ..."))
	}
	s.serve = words[0] == "server"
	if (s.suites != "" && s.tls == "1.3") || s.update {
		fail(errors.New("crypto/tls has no setting for TLS 1.3 suites, nor for KeyUpdate"))
	}
	return s
}

func suites(names string) (found []uint16) {
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		if suite.Name == names {
			found = append(found, suite.ID)
		}
	}
	if len(found) == 0 {
		fail(fmt.Errorf("no suite %s", names))
	}
	return found
}

func configuration(s settings) *tls.Config {
	config := &tls.Config{MinVersion: tls.VersionTLS13, ServerName: s.name}
	if s.tls == "1.2" {
		config.MinVersion, config.MaxVersion = tls.VersionTLS12, tls.VersionTLS12
	}
	if s.renegotiate {
		config.Renegotiation = tls.RenegotiateFreelyAsClient
	}
	if s.suites != "" {
		config.CipherSuites = suites(s.suites)
	}
	if s.cert != "" {
		pair, err := tls.LoadX509KeyPair(s.cert, s.key)
		if err != nil {
			fail(err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	if s.ca != "" {
		pem, err := os.ReadFile(s.ca)
		if err != nil {
			fail(err)
		}
		config.RootCAs = x509.NewCertPool()
		config.RootCAs.AppendCertsFromPEM(pem)
		config.ClientCAs = config.RootCAs
	}
	if s.demand {
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	if s.groups != "" {
		for _, name := range strings.Split(s.groups, ",") {
			curve, known := curves[name]
			if !known {
				fail(fmt.Errorf("no group %s", name))
			}
			config.CurvePreferences = append(config.CurvePreferences, curve)
		}
	}
	if s.alpn != "" {
		config.NextProtos = strings.Split(s.alpn, ",")
	}
	if s.resume {
		config.ClientSessionCache = tls.NewLRUClientSessionCache(4)
	}
	return config
}

func report(state tls.ConnectionState) {
	fmt.Printf("info version=%04x\ninfo suite=%s\ninfo resumed=%v\n", state.Version,
		tls.CipherSuiteName(state.CipherSuite), state.DidResume)
	if state.NegotiatedProtocol != "" {
		fmt.Printf("info alpn=%s\n", state.NegotiatedProtocol)
	}
}

// ended says how the peer's data ended: crypto/tls gives io.EOF for close_notify only.
func ended(err error) {
	switch {
	case err == nil || errors.Is(err, io.EOF):
		fmt.Println("info close=notify")
	case errors.Is(err, io.ErrUnexpectedEOF):
		fmt.Println("info close=truncated")
	default:
		fail(err)
	}
}

func serveOne(raw net.Conn, config *tls.Config) {
	defer raw.Close()
	connection := tls.Server(raw, config)
	if err := connection.Handshake(); err != nil {
		fmt.Printf("info error=%v\n", err)
		return
	}
	state := connection.ConnectionState()
	report(state)
	if len(state.PeerCertificates) > 0 {
		fmt.Printf("info client_name=%s\n", state.PeerCertificates[0].Subject.CommonName)
	}
	if _, err := io.Copy(connection, connection); err != nil {
		ended(err)
		return
	}
	ended(nil)
	connection.Close()
}

func server(s settings) {
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", s.port))
	if err != nil {
		fail(err)
	}
	config := configuration(s)
	for i := 0; i < s.connections; i++ {
		raw, err := listener.Accept()
		if err != nil {
			fail(err)
		}
		serveOne(raw, config)
	}
}

func connect(s settings, config *tls.Config) *tls.Conn {
	connection, err := tls.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", s.port), config)
	if err != nil {
		fail(err)
	}
	return connection
}

// first makes the session: its ticket comes with the answer.
func first(s settings, config *tls.Config) {
	connection := connect(s, config)
	defer connection.Close()
	fmt.Fprintf(connection, "=1\n")
	if _, err := bufio.NewReader(connection).ReadString('\n'); err != nil {
		fail(err)
	}
}

func client(s settings) {
	config := configuration(s)
	if s.resume {
		first(s, config)
	}
	connection := connect(s, config)
	report(connection.ConnectionState())
	go func() {
		if _, err := io.Copy(connection, os.Stdin); err != nil {
			fail(err)
		}
		connection.CloseWrite()
	}()
	_, err := io.Copy(os.Stdout, connection)
	ended(err)
	connection.Close()
}

func main() {
	s := read(os.Args[1:])
	if s.serve {
		server(s)
	} else {
		client(s)
	}
}
