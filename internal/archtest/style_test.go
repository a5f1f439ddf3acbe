package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const maxLines = 600 // per file; most are far shorter

func TestStyle(t *testing.T) {
	documented := map[string]bool{}
	files := projectFiles(t)
	for _, f := range files {
		for _, problem := range checkStyle(f) {
			t.Error(problem)
		}
		if f.syntax.Doc != nil && len(strings.Fields(f.syntax.Doc.Text())) >= 8 {
			documented[f.pkg] = true
		}
	}
	for _, f := range files {
		if !documented[f.pkg] && !strings.HasSuffix(f.path, "_test.go") {
			documented[f.pkg] = true // say it once
			t.Errorf("%s: package %s has no package comment that explains it", f.path, f.pkg)
		}
	}
}

// checkStyle holds one file against the rules of style.
func checkStyle(f file) (problems []string) {
	report := func(at token.Pos, format string, args ...any) {
		problems = append(problems, fmt.Sprintf("%s: %s", f.set.Position(at), fmt.Sprintf(format, args...)))
	}
	if lines := strings.Count(f.text, "\n"); lines > maxLines {
		report(f.syntax.Package, "%d lines, at most %d", lines, maxLines)
	}
	// Spelt so that this file passes its own test.
	unfinished := regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X)\b`)
	for _, group := range f.syntax.Comments {
		if word := unfinished.FindString(group.Text()); word != "" {
			report(group.Pos(), "%s: finish it or leave it out", word)
		}
	}
	for _, decl := range f.syntax.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
			report(fn.Pos(), "func init: registries are explicit lists")
		}
	}
	ast.Inspect(f.syntax, func(node ast.Node) bool {
		call, ok := node.(*ast.CallExpr)
		if !ok {
			return true
		}
		if name := skips(call); name != "" {
			report(call.Pos(), "%s: a test that is not run proves nothing", name)
		}
		// Tests may print the published vectors that they hold as secrets.
		if !f.test && slices.ContainsFunc(call.Args, exposes) {
			switch kind := printer(call); {
			case kind == "append":
				report(call.Pos(), "append may leave a copy of a secret in an array that nobody wipes")
			case kind == "string" && exposedText()[f.path] != "":
			case kind == "string":
				report(call.Pos(), "a secret becomes a string, which cannot be wiped")
			case kind != "":
				report(call.Pos(), "a secret is given to %s", kind)
			}
		}
		return true
	})
	return problems
}

// skips names the method if the call skips a test.
func skips(call *ast.CallExpr) string {
	if selector, ok := call.Fun.(*ast.SelectorExpr); ok {
		receiver, ok := selector.X.(*ast.Ident)
		if ok && slices.Contains([]string{"t", "b", "f", "tb"}, receiver.Name) &&
			slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, selector.Sel.Name) {
			return receiver.Name + "." + selector.Sel.Name
		}
	}
	return ""
}

// exposes reports whether an expression contains x.Expose().
func exposes(expr ast.Expr) (found bool) {
	ast.Inspect(expr, func(node ast.Node) bool {
		if call, ok := node.(*ast.CallExpr); ok {
			selector, ok := call.Fun.(*ast.SelectorExpr)
			found = found || ok && selector.Sel.Name == "Expose" && len(call.Args) == 0
			// What a call makes of a secret (its length, a hash) is no secret to us.
			return !ok || selector.Sel.Name == "Expose"
		}
		return true
	})
	return found
}

// printer names what spreads its arguments: a conversion to string, append, a
// function of fmt, log or slog, or the maker of an error; "" for other calls.
func printer(call *ast.CallExpr) string {
	switch fun := call.Fun.(type) {
	case *ast.Ident:
		// What is appended goes where its caller looks after it; what is appended to may move.
		if fun.Name == "string" || fun.Name == "append" && exposes(call.Args[0]) {
			return fun.Name
		}
	case *ast.SelectorExpr:
		if x, ok := fun.X.(*ast.Ident); ok && slices.Contains([]string{"fmt", "log", "slog", "errors", "strconv", "hex"}, x.Name) &&
			!slices.Contains([]string{"Decode", "Encode", "AppendEncode"}, fun.Sel.Name) {
			return x.Name + "." + fun.Sel.Name
		}
		if kind, ok := fun.X.(*ast.SelectorExpr); ok { // fault.Invalid.New
			if x, ok := kind.X.(*ast.Ident); ok && x.Name == "fault" {
				return "fault." + kind.Sel.Name + "." + fun.Sel.Name
			}
		}
		if slices.Contains([]string{"WithHint", "Info", "Warn", "Error", "Debug", "LogAttrs"}, fun.Sel.Name) {
			return fun.Sel.Name
		}
	}
	return ""
}

func TestStyleNotices(t *testing.T) {
	for body, want := range map[string]string{
		"func f(s S) { hmac.New(sha256.New, s.Expose()) }":                 "",
		"func f(s S) { use(s.Expose()) }":                                  "",
		"func f(s S) { fmt.Println(len(s.Name())) }":                       "",
		"func f(s S) string { return string(s.Expose()) }":                 "becomes a string",
		"func f(s S) string { return string(s.Expose()[:4]) }":             "becomes a string",
		`func f(s S) { fmt.Printf("%x", s.Expose()) }`:                     "given to fmt.Printf",
		`func f(s S) error { return fault.Invalid.New("%x", s.Expose()) }`: "given to fault.Invalid.New",
		`func f(s S) { log.Info("x", "key", s.Expose()) }`:                 "given to log.Info",
		"func f(s S) { use(append(s.Expose(), 10)) }":                      "may leave a copy",
		"func f(s S) { use(append(room, s.Expose()...)) }":                 "",
		"func f(s S) string { return hex.EncodeToString(s.Expose()) }":     "given to hex",
		"func init() {}":                              "func init",
		"// TO" + "DO: later\nfunc f() {}":            "finish it",
		"func f(t *testing.T) { t.Skip() }":           "not run",
		"var x = `" + strings.Repeat("\n", 601) + "`": "at most 600",
	} {
		got := strings.Join(checkStyle(parse(t, "internal/gate/a.go", "package a\n"+body+"\n")), "\n")
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%.60s: problems %q, want %q", body, got, want)
		}
	}
}
