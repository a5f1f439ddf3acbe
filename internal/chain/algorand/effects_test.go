package algorand

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"strongroom/internal/chain"
)

var update = flag.Bool("update", false, "rewrite the expectations in testdata/effects.txtar")

// TestEffects compares what transactions do, and the digest of what is signed,
// with testdata/effects.txtar: pairs of NAME/transaction and NAME/effects.
func TestEffects(t *testing.T) {
	const path = "testdata/effects.txtar"
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []txtar.File
	scenarios := 0
	for _, file := range archive.Files {
		name, ok := strings.CutSuffix(file.Name, "/transaction")
		if !ok {
			continue
		}
		scenarios++
		intent := decodeTx(t, string(file.Data))
		got := describe(intent.Effects) + fmt.Sprintf("signs %x\n", sha256.Sum256(intent.Tasks[0].Message))
		out = append(out, file, txtar.File{Name: name + "/effects", Data: []byte(got)})
		if *update {
			continue
		}
		i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == name+"/effects" })
		if i < 0 {
			t.Errorf("%s has no expectation; run with -update and read the difference", name)
		} else if want := string(archive.Files[i].Data); got != want {
			t.Errorf("%s: got\n%swant\n%s", name, got, want)
		}
	}
	if scenarios < 20 {
		t.Errorf("only %d scenarios", scenarios)
	}
	if *update {
		archive.Files = out
		if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestEveryTransactionShowsItsFee: no type and no combination hides what the
// network takes, or until when the signature is good.
func TestEveryTransactionShowsItsFee(t *testing.T) {
	for _, typ := range []string{"pay", "keyreg", "acfg", "axfer", "afrz", "appl", "stpf", "hb", "?"} {
		effects := decodeTx(t, fmt.Sprintf(`{"snd":"@alice","type":%q,"fee":12345,"lv":77}`, typ)).Effects
		if len(effects) < 2 {
			t.Errorf("%s: nothing but a fee", typ)
		}
		fee := effects[len(effects)-1]
		if fee.Kind != chain.Fee || fee.Amount != "12345" || fee.Asset != "ALGO" || fee.From != account("alice").String() {
			t.Errorf("%s: the last effect is\n%s", typ, describe(effects[len(effects)-1:]))
		}
		for _, e := range effects {
			if e.Until != "round 77" {
				t.Errorf("%s: effect without its end: %+v", typ, e)
			}
		}
	}
}
