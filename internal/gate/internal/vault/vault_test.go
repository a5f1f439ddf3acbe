package vault

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"sync"
	"testing"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/seal"
	"strongroom/internal/seal/sealtest"
	"strongroom/internal/secret"
)

func newVault(t testing.TB) *Vault {
	t.Helper()
	arena, err := secret.NewArena(256 << 10)
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := seal.New(sealtest.Config())
	if err != nil {
		t.Fatal(err)
	}
	v, err := New(Config{Arena: arena, Sealer: sealer, Store: [16]byte{1}, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := v.Close(); err != nil {
			t.Error(err)
		}
		if n := arena.InUse(); n != 0 {
			t.Errorf("%d bytes of locked memory are still in use after Close", n)
		}
		if err := arena.Close(); err != nil {
			t.Error(err)
		}
	})
	return v
}

func password(text string) secret.Bytes { return secret.Copy([]byte(text)) }

var walletA = Slot{Wallet: [16]byte{0xa}, Number: 1}

func create(t testing.TB, v *Vault, slot Slot, text string) (Ref, []byte) {
	t.Helper()
	ref, sealed, err := v.Create(slot, password(text), seal.NotBlank)
	if err != nil {
		t.Fatal(err)
	}
	return ref, sealed
}

func importKey(t testing.TB, v *Vault, ref Ref, l Label, seed []byte) (Label, Sealed) {
	t.Helper()
	k, err := v.ImportKey(ref, l, curve.Ed25519, secret.Copy(seed))
	if err != nil {
		t.Fatal(err)
	}
	l.Algorithm, l.Public = uint8(curve.Ed25519), k.Public.Bytes()
	return l, k
}

