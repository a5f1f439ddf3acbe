package kiodtest

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
// exchanges, for docs/coming-from-kiod.md.
func DifferencesTable(differences map[string]string) string {
	var b strings.Builder
	b.WriteString("| exchange | why |\n|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(differences)) {
		fmt.Fprintf(&b, "| `%s` | %s |\n", name, differences[name])
	}
	return b.String()
}
