package weierstrass

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// check signs and holds the signature against the scheme's verifier.
func check(t testing.TB, s *Signer, scheme curve.Scheme, private, digest []byte) []byte {
	t.Helper()
	signature, err := s.Sign(scheme, private, digest)
	if err != nil {
		t.Fatal(err)
	}
	public, err := s.PublicKey(scheme.Algorithm(), private)
	if err != nil {
		t.Fatal(err)
	}
	if err := curve.Verify(scheme, public, digest, signature); err != nil {
		t.Fatalf("%s: signature %x of %x: %v", scheme, signature, digest, err)
	}
	return signature
}

// schemes are all that this package signs with.
func schemes() []curve.Scheme {
	return []curve.Scheme{
		curve.ECDSASecp256k1, curve.AntelopeK1, curve.ECDSAP256, curve.ECDSASecp256k1AnyS, curve.TaprootKey, curve.SchnorrBCH,
	}
}

func TestPublicKeys(t *testing.T) {
	s := New(rand.Reader)
	tests := []struct {
		name            string
		algorithm       curve.Algorithm
		private, public string
	}{
		{"secp256k1: the generator", curve.Secp256k1, strings.Repeat("00", 31) + "01",
			"0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"},
		{"secp256k1: minus the generator", curve.Secp256k1, "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140",
			"0379be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"},
		{"P-256: the generator", curve.P256, strings.Repeat("00", 31) + "01",
			"036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"},
		{"P-256: RFC 6979, A.2.5", curve.P256, "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
			"0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			public, err := s.PublicKey(test.algorithm, unhex(t, test.private))
			if err != nil {
				t.Fatal(err)
			}
			if got := hex.EncodeToString(public.Bytes()); got != test.public {
				t.Errorf("got %s", got)
			}
			if err := public.Valid(); err != nil {
				t.Error(err)
			}
		})
	}
}

// Appendix A.2.5 of RFC 6979, the cases with SHA-256. The s of "sample" is high
// there (order - s is what we give), that of "test" is low.
func TestP256FollowsRFC6979(t *testing.T) {
	s := New(rand.Reader)
	private := unhex(t, "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721")
	for message, want := range map[string]string{
		"sample": "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716" +
			negated(t, curve.P256, "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"),
		"test": "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367" +
			"019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083",
	} {
		digest := sha256.Sum256([]byte(message))
		if got := hex.EncodeToString(check(t, s, curve.ECDSAP256, private, digest[:])[:64]); got != want {
			t.Errorf("%q: got %s, want %s", message, got, want)
		}
	}
}

func negated(t testing.TB, a curve.Algorithm, number string) string {
	order := a.Order()
	out := make([]byte, 32)
	subtract(out, order[:], unhex(t, number))
	return hex.EncodeToString(out)
}

// Signatures of RFC 6979 on secp256k1 that several independent libraries publish
// among their tests (Haskoin, Trezor, CoreBitcoin): r, then the low s.
func TestSecp256k1FollowsRFC6979(t *testing.T) {
	s := New(rand.Reader)
	tests := []struct{ private, message, want string }{
		{strings.Repeat("00", 31) + "01", "Satoshi Nakamoto",
			"934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d82442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5"},
		{strings.Repeat("00", 31) + "01", "All those moments will be lost in time, like tears in rain. Time to die...",
			"8600dbd41e348fe5c9465ab92d23e3db8b98b873beecd930736488696438cb6b547fe64427496db33bf66019dacbf0039c04199abb0122918601db38a72cfc21"},
		{"fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140", "Satoshi Nakamoto",
			"fd567d121db66e382991534ada77a6bd3106f0a1098c231e47993447cd6af2d06b39cd0eb1bc8603e159ef5c20a5c8ad685a45b06ce9bebed3f153d10d93bed5"},
		{"f8b8af8ce3c7cca5e300d33939540c10d45ce001b8f252bfbc57ba0342904181", "Alan Turing",
			"7063ae83e7f62bbb171798131b4a0564b956930092b33b07b395615d9ec7e15c58dfcc1e00a35e1572f366ffe34ba0fc47db1e7189759b9fb233c5b05ab388ea"},
	}
	for _, test := range tests {
		digest := sha256.Sum256([]byte(test.message))
		private := unhex(t, test.private)
		if got := hex.EncodeToString(check(t, s, curve.ECDSASecp256k1, private, digest[:])[:64]); got != test.want {
			t.Errorf("%q: got %s, want %s", test.message, got, test.want)
		}
		var portable [64]byte
		if _, err := s.signPortable(&portable, private, digest[:], plain); err != nil || hex.EncodeToString(portable[:]) != test.want {
			t.Errorf("%q: in pure Go %x, %v", test.message, portable, err)
		}
	}
}

