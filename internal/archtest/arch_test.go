package archtest

import (
	"fmt"
	"go/ast"
	"iter"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
)

func TestImports(t *testing.T) {
	for _, f := range projectFiles(t) {
		for _, problem := range checkImports(f) {
			t.Error(problem)
		}
	}
}

// checkImports holds one file's imports against the tables.
func checkImports(f file) (problems []string) {
	report := func(format string, args ...any) {
		problems = append(problems, f.path+": "+fmt.Sprintf(format, args...))
	}
	from := layerOf(subject(f.pkg))
	if from < 0 && !matchesAny(alone(), subject(f.pkg)) {
		report("package %s has no layer: give it one in internal/archtest", f.pkg)
	}
	if !f.test && matchesAny(verifiersOnly(), f.pkg) {
		if name := signs(f); name != "" {
			report("uses %s; private keys belong into the vault", name)
		}
	}
	for _, imp := range f.imports {
		if imp.blank && !f.test && !matchesAny(blankImports()[imp.path], f.pkg) {
			report("blank import of %s", imp.path)
		}
		switch pkg, own := strings.CutPrefix(imp.path, module+"/"); {
		case own:
			problems = append(problems, checkOwn(f, from, strings.TrimPrefix(pkg, "internal/"))...)
		case strings.Contains(strings.Split(imp.path, "/")[0], "."):
			problems = append(problems, checkLibrary(f, imp.path)...)
		}
	}
	return problems
}

// signs names the function of a curve library that a file uses and that needs a
// private key, "" if there is none.
func signs(f file) (found string) {
	ast.Inspect(f.syntax, func(node ast.Node) bool {
		selector, ok := node.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		library, ok := selector.X.(*ast.Ident)
		if !ok || !slices.Contains([]string{"ecdsa", "ed25519", "secp256k1"}, library.Name) {
			return true
		}
		name := selector.Sel.Name
		for _, begin := range []string{"Sign", "PrivKey", "PrivateKey", "Generate", "NewPrivateKey"} {
			if strings.HasPrefix(name, begin) && !strings.HasPrefix(name, "Signature") {
				found = library.Name + "." + name
			}
		}
		return true
	})
	return found
}

// checkOwn judges the import of the project's own package pkg by a file of layer from.
func checkOwn(f file, from int, pkg string) (problems []string) {
	report := func(format string, args ...any) {
		problems = append(problems, f.path+": "+fmt.Sprintf(format, args...))
	}
	if isTestPackage(pkg) {
		if !f.test {
			report("imports %s, which is for tests", pkg)
		}
		return problems
	}
	// A package for tests stands beside its subject, and tests may use whatever
	// the compiler lets them; but siblings stay strangers even in tests.
	if f.test {
		if siblings(f.pkg, pkg) && layerOf(pkg) >= from {
			report("imports its sibling %s", pkg)
		}
		return problems
	}
	switch to := layerOf(pkg); {
	case to < 0 || from < 0:
		report("imports %s, which it must not know", pkg)
	case to >= from:
		report("imports %s, which is not below it", pkg)
	}
	for pattern, importers := range guarded() {
		if matches(pattern, pkg) && !matchesAny(importers, f.pkg) {
			report("imports %s; only %s may", pkg, strings.Join(importers, ", "))
		}
	}
	return problems
}

// isOracle tells whether only the nested module may import a package: the longest
// prefix in the two tables decides.
func isOracle(imported string) bool {
	longest := func(prefixes iter.Seq[string]) (n int) {
		for p := range prefixes {
			if imported == p || strings.HasPrefix(imported, p+"/") {
				n = max(n, len(p))
			}
		}
		return n
	}
	return longest(slices.Values(oracles())) > longest(maps.Keys(libraries()))
}

// checkLibrary judges the import of a third-party package.
func checkLibrary(f file, imported string) []string {
	under := func(prefix string) bool { return imported == prefix || strings.HasPrefix(imported, prefix+"/") }
	if isOracle(imported) {
		return []string{fmt.Sprintf("%s: imports %s, an oracle: compare in the nested module oracle", f.path, imported)}
	}
	if f.test {
		return nil
	}
	if slices.ContainsFunc(testLibraries(), under) {
		return []string{fmt.Sprintf("%s: imports %s, which is for tests", f.path, imported)}
	}
	for prefix, importers := range libraries() {
		if !under(prefix) {
			continue
		}
		if !matchesAny(importers, f.pkg) {
			return []string{fmt.Sprintf("%s: imports %s; only %s may", f.path, imported, strings.Join(importers, ", "))}
		}
		return nil
	}
	return []string{fmt.Sprintf("%s: imports %s, which is not in the list of libraries", f.path, imported)}
}

// layerOf is the number of the layer of a package, -1 if it has none. A package
// that is named exactly is not covered by a star.
func layerOf(pkg string) int {
	found := -1
	for i, names := range layers() {
		if slices.Contains(names, pkg) {
			return i
		}
		if matchesAny(names, pkg) {
			found = i
		}
	}
	return found
}

