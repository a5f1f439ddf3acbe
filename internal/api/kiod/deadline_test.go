package kiod

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"strongroom/internal/chain/antelope"
)

func unlockAlpha(t testing.TB, b *bench) {
	t.Helper()
	b.wallet(t, "unlock", `["alpha","`+alphaPassword+`"]`, 200)
}

// TestDeadline: every command moves the one deadline of all wallets, failed ones
// too; what is no command does not.
func TestDeadline(t *testing.T) {
	const timeout = 10 * time.Second
	for name, c := range map[string]struct {
		path, body string
		moves      bool
	}{
		"list_wallets":       {walletPath + "list_wallets", "", true},
		"get_public_keys":    {walletPath + "get_public_keys", "", true},
		"failed command":     {walletPath + "lock", `"nosuch"`, true},
		"failed signature":   {walletPath + "sign_digest", `["` + someDigest + `","EOS74ZWVsiYVBq68dcrBA27d9dzW7njR4PjHipiEFvmSTPmA41o2s"]`, true},
		"signature":          {walletPath + "sign_digest", `["` + someDigest + `","` + alphaKey + `"]`, true},
		"supported apis":     {apisPath, "", false},
		"unknown path":       {"/v1/wallet/nosuch", "", false},
		"unparsable":         {walletPath + "lock", `[`, false},
		"bad digest":         {walletPath + "sign_digest", `["zz","` + alphaKey + `"]`, false},
		"wrong kind of name": {walletPath + "unlock", `[["a"],"b"]`, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, func(c *DoorConfig) { c.Timeout = timeout }, "alpha")
			unlockAlpha(t, b)
			b.clock.Advance(timeout - time.Second)
			b.do(c.path, c.body)
			b.clock.Advance(2 * time.Second)
			want := map[bool]string{true: `["alpha *"]`, false: `["alpha"]`}[c.moves]
			if got := b.wallet(t, "list_wallets", "", 200); got != want {
				t.Errorf("%s, want %s", got, want)
			}
			if open := b.gate.open(); open != map[bool]int{true: 1, false: 0}[c.moves] {
				t.Errorf("%d sessions are open", open)
			}
		})
	}
}

// TestGateLocksByItself: the session that the gate has ends at most one grain after
// the deadline, although no command comes.
func TestGateLocksByItself(t *testing.T) {
	for _, timeout := range []time.Duration{time.Second, 15 * time.Minute, 30 * 24 * time.Hour} {
		b := newBench(t, func(c *DoorConfig) { c.Timeout = timeout }, "alpha")
		unlockAlpha(t, b)
		for range 100 { // activity in steps that are no multiple of a grain
			b.clock.Advance(timeout / 77)
			b.wallet(t, "list_wallets", "", 200)
		}
		b.clock.Advance(timeout - time.Nanosecond)
		if b.gate.open() != 1 {
			t.Errorf("%s: the gate has locked too early", timeout)
		}
		b.clock.Advance(maxGrain + time.Nanosecond)
		if b.gate.open() != 0 {
			t.Errorf("%s: the gate has not locked", timeout)
		}
	}
}

// TestRenewalsAreRare: commands in quick succession do not each renew the session.
func TestRenewalsAreRare(t *testing.T) {
	b := newBench(t, nil, "alpha")
	unlockAlpha(t, b)
	for range 1000 {
		b.clock.Advance(time.Millisecond)
		b.wallet(t, "sign_digest", `["`+someDigest+`","`+alphaKey+`"]`, 201)
	}
	if n := b.gate.count("renew"); n == 0 || n > 5 {
		t.Errorf("%d renewals in a second", n)
	}
}

// TestTimeoutZero: a wallet can be unlocked, but nothing can be signed.
func TestTimeoutZero(t *testing.T) {
	b := newBench(t, func(c *DoorConfig) { c.Timeout = 0 }, "alpha")
	b.wallet(t, "create", `"fresh"`, 201)
	unlockAlpha(t, b)
	unlockAlpha(t, b) // locked again when the command arrived
	b.wallet(t, "sign_digest", `["`+someDigest+`","`+alphaKey+`"]`, 500)
	if got := b.wallet(t, "list_wallets", "", 200); got != `["alpha","fresh"]` {
		t.Error(got)
	}
	b.wallet(t, "set_timeout", "10", 200)
	unlockAlpha(t, b)
	b.wallet(t, "sign_digest", `["`+someDigest+`","`+alphaKey+`"]`, 201)
}

