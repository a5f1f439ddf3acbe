package kiod

import (
	"flag"
	"testing"

	"strongroom/internal/api/apitest"
)

var update = flag.Bool("update", false, "write golden files and the generated parts of the documentation")

// The table in the documentation is the list that the recordings are held to.
func TestDocumentedDifferences(t *testing.T) {
	apitest.CheckDocumented(t, "../../../docs/coming-from-kiod.md", tableFile, *update)
}
