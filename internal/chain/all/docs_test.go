package all

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"strongroom/internal/chain"
)

var update = flag.Bool("update", false, "write generated parts of the documentation")

// manual is the page with the table, and the marks that the table is between.
const (
	manual   = "../../../docs/chains.md"
	tableTop = "<!-- table of internal/chain/all; written by: make docs -->\n"
	tableEnd = "<!-- end of the table -->\n"
)

// TestDocumentedChains: the table in the documentation is the registry.
func TestDocumentedChains(t *testing.T) {
	page, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(page), tableTop)
	found, after, ended := strings.Cut(rest, tableEnd)
	if !ok || !ended {
		t.Fatalf("%s has no marks around the table", manual)
	}
	want := documented(rows())
	if found == want {
		return
	}
	if !*update {
		t.Errorf("the table in %s is not the registry; write it with: make docs", manual)
		return
	}
	if err := os.WriteFile(manual, []byte(before+tableTop+want+tableEnd+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// documented writes the rows as two tables, main networks first.
func documented(list []chain.Row) string {
	var b strings.Builder
	b.WriteString("\n| id | symbol, other names | keys | path | digits | address | told apart by |\n|---|---|---|---|---|---|---|\n")
	for _, r := range list {
		if !r.Test {
			fmt.Fprintf(&b, "| [`%s`](%s)<br>%s | %s | %s | %s | %d | %s | %s |\n",
				r.ID, r.Docs, title(r), names(r), r.Algorithm, path(r), r.Decimals, cell(r.Format), cell(r.Network.Network))
		}
	}
	b.WriteString("\nTest networks:\n\n| id | other names | path | address | told apart by |\n|---|---|---|---|---|\n")
	for _, r := range list {
		if r.Test {
			fmt.Fprintf(&b, "| `%s`<br>%s | %s | %s | %s | %s |\n",
				r.ID, title(r), cell(strings.Join(r.Names, ", ")), path(r), cell(r.Format), cell(r.Network.Network))
		}
	}
	return b.String() + "\n"
}

func title(r chain.Row) string {
	if r.Ended == "" {
		return cell(r.Title)
	}
	return cell(r.Title) + "; **" + cell(r.Ended) + "**"
}

func names(r chain.Row) string {
	return cell(strings.Join(append([]string{r.Symbol}, r.Names...), ", "))
}

func path(r chain.Row) string {
	if r.Path == "" {
		return "numbered"
	}
	text := "`" + r.Path + "`"
	if r.Extended != 0 {
		text += fmt.Sprintf("<br>%08x", r.Extended)
	}
	return text
}

// cell keeps a text from ending its cell.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
