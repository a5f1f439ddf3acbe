package kmd

import (
	"flag"
	"testing"

	"strongroom/internal/api/apitest"
)

var update = flag.Bool("update", false, "write generated parts of the documentation")

// The table in the documentation is the list that the recordings are held to.
func TestDocumentedDifferences(t *testing.T) {
	apitest.CheckDocumented(t, "../../../docs/coming-from-kmd.md", tableFile, *update)
}
