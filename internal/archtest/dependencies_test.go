package archtest

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestEveryDependencyIsDocumented: docs/dependencies.md has a row for each module
// that go.mod requires directly, and for no module that it does not require at all.
func TestEveryDependencyIsDocumented(t *testing.T) {
	required := requirements(read(t, "go.mod"))
	if len(required) == 0 {
		t.Fatal("go.mod requires nothing, which can not be")
	}
	documented := firstCells(read(t, "docs/dependencies.md"), "## Direct")
	for module, direct := range required {
		if direct && !documented[module] {
			t.Errorf("docs/dependencies.md has no row for %s", module)
		}
	}
	for module := range documented {
		if _, known := required[module]; !known {
			t.Errorf("docs/dependencies.md has a row for %s, which go.mod does not require", module)
		}
	}
}

// read gives the text of a file of the project.
func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// requirements are the modules that a go.mod requires, with whether it says so
// without "// indirect".
func requirements(text string) map[string]bool {
	direct := map[string]bool{}
	inside := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch line {
		case "require (":
			inside = true
			continue
		case ")":
			inside = false
		}
		rest, alone := strings.CutPrefix(line, "require ")
		if fields := strings.Fields(rest); (inside || alone) && len(fields) >= 2 && fields[0] != "//" {
			direct[fields[0]] = !strings.HasSuffix(line, "// indirect")
		}
	}
	return direct
}

// firstCells are the names, each between backticks, in the first cells of the
// table below a heading.
func firstCells(text, heading string) map[string]bool {
	quoted := regexp.MustCompile("^\\| `([^`]+)`")
	cells := map[string]bool{}
	below := false
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "## ") {
			below = strings.TrimSpace(line) == heading
		}
		if m := quoted.FindStringSubmatch(line); below && m != nil {
			cells[m[1]] = true
		}
	}
	return cells
}
