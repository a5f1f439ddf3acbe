package archtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// TestPlatforms checks the types of all code of the product without cgo, and on
// macOS: what is written for that only, and what it needs of the libraries. That takes
// a second or two where compiling takes a minute; "make builds" compiles and links.
func TestPlatforms(t *testing.T) {
	for _, p := range []platform{{"linux", "arm64"}, {"darwin", "arm64"}} {
		t.Run(p.os+"/"+p.arch, func(t *testing.T) {
			for _, problem := range p.check(t) {
				t.Error(problem)
			}
		})
	}
}

// platform is a system without cgo and without the erasing of memory, which
// runtime/secret does on Linux alone.
type platform struct{ os, arch string }

// listed is what the go command says about a package.
type listed struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	Imports    []string
	ImportMap  map[string]string // what an import is in truth, where that differs
}

// check gives the errors of all packages of the product and of what they import.
func (p platform) check(t *testing.T) []string {
	t.Helper()
	c := checker{set: token.NewFileSet(), sizes: types.SizesFor("gc", p.arch), packages: map[string]*typed{
		"unsafe": {complete: closed(), types: types.Unsafe},
	}}
	packages := p.list(t)
	for _, listed := range packages {
		if listed.ImportPath != "unsafe" {
			c.packages[listed.ImportPath] = &typed{complete: make(chan struct{})}
		}
	}
	var wg sync.WaitGroup
	running := make(chan struct{}, runtime.GOMAXPROCS(0))
	for _, listed := range packages {
		if listed.ImportPath == "unsafe" {
			continue
		}
		wg.Go(func() {
			for _, path := range listed.Imports {
				<-c.packages[path].complete
			}
			running <- struct{}{}
			c.check(listed)
			<-running
			close(c.packages[listed.ImportPath].complete)
		})
	}
	wg.Wait()
	return c.problems
}

// list asks the go command for the packages of the product and all they import.
func (p platform) list(t *testing.T) (packages []listed) {
	t.Helper()
	command := exec.Command("go", "list", "-deps", "-json=ImportPath,Dir,GoFiles,Imports,ImportMap", "./...")
	command.Dir = filepath.Join("..", "..")
	command.Env = append(os.Environ(), "GOOS="+p.os, "GOARCH="+p.arch, "CGO_ENABLED=0", "GOEXPERIMENT=")
	out, err := command.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %v\n%s", err, exit.Stderr)
		}
		t.Fatal(err)
	}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var one listed
		if err := decoder.Decode(&one); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, one)
	}
}

// checker checks the types of packages, several at a time, each after those that
// it imports.
type checker struct {
	set      *token.FileSet
	sizes    types.Sizes
	packages map[string]*typed // by import path; never changed while packages are checked

	mu       sync.Mutex
	problems []string
}

// typed is a package whose types are there once complete is closed.
type typed struct {
	complete chan struct{}
	types    *types.Package
}

// check reads and checks one package. Of a library it takes the declarations only.
func (c *checker) check(p listed) {
	own := p.ImportPath == module || strings.HasPrefix(p.ImportPath, module+"/")
	files := make([]*ast.File, 0, len(p.GoFiles))
	for _, name := range p.GoFiles {
		file, err := parser.ParseFile(c.set, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			c.report(err)
			return
		}
		files = append(files, file)
	}
	config := types.Config{
		IgnoreFuncBodies: !own,
		Sizes:            c.sizes,
		Error:            c.report,
		Importer: importerFunc(func(path string) (*types.Package, error) {
			if mapped, ok := p.ImportMap[path]; ok {
				path = mapped
			}
			if found := c.packages[path]; found != nil && found.types != nil {
				return found.types, nil
			}
			return nil, fmt.Errorf("package %s is not there", path)
		}),
	}
	c.packages[p.ImportPath].types, _ = config.Check(p.ImportPath, c.set, files, nil) // each error was reported
}

func (c *checker) report(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.problems = append(c.problems, err.Error())
}

type importerFunc func(path string) (*types.Package, error)

func (f importerFunc) Import(path string) (*types.Package, error) { return f(path) }

func closed() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}