// siblings reports whether two packages are folders of one family.
func siblings(a, b string) bool {
	family := path.Dir(a)
	return a != b && (family == "api" || family == "chain") && path.Dir(b) == family &&
		path.Base(a) != "all" && path.Base(b) != "all"
}

// isTestPackage reports whether a package exists for the tests of others.
func isTestPackage(pkg string) bool {
	return strings.HasSuffix(path.Base(pkg), "test") && pkg != "archtest"
}

// subject is the package itself, or the one that a package for tests is about.
func subject(pkg string) string {
	if isTestPackage(pkg) {
		return path.Dir(pkg)
	}
	return pkg
}

func matches(pattern, pkg string) bool {
	ok, err := path.Match(pattern, pkg)
	return ok && err == nil
}

func matchesAny(patterns []string, pkg string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, pkg) })
}

// TestChecksNotice shows each check something that it must object to, and that
// it lets ordinary things pass.
func TestChecksNotice(t *testing.T) {
	tests := []struct {
		name, path, imports string
		want                string // part of the one problem, "" for none
		body                string
	}{
		{"downwards", "internal/gate/gate.go", `"strongroom/internal/chain"`, "", ""},
		{"standard library", "internal/gate/gate.go", `"net/http"`, "", ""},
		{"upwards", "internal/chain/chain.go", `"strongroom/internal/gate"`, "not below", ""},
		{"sideways", "internal/chain/evm/a.go", `"strongroom/internal/chain/tron"`, "not below", ""},
		{"siblings in a test", "internal/chain/evm/a_test.go", `"strongroom/internal/chain/tron"`, "sibling", ""},
		{"list of siblings", "internal/chain/all/all.go", `"strongroom/internal/chain/tron"`, "", ""},
		{"two APIs", "internal/api/kmd/a.go", `"strongroom/internal/api/clef"`, "not below", ""},
		{"vault from an API", "internal/api/kmd/a.go", `"strongroom/internal/gate/internal/vault"`, "only gate", ""},
		{"foreign files from the daemon", "internal/daemon/a.go", `"strongroom/internal/foreign/kmdfile"`, "only gate/internal/wallet", ""},
		{"foreign files from the wallet", "internal/gate/internal/wallet/a.go", `"strongroom/internal/foreign/kmdfile"`, "", ""},
		{"engine from the gate", "internal/gate/a.go", `"strongroom/internal/store/sqlite"`, "only daemon", ""},
		{"client", "client/kmd/a.go", `"strongroom/internal/fault"`, "must not know", ""},
		{"new package", "internal/novelty/a.go", `"fmt"`, "no layer", ""},
		{"package for tests in the product", "internal/gate/a.go", `"strongroom/internal/seal/sealtest"`, "for tests", ""},
		{"package for tests in a test", "internal/gate/a_test.go", `"strongroom/internal/seal/sealtest"`, "", ""},
		{"package for tests and its subject", "internal/seal/sealtest/a.go", `"strongroom/internal/seal"`, "", ""},
		{"test library in the product", "internal/gate/a.go", `"github.com/google/go-cmp/cmp"`, "for tests", ""},
		{"library of another package", "internal/gate/a.go", `"modernc.org/sqlite"`, "only store/sqlite", ""},
		{"library in its place", "internal/cli/a.go", `"github.com/spf13/cobra/doc"`, "", ""},
		{"oracle in a test", "internal/chain/evm/a_test.go", `"github.com/ethereum/go-ethereum/core/types"`, "nested module", ""},
		{"oracle in the product", "internal/chain/bitcoin/a.go", `"github.com/btcsuite/btcd/btcutil/psbt"`, "nested module", ""},
		{"part of an oracle's module", "internal/curve/a.go", `"github.com/ethereum/go-ethereum/crypto/secp256k1"`, "", ""},
		{"unknown library", "internal/gate/a.go", `"example.org/leftpad"`, "not in the list", ""},
		{"blank", "internal/gate/a.go", `_ "net/http/pprof"`, "blank import", ""},
		{"driver", "internal/store/sqlite/a.go", `_ "modernc.org/sqlite"`, "", ""},
		{"verifying", "internal/curve/a.go", `"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"`, "", "var x = ecdsa.RecoverCompact"},
		{"signing", "internal/curve/a.go", `"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"`, "belong into the vault", "var x = ecdsa.SignCompact"},
		{"signing in a test", "internal/curve/a_test.go", `"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"`, "", "var x = ecdsa.SignCompact"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			problems := checkImports(parse(t, test.path, "package a\nimport "+test.imports+"\n"+test.body+"\n"))
			got := strings.Join(problems, "\n")
			if test.want == "" && got != "" || !strings.Contains(got, test.want) {
				t.Errorf("problems %q, want %q", got, test.want)
			}
		})
	}
}
