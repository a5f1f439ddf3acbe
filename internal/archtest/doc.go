// Package archtest holds the tests of the architecture: which package may
// import which, who may use which library, and the rules of style that a
// program can check. It has no code of its own and nobody imports it.
//
// The tables are in table_test.go; read them as the map of the project. A new
// package needs a place in the layers, and a new library a line in the list of
// libraries: what is not listed fails. To change a table is to change the
// design, so such a change says why.
//
// The tests read source text only, for all operating systems and build tags at
// once; one of them checks its types for systems that the tests do not run on. The
// compiler already keeps gate/internal/* to the gate.
package archtest
