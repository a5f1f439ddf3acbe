package antelope

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"strongroom/internal/curve"
	"strongroom/internal/secret"
)

const (
	devPrivate = "5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD3" // the peers' well-known development key
	emPublic   = "PUB_EM_0448b5f1e4331e1dbd6c7db8aed152433884d9774e407c8fb4fbdb4c49b34760b793821b4a46ff17b1e5555895297f34ce057eb09b36fc5f620842e9fa30ff0c3c"
	edPublic   = "PUB_ED_H1t8QdWfY1H9GuHTW4NHMTcxcYDfTPWJdNJLVqNCydS2"
	r1Public   = "PUB_R1_5nChikuswCT6xioyGSZ6jb33ZyZ5wfVQpWFiXMgcVQjtThA46T"
	k1Public   = "PUB_K1_7FwGzQo6CLhJCexq6BuJjv4FT4owFjPUzMVcXphH4PfA2GsW3t"
	// From the tests of Antelope's Spring 1.
	blsPublic = "PUB_BLS_qVbh4IjYZpRGo8U_0spBUM-u-r_G0fMo4MzLZRsKWmm5uyeQTp74YFaMN9IDWPoVVT5rj_Tw1gvps6K9_OZ6sabkJJzug3uGfjA6qiaLbLh5Fnafwv-nVgzzzBlU2kwRrcHc8Q"
)

