package archtest

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestEveryDependencyIsDocumented: docs/dependencies.md has a row for each module
// that go.mod requires directly, and for no module that it does not require at all;
// and the same for the module of the oracles, but for what the product has too.
func TestEveryDependencyIsDocumented(t *testing.T) {
	product := requirements(t, "go.mod")
	oracles := requirements(t, "oracle/go.mod")
	for name := range product {
		delete(oracles, name)
	}
	delete(oracles, module)
	documents := read(t, "docs/dependencies.md")
	for heading, required := range map[string]map[string]bool{"## Direct": product, "## Oracles, in a module of their own": oracles} {
		documented := firstCells(documents, heading)
		for name, direct := range required {
			if direct && !documented[name] {
				t.Errorf("docs/dependencies.md has no row for %s below %q", name, heading)
			}
		}
		for name := range documented {
			if _, known := required[name]; !known {
				t.Errorf("docs/dependencies.md has a row for %s below %q, which is not required there", name, heading)
			}
		}
	}
}

// TestOraclesHaveTheVersionsOfTheProduct: a comparison with another version of a
// library than the one that is linked would say nothing of the product.
func TestOraclesHaveTheVersionsOfTheProduct(t *testing.T) {
	product := versions(t, "go.mod")
	shared := 0
	for name, version := range versions(t, "oracle/go.mod") {
		if want, both := product[name]; both {
			if shared++; version != want {
				t.Errorf("oracle/go.mod has %s %s, go.mod has %s", name, version, want)
			}
		}
	}
	if shared < 5 {
		t.Errorf("only %d modules are in both", shared)
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
func requirements(t *testing.T, name string) map[string]bool {
	t.Helper()
	direct := map[string]bool{}
	requires(t, name, func(module, _ string, indirect bool) { direct[module] = !indirect })
	return direct
}

// versions are those of the modules that a go.mod requires.
func versions(t *testing.T, name string) map[string]string {
	t.Helper()
	all := map[string]string{}
	requires(t, name, func(module, version string, _ bool) { all[module] = version })
	return all
}

// requires reads the lines of a go.mod that require a module.
func requires(t *testing.T, name string, each func(module, version string, indirect bool)) {
	t.Helper()
	inside, seen := false, 0
	for line := range strings.Lines(read(t, name)) {
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
			each(fields[0], fields[1], strings.HasSuffix(line, "// indirect"))
			seen++
		}
	}
	if seen == 0 {
		t.Fatalf("%s requires nothing, which can not be", name)
	}
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
