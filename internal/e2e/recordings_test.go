package e2e

import (
	"testing"

	"strongroom/internal/api/apitest"
	"strongroom/internal/api/kmd/kmdtest"
)

// TestRecordings replays every recorded exchange of the real kmd against a whole
// daemon, byte for byte.
func TestRecordings(t *testing.T) {
	differences := apitest.ReadDifferences(t, "../../testdata/differences.tsv")
	for _, profile := range []string{"main", "short", "pna"} {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			k := startKmd(t, newDir(t, profile))
			kmdtest.Replay(t, kmdtest.Target{
				URL: k.URL, Token: k.Token, Profile: profile, Dir: recordings, Differences: differences,
			})
		})
	}
}
