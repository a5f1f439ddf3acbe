package gate

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"strongroom/internal/audit"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// Everything at once on one wallet: whatever is signed is right and journaled, and
// what fails does so for a reason that fits.
func TestEverythingAtOnce(t *testing.T) {
	h := newHouse(t, everything())
	c := caller("kmd")
	ctx := t.Context()
	w := h.wallet(c, "w")
	k := h.key(c, h.open(c, w.ID)).Public
	signed := new(sync.Map)
	var signatures atomic.Int64
	var stop atomic.Bool
	var signers, others sync.WaitGroup
	for i := range 4 {
		signers.Go(func() {
			for !stop.Load() {
				s, err := h.Unlock(ctx, c, Unlock{Wallet: w.ID, Password: password("pw"), Lifetime: time.Duration(i+1) * time.Millisecond})
				if err != nil {
					t.Error(err)
					return
				}
				for {
					req := paymentRequest(s.ID, k)
					req.Password = password("")
					out, err := h.Sign(ctx, c, req)
					if err != nil {
						if !fault.Is(err, fault.SessionExpired) && !fault.Is(err, fault.UnknownSession) {
							t.Error(err)
						}
						break
					}
					h.checkPayment(out, k)
					if _, twice := signed.LoadOrStore(out.Sequence, true); twice {
						t.Errorf("two signatures name record %d", out.Sequence)
					}
					signatures.Add(1)
				}
			}
		})
	}
	others.Go(func() {
		s := h.open(c, w.ID)
		for range 40 {
			made := h.key(c, s)
			if _, err := h.Keys(ctx, c, s); err != nil {
				t.Error(err)
			}
			if err := h.DeleteKey(ctx, c, s, made.Public, password("pw")); err != nil {
				t.Error(err)
			}
		}
	})
	others.Go(func() {
		for i := range 40 {
			if _, err := h.RenameWallet(ctx, c, w.ID, password("pw"), fmt.Sprint("w", i)); err != nil {
				t.Error(err)
			}
		}
	})
	others.Go(func() {
		for range 20 {
			if err := h.ChangePassword(ctx, c, w.ID, password("pw"), password("pw")); err != nil {
				t.Error(err)
			}
		}
	})
	others.Go(func() {
		for i := range 20 {
			made := h.wallet(c, fmt.Sprint("other", i))
			if err := h.DeleteWallet(ctx, c, made.ID, password("pw")); err != nil {
				t.Error(err)
			}
			if _, err := h.Status(ctx, c); err != nil {
				t.Error(err)
			}
		}
	})
	others.Wait()
	stop.Store(true)
	signers.Wait()
	if signatures.Load() == 0 {
		t.Error("nothing was signed")
	}
	if err := h.DeleteWallet(ctx, c, w.ID, password("pw")); err != nil {
		t.Fatal(err)
	}
	if status, err := h.Status(ctx, c); err != nil || status.Sessions != 0 || status.Wallets != 0 {
		t.Errorf("in the end: %+v, %v", status, err)
	}
	report, err := h.AuditVerify(ctx, c)
	if err != nil || report.Bad != nil {
		t.Errorf("the journal: %+v, %v", report, err)
	}
	for r, err := range audit.All(h.journal.Dir()) {
		if err != nil {
			t.Fatal(err)
		}
		if _, ours := signed.Load(r.Sequence); ours {
			if r.Operation != "sign" || r.Verdict != "allow" {
				t.Errorf("a signature names %+v", r)
			}
			signatures.Add(-1)
		}
	}
	if n := signatures.Load(); n != 0 {
		t.Errorf("%d signatures are not in the journal", n)
	}
}

// BenchmarkVaultSign is what the gate adds to: the vault alone, with the same message.
func BenchmarkVaultSign(b *testing.B) {
	h := newHouse(b, everything())
	c := caller("kmd")
	id := h.open(c, h.wallet(c, "w").ID)
	k := h.key(c, id).Public
	s, err := h.wallets.Session(c.Listener, id)
	if err != nil {
		b.Fatal(err)
	}
	r, err := s.Find(KeyID{Public: k})
	if err != nil {
		b.Fatal(err)
	}
	message := append([]byte("TX"), payment(k, "note")...)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Sign(r, curve.PureEdDSA, message); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSign is a signature through the whole gate, with its journal record written.
func BenchmarkSign(b *testing.B) {
	h := newHouse(b, everything())
	c := caller("kmd")
	s := h.open(c, h.wallet(c, "w").ID)
	k := h.key(c, s).Public
	req := paymentRequest(s, k)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.Sign(b.Context(), c, req); err != nil {
			b.Fatal(err)
		}
	}
}