// The check value that a fork of keosd publishes for its Ethereum keys.
func TestEthereumKnownAnswer(t *testing.T) {
	// keccak-256 of the message prefix and the digest 7358248b67726c147e6b100d188dec3b5be0bdc08735378b6146ec0207cf58c4.
	digest := unhex(t, "70a435af95dbeaa7ec4089df808c1ea3a30ec2b361f1cdf6e04be31d1dbbac95")
	got := check(t, New(rand.Reader), curve.ECDSASecp256k1, bytes.Repeat([]byte{0x46}, 32), digest)
	const want = "ea0847dc6f2c9a189b85f01e9a1d51931ac92ee381b67641384b52314a803fd5064a69f67b5967f2cac3fa3b9cf3f4f0be9f08e282e0e71ed0ce13d202a892b700"
	if hex.EncodeToString(got) != want {
		t.Errorf("got %x", got)
	}
}

func TestAntelopeSignaturesAreThoseOfKeosd(t *testing.T) {
	data, err := os.ReadFile("testdata/k1.tsv")
	if err != nil {
		t.Fatal(err)
	}
	s := New(rand.Reader)
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")[1:]
	if len(lines) != 19 {
		t.Errorf("%d signatures", len(lines))
	}
	for _, line := range lines {
		f := strings.Split(line, "\t")
		t.Run(f[0], func(t *testing.T) {
			if got := hex.EncodeToString(check(t, s, curve.AntelopeK1, unhex(t, f[2]), unhex(t, f[3]))); got != f[4] {
				t.Errorf("got %s, want %s", got, f[4])
			}
		})
	}
}

// Digests at and around the group order are reduced, for the nonce too, and the
// smallest and largest keys sign.
func TestEdgesOfTheRange(t *testing.T) {
	s := New(rand.Reader)
	for _, scheme := range schemes() {
		order := scheme.Algorithm().Order()
		one := make([]byte, 32)
		one[31] = 1
		below, above, twice := make([]byte, 32), bytes.Clone(order[:]), bytes.Repeat([]byte{0xff}, 32)
		subtract(below, order[:], one)
		above[31]++
		for _, private := range [][]byte{one, below} {
			for _, digest := range [][]byte{make([]byte, 32), one, below, order[:], above, twice} {
				check(t, s, scheme, private, digest)
			}
		}
		ofZero, ofOrder := check(t, s, scheme, below, make([]byte, 32)), check(t, s, scheme, below, order[:])
		if ecdsa := len(ofZero) == curve.RecoverableSize; ecdsa != bytes.Equal(ofZero, ofOrder) {
			t.Errorf("%s: ECDSA reduces the digest before the nonce is made; others sign its bytes", scheme)
		}
	}
}

