// Package apitest is what the tests of the protocols share: a clock that only tests
// move, and the tables of the exchanges in which we differ from a peer on purpose.
//
// Each protocol has one such table beside the recordings. The suites that replay
// recordings hold the server to it, and the documentation repeats it; see
// [CheckDocumented]. Only tests import this package, and it imports nothing of the
// project.
package apitest

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// ReadDifferences reads a table of "exchange<tab>reason" lines; its first line
// is the heading.
func ReadDifferences(t testing.TB, path string) map[string]string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	if lines[0] != "exchange\treason" {
		t.Fatalf("%s: the first line must be exchange, tab, reason", path)
	}
	all := make(map[string]string)
	for i, line := range lines[1:] {
		name, reason, ok := strings.Cut(line, "\t")
		if _, twice := all[name]; !ok || twice || name == "" || reason == "" {
			t.Fatalf("%s:%d: not a new exchange, a tab and a reason", path, i+2)
		}
		all[name] = reason
	}
	return all
}

// DifferencesTable is the Markdown table of the differences, in order of the
// exchanges.
func DifferencesTable(differences map[string]string) string {
	var b strings.Builder
	b.WriteString("| exchange | why |\n|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(differences)) {
		fmt.Fprintf(&b, "| `%s` | %s |\n", name, differences[name])
	}
	return b.String()
}

// CheckDocumented holds a page of the documentation to a table of differences (see
// [ReadDifferences]): between the page's two markers stands [DifferencesTable] and
// nothing else. With update it is written there instead.
func CheckDocumented(t testing.TB, page, table string, update bool) {
	t.Helper()
	const begin, end = "<!-- differences: begin -->\n", "<!-- differences: end -->"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(text), begin)
	got, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s: the markers of the table are missing", page)
	}
	want := DifferencesTable(ReadDifferences(t, table))
	if got == want {
		return
	}
	if !update {
		t.Fatalf("the table in %s is not that of %s; write it, in the folder of this test, with: go test -run Documented -update", page, table)
	}
	if err := os.WriteFile(page, []byte(head+begin+want+end+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}
