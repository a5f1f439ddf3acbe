package e2e

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const wrongPassword = "error decrypting. wrong password?"

// isWrongPassword tells a refused password from every other answer.
func isWrongPassword(status int, answer object) bool {
	return (status == http.StatusBadRequest || status == http.StatusUnauthorized) && answer["message"] == wrongPassword
}

func isBusy(status int) bool { return status == http.StatusServiceUnavailable }

// TestFlood has 400 strangers guess at one wallet for as long as it takes the
// honest to do their work beside them.
func TestFlood(t *testing.T) {
	t.Parallel()
	k := startKmdWith(t, newDir(t, "main"), []string{asDear + "=1"})
	k.client.Transport.(*http.Transport).MaxIdleConnsPerHost = 512
	victim, signing, other := k.wallet("victim", "victim's"), k.wallet("signing", "signer's"), k.wallet("other", "other's")
	handle := k.open(signing, "signer's")
	key := k.must("POST", "/v1/key", object{"wallet_handle_token": handle})["address"].(string)

	var strangers, arrived sync.WaitGroup
	var refused, busy atomic.Int64
	over := make(chan struct{})
	guess := func(path string, body func(string) object, who int) {
		first := sync.OnceFunc(arrived.Done)
		defer first()
		for n := 0; ; n++ {
			status, answer, err := k.call("POST", path, body(fmt.Sprintf("guess %d of %d", n, who)))
			switch {
			case err == nil && isWrongPassword(status, answer):
				refused.Add(1)
			case err == nil && isBusy(status) && answer["error"] == true:
				busy.Add(1)
				time.Sleep(50 * time.Millisecond) // else the flood is one of HTTP
			default:
				t.Errorf("%s: status %d, %v, %v", path, status, answer, err)
				return
			}
			first()
			select {
			case <-over:
				return
			default:
			}
		}
	}
	arrived.Add(400)
	for i := range 200 {
		strangers.Go(func() {
			guess("/v1/wallet/rename", func(password string) object {
				return object{"wallet_id": victim, "wallet_password": password, "wallet_name": fmt.Sprint("stolen ", i)}
			}, i)
		})
		strangers.Go(func() {
			guess("/v1/wallet/init", func(password string) object {
				return object{"wallet_id": victim, "wallet_password": password}
			}, 200+i)
		})
	}
	t.Cleanup(strangers.Wait)
	end := sync.OnceFunc(func() { close(over) })
	t.Cleanup(end) // runs before the wait above

	for range 50 {
		k.must("POST", "/v1/program/sign", object{"wallet_handle_token": handle, "wallet_password": "signer's", "address": key, "data": []byte("x")})
	}
	for range 3 {
		// Releasing locks the wallet again, so that each opening takes a turn.
		k.must("POST", "/v1/wallet/release", object{"wallet_handle_token": k.open(other, "other's")})
	}
	// The owner of the wallet under attack waits among those who guess at it, but
	// gets in, and once in, no longer depends on them.
	mine := ""
	for range 1000 {
		status, answer, err := k.call("POST", "/v1/wallet/init", object{"wallet_id": victim, "wallet_password": "victim's"})
		if err != nil || !isBusy(status) && status != http.StatusOK {
			t.Fatalf("the owner: status %d, %v, %v", status, answer, err)
		}
		if status == http.StatusOK {
			mine = answer["wallet_handle_token"].(string)
			break
		}
	}
	if mine == "" {
		t.Fatal("the owner is locked out")
	}
	for range 20 {
		k.must("POST", "/v1/key", object{"wallet_handle_token": mine})
		k.must("POST", "/v1/wallet/release", object{"wallet_handle_token": k.open(victim, "victim's")})
	}
	arrived.Wait() // all 400 have been answered at least once
	end()
	strangers.Wait()
	t.Logf("%d guesses refused, %d sent away", refused.Load(), busy.Load())
	if refused.Load() == 0 {
		t.Error("nobody's guess was looked at")
	}
}