func TestInvalidArguments(t *testing.T) {
	s := New(rand.Reader)
	digest := make([]byte, 32)
	for _, scheme := range schemes() {
		a := scheme.Algorithm()
		order := a.Order()
		above := bytes.Clone(order[:])
		above[31]++
		for name, private := range map[string][]byte{
			"none": nil, "short": order[:31], "long": append(make([]byte, 32), 1),
			"zero": make([]byte, 32), "the order": order[:], "above the order": above, "all ones": bytes.Repeat([]byte{0xff}, 32),
		} {
			if err := CheckScalar(a, private); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: key %s: %v", a, name, err)
			}
			if signature, err := s.Sign(scheme, private, digest); signature != nil || !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: sign with key %s: %x, %v", scheme, name, signature, err)
			}
			if _, err := s.PublicKey(a, private); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: public key of %s: %v", a, name, err)
			}
		}
		one := make([]byte, 32)
		one[31] = 1
		for _, n := range []int{0, 31, 33, 63, 64, 65, 96} {
			if scheme == curve.TaprootKey && n == 64 { // with a root
				continue
			}
			if signature, err := s.Sign(scheme, one, make([]byte, n)); signature != nil || !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: digest of %d bytes: %x, %v", scheme, n, signature, err)
			}
		}
	}
	for _, scheme := range []curve.Scheme{curve.NoScheme, curve.PureEdDSA, curve.EdDSABIP32, 99} {
		if _, err := s.Sign(scheme, bytes.Repeat([]byte{1}, 32), digest); !fault.Is(err, fault.Unsupported) {
			t.Errorf("scheme %d: %v", scheme, err)
		}
	}
}

func TestGenerate(t *testing.T) {
	private := make([]byte, 32)
	for _, a := range []curve.Algorithm{curve.Secp256k1, curve.P256} {
		// What is out of range is drawn again, never reduced.
		order := a.Order()
		want := bytes.Repeat([]byte{7}, 32)
		source := bytes.NewReader(bytes.Join([][]byte{make([]byte, 32), order[:], bytes.Repeat([]byte{0xff}, 32), want}, nil))
		if err := New(source).Generate(a, private); err != nil || !bytes.Equal(private, want) {
			t.Errorf("%s: %x, %v", a, private, err)
		}
		if err := New(zeros{}).Generate(a, private); !fault.Is(err, fault.Internal) {
			t.Errorf("%s from a broken source: %v", a, err)
		}
		if err := New(rand.Reader).Generate(a, private[:31]); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s of 31 bytes: %v", a, err)
		}
	}
	if err := New(rand.Reader).Generate(curve.Ed25519, private); !fault.Is(err, fault.Unsupported) {
		t.Errorf("Ed25519: %v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// Without random numbers nothing is blinded, so nothing is signed.
func TestBrokenRandomSource(t *testing.T) {
	private, digest := bytes.Repeat([]byte{1}, 32), make([]byte, 32)
	for name, s := range map[string]*Signer{
		"failing": New(iotest.ErrReader(errors.New("no entropy"))),
		"zero":    New(zeros{}),
	} {
		if signature, err := s.Sign(curve.AntelopeK1, private, digest); signature != nil || !fault.Is(err, fault.Internal) {
			t.Errorf("%s: %x, %v", name, signature, err)
		}
	}
	// The source breaks when the table is made already: at the draw, and at each inversion.
	s := New(rand.Reader)
	if _, err := s.table(); err != nil {
		t.Fatal(err)
	}
	for n := range drawn + 2*32 {
		s.rand = bytes.NewReader(bytes.Repeat([]byte{5}, n))
		var rs [64]byte
		if _, err := s.signPortable(&rs, private, digest, plain); !fault.Is(err, fault.Internal) {
			t.Errorf("%d random bytes: %v", n, err)
		}
	}
}

// The random numbers blind and do nothing else.
func TestSignaturesDoNotDependOnBlinding(t *testing.T) {
	private, digest := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)
	first, second := New(rand.Reader), New(rand.Reader)
	for _, scheme := range schemes() {
		if a, b := check(t, first, scheme, private, digest), check(t, second, scheme, private, digest); !bytes.Equal(a, b) {
			t.Errorf("%s: %x and %x", scheme, a, b)
		}
	}
}

func TestBlindingTableHoldsPairs(t *testing.T) {
	table, err := newBlinding(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for i := range table.scalars {
		w := newWork(rand.Reader, table)
		if err := w.drawBlind(); err != nil {
			t.Fatal(err)
		}
		// (c - b)G + bG must be the table's cG.
		if err := w.multiplyBase(&table.scalars[i]); err != nil {
			t.Fatal(err)
		}
		if !w.sum.X.Equals(&table.points[i].X) || !w.sum.Y.Equals(&table.points[i].Y) {
			t.Fatalf("entry %d", i)
		}
	}
}

func TestRandomCases(t *testing.T) {
	s := New(rand.Reader)
	private, digest := make([]byte, 32), make([]byte, 32)
	for _, scheme := range schemes() {
		var ids [2]int
		for range 200 {
			if err := s.Generate(scheme.Algorithm(), private); err != nil {
				t.Fatal(err)
			}
			rand.Read(digest)
			signature := check(t, s, scheme, private, digest)
			if len(signature) != curve.RecoverableSize {
				ids[signature[63]&1]++ // instead
				continue
			}
			_, id, err := scheme.Split(signature)
			if err != nil {
				t.Fatal(err)
			}
			ids[id]++
		}
		if ids[0] < 50 || ids[1] < 50 {
			t.Errorf("%s: recovery ids %v", scheme, ids)
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	s := New(rand.Reader)
	digest := make([]byte, 32)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			private := bytes.Repeat([]byte{byte(i + 1)}, 32)
			for range 10 {
				for _, scheme := range schemes() {
					check(t, s, scheme, private, digest)
				}
			}
		})
	}
	group.Wait()
}

func TestErrorsHoldNoSecrets(t *testing.T) {
	canary := []byte("canary-canary-canary-canary-cana!")
	_, err := New(rand.Reader).Sign(curve.AntelopeK1, canary, make([]byte, 32))
	if err == nil || strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), hex.EncodeToString(canary[:6])) {
		t.Errorf("got %v", err)
	}
}