// The first test vector of RFC 8032, section 7.1.
func TestSignFollowsRFC8032(t *testing.T) {
	v := newVault(t)
	ref, _ := create(t, v, walletA, "pw")
	seed, _ := hex.DecodeString("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
	l, k := importKey(t, v, ref, Label{Record: [16]byte{1}, Kind: 1}, seed)
	if got := hex.EncodeToString(k.Public.Bytes()); got != "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a" {
		t.Fatalf("public key %s", got)
	}
	signature, err := v.Sign(ref, l, k.Sealed, curve.PureEdDSA, nil)
	if err != nil {
		t.Fatal(err)
	}
	const want = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
	if hex.EncodeToString(signature) != want {
		t.Errorf("signature %x", signature)
	}
}

// The second key of the derivation key 00 01 … 1f, as kmd derives it.
func TestDeriveFollowsKmd(t *testing.T) {
	v := newVault(t)
	ref, _ := create(t, v, walletA, "pw")
	master := make([]byte, SeedSize)
	for i := range master {
		master[i] = byte(i)
	}
	seedLabel := Label{Record: [16]byte{1}, Kind: 2}
	sealedSeed, err := v.ImportSeed(ref, seedLabel, secret.Copy(master))
	if err != nil {
		t.Fatal(err)
	}
	k, err := v.Derive(ref, seedLabel, sealedSeed, KmdDerivation, 2, Label{Record: [16]byte{2}, Kind: 1})
	if err != nil {
		t.Fatal(err)
	}
	private, err := v.Export(ref, Label{Record: [16]byte{2}, Kind: 1, Algorithm: uint8(curve.Ed25519), Public: k.Public.Bytes()}, k.Sealed)
	if err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(private.Expose()); got != "2fa706a61643be89ffb83b7f4b0a417b8011786a597222d2ac5a85411ba5136d" {
		t.Errorf("derived seed %s", got)
	}
}

func TestImportSeedDrawsOneWhereNoneIsGiven(t *testing.T) {
	v := newVault(t)
	ref, _ := create(t, v, walletA, "pw")
	l := Label{Record: [16]byte{1}, Kind: 2}
	seen := make(map[string]bool)
	for _, given := range [][]byte{nil, make([]byte, SeedSize)} {
		sealed, err := v.ImportSeed(ref, l, secret.Copy(given))
		if err != nil {
			t.Fatal(err)
		}
		seed, err := v.Export(ref, l, sealed)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(seed.Expose(), make([]byte, SeedSize)) || seen[string(seed.Expose())] {
			t.Error("the seed is not random")
		}
		seen[string(seed.Expose())] = true
	}
	if _, err := v.ImportSeed(ref, l, secret.Copy(make([]byte, 31))); !fault.Is(err, fault.Invalid) {
		t.Errorf("a seed of 31 bytes: %v", err)
	}
}

func TestRecordsOpenOnlyInTheirPlace(t *testing.T) {
	v := newVault(t)
	ref, _ := create(t, v, walletA, "pw")
	l, k := importKey(t, v, ref, Label{Record: [16]byte{1}, Kind: 1}, bytes.Repeat([]byte{7}, SeedSize))
	open := func(ref Ref, l Label, sealed []byte) error {
		key, err := v.Export(ref, l, sealed)
		if err == nil {
			key.Wipe()
		}
		return err
	}
	if err := open(ref, l, k.Sealed); err != nil {
		t.Fatal(err)
	}
	another := l
	another.Public = bytes.Clone(l.Public)
	another.Public[0] ^= 1
	places := map[string]Label{
		"another record":     {Record: [16]byte{2}, Kind: l.Kind, Algorithm: l.Algorithm, Public: l.Public},
		"another kind":       {Record: l.Record, Kind: 2, Algorithm: l.Algorithm, Public: l.Public},
		"another algorithm":  {Record: l.Record, Kind: l.Kind, Algorithm: 2, Public: l.Public},
		"another public key": another,
		"no public key":      {Record: l.Record, Kind: l.Kind, Algorithm: l.Algorithm},
	}
	for name, place := range places {
		if err := open(ref, place, k.Sealed); !fault.Is(err, fault.Corrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
	t.Run("another wallet", func(t *testing.T) {
		// The same data key under another wallet's name is as near as a splice can come.
		other, _ := create(t, v, Slot{Wallet: [16]byte{0xb}, Number: 1}, "pw")
		from, _ := v.key(ref)
		to, _ := v.key(other)
		copy(to.buffer.Bytes(), from.buffer.Bytes()[:dataKeySize])
		if err := open(other, l, k.Sealed); !fault.Is(err, fault.Corrupt) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("another store", func(t *testing.T) {
		v.cfg.Store[0] ^= 1
		defer func() { v.cfg.Store[0] ^= 1 }()
		if err := open(ref, l, k.Sealed); !fault.Is(err, fault.Corrupt) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("every flipped bit", func(t *testing.T) {
		for i := range len(k.Sealed) * 8 {
			flipped := bytes.Clone(k.Sealed)
			flipped[i/8] ^= 1 << (i % 8)
			if err := open(ref, l, flipped); err == nil {
				t.Fatalf("bit %d flipped: opens", i)
			}
			if _, err := v.Sign(ref, l, flipped, curve.PureEdDSA, []byte("m")); err == nil {
				t.Fatalf("bit %d flipped: signs", i)
			}
		}
	})
	t.Run("every length", func(t *testing.T) {
		for n := range len(k.Sealed) {
			if err := open(ref, l, k.Sealed[:n]); err == nil {
				t.Fatalf("cut to %d bytes: opens", n)
			}
		}
	})
}

func TestSchemeMustFitTheKey(t *testing.T) {
	v := newVault(t)
	ref, _ := create(t, v, walletA, "pw")
	l, k := importKey(t, v, ref, Label{Record: [16]byte{1}, Kind: 1}, bytes.Repeat([]byte{7}, SeedSize))
	for _, scheme := range []curve.Scheme{curve.NoScheme, 99} {
		if _, err := v.Sign(ref, l, k.Sealed, scheme, nil); !fault.Is(err, fault.Invalid) {
			t.Errorf("scheme %d: %v", scheme, err)
		}
	}
	l.Algorithm = 0
	if _, err := v.Sign(ref, l, k.Sealed, curve.PureEdDSA, nil); err == nil {
		t.Error("a record that is no key signs")
	}
}

func TestUnlockAndLock(t *testing.T) {
	v := newVault(t)
	ref, slot := create(t, v, walletA, "pw")
	l, k := importKey(t, v, ref, Label{Record: [16]byte{1}, Kind: 1}, bytes.Repeat([]byte{7}, SeedSize))
	v.Lock(ref)
	v.Lock(ref)
	if _, err := v.Sign(ref, l, k.Sealed, curve.PureEdDSA, nil); !fault.Is(err, fault.Locked) {
		t.Errorf("sign after lock: %v", err)
	}
	if _, err := v.Unlock(walletA, slot, password("PW")); !fault.Is(err, fault.WrongPassword) {
		t.Errorf("wrong password: %v", err)
	}
	if _, err := v.Unlock(Slot{Wallet: [16]byte{0xb}, Number: 1}, slot, password("pw")); err == nil {
		t.Error("the slot opens another wallet")
	}
	again, err := v.Unlock(walletA, slot, password("pw"))
	if err != nil {
		t.Fatal(err)
	}
	if again == ref {
		t.Error("a reference is used twice")
	}
	if _, err := v.Sign(again, l, k.Sealed, curve.PureEdDSA, nil); err != nil {
		t.Error(err)
	}
}

func TestPasswordMatches(t *testing.T) {
	v := newVault(t)
	ref, _ := create(t, v, walletA, "pw")
	for text, want := range map[string]bool{"pw": true, "": false, "pw ": false, "PW": false} {
		if got, err := v.PasswordMatches(ref, password(text)); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	slot, err := v.Reseal(ref, Slot{Wallet: walletA.Wallet, Number: 2}, password("new"), seal.NotBlank)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := v.PasswordMatches(ref, password("pw")); !got {
		t.Error("the old password stops matching before the new slot is durable")
	}
	if err := v.SetPassword(ref, password("new")); err != nil {
		t.Fatal(err)
	}
	if got, _ := v.PasswordMatches(ref, password("pw")); got {
		t.Error("the old password still matches")
	}
	if _, err := v.Unlock(Slot{Wallet: walletA.Wallet, Number: 2}, slot, password("new")); err != nil {
		t.Error(err)
	}
}

// After Tidy no expanded key of before is in the memory that crypto/ed25519 looks at.
func TestTidyDisplacesKeys(t *testing.T) {
	v := newVault(t)
	ref, _ := create(t, v, walletA, "pw")
	l, k := importKey(t, v, ref, Label{Record: [16]byte{1}, Kind: 1}, bytes.Repeat([]byte{7}, SeedSize))
	if v.Unclean() {
		t.Error("unclean before anything was signed")
	}
	if _, err := v.Sign(ref, l, k.Sealed, curve.PureEdDSA, []byte("m")); err != nil {
		t.Fatal(err)
	}
	if !v.Unclean() {
		t.Error("a signature leaves no mark")
	}
	v.Tidy()
	if v.Unclean() {
		t.Error("unclean after Tidy")
	}
	for range cap(v.scratch) {
		s := <-v.scratch
		if !bytes.Equal(s.Bytes()[:scratchSize], make([]byte, scratchSize)) {
			t.Error("scratch is not wiped")
		}
		v.scratch <- s
	}
}

func TestConcurrentUse(t *testing.T) {
	v := newVault(t)
	ref, slot := create(t, v, walletA, "pw")
	l, k := importKey(t, v, ref, Label{Record: [16]byte{1}, Kind: 1}, bytes.Repeat([]byte{7}, SeedSize))
	public := ed25519.PublicKey(k.Public.Bytes())
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for i := range 50 {
				message := []byte{byte(i)}
				signature, err := v.Sign(ref, l, k.Sealed, curve.PureEdDSA, message)
				if err != nil || !ed25519.Verify(public, message, signature) {
					t.Errorf("bad signature: %v", err)
				}
			}
		})
		group.Go(func() {
			for range 20 {
				other, err := v.Unlock(walletA, slot, password("pw"))
				if err != nil {
					t.Error(err)
					continue
				}
				v.Lock(other)
			}
		})
		group.Go(func() { v.Tidy() })
	}
	group.Wait()
}

// Nothing that the vault says contains a secret, in any usual encoding.
func TestErrorsHoldNoSecrets(t *testing.T) {
	v := newVault(t)
	ref, slot := create(t, v, walletA, "canary-password")
	_, wrong := v.Unlock(walletA, slot, password("canary-guess"))
	_, short := v.ImportKey(ref, Label{}, curve.Ed25519, password("canary-key"))
	for _, err := range []error{wrong, short} {
		if err == nil {
			t.Fatal("no error")
		}
		for _, form := range []string{"canary", hex.EncodeToString([]byte("canary")), base64.StdEncoding.EncodeToString([]byte("canary"))} {
			if strings.Contains(err.Error(), form) {
				t.Errorf("%q holds a secret", err)
			}
		}
	}
}

func FuzzOpenRecord(f *testing.F) {
	v := newVault(f)
	ref, _ := create(f, v, walletA, "pw")
	l, k := importKey(f, v, ref, Label{Record: [16]byte{1}, Kind: 1}, bytes.Repeat([]byte{7}, SeedSize))
	f.Add(k.Sealed)
	f.Add([]byte{})
	f.Add([]byte{recordVersion})
	f.Add(make([]byte, recordOverhead))
	f.Fuzz(func(t *testing.T, sealed []byte) {
		if _, err := v.Export(ref, l, sealed); err == nil && !bytes.Equal(sealed, k.Sealed) {
			t.Error("a forged record opens")
		}
	})
}

func BenchmarkSign(b *testing.B) {
	v := newVault(b)
	ref, _ := create(b, v, walletA, "pw")
	l, k := importKey(b, v, ref, Label{Record: [16]byte{1}, Kind: 1}, bytes.Repeat([]byte{7}, SeedSize))
	message := make([]byte, 200)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Sign(ref, l, k.Sealed, curve.PureEdDSA, message); err != nil {
			b.Fatal(err)
		}
	}
}