// TestSetTimeout: refused values leave the old one in force, and shorter ones count
// at once.
func TestSetTimeout(t *testing.T) {
	b := newBench(t, nil, "alpha")
	unlockAlpha(t, b)
	now := b.clock.Now().UnixNano()
	for _, seconds := range []int64{-5, math.MaxInt64, math.MinInt64, (math.MaxInt64-now)/1e9 + 1} {
		text := strconv.FormatInt(seconds, 10)
		got := b.wallet(t, "set_timeout", text, 500)
		if !strings.Contains(got, `"code":3120011`) || !strings.Contains(got, "specified "+text+", now "+strconv.FormatInt(now, 10)) {
			t.Errorf("%s: %s", text, got)
		}
	}
	b.clock.Advance(15*time.Minute - time.Second)
	if got := b.wallet(t, "list_wallets", "", 200); got != `["alpha *"]` {
		t.Fatal(got)
	}
	b.wallet(t, "set_timeout", strconv.FormatInt((math.MaxInt64-b.clock.Now().UnixNano())/1e9, 10), 200)
	b.wallet(t, "set_timeout", `"2"`, 200)
	b.clock.Advance(2*time.Second + maxGrain)
	if b.gate.open() != 0 {
		t.Error("the shorter timeout does not hold")
	}
	if got := b.wallet(t, "list_wallets", "", 200); got != `["alpha"]` {
		t.Error(got)
	}
	for _, text := range []string{`"abc"`, `[10]`, `{"a":1}`, `1e3`, `1.x`, `99999999999999999999`, `"1 "`, `true`} {
		if got := b.wallet(t, "set_timeout", text, 400); !strings.Contains(got, `"code":3200006`) {
			t.Errorf("%s: %s", text, got)
		}
	}
	b.wallet(t, "set_timeout", "1.9", 200)
}

// TestLateSetTimeout: it does not save wallets whose time has passed.
func TestLateSetTimeout(t *testing.T) {
	b := newBench(t, func(c *DoorConfig) { c.Timeout = time.Second }, "alpha")
	unlockAlpha(t, b)
	b.clock.Advance(time.Second)
	b.wallet(t, "set_timeout", "100", 200)
	if got := b.wallet(t, "list_wallets", "", 200); got != `["alpha"]` || b.gate.open() != 0 {
		t.Errorf("%s, %d sessions", got, b.gate.open())
	}
}

// TestDeadlineUnderLoad: while many clients sign, nothing is signed after the
// deadline of an idle moment, and the race detector sees all of it.
func TestDeadlineUnderLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(c *DoorConfig) { c.Timeout, c.Now = 2*time.Second, time.Now }, "alpha")
		unlockAlpha(t, b)
		var clients sync.WaitGroup
		for i := range 8 {
			clients.Go(func() {
				for n := range 50 {
					time.Sleep(time.Duration(i+1) * 10 * time.Millisecond)
					if status, text := b.do(walletPath+"sign_digest", `["`+someDigest+`","`+alphaKey+`"]`); status != 201 {
						t.Errorf("signature %d: %s", n, text)
					}
				}
			})
		}
		clients.Wait()
		time.Sleep(2*time.Second + maxGrain)
		if b.gate.open() != 0 {
			t.Error("the gate has not locked")
		}
		if status, text := b.do(walletPath+"sign_digest", `["`+someDigest+`","`+alphaKey+`"]`); status != 500 || !strings.Contains(text, "3120004") {
			t.Errorf("%d %s", status, text)
		}
	})
}

// TestSlowUnlock: an unlock that takes long (the native format) keeps nobody from
// signing with what is unlocked already, nor from locking.
func TestSlowUnlock(t *testing.T) {
	b := newBench(t, func(c *DoorConfig) { c.Profile = antelope.Kiod }, "alpha", "kiod-named")
	unlockAlpha(t, b)
	b.gate.slow = make(chan struct{})
	done := make(chan int)
	go func() {
		status, _ := b.do(walletPath+"unlock", `["kiod-named","`+namedPassword+`"]`)
		done <- status
	}()
	<-b.gate.slow // it waits behind the gate
	b.wallet(t, "sign_digest", `["`+someDigest+`","`+alphaKey+`"]`, 201)
	b.wallet(t, "lock", `"alpha"`, 200)
	b.gate.slow <- struct{}{}
	if status := <-done; status != 200 {
		t.Errorf("status %d", status)
	}
	if got := b.wallet(t, "list_wallets", "", 200); got != `["alpha","kiod-named *"]` {
		t.Error(got)
	}
	if bytes.Contains(b.log.Bytes(), []byte(namedPassword)) {
		t.Error("the log has a password")
	}
}
