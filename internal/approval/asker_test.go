package approval

import "testing"

// Nobody gets more room by calling from many addresses of one host.
func TestCallerOf(t *testing.T) {
	from := func(address string) Asker { return Asker{Listener: "clef", Address: address, UID: -1} }
	for _, test := range []struct {
		name string
		a, b Asker
		same bool
	}{
		{"ports", from("192.0.2.1:1"), from("192.0.2.1:2"), true},
		{"hosts", from("192.0.2.1:1"), from("192.0.2.2:1"), false},
		{"loopback addresses", from("127.0.0.1:1"), from("127.1.2.3:1"), true},
		{"loopback of both families", from("[::1]:1"), from("127.0.0.1:1"), true},
		{"IPv4 in IPv6", from("[::ffff:192.0.2.1]:1"), from("192.0.2.1:1"), true},
		{"IPv6 addresses of a host", from("[2001:db8::1]:1"), from("[2001:db8::ffff:1]:1"), true},
		{"IPv6 networks", from("[2001:db8::1]:1"), from("[2001:db8:0:1::1]:1"), false},
		{"link-local addresses", from("[fe80::1%eth0]:1"), from("[fe80::2]:1"), true},
		{"without a port", from("127.0.0.1"), from("127.0.0.2:1"), true},
		{"no addresses", from("NA"), from("ui"), false},
		{"listeners", from("127.0.0.1:1"), Asker{Listener: "kmd", Address: "127.0.0.1:1", UID: -1}, false},
		{"a user and a host", Asker{Listener: "clef", Address: "loopback", UID: 0}, from("127.0.0.1:1"), false},
		{"users", Asker{Listener: "clef", UID: 1}, Asker{Listener: "clef", UID: 2}, false},
		{"what proved itself", Asker{Listener: "clef", Identity: "paired:a", Address: "127.0.0.1:1", UID: -1},
			Asker{Listener: "clef", Identity: "paired:a", Address: "192.0.2.1:1", UID: 7}, true},
	} {
		if same := callerOf(test.a) == callerOf(test.b); same != test.same {
			t.Errorf("%s: %q and %q", test.name, callerOf(test.a), callerOf(test.b))
		}
	}
}
