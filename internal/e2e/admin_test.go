package e2e

import (
	"context"
	"net"
	"path/filepath"
	"testing"

	"strongroom/internal/api/rest"
	"strongroom/internal/audit"
	"strongroom/internal/server"
	"strongroom/internal/store"
)

// admin is a client of the daemon's admin socket.
func (k *kmd) admin() *rest.Client {
	address := "unix:" + filepath.Join(k.Dir, ".strongroom", "run", "admin.sock")
	c := rest.NewClient(func(ctx context.Context) (net.Conn, error) { return server.Dial(ctx, address) })
	k.t.Cleanup(c.Close)
	return c
}

// adminWallet is what the admin socket shows of a wallet.
func (k *kmd) adminWallet(id string) rest.Wallet {
	k.t.Helper()
	list, err := k.admin().Wallets(context.Background())
	if err != nil {
		k.t.Fatal(err)
	}
	for _, w := range list.Wallets {
		if w.ID == id {
			return w
		}
	}
	k.t.Fatalf("the admin socket does not show wallet %s", id)
	return rest.Wallet{}
}

// verifyJournal checks the journal of a data directory and gives its report.
func (k *kmd) verifyJournal() audit.Report {
	k.t.Helper()
	report, err := audit.Verify(context.Background(), k.journal(), store.Head{}, [16]byte{}, nil)
	if err != nil {
		k.t.Fatalf("journal: %v (%+v)", err, report.Bad)
	}
	return report
}

// countRecords counts the journal's records by operation and verdict, as in
// "key.import allow".
func countRecords(t *testing.T, dir string) map[string]int {
	t.Helper()
	count := make(map[string]int)
	for r, err := range audit.All(dir) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Phase == audit.Decision {
			count[r.Operation+" "+r.Verdict] += max(1, int(r.Count))
		}
	}
	return count
}
