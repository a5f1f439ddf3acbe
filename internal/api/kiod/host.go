package kiod

import (
	"net"
	"net/http"
	"slices"
	"strings"
)

// Hosts is the guard against web pages that reach the door by a name of their
// own (DNS rebinding): over TCP, only known values of the Host header are served
// (§2.1). The zero value knows none but the address that was connected to.
type Hosts struct {
	accepted []string // without the addresses that a connection itself has
	any      bool     // everything but nothing is accepted
}

// NewHosts accepts the configured address "host:port", the address actually bound,
// localhost where that is on the loopback device, and the aliases as they are
// given. With validate off it accepts every value that is not empty.
func NewHosts(validate bool, configured string, bound net.Addr, aliases []string) *Hosts {
	h := &Hosts{any: !validate, accepted: slices.Clone(aliases)}
	if configured != "" {
		h.accepted = append(h.accepted, configured)
	}
	if tcp, ok := bound.(*net.TCPAddr); ok {
		h.accepted = append(h.accepted, bound.String())
		if tcp.IP.IsLoopback() {
			_, port, err := net.SplitHostPort(bound.String())
			if err == nil {
				h.accepted = append(h.accepted, net.JoinHostPort("localhost", port))
			}
		}
	}
	return h
}

// allows reports whether a request may pass. A nil receiver is the door of a unix
// socket, where the header does not matter.
func (h *Hosts) allows(r *http.Request) bool {
	switch {
	case h == nil:
		return true
	case r.Host == "":
		return false
	case h.any:
		return true
	}
	host := withPort(r.Host)
	if slices.Contains(h.accepted, host) {
		return true
	}
	local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	return ok && local.String() == host
}

// withPort completes a host without a port with that of HTTP. The peer does so for
// the header only, not for aliases.
func withPort(host string) string {
	if strings.HasSuffix(host, "]") || !strings.Contains(host, ":") {
		return host + ":80"
	}
	return host
}