func parsePublic(t testing.TB, text string) PublicKey {
	t.Helper()
	key, err := ParsePublicKey(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return key
}

// waPublic is a WebAuthn key with the point of an R1 key.
func waPublic(t testing.TB) PublicKey {
	t.Helper()
	key, err := newPublicKey(WA, append([]byte(parsePublic(t, r1Public).packed), "\x01\x0bexample.org"...))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// TestKeyTexts: the texts of every key of the peer's wallets, in every profile.
func TestKeyTexts(t *testing.T) {
	for _, k := range readLines[fixture](t, "keys.jsonl") {
		t.Run(k.PublicPrefixed, func(t *testing.T) {
			public := parsePublic(t, k.PublicPrefixed)
			if parsePublic(t, k.Public) != public {
				t.Error("two texts of one key are read as two keys")
			}
			sys := strings.Replace(k.Public, "EOS", "SYS", 1)
			if public.Text(Kiod) != k.PublicPrefixed || public.Text(Keosd) != k.Public || public.Text(KiodSys) != sys || parsePublic(t, sys) != public {
				t.Errorf("written as %s, %s, %s", public.Text(Kiod), public.Text(Keosd), public.Text(KiodSys))
			}
			for _, text := range []string{k.Private, k.PrivatePrefixed, strings.Replace(k.PrivatePrefixed, "_0x", "_", 1)} {
				private, kind, err := ParsePrivateKey(secret.New([]byte(text)))
				if err != nil || private.Len() != 32 || kind != public.Type() {
					t.Fatalf("private key: %d bytes of type %s, %v", private.Len(), kind, err)
				}
				exported := private
				if kind == ED { // what a wallet exports, and the proof that the two belong together
					full := ed25519.NewKeyFromSeed(private.Expose())
					if !bytes.Equal(full[32:], public.Key().Bytes()) {
						t.Error("the seed belongs to another public key")
					}
					exported = secret.New(full)
				}
				for profile, want := range map[Profile]string{Kiod: k.PrivatePrefixed, Keosd: k.Private, KiodSys: k.Private} {
					written, err := FormatPrivateKey(kind, exported, profile)
					if err != nil || string(written.Expose()) != want {
						t.Errorf("profile %s writes another text, %v", profile, err)
					}
				}
			}
			again, err := NewPublicKey(public.Type(), public.Key())
			if err != nil || again != public {
				t.Errorf("from the wallet's key: %v, %v", again, err)
			}
		})
	}
}

func TestPublicKeyForms(t *testing.T) {
	em := parsePublic(t, emPublic)
	digits := strings.TrimPrefix(emPublic, "PUB_EM_")
	for _, text := range []string{
		"PUB_EM_0x" + digits, "PUB_EM_" + digits[2:], "PUB_EM_0x" + digits[2:], "PUB_EM_" + strings.ToUpper(digits),
		"PUB_EM_02" + digits[2:66], // y is even
	} {
		if parsePublic(t, text) != em {
			t.Errorf("%s is another key", text)
		}
	}
	for _, text := range []string{emPublic, edPublic, r1Public, k1Public, blsPublic, waPublic(t).String()} {
		key := parsePublic(t, text)
		for _, profile := range []Profile{Kiod, Keosd, KiodSys} {
			if key.kind != K1 && key.Text(profile) != text {
				t.Errorf("%s is written as %s", text, key.Text(profile))
			}
		}
		if kind, ok := ParseKeyType(strings.ToLower(key.kind.String())); !ok || kind != key.kind {
			t.Errorf("type %s", key.kind)
		}
		if algorithm := key.kind.Algorithm(); (algorithm == curve.NoAlgorithm) != key.Key().IsZero() {
			t.Errorf("a wallet's key for %s", text)
		}
	}
	if (PublicKey{}).String() != "" || !(PublicKey{}).IsZero() {
		t.Error("no key has no text")
	}
}

func TestPublicKeyRefused(t *testing.T) {
	digits := strings.TrimPrefix(emPublic, "PUB_EM_")
	legacy := parsePublic(t, k1Public).Text(Keosd)
	for text, want := range map[string]error{
		"":                                     ErrPrefix,
		"nokey":                                ErrPrefix,
		"PUB_":                                 ErrPrefix,
		"PUB_K1":                               ErrLength,
		"PUB_X1_" + k1Public[7:]:               ErrPrefix,
		"PUB_k1_" + k1Public[7:]:               ErrPrefix,
		"pub_K1_" + k1Public[7:]:               ErrPrefix,
		"PVT_K1_" + k1Public[7:]:               ErrPrefix,
		"EOS":                                  ErrLength,
		"EOSxyz":                               ErrLength,
		"EOS_K1_" + k1Public[7:]:               ErrPrefix,
		"FIO" + legacy[3:]:                     ErrPrefix,
		legacy + " ":                           ErrNotBase58,
		" " + legacy:                           ErrPrefix,
		legacy[:20] + "0" + legacy[21:]:        ErrNotBase58,
		legacy[:20] + "zz" + legacy[22:]:       ErrChecksum,
		"EOS1" + legacy[3:]:                    ErrLength, // a zero byte in front
		"PUB_K1_" + legacy[3:]:                 ErrChecksum,
		"EOS" + k1Public[7:]:                   ErrChecksum,
		"PUB_R1_" + k1Public[7:]:               ErrChecksum,
		"PUB_K1_" + strings.Repeat("z", 5000):  ErrLength,
		"PUB_ED_" + strings.Repeat("z", 5000):  ErrLength,
		edPublic + "1":                         ErrLength,
		edPublic[:len(edPublic)-3]:             ErrLength,
		"PUB_EM_":                              ErrLength,
		"PUB_EM_0x":                            ErrLength,
		"PUB_EM_0x0x" + digits:                 ErrLength,
		"PUB_EM_" + digits[1:]:                 ErrOddHex,
		"PUB_EM_zz" + digits[2:]:               ErrHexDigit,
		"PUB_EM_" + digits + "00":              ErrLength,
		"PUB_EM_05" + digits[2:]:               ErrKey,
		"PUB_EM_" + digits[:128] + "00":        ErrKey, // not on the curve
		"PUB_EM_04" + digits[2:66]:             ErrKey,
		"PUB_EM_" + strings.Repeat("00", 65):   ErrKey,
		blsPublic[:20] + "\n" + blsPublic[20:]: ErrLength,
		blsPublic[:20] + "\n" + blsPublic[21:]: ErrKey,
		blsPublic[:20] + "A" + blsPublic[21:]:  ErrChecksum,
		blsPublic + "==":                       ErrLength,
		// the right checksum over something that is no key
		string(appendChecked([]byte("PUB_K1_"), make([]byte, 33), "K1")):                                                   ErrKey,
		string(appendChecked([]byte("EOS"), append([]byte{4}, make([]byte, 32)...), "")):                                   ErrKey,
		string(appendChecked([]byte("PUB_WA_"), append([]byte{2}, make([]byte, 33)...), "WA")):                             ErrKey,
		string(appendChecked([]byte("PUB_WA_"), append([]byte{2}, append(make([]byte, 32), 3, 1, 'x')...), "WA")):          ErrKey,
		string(appendChecked([]byte("PUB_WA_"), append([]byte{2}, append(make([]byte, 32), 1, 1, 'x', 'y')...), "WA")):     ErrKey,
		string(appendChecked([]byte("PUB_WA_"), append([]byte{2}, append(make([]byte, 32), 1, 0x81, 0x00, 'x')...), "WA")): ErrKey,
	} {
		if key, err := ParsePublicKey(text); !errors.Is(err, want) || !key.IsZero() {
			t.Errorf("%.80q: %v, %v; want %v", text, key, err, want)
		}
	}
	if _, err := NewPublicKey(EM, parsePublic(t, r1Public).Key()); !errors.Is(err, ErrKey) {
		t.Errorf("a P-256 key of type EM: %v", err)
	}
	if _, err := NewPublicKey(BLS, curve.PublicKey{}); !errors.Is(err, ErrKey) {
		t.Errorf("no key of type BLS: %v", err)
	}
}

func TestPrivateKeyRefused(t *testing.T) {
	order := curve.Secp256k1.Order()
	orderR1 := curve.P256.Order()
	wif := func(version byte, key []byte, tail ...byte) string {
		return string(appendWIFOf(append(append([]byte{version}, key...), tail...)))
	}
	checked := func(kind string, key []byte) string { return string(appendChecked([]byte("PVT_"+kind+"_"), key, kind)) }
	one := append(make([]byte, 31), 1)
	belowOrder := bytes.Clone(order[:])
	belowOrder[31]--
	ed := "PVT_ED_3bwdBU5Dnzx95zWJskvfdJyH8WpJd4zb36YLpmbnV5gjYy7zbCuLwcJeW6Ktk8B56Q99bdpj7XPJMyzkLSrHZc9p"
	for text, want := range map[string]error{
		"":                          ErrLength,
		"5Kx":                       ErrLength,
		"0OIl0OIl0OIl":              ErrNotBase58,
		k1Public:                    ErrPrefix,
		"PVT_X1_" + devPrivate:      ErrPrefix,
		"PVT_BLS_" + devPrivate:     ErrPrefix,
		"PVT_WA_" + devPrivate:      ErrPrefix,
		devPrivate[:50] + "4":       ErrChecksum,
		devPrivate + "1":            ErrLength,
		"1" + devPrivate:            ErrLength,
		wif(0x80, one, 1):           ErrLength, // of a compressed key
		wif(0xef, one):              ErrPrefix,
		wif(0x80, make([]byte, 32)): ErrKey,
		wif(0x80, order[:]):         ErrKey,
		wif(0x80, bytes.Repeat([]byte{0xff}, 32)):     ErrKey,
		checked("K1", order[:]):                       ErrKey,
		checked("R1", orderR1[:]):                     ErrKey,
		checked("R1", make([]byte, 32)):               ErrKey,
		checked("K1", one[1:]):                        ErrLength,
		checked("K1", append(one, 0)):                 ErrLength,
		"PVT_EM_" + hex.EncodeToString(order[:]):      ErrKey,
		"PVT_EM_0x" + strings.Repeat("00", 32):        ErrKey,
		"PVT_EM_0x" + strings.Repeat("11", 31):        ErrLength,
		"PVT_EM_0x" + strings.Repeat("11", 33):        ErrLength,
		"PVT_EM_0x1" + strings.Repeat("11", 31):       ErrOddHex,
		"PVT_EM_0x" + strings.Repeat("11", 31) + "1g": ErrHexDigit,
		ed[:len(ed)-1] + "q":                          ErrKey, // another public key than the seed's
		ed[:len(ed)-3]:                                ErrLength,
		ed + "1":                                      ErrLength,
		"PVT_K1_" + strings.Repeat("z", 1000):         ErrLength,
	} {
		if key, _, err := ParsePrivateKey(secret.New([]byte(text))); !errors.Is(err, want) || !key.IsEmpty() {
			t.Errorf("%.80q: %v, want %v", text, err, want)
		}
	}
	for _, text := range []string{wif(0x80, one), wif(0x80, belowOrder), checked("K1", belowOrder), "PVT_EM_" + hex.EncodeToString(belowOrder)} {
		if _, _, err := ParsePrivateKey(secret.New([]byte(text))); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	for kind, size := range map[KeyType]int{K1: 31, R1: 33, EM: 0, ED: 32, WA: 32, BLS: 32} {
		if _, err := FormatPrivateKey(kind, secret.New(make([]byte, size)), Kiod); !errors.Is(err, ErrKey) {
			t.Errorf("%d bytes of type %s: %v", size, kind, err)
		}
	}
}

// appendWIFOf writes base58 with the checksum of WIF, whatever it is of.
func appendWIFOf(data []byte) []byte {
	once := sha(data)
	twice := sha(once)
	return encode58(append(bytes.Clone(data), twice[:4]...))
}

// TestSingleHashWIF: the checksum of one SHA-256 is read too.
func TestSingleHashWIF(t *testing.T) {
	data := append([]byte{0x80}, bytes.Repeat([]byte{7}, 32)...)
	text := encode58(append(bytes.Clone(data), sha(data)[:4]...))
	key, kind, err := ParsePrivateKey(secret.New(text))
	if err != nil || kind != K1 || !bytes.Equal(key.Expose(), data[1:]) {
		t.Errorf("type %s, %v", kind, err)
	}
}

func TestSignatureRefused(t *testing.T) {
	good := "SIG_K1_Kd7cm8L3NKXJx3cmne2QtSh9YuVhs8ibSQkZFzs2SLsDBRdz4vPUHuyohVz9YYZmHDy9a8vNPsP9ASPLBBfizEvwiQsUfQ"
	ed := "SIG_ED_2QyFuiQUg9M2Xxpi6akakBPfhVGXWJg4WRi6emcjwpt2AzS6ttZHveHMZvcm3BHFQH8RJMPz1LBdw749VfhyMC5NucAvSEyJWyS9K5syn59kj8SwLaRDasB2w8Q8doVZ7Qba"
	for text, want := range map[string]error{
		"":                                   ErrPrefix,
		"SIG_":                               ErrPrefix,
		"SIG_K1":                             ErrTruncated,
		"SIG_K1_abc":                         ErrTruncated,
		"SIG_X1_" + good[7:]:                 ErrPrefix,
		"SIG_BLS_" + good[7:]:                ErrPrefix,
		"SIG_R1_" + good[7:]:                 ErrChecksum,
		good[:40] + "0" + good[41:]:          ErrNotBase58,
		good + "1":                           ErrLength,
		"SIG_EM_0x123":                       ErrOddHex,
		"SIG_EM_0x00":                        ErrTruncated,
		"SIG_EM_" + strings.Repeat("zz", 65): ErrHexDigit,
		"SIG_EM_" + strings.Repeat("00", 66): ErrLength,
		"SIG_ED_abc":                         ErrTruncated,
		ed + "1":                             ErrLength,
		string(appendChecked([]byte("SIG_WA_"), make([]byte, 66), "WA")):                            ErrTruncated,
		string(appendChecked([]byte("SIG_WA_"), append(make([]byte, 65), 1, 'a', 1, 'b', 0), "WA")): ErrLength,
	} {
		if s, err := ParseSignature(text); !errors.Is(err, want) || s.String() != "" {
			t.Errorf("%.60q: %v, want %v", text, err, want)
		}
	}
	for _, text := range []string{
		good, ed, "SIG_EM_0x" + strings.Repeat("1b", 65), "SIG_ED_" + string(encode58(bytes.Repeat([]byte{9}, 64))),
		string(appendChecked([]byte("SIG_WA_"), append(make([]byte, 65), 1, 'a', 1, 'b'), "WA")),
	} {
		if s, err := ParseSignature(text); err != nil || s.String() != text {
			t.Errorf("%s is written as %s, %v", text, s, err)
		}
	}
}

func TestHashRefused(t *testing.T) {
	for text, want := range map[string]error{
		"": ErrLength, "1234": ErrLength, strings.Repeat("11", 33): ErrLength, strings.Repeat("1", 63): ErrOddHex,
		"mainnet": ErrOddHex, strings.Repeat("1", 9999): ErrOddHex, strings.Repeat("z", 64): ErrHexDigit,
		"0x" + strings.Repeat("1", 64): ErrHexDigit, strings.Repeat("z", 1<<20): ErrLength,
	} {
		if _, err := ParseHash(text); !errors.Is(err, want) {
			t.Errorf("%.20q: %v, want %v", text, err, want)
		}
	}
}

func TestProfiles(t *testing.T) {
	for _, p := range []Profile{Kiod, Keosd, KiodSys} {
		if back, err := ParseProfile(p.String()); err != nil || back != p {
			t.Errorf("%s is read as %s, %v", p, back, err)
		}
	}
	if _, err := ParseProfile("KEOSD"); err == nil {
		t.Error("an unknown profile was read")
	}
}
