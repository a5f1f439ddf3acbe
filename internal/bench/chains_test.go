package bench

import (
	"testing"

	"strongroom/internal/chain/all"
)

// Every main network has a sample that decodes, so that none is left out of the report.
func TestSamples(t *testing.T) {
	left := samples()
	for _, row := range all.Rows() {
		s, ok := left[row.ID]
		if !ok {
			if !row.Test && row.Ended == "" && row.ID != "evm" {
				t.Errorf("%s has no sample", row.ID)
			}
			continue
		}
		delete(left, row.ID)
		req, err := s.request(row)
		if err != nil {
			t.Errorf("%s: %v", row.ID, err)
			continue
		}
		if in, err := row.Chain.Decode(req); err != nil || len(in.Effects) < 2 || len(in.Tasks) == 0 {
			t.Errorf("%s: %+v, %v", row.ID, in, err)
		}
	}
	for id := range left {
		t.Errorf("a sample of %s, which is not in the registry", id)
	}
}