// After wipe nothing of the generator or of a computation is left, in the hash's
// own buffer neither.
func TestWipe(t *testing.T) {
	private, message := bytes.Repeat([]byte{0xa5}, 32), make([]byte, 64)
	table, err := newBlinding(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var rs [64]byte
	for name, run := range map[string]func(w *work) error{
		"ECDSA":        func(w *work) error { _, err := w.sign(&rs, private, message[:32], plain); return err },
		"BIP-341":      func(w *work) error { return w.signTaproot(&rs, private, message) },
		"Bitcoin Cash": func(w *work) error { return w.signBCH(&rs, private, message[:32]) },
		"public key":   func(w *work) error { return w.publicKey(new([33]byte), private) },
	} {
		w := newWork(rand.Reader, table)
		if err := run(w); err != nil {
			t.Fatal(err)
		}
		hash := w.nonces.hash
		w.wipe()
		state, err := hash.(interface{ MarshalBinary() ([]byte, error) }).MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		fresh, err := sha256.New().(interface{ MarshalBinary() ([]byte, error) }).MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(state, fresh) {
			t.Errorf("%s: the hash is left as %x", name, state)
		}
		if left := *w; !reflect.DeepEqual(left, *newWork(rand.Reader, table)) {
			t.Errorf("%s: a number is left", name)
		}
	}
}

// What is allocated within secret.Do is remembered piece by piece, and may hold
// secrets: there is nothing.
func TestComputationsAllocateNothing(t *testing.T) {
	private, message := bytes.Repeat([]byte{0xa5}, 32), make([]byte, 64)
	table, err := newBlinding(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	w, rs := newWork(rand.Reader, table), new([64]byte)
	for name, run := range map[string]func() error{
		"ECDSA":        func() error { _, err := w.sign(rs, private, message[:32], plain); return err },
		"BIP-341":      func() error { return w.signTaproot(rs, private, message) },
		"Bitcoin Cash": func() error { return w.signBCH(rs, private, message[:32]) },
	} {
		var failed error
		n := testing.AllocsPerRun(20, func() {
			if err := run(); err != nil {
				failed = err
			}
			w.wipe()
		})
		if failed != nil || n != 0 {
			t.Errorf("%s: %v allocations, %v", name, n, failed)
		}
	}
}
