package kiod

import (
	"flag"
	"os"
	"strings"
	"testing"

	"strongroom/internal/api/kiod/kiodtest"
)

var update = flag.Bool("update", false, "write golden files and the generated parts of the documentation")

// The table in the documentation is the list that the recordings are held to.
func TestDocumentedDifferences(t *testing.T) {
	const page = "../../../docs/coming-from-kiod.md"
	const begin, end = "<!-- differences: begin -->\n", "<!-- differences: end -->"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(text), begin)
	table, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatal("the markers of the table are missing")
	}
	want := kiodtest.DifferencesTable(kiodtest.ReadDifferences(t, tableFile))
	if table == want {
		return
	}
	if !*update {
		t.Fatalf("the table in %s is not that of %s; write it with: go test ./internal/api/kiod -run Documented -update", page, tableFile)
	}
	if err := os.WriteFile(page, []byte(head+begin+want+end+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}