// TestBlankProbes keeps all derivations busy: what needs one is sent away, and
// blank passwords, with which goal asks whether there is a password, are answered
// all the same.
func TestBlankProbes(t *testing.T) {
	t.Parallel()
	k := startKmdWith(t, newDir(t, "main"), []string{asDear + "=1", "STRONGROOM_SEALING_CONCURRENCY=1", "STRONGROOM_SEALING_QUEUE=1"})
	id := k.wallet("protected", "pw")
	blank := k.wallet("blank", "")
	handle := k.open(blank, "") // open, so that its blank password is known to be right

	var occupants sync.WaitGroup
	over := make(chan struct{})
	var sentAway atomic.Int64
	full := make(chan struct{})
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
				status, answer, err := k.call("POST", "/v1/wallet/init", object{"wallet_id": id, "wallet_password": fmt.Sprint(i, " ", n)})
				switch {
				case err == nil && isBusy(status):
					sentAway.Add(1)
					isFull()
				case err != nil || !isWrongPassword(status, answer):
					t.Errorf("occupant: status %d, %v, %v", status, answer, err)
					return
				}
			}
		})
	}
	<-full
	for i := range 1000 {
		if status, answer, err := k.call("POST", "/v1/wallet/init", object{"wallet_id": id}); err != nil || !isWrongPassword(status, answer) {
			t.Errorf("probe %d: status %d, %v, %v", i, status, answer, err)
			break
		}
		if i%10 == 0 {
			k.must("POST", "/v1/wallet/release", object{"wallet_handle_token": k.open(blank, "")})
		}
	}
	close(over)
	occupants.Wait()
	k.must("POST", "/v1/key", object{"wallet_handle_token": handle})
}

// TestGuessingThroughHandle has somebody with a handle guess the password.
func TestGuessingThroughHandle(t *testing.T) {
	t.Parallel()
	k := startKmd(t, newDir(t, "main"))
	id := k.wallet("w", "right")
	handle, owners := k.open(id, "right"), k.open(id, "right")
	key := k.must("POST", "/v1/key", object{"wallet_handle_token": handle})["address"].(string)
	export := func(handle, password string) (int, object, error) {
		return k.call("POST", "/v1/key/export", object{"wallet_handle_token": handle, "wallet_password": password, "address": key})
	}
	// A blank password is no guess: there would be no guesses left after so many.
	for range 500 {
		if status, answer, err := export(handle, ""); err != nil || !isWrongPassword(status, answer) {
			t.Fatalf("blank: status %d, %v, %v", status, answer, err)
		}
	}
	if status, answer, err := export(handle, "right"); err != nil || status != http.StatusOK {
		t.Fatalf("after blank ones: status %d, %v, %v", status, answer, err)
	}

	const guesses = 200
	var wrong, busy, answered atomic.Int64
	var work sync.WaitGroup
	slowed := make(chan struct{})
	isSlowed := sync.OnceFunc(func() { close(slowed) })
	for i := range guesses {
		work.Go(func() {
			status, answer, err := export(handle, fmt.Sprint("guess ", i))
			switch {
			case err == nil && isWrongPassword(status, answer):
				wrong.Add(1)
			case err == nil && isBusy(status):
				busy.Add(1)
				isSlowed()
			default:
				t.Errorf("status %d, %v, %v", status, answer, err)
			}
			if answered.Add(1) == guesses {
				isSlowed() // or never will be
			}
		})
	}
	t.Cleanup(work.Wait)
	<-slowed
	for range 50 {
		if status, answer, err := export(owners, "right"); err != nil || status != http.StatusOK {
			t.Fatalf("the owner's own handle: status %d, %v, %v", status, answer, err)
		}
	}
	k.open(id, "right")
	work.Wait()
	// A few are compared at once or after a wait, a few per second; the others not at all.
	if wrong.Load() == 0 || busy.Load() < guesses/2 {
		t.Errorf("%d of %d guesses were compared, %d sent away", wrong.Load(), guesses, busy.Load())
	}
}
