package wallet

import (
	"encoding/binary"
	"testing"

	"strongroom/internal/fault"
)

// One listener that opens all the sessions it can leaves the others their share.
func TestSessionsAreShared(t *testing.T) {
	table := &sessions{open: make(map[SessionID]*Session), of: make(map[string]int)}
	var drawn uint32
	open := func(listener string) (*Session, error) {
		drawn++
		n := &Session{listener: listener}
		binary.BigEndian.PutUint32(n.ID[:], drawn)
		return n, table.add(n)
	}
	fill := func(listener string) (all []*Session) {
		for {
			n, err := open(listener)
			if err != nil {
				wantKind(t, err, fault.Exhausted)
				return all
			}
			all = append(all, n)
		}
	}
	kmd := fill("kmd")
	if len(kmd) != ownSessions+sharedSessions {
		t.Errorf("a single listener has %d sessions", len(kmd))
	}
	admin := fill("admin")
	if len(admin) != ownSessions {
		t.Errorf("beside a full one, a listener has %d sessions, want %d", len(admin), ownSessions)
	}
	// What one gives back, whoever comes first may have.
	table.remove(kmd[0])
	table.remove(kmd[0])
	if n := len(fill("admin")); n != 1 {
		t.Errorf("for one session that ended, %d could be opened", n)
	}
	for _, n := range append(kmd, admin...) {
		table.remove(n)
	}
	if len(table.open) != 1 || table.shared != 0 || table.of["kmd"] != 0 || table.of["admin"] != 1 {
		t.Errorf("in the end %d sessions, %d shared, by listener %v", len(table.open), table.shared, table.of)
	}
}
