package jsonrpc

import (
	"net"
	"net/netip"
	"strings"
)

// Hosts are the names of the Host header under which a service may be called, so that no
// page that a browser shows can reach it through a name of its own (DNS rebinding).
// Addresses are always fine: a page can not choose them. The zero value admits no name.
type Hosts struct {
	any   bool
	names map[string]struct{}
}

// NewHosts admits the names, whatever their case; "*" admits all.
func NewHosts(names []string) *Hosts {
	h := &Hosts{names: make(map[string]struct{}, len(names))}
	for _, name := range names {
		switch name = strings.ToLower(strings.TrimSpace(name)); name {
		case "":
		case "*":
			h.any = true
		default:
			h.names[name] = struct{}{}
		}
	}
	return h
}

// Admits reports whether a request with this Host header may enter. One without the
// header does: a browser would have sent it.
func (h *Hosts) Admits(header string) bool {
	if h.any || header == "" {
		return true
	}
	host, _, err := net.SplitHostPort(header)
	if err != nil {
		host = strings.TrimSuffix(strings.TrimPrefix(header, "["), "]")
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	_, ok := h.names[strings.ToLower(host)]
	return ok
}
