package cli

import (
	"strings"
	"testing"
	"time"

	"strongroom/internal/api/rest"
)

// TestRecordsNameCallers: what a caller proved stands beside where it came from.
func TestRecordsNameCallers(t *testing.T) {
	uid := int64(1000)
	var out strings.Builder
	writeRecords(&out, []rest.Record{
		{Sequence: 1, Time: time.Unix(0, 0), Operation: "sign", Verdict: "allow", Listener: "clef", UID: &uid, Identity: "paired:payments"},
		{Sequence: 2, Time: time.Unix(0, 0), Operation: "sign", Verdict: "allow", Listener: "clef", Identity: "paired:a\x1b[2Jb"},
		{Sequence: 3, Time: time.Unix(0, 0), Operation: "sign", Verdict: "allow", Listener: "clef"},
	})
	lines := strings.Split(out.String(), "\n")
	for i, want := range []string{"clef uid 1000 paired:payments", `paired:a`, " clef"} {
		if !strings.Contains(lines[i+1], want) {
			t.Errorf("%q does not have %q", lines[i+1], want)
		}
	}
	if strings.Contains(out.String(), "\x1b") || strings.Contains(lines[3], "paired") {
		t.Errorf("%q", out.String())
	}
}
