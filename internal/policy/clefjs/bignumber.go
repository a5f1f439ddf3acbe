package clefjs

import (
	_ "embed"

	"github.com/dop251/goja"
	"github.com/dop251/goja/parser"
)

// bigNumberSource is the npm package's file as it is; see bignumber/README.md.
//
//go:embed bignumber/bignumber.js
var bigNumberSource string

// bigNumber compiles the library to a program whose value is a function. Called with an
// empty object as this, it leaves the constructor there: the library finds neither a
// define nor a module that a rule file may have for itself.
func bigNumber() (*goja.Program, error) {
	return compile("bignumber.js", "(function (define, module) {"+bigNumberSource+"\n})")
}

// compile parses in the mode that rule files are run in (not strict, as scripts are).
// A comment that names a source map is a comment: nothing is read.
func compile(name, text string) (*goja.Program, error) {
	tree, err := goja.Parse(name, text, parser.WithDisableSourceMaps)
	if err != nil {
		return nil, err
	}
	return goja.CompileAST(tree, false)
}
