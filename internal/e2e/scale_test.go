package e2e

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestSignsWithoutStore takes the store away from under an open wallet: whatever
// would read it now, fails. Signing does not.
func TestSignsWithoutStore(t *testing.T) {
	t.Parallel()
	const keys = 100
	k := startKmd(t, newDir(t, "main"))
	id := k.wallet("w", "pw")
	handle := k.open(id, "pw")
	var addresses []string
	for range keys {
		addresses = append(addresses, k.must("POST", "/v1/key", object{"wallet_handle_token": handle})["address"].(string))
	}
	// Another process, so that the keys are those that the store gave back.
	k.stop()
	k = startKmd(t, k.Dir)
	handle = k.open(id, "pw")

	files, err := filepath.Glob(filepath.Join(k.Dir, ".strongroom", "store", "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files of the store: %v", len(files), err)
	}
	for _, path := range files {
		if strings.HasSuffix(path, "-shm") { // memory, not content; cutting it kills who has it mapped
			continue
		}
		if err := os.Truncate(path, 0); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 1000 {
		address := addresses[i%keys]
		answer := k.must("POST", "/v1/transaction/sign", object{
			"wallet_handle_token": handle, "wallet_password": "pw", "transaction": payment(t, address),
		})
		signed, err := base64.StdEncoding.DecodeString(answer["signed_transaction"].(string))
		if err != nil || !bytes.HasSuffix(signed, payment(t, address)) {
			t.Fatalf("signature %d: %x, %v", i, signed, err)
		}
	}
	if got := k.keys(handle); !slices.Equal(got, inByteOrder(slices.Values(addresses))) {
		t.Errorf("%d keys listed", len(got))
	}
	// The other side of the claim: what does need the store notices.
	k.refused("POST", "/v1/key", object{"wallet_handle_token": handle})
}

// TestSignsWithoutDerivation keeps every derivation busy and signs beside it.
func TestSignsWithoutDerivation(t *testing.T) {
	t.Parallel()
	k := startKmdWith(t, newDir(t, "main"), []string{asDear + "=1", "STRONGROOM_SEALING_CONCURRENCY=1", "STRONGROOM_SEALING_QUEUE=1"})
	id := k.wallet("w", "pw")
	handle := k.open(id, "pw")
	address := k.must("POST", "/v1/key", object{"wallet_handle_token": handle})["address"].(string)
	var occupants sync.WaitGroup
	over, full := make(chan struct{}), make(chan struct{})
	isFull := sync.OnceFunc(func() { close(full) })
	for i := range 4 {
		occupants.Go(func() {
			defer isFull()
			for n := 0; ; n++ {
				select {
				case <-over:
					return
				default:
				}
				status, _, err := k.call("POST", "/v1/wallet/init", object{"wallet_id": id, "wallet_password": fmt.Sprint(i, " ", n)})
				if err != nil {
					t.Error(err)
					return
				}
				if isBusy(status) {
					isFull()
				}
			}
		})
	}
	<-full
	for range 300 { // a signature that needed a turn would be sent away before long
		k.must("POST", "/v1/transaction/sign", object{"wallet_handle_token": handle, "wallet_password": "pw", "transaction": payment(t, address)})
	}
	close(over)
	occupants.Wait()
}

// TestManyKeys lists 10,000 keys in the order of their bytes, before and after a
// restart.
func TestManyKeys(t *testing.T) {
	t.Parallel()
	const keys, clients = 10_000, 8
	k := startKmd(t, newDir(t, "main"))
	seed := bytes.Repeat([]byte{3}, 32)
	id := k.must("POST", "/v1/wallet", object{
		"wallet_name": "w", "wallet_driver_name": "sqlite", "wallet_password": "pw", "master_derivation_key": seed,
	})["wallet"].(map[string]any)["id"].(string)
	handle := k.open(id, "pw")
	var work sync.WaitGroup
	for range clients {
		work.Go(func() {
			for range keys / clients {
				status, answer, err := k.call("POST", "/v1/key", object{"wallet_handle_token": handle})
				if err != nil || status != 200 {
					t.Errorf("status %d, %v, %v", status, answer, err)
					return
				}
			}
		})
	}
	work.Wait()
	var want []string
	for i := range uint64(keys) {
		want = append(want, addressOfSeed(derivedSeed(seed, i+1)))
	}
	want = inByteOrder(slices.Values(want))
	handle = k.open(id, "pw")
	if !slices.Equal(k.keys(handle), want) {
		t.Error("the list is not the keys 1 to 10,000 in the order of their bytes")
	}
	k.must("DELETE", "/v1/key", object{"wallet_handle_token": handle, "wallet_password": "pw", "address": want[5000]})
	want = slices.Delete(want, 5000, 5001)
	if !slices.Equal(k.keys(handle), want) {
		t.Error("the list is wrong after a deletion")
	}
	k.stop()
	k = startKmd(t, k.Dir)
	handle = k.open(id, "pw")
	if !slices.Equal(k.keys(handle), want) {
		t.Error("the list is wrong after a restart")
	}
	k.must("POST", "/v1/transaction/sign", object{"wallet_handle_token": handle, "wallet_password": "pw", "transaction": payment(t, want[9000])})
}
