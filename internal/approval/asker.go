package approval

import (
	"net"
	"net/netip"
	"strconv"
)

// callerOf is who may have only so many questions waiting: what proved itself at a
// door, or what comes from one host or user.
func callerOf(a Asker) string {
	switch {
	case a.Identity != "":
		return a.Listener + "\x00" + a.Identity
	case a.UID >= 0:
		return a.Listener + "\x01" + strconv.FormatInt(a.UID, 10)
	}
	return a.Listener + "\x02" + HostOf(a.Address)
}

// HostOf is who may be behind a network address, with or without a port: everything on
// this machine is one, which has as many loopback addresses as it likes, and so is
// everything in one network of IPv6, of which a host has 2^64 addresses (RFC 4291,
// section 2.5.4). What is no address is given back as it is.
func HostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	switch ip = ip.Unmap(); {
	case ip.IsLoopback():
		return "loopback"
	case ip.Is6():
		return netip.PrefixFrom(ip, 64).Masked().String()
	}
	return ip.String()
}
