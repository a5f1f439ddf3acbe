package all

import "testing"

// TestIDs: requests, rules and the journal name chains by id.
func TestIDs(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range All() {
		if c.ID() == "" || seen[c.ID()] {
			t.Errorf("the id %q is empty or taken twice", c.ID())
		}
		seen[c.ID()] = true
	}
	if !seen["algorand"] {
		t.Error("algorand is missing")
	}
}
