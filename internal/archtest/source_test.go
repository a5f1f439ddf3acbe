package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "strongroom"

// file is one Go file of the project.
type file struct {
	path    string // from the root of the project, with slashes
	pkg     string // its folder, below internal/ or from the root
	test    bool   // only part of tests
	text    string
	set     *token.FileSet
	syntax  *ast.File
	imports []imported
}

type imported struct {
	path  string
	blank bool
}

// projectFiles reads all Go files of the module, whatever system they are for.
func projectFiles(t *testing.T) []file {
	t.Helper()
	const root = "../.."
	var files []file
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := entry.Name()
		if entry.IsDir() {
			hidden := strings.HasPrefix(base, ".") && base != ".." || strings.HasPrefix(base, "_")
			if hidden || base == "testdata" || base == "node_modules" || base == "bin" {
				return fs.SkipDir
			}
			if _, err := os.Stat(filepath.Join(name, "go.mod")); err == nil && name != root {
				return fs.SkipDir // a module of its own
			}
			return nil
		}
		if !strings.HasSuffix(base, ".go") {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		files = append(files, parse(t, filepath.ToSlash(relative), string(text)))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 50 {
		t.Fatalf("only %d files found: the walk is broken", len(files))
	}
	return files
}

func parse(t *testing.T, name, text string) file {
	t.Helper()
	f := file{path: name, text: text, set: token.NewFileSet()}
	f.pkg = strings.TrimPrefix(path.Dir(name), "internal/")
	f.test = strings.HasSuffix(name, "_test.go") || isTestPackage(f.pkg)
	var err error
	if f.syntax, err = parser.ParseFile(f.set, name, text, parser.ParseComments|parser.SkipObjectResolution); err != nil {
		t.Fatal(err)
	}
	for _, spec := range f.syntax.Imports {
		target, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		f.imports = append(f.imports, imported{path: target, blank: spec.Name != nil && spec.Name.Name == "_"})
	}
	return f
}
