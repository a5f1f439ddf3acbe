package seal_test

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"strongroom/internal/fault"
	"strongroom/internal/seal"
	"strongroom/internal/seal/sealtest"
	"strongroom/internal/secret"
)

// wide accepts the cheap profile and its neighbours, so that a changed parameter
// reaches the cipher.
func wide(t testing.TB) *seal.Sealer {
	t.Helper()
	cfg := sealtest.Config()
	cfg.Limits = seal.Limits{Min: seal.Profile{Time: 1, MemoryKiB: 8, Lanes: 1}, Max: seal.Profile{Time: 4, MemoryKiB: 4096, Lanes: 8}}
	s, err := seal.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var (
	dataKey = []byte("0123456789abcdef0123456789ABCDEF")
	binding = seal.Binding{Store: [16]byte{1, 2, 3}, Wallet: [16]byte{4, 5, 6}, Slot: 7}
)

func password(text string) secret.Bytes { return secret.Copy([]byte(text)) }

func mustSeal(t testing.TB, s *seal.Sealer, text string, flags seal.Flags) []byte {
	t.Helper()
	slot, err := s.Seal(binding, password(text), flags, dataKey)
	if err != nil {
		t.Fatal(err)
	}
	return slot
}

// open gives the error of Open and checks that dst holds the data key or zeros.
func open(t testing.TB, s *seal.Sealer, b seal.Binding, slot []byte, text string) error {
	t.Helper()
	dst := bytes.Repeat([]byte{0xEE}, seal.KeySize)
	err := s.Open(b, slot, password(text), dst)
	want := make([]byte, seal.KeySize)
	if err == nil {
		want = dataKey
	}
	if !bytes.Equal(dst, want) {
		t.Errorf("Open left %x in its destination (error %v)", dst, err)
	}
	return err
}

func wantKind(t testing.TB, what string, err error, kind fault.Kind) {
	t.Helper()
	if !fault.Is(err, kind) {
		t.Errorf("%s: got %v, want an error of kind %s", what, err, kind)
	}
}

func TestSealAndOpen(t *testing.T) {
	s := sealtest.New(t)
	for _, text := range []string{"", "x", "correct horse", "\x00", "пароль 🔑", strings.Repeat("long", 1000), "bad \xff\xfe utf-8"} {
		slot := mustSeal(t, s, text, 0)
		if err := open(t, s, binding, slot, text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		wantKind(t, "wrong password", open(t, s, binding, slot, text+"x"), fault.WrongPassword)
		if bytes.Contains(slot, dataKey[:8]) {
			t.Error("the slot shows the data key")
		}
		info, err := seal.Inspect(slot)
		want := seal.Info{Kind: seal.Password, Profile: sealtest.Profile()}
		if text != "" {
			want.Flags = seal.NotBlank
		}
		if err != nil || info != want {
			t.Errorf("Inspect = %+v, %v; want %+v", info, err, want)
		}
	}
}

func TestSlotsOfOnePasswordDiffer(t *testing.T) {
	s := sealtest.New(t)
	a, b := mustSeal(t, s, "p", 0), mustSeal(t, s, "p", 0)
	if bytes.Equal(a[20:52], b[20:52]) || bytes.Equal(a[52:76], b[52:76]) || bytes.Equal(a[76:], b[76:]) {
		t.Error("salt, nonce or ciphertext repeats")
	}
}

// Each bit is authenticated, and no change makes Open panic or lets it succeed.
func TestEverySingleBitFlipFails(t *testing.T) {
	s := wide(t)
	slot := mustSeal(t, s, "pw", 0)
	for i := range slot {
		for bit := range 8 {
			changed := bytes.Clone(slot)
			changed[i] ^= 1 << bit
			if err := open(t, s, binding, changed, "pw"); err == nil {
				t.Errorf("bit %d of byte %d is not authenticated", bit, i)
			}
		}
	}
	for n := range len(slot) {
		if open(t, s, binding, slot[:n], "pw") == nil {
			t.Errorf("a slot cut to %d bytes opens", n)
		}
	}
	wantKind(t, "one byte more", open(t, s, binding, append(bytes.Clone(slot), 0), "pw"), fault.Corrupt)
	if err := open(t, s, binding, slot, "pw"); err != nil {
		t.Errorf("the slot itself does not open: %v", err)
	}
}

func TestBinding(t *testing.T) {
	s := sealtest.New(t)
	slot := mustSeal(t, s, "pw", 0)
	for name, change := range map[string]func(*seal.Binding){
		"store":  func(b *seal.Binding) { b.Store[15] ^= 1 },
		"wallet": func(b *seal.Binding) { b.Wallet[0] ^= 0x80 },
		"slot":   func(b *seal.Binding) { b.Slot++ },
		"swap":   func(b *seal.Binding) { b.Store, b.Wallet = b.Wallet, b.Store },
	} {
		other := binding
		change(&other)
		wantKind(t, "another "+name, open(t, s, other, slot, "pw"), fault.WrongPassword)
	}
}

// plant writes derivation parameters into a slot as somebody with access to the
// store could.
func plant(slot []byte, time, memoryKiB uint32, lanes uint8) []byte {
	slot = bytes.Clone(slot)
	binary.BigEndian.PutUint32(slot[8:], time)
	binary.BigEndian.PutUint32(slot[12:], memoryKiB)
	slot[16] = lanes
	return slot
}

// If one of these were derived, the test would not end or the machine would run
// out of memory.
func TestHostileParametersAreRefusedBeforeDerivation(t *testing.T) {
	for name, limits := range map[string]seal.Limits{"cheap": sealtest.Limits(), "production": seal.Production()} {
		cfg := seal.Config{Profile: limits.Min, Limits: limits, Rand: rand.Reader}
		s, err := seal.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		slot := mustSeal(t, sealtest.New(t), "pw", 0)
		for _, p := range []seal.Profile{
			{Time: math.MaxUint32, MemoryKiB: 64 << 10, Lanes: 1},
			{Time: 1, MemoryKiB: math.MaxUint32, Lanes: 1},
			{Time: 3, MemoryKiB: 2<<20 + 1, Lanes: 4},
			{Time: 17, MemoryKiB: 64 << 10, Lanes: 4},
			{Time: 3, MemoryKiB: 256 << 10, Lanes: 255},
			{Time: 0, MemoryKiB: 256 << 10, Lanes: 4},
			{Time: 3, MemoryKiB: 0, Lanes: 4},
			{Time: 3, MemoryKiB: 256 << 10, Lanes: 0},
			{},
		} {
			wantKind(t, name, open(t, s, binding, plant(slot, p.Time, p.MemoryKiB, p.Lanes), "pw"), fault.Corrupt)
			if _, err := seal.New(seal.Config{Profile: p, Limits: limits, Rand: rand.Reader}); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: New accepts %+v: %v", name, p, err)
			}
		}
	}
}

func TestProductionRefusesTheCheapProfile(t *testing.T) {
	cfg := sealtest.Config()
	cfg.Limits = seal.Production()
	if _, err := seal.New(cfg); !fault.Is(err, fault.Invalid) {
		t.Errorf("production makes slots with the cheap profile: %v", err)
	}
	cfg.Profile = seal.Default()
	s, err := seal.New(cfg)
	if err != nil {
		t.Fatalf("production refuses the default profile: %v", err)
	}
	wantKind(t, "a cheap slot", open(t, s, binding, mustSeal(t, sealtest.New(t), "pw", 0), "pw"), fault.Corrupt)
}

func TestProductionSealsAndOpens(t *testing.T) {
	cfg := seal.Config{Profile: seal.Production().Min, Limits: seal.Production(), Rand: rand.Reader}
	s, err := seal.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := open(t, s, binding, mustSeal(t, s, "pw", 0), "pw"); err != nil {
		t.Error(err)
	}
}

func TestLanesNeedMemory(t *testing.T) {
	p := seal.Profile{Time: 1, MemoryKiB: 63, Lanes: 8}
	limits := seal.Limits{Min: seal.Profile{Time: 1, MemoryKiB: 8, Lanes: 1}, Max: seal.Profile{Time: 1, MemoryKiB: 64, Lanes: 8}}
	_, err := seal.New(seal.Config{Profile: p, Limits: limits, Rand: rand.Reader})
	wantKind(t, "63 KiB for 8 lanes", err, fault.Invalid)
}

func TestZeroConfigurationIsRefused(t *testing.T) {
	for name, cfg := range map[string]seal.Config{
		"zero":      {},
		"no limits": {Profile: seal.Default(), Rand: rand.Reader},
		"no rand":   {Profile: seal.Default(), Limits: seal.Production()},
	} {
		_, err := seal.New(cfg)
		wantKind(t, name, err, fault.Invalid)
	}
}

// The planted parameters are within the limits and unaffordable, so an answer
// means that nothing was derived.
func TestBlankProbeCostsNoDerivation(t *testing.T) {
	cfg := sealtest.Config()
	cfg.Profile = seal.Profile{Time: math.MaxUint32, MemoryKiB: math.MaxUint32, Lanes: 1}
	cfg.Limits.Max = cfg.Profile
	s, err := seal.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	slot := plant(mustSeal(t, sealtest.New(t), "pw", 0), math.MaxUint32, math.MaxUint32, 1)
	wantKind(t, "blank probe", open(t, s, binding, slot, ""), fault.WrongPassword)
}

func TestNotBlankIsSetByThePassword(t *testing.T) {
	s := sealtest.New(t)
	_, err := s.Seal(binding, secret.Bytes{}, seal.NotBlank, dataKey)
	wantKind(t, "NotBlank for a blank password", err, fault.Invalid)

	blank := mustSeal(t, s, "", 0)
	if err := open(t, s, binding, blank, ""); err != nil {
		t.Errorf("a blank password does not open its slot: %v", err)
	}
	// Neither way of lying about it opens anything.
	claimed := bytes.Clone(blank)
	claimed[7] |= byte(seal.NotBlank)
	wantKind(t, "added note", open(t, s, binding, claimed, ""), fault.WrongPassword)
	denied := mustSeal(t, s, "pw", seal.NotBlank)
	denied[7] &^= byte(seal.NotBlank)
	wantKind(t, "removed note", open(t, s, binding, denied, "pw"), fault.WrongPassword)
}

func TestFoldedSurrogates(t *testing.T) {
	s := sealtest.New(t)
	folded := mustSeal(t, s, "a\uFFFDb", seal.FoldedSurrogates)
	for _, text := range []string{"a\uFFFDb", "a🔑b", "a😀b"} {
		if err := open(t, s, binding, folded, text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{"a\uFFFD\uFFFDb", "ab", "a?b", "a\xffb", "aéb"} {
		wantKind(t, text, open(t, s, binding, folded, text), fault.WrongPassword)
	}
	if err := open(t, s, binding, mustSeal(t, s, "a🔑b", seal.FoldedSurrogates), "a😀b"); err != nil {
		t.Errorf("Seal does not fold: %v", err)
	}
	wantKind(t, "not folded", open(t, s, binding, mustSeal(t, s, "a🔑b", 0), "a😀b"), fault.WrongPassword)
}

func TestFoldSurrogates(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""}, {"plain", "plain"}, {"\uFFFF", "\uFFFF"}, {"\uFFFD", "\uFFFD"},
		{"\U00010000", "\uFFFD"}, {"\U0010FFFF", "\uFFFD"}, {"👩‍🚀", "\uFFFD\u200d\uFFFD"},
		{"\xf0\x9f\x94", "\xf0\x9f\x94"}, {"\xff🔑\xed\xa0\x80", "\xff\uFFFD\xed\xa0\x80"},
	} {
		in := password(c.in)
		got, changed := seal.FoldSurrogates(in)
		if string(got.Expose()) != c.want || changed != (c.in != c.want) {
			t.Errorf("FoldSurrogates(%q) = %q, %v; want %q", c.in, got.Expose(), changed, c.want)
		}
		if string(in.Expose()) != c.in {
			t.Errorf("FoldSurrogates changed its argument to %q", in.Expose())
		}
	}
}

func TestReservedKindsAndVersions(t *testing.T) {
	s := sealtest.New(t)
	slot := mustSeal(t, s, "pw", 0)
	for _, c := range []struct {
		name  string
		at    int
		value byte
		want  fault.Kind
		kind  seal.Kind
	}{
		{"recovery words", 5, 2, fault.Unsupported, seal.RecoveryWords},
		{"host secret", 5, 3, fault.Unsupported, seal.HostSecret},
		{"kind 0", 5, 0, fault.Corrupt, 0},
		{"kind 4", 5, 4, fault.Corrupt, 0},
		{"version 2", 4, 2, fault.Unsupported, 0},
		{"magic", 0, 'X', fault.Corrupt, 0},
		{"flag", 7, 4, fault.Corrupt, 0},
		{"high flag", 6, 0x80, fault.Corrupt, 0},
		{"padding", 19, 1, fault.Corrupt, 0},
	} {
		changed := bytes.Clone(slot)
		changed[c.at] = c.value
		wantKind(t, c.name, open(t, s, binding, changed, "pw"), c.want)
		info, err := seal.Inspect(changed)
		wantKind(t, "Inspect "+c.name, err, c.want)
		if info.Kind != c.kind {
			t.Errorf("Inspect %s: kind %d, want %d", c.name, info.Kind, c.kind)
		}
	}
}

func TestArguments(t *testing.T) {
	s := sealtest.New(t)
	slot := mustSeal(t, s, "pw", 0)
	for _, n := range []int{0, 31, 33, 64} {
		_, err := s.Seal(binding, password("pw"), 0, make([]byte, n))
		wantKind(t, "data key size", err, fault.Invalid)
		wantKind(t, "destination size", s.Open(binding, slot, password("pw"), make([]byte, n)), fault.Invalid)
	}
	_, err := s.Seal(binding, password("pw"), 4, dataKey)
	wantKind(t, "unknown flag", err, fault.Invalid)
	long := secret.New(make([]byte, seal.MaxPassword+1))
	_, err = s.Seal(binding, long, 0, dataKey)
	wantKind(t, "long password", err, fault.TooLarge)
	wantKind(t, "long password", s.Open(binding, slot, long, make([]byte, seal.KeySize)), fault.TooLarge)

	cfg := sealtest.Config()
	cfg.Rand = iotest.ErrReader(errors.New("broken"))
	broken, err := seal.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	_, err = broken.Seal(binding, password("pw"), 0, dataKey)
	wantKind(t, "no randomness", err, fault.Internal)
}

func TestOpenIntoLockedMemory(t *testing.T) {
	arena, err := secret.NewArena(4096)
	if err != nil {
		t.Fatal(err)
	}
	defer arena.Close()
	dst, err := arena.Alloc(seal.KeySize)
	if err != nil {
		t.Fatal(err)
	}
	defer dst.Release()
	s := sealtest.New(t)
	if err := s.Open(binding, mustSeal(t, s, "pw", 0), password("pw"), dst.Bytes()); err != nil || !bytes.Equal(dst.Bytes(), dataKey) {
		t.Errorf("opening into the arena: %v", err)
	}
}

// A slot written by version 1, byte for byte: what is stored today must open for ever.
func TestStoredFormat(t *testing.T) {
	cfg := sealtest.Config()
	cfg.Rand = bytes.NewReader(bytes.Repeat([]byte{0xA5}, 56))
	s, err := seal.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	slot := mustSeal(t, s, "format v1", 0)
	const want = "53526b73" + "01" + "01" + "0001" + "00000001" + "00000040" + "01" + "000000" +
		"a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5" + "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5" +
		goldenCiphertext
	if got := hex.EncodeToString(slot); got != want {
		t.Errorf("the stored format changed:\n got %s\nwant %s", got, want)
	}
	if stored, err := hex.DecodeString(want); err != nil || open(t, s, binding, stored, "format v1") != nil {
		t.Error("a stored slot does not open any more")
	}
}

const goldenCiphertext = "a0a7af0f27cffa11b4794aba915cec0d18476bcaca6893d2cddb1b48c6abd73bd89699b2fb89b239a947987ac1b77bca"

func TestConcurrentUse(t *testing.T) {
	s := sealtest.New(t)
	slot := mustSeal(t, s, "pw", 0)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 20 {
				if err := open(t, s, binding, slot, "pw"); err != nil {
					t.Error(err)
				}
				mustSeal(t, s, "other", 0)
			}
		})
	}
	wg.Wait()
}

