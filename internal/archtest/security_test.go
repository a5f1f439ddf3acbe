package archtest

import (
	"go/ast"
	"path"
	"regexp"
	"strings"
	"testing"
)

// TestSecurityNamesTests: each row of the table of attackers in SECURITY.md names
// at least one test, and each test that it names exists in the package it names.
func TestSecurityNamesTests(t *testing.T) {
	known := testFunctions(t)
	rows := 0
	for _, row := range attackers(read(t, "SECURITY.md")) {
		rows++
		named := namedTests(row.tests)
		if len(named) == 0 {
			t.Errorf("the row %q names no test", row.attack)
		}
		for _, name := range named {
			if !known[name] {
				t.Errorf("the row %q names %s.%s, which does not exist", row.attack, name.pkg, name.function)
			}
		}
	}
	if rows < 10 {
		t.Errorf("SECURITY.md has only %d attackers; is the table still read?", rows)
	}
}

// TestNamedTests shows the reader of cells what it must understand.
func TestNamedTests(t *testing.T) {
	got := namedTests("`internal/seal`: `TestA`, `FuzzB`; `internal/cli`: `TestC` (script `modes`)")
	want := []namedTest{{"internal/seal", "TestA"}, {"internal/seal", "FuzzB"}, {"internal/cli", "TestC"}}
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %v, want %v", got[i], want[i])
		}
	}
	if tests := namedTests("`TestWithoutPackage`, recordings"); len(tests) != 1 || tests[0].pkg != "" {
		t.Errorf("a test without a package gives %v", tests)
	}
}

// attacker is a row of the table: what is attempted and the cell with the tests.
type attacker struct{ attack, tests string }

// attackers reads the table whose last column is headed "test".
func attackers(text string) []attacker {
	var rows []attacker
	inside := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") {
			inside = false
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		last := strings.TrimSpace(cells[len(cells)-1])
		switch {
		case last == "test":
			inside = true
		case inside && !strings.HasPrefix(last, "---"):
			rows = append(rows, attacker{strings.TrimSpace(cells[0]) + ": " + strings.TrimSpace(cells[1]), last})
		}
	}
	return rows
}

// namedTest is a function in the tests of a package, by its folder.
type namedTest struct{ pkg, function string }

// namedTests reads the code words of a cell: a folder holds for the functions
// after it, and other words are left out.
func namedTests(cell string) (named []namedTest) {
	code, folder := regexp.MustCompile("`([^`]+)`"), ""
	for _, m := range code.FindAllStringSubmatch(cell, -1) {
		switch word := m[1]; {
		case strings.HasPrefix(word, "internal/"), strings.HasPrefix(word, "client/"):
			folder = word
		case strings.HasPrefix(word, "Test"), strings.HasPrefix(word, "Fuzz"):
			named = append(named, namedTest{folder, word})
		}
	}
	return named
}

// testFunctions are all functions of the project's tests that go test would run.
func testFunctions(t *testing.T) map[namedTest]bool {
	t.Helper()
	all := map[namedTest]bool{}
	for _, f := range projectFiles(t) {
		if !strings.HasSuffix(f.path, "_test.go") {
			continue
		}
		folder := path.Dir(f.path)
		for _, d := range f.syntax.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
				all[namedTest{folder, fn.Name.Name}] = true
			}
		}
	}
	return all
}
