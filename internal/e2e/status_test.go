package e2e

import (
	"context"
	"slices"
	"strings"
	"testing"

	"strongroom/internal/api/rest"
)

// The status of a personality shows the doors that it serves itself, with the
// addresses that its clients find.
func TestStatusShowsEveryDoor(t *testing.T) {
	t.Parallel()
	t.Run("kmd", func(t *testing.T) {
		k := startKmd(t, newDir(t, "main"))
		awaitDoor(t, rest.Listener{Name: "kmd", Protocol: "kmd", Address: strings.TrimPrefix(k.URL, "http://")}, func() rest.Status {
			s, err := k.admin().Status(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			return s
		})
	})
	t.Run("kiod", func(t *testing.T) {
		k := runKiod(t, "kiod", t.TempDir())
		awaitDoor(t, rest.Listener{Name: "kiod", Protocol: "kiod", Address: k.Address}, k.status)
	})
}

// awaitDoor waits for a door: a client can find it a moment before the status does.
func awaitDoor(t *testing.T, want rest.Listener, status func() rest.Status) {
	t.Helper()
	await(t, "the status to show "+want.Address, func() bool { return slices.Contains(status().Listeners, want) })
}