func FuzzOpen(f *testing.F) {
	s := wide(f)
	slot := mustSeal(f, s, "pw", 0)
	f.Add(slot, "pw")
	f.Add(slot, "")
	f.Add(plant(slot, 2, 4096, 8), "pw")
	f.Add(plant(slot, math.MaxUint32, math.MaxUint32, 255), "pw")
	f.Add(mustSeal(f, s, "a🔑b", seal.FoldedSurrogates), "a😀b")
	f.Add(slot[:76], "pw")
	f.Add([]byte{}, "")
	f.Fuzz(func(t *testing.T, offered []byte, text string) {
		err := open(t, s, seal.Binding{Slot: 9}, offered, text) // no seed is bound to this place
		if err == nil {
			t.Fatalf("the slot %x opens in a place it was not made for", offered)
		}
		switch fault.KindOf(err) {
		case fault.WrongPassword, fault.Corrupt, fault.Unsupported, fault.TooLarge:
		default:
			t.Fatalf("unexpected error %v", err)
		}
	})
}

func FuzzInspect(f *testing.F) {
	slot := mustSeal(f, sealtest.New(f), "pw", 0)
	f.Add(slot)
	f.Add(slot[:5])
	f.Add(slot[:6])
	f.Add([]byte("SRks\x01\x02"))
	f.Add([]byte("SRks\x02"))
	f.Fuzz(func(t *testing.T, offered []byte) {
		info, err := seal.Inspect(offered)
		if err == nil && (len(offered) != len(slot) || info.Kind != seal.Password) {
			t.Fatalf("Inspect accepts %x as %+v", offered, info)
		}
		if err != nil && !fault.Is(err, fault.Corrupt) && !fault.Is(err, fault.Unsupported) {
			t.Fatalf("unexpected error %v", err)
		}
	})
}

func BenchmarkOpenCheap(b *testing.B) {
	s := sealtest.New(b)
	slot := mustSeal(b, s, "pw", 0)
	dst, pw := make([]byte, seal.KeySize), password("pw")
	for b.Loop() {
		if err := s.Open(binding, slot, pw, dst); err != nil {
			b.Fatal(err)
		}
	}
}
