package kmdfile

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"strongroom/internal/fault"
)

func FuzzEnvelope(f *testing.F) {
	weak := envelope{ciphertext: make([]byte, 87), stretched: true, params: cheap}
	strong := envelope{ciphertext: make([]byte, 300), params: DefaultParams()}
	for _, seed := range [][]byte{weak.encode(), strong.encode(), {}, {0x80}, {0x87}, {0x8f}, {0xdf, 0xff, 0xff, 0xff, 0xff},
		weak.encode()[:50], append(weak.encode(), 0), []byte("\x82\xaaciphertext\xc4\x00\xaaciphertext\xc4\x00"),
		[]byte("\x81\xaaciphertext\xc6\xff\xff\xff\xff"), []byte("\x81\xa8scrypt_n\xcf\xff\xff\xff\xff\xff\xff\xff\xff")} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := decodeEnvelope(b)
		if err != nil {
			if !fault.Is(err, fault.Corrupt) {
				t.Fatal(err)
			}
			return
		}
		again, err := decodeEnvelope(e.encode())
		if err != nil || !bytes.Equal(again.encode(), e.encode()) {
			t.Fatalf("%x does not survive: %v", b, err)
		}
	})
}

func FuzzPlaintext(f *testing.F) {
	for _, seed := range []string{"\x82\xa9plaintext\xc4\x01x\xaeplaintext_type\xaasecret_key", "\x82\xaeplaintext_type\xaasecret_key\xa9plaintext\xc4\x00",
		"\x82\xa9plaintext\xc4\x01x\xa9plaintext\xc4\x01x", "\x81\xa9plaintext\xc4\x01x", "\x82\xa9plaintext\xc6\xff\xff\xff\xff", "\xc4\x40", ""} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		payload, kind, err := decodePlaintext(b)
		if err == nil && (kind == "" || !bytes.Contains(b, payload)) {
			t.Fatalf("%x gives %x of type %q", b, payload, kind)
		}
	})
}

func FuzzMultisigKeys(f *testing.F) {
	m := Multisig{Keys: make([][32]byte, 20)}
	for _, seed := range [][]byte{m.encodeKeys(), {0x90}, {0x91, 0xc4, 31}, {0xdd, 0xff, 0xff, 0xff, 0xff}, {0xdc, 0, 0, 0}, {}} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		keys, err := decodeMultisigKeys(b)
		if err != nil {
			return
		}
		if len(keys) > len(b)/34 {
			t.Fatalf("%d keys from %d bytes", len(keys), len(b))
		}
		m := Multisig{Keys: keys}
		if again, err := decodeMultisigKeys(m.encodeKeys()); err != nil || len(again) != len(keys) {
			t.Fatal(err)
		}
	})
}

func FuzzFile(f *testing.F) {
	whole, err := os.ReadFile(weakFixture)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{whole, whole[:4096], whole[:100], []byte("SQLite format 3\x00"), {}, bytes.Repeat(whole[:4096], 3)} {
		f.Add(seed, []byte{})
	}
	f.Add(whole, []byte(journalMagic))
	f.Add(whole, append([]byte(journalMagic+"\xff\xff\xff\xff\x00\x00\x00\x00\x00\x00\x00\x07\x00\x00\x02\x00\x00\x00\x10\x00"), make([]byte, 5000)...))
	f.Fuzz(func(t *testing.T, database, journal []byte) {
		path := filepath.Join(t.TempDir(), "f.db")
		if err := os.WriteFile(path, database, 0o600); err != nil {
			t.Fatal(err)
		}
		if len(journal) > 0 {
			if err := os.WriteFile(path+"-journal", journal, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		readBounded(t, ctx, path)
	})
}
