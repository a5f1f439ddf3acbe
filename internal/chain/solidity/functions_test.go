package solidity

import (
	"encoding/binary"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"path/filepath"
	"strconv"
	"testing"
)

// row is a line of a table of functions.
type row struct {
	table     string
	selector  uint32
	signature string
}

// rows reads the tables from their source, because a switch can not be listed.
func rows(t testing.TB) []row {
	t.Helper()
	names, err := filepath.Glob("functions_*.go")
	if err != nil {
		t.Fatal(err)
	}
	var all []row
	for _, name := range names {
		if name == "functions_test.go" {
			continue
		}
		file, err := parser.ParseFile(gotoken.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(node ast.Node) bool {
			clause, ok := node.(*ast.CaseClause)
			if !ok || len(clause.List) == 0 {
				return true
			}
			selector, err := strconv.ParseUint(clause.List[0].(*ast.BasicLit).Value, 0, 32)
			if err != nil {
				t.Fatal(err)
			}
			result := clause.Body[0].(*ast.ReturnStmt).Results[0].(*ast.BasicLit)
			signature, err := strconv.Unquote(result.Value)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, row{name, uint32(selector), signature})
			return true
		})
	}
	if len(all) < 200 {
		t.Fatalf("only %d functions found: the tables are not read", len(all))
	}
	return all
}

// TestSelectors computes every selector from its signature, and that each function
// is found, once, and can be laid out.
func TestSelectors(t *testing.T) {
	seen := map[uint32]string{}
	for _, r := range rows(t) {
		if want := binary.BigEndian.Uint32(selectorOf(r.signature)); r.selector != want {
			t.Errorf("%s: %s has the selector %#x, not %#x", r.table, r.signature, want, r.selector)
		}
		if before := seen[r.selector]; before != "" {
			t.Errorf("%s: %s has the selector of %s", r.table, r.signature, before)
		}
		seen[r.selector] = r.signature
		if signature, read := lookup(r.selector); signature != r.signature || read == nil {
			t.Errorf("%s: %s is found as %q", r.table, r.signature, signature)
		}
		if _, ok := shapeOf(r.signature); !ok {
			t.Errorf("%s: the types of %s can not be read", r.table, r.signature)
		}
	}
}

func TestRoles(t *testing.T) {
	for name, hash := range map[string]string{"MINTER_ROLE": roleMinter, "PAUSER_ROLE": rolePauser, "UPGRADER_ROLE": roleUpgrader} {
		if got := roleText(value{b: keccak(name)}); got != "role "+name || string(keccak(name)) != hash {
			t.Errorf("%s is shown as %q", name, got)
		}
	}
	if got := roleText(value{b: keccak("PRINCE_ROLE")}); len(got) != len("role 0x")+64 {
		t.Errorf("an unknown role is shown as %q", got)
	}
}
