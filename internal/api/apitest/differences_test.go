package apitest

import (
	"os"
	"path/filepath"
	"testing"
)

// An update writes the table between the markers, sorted, and leaves the rest of
// the page; then the page passes.
func TestCheckDocumentedUpdates(t *testing.T) {
	dir := t.TempDir()
	page, table := filepath.Join(dir, "page.md"), filepath.Join(dir, "table.tsv")
	for path, text := range map[string]string{
		page:  "head\n<!-- differences: begin -->\nold\n<!-- differences: end -->\ntail\n",
		table: "exchange\treason\n2-b\tsecond\n1-a\tfirst, in\tits words\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	CheckDocumented(t, page, table, true)
	const want = "head\n<!-- differences: begin -->\n" +
		"| exchange | why |\n|---|---|\n| `1-a` | first, in\tits words |\n| `2-b` | second |\n" +
		"<!-- differences: end -->\ntail\n"
	if got, err := os.ReadFile(page); err != nil || string(got) != want {
		t.Errorf("the page is %q (%v)", got, err)
	}
	CheckDocumented(t, page, table, false)
}
