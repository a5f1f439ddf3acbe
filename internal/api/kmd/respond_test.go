package kmd

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/gate"
	"strongroom/internal/server"
)

func TestAppendText(t *testing.T) {
	for in, want := range map[string]string{
		"":                   `""`,
		"zlatá 🔑 <&>":        `"zlatá 🔑 <&>"`,
		`a"b\c/d`:            `"a\"b\\c/d"`,
		"\b\f\n\r\t":         `"\b\f\n\r\t"`,
		"\x00\x1f\x0b":       `"\u0000\u001f\u000b"`,
		"\x7f":               "\"\x7f\"",
		"\u2028\u2029\u202a": "\"\\u2028\\u2029\u202a\"",
		"a\xffb\xc3":         `"a\ufffdb\ufffd"`,
		"\ufffd":             "\"\ufffd\"",
		"\xed\xa0\x80":       `"\ufffd\ufffd\ufffd"`,
	} {
		if got := string(appendText(nil, in)); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

func FuzzAppendText(f *testing.F) {
	f.Add("")
	f.Add("zlatá 🔑 <&> \u2028 \x00 \xff")
	f.Fuzz(func(t *testing.T, s string) {
		var back string
		if err := json.Unmarshal(appendText(nil, s), &back); err != nil || back != strings.ToValidUTF8(s, "\ufffd") && !strings.Contains(back, "\ufffd") {
			t.Errorf("%q came back as %q (%v)", s, back, err)
		}
	})
}

// Whatever grows, nothing that a buffer held stays behind.
func TestReplyGrowsWithoutLeaving(t *testing.T) {
	first := make([]byte, 0, 64)
	r := reply{b: first}
	secretText := bytes.Repeat([]byte{0x5a}, 300)
	r.base64("private_key", secretText[:20])
	r.base64("master_derivation_key", secretText)
	if bytes.Contains(first[:cap(first)], []byte("WlpaWlpa")) {
		t.Error("the first buffer still holds the key")
	}
	out := r.finish()
	if !jsontext.Value(out).IsValid() {
		t.Errorf("%s", out)
	}
	var p server.Buffers
	p.Put(r.b)
	if len(bytes.Trim(out, "\x00")) != 0 {
		t.Error("the buffer is not wiped")
	}
}

// manyKeys is a sorted list of n keys, those of the numbers for which keep is true.
func manyKeys(n int, revision uint64, keep func(i int) bool) gate.KeyList {
	list := gate.KeyList{Wallet: gate.WalletID{1}, Revision: revision}
	for i := range n {
		if keep == nil || keep(i) {
			list.Keys = append(list.Keys, gate.Key{Public: ed25519Key(sha256.Sum256(fmt.Append(nil, i)))})
		}
	}
	slices.SortFunc(list.Keys, func(a, b gate.Key) int { return a.Public.Compare(b.Public) })
	return list
}

// The lists that come from the cache, or are made from an older one, equal those
// made anew.
func TestListCache(t *testing.T) {
	l := newLists()
	for revision, list := range []gate.KeyList{
		manyKeys(300, 0, nil),
		manyKeys(300, 0, nil),
		manyKeys(301, 1, nil),
		manyKeys(400, 2, nil),
		manyKeys(400, 3, func(i int) bool { return i%3 != 0 }),
		manyKeys(400, 4, func(i int) bool { return i%3 == 0 }),
		manyKeys(63, 5, nil),
		manyKeys(1, 6, nil),
		manyKeys(0, 7, nil),
		manyKeys(64, 8, nil),
	} {
		var r reply
		r.list("addresses", len(list.Keys), func(i int) { r.b = appendText(r.b, addressOf(list.Keys[i].Public)) })
		if got, want := string(l.render(list)), string(r.finish()); got != want {
			t.Errorf("step %d: %.200s\nwant %.200s", revision, got, want)
		}
	}
}

func TestListCacheIsBounded(t *testing.T) {
	l := newLists()
	large := manyKeys(70, 0, nil)
	many := slices.Repeat(large.Keys, maxCachedKeys/len(large.Keys)/2)
	for i := range 5 {
		l.keep(&keptList{list: gate.KeyList{Wallet: gate.WalletID{byte(i)}, Keys: many}})
		if l.keys > maxCachedKeys {
			t.Fatalf("%d keys are kept", l.keys)
		}
	}
	if len(l.kept) != 2 || l.kept[gate.WalletID{4}] == nil || l.kept[gate.WalletID{3}] == nil {
		t.Errorf("%d lists are kept, not the two used last", len(l.kept))
	}
	l.keep(&keptList{list: gate.KeyList{Wallet: gate.WalletID{9}, Keys: slices.Repeat(many, 3)}})
	if l.kept[gate.WalletID{9}] != nil {
		t.Error("a list above the bound is kept")
	}
}

func BenchmarkList(b *testing.B) {
	const n = 100_000
	before, after := manyKeys(n, 1, nil), manyKeys(n+1, 2, nil)
	b.Run("unchanged", func(b *testing.B) {
		l := newLists()
		l.render(before)
		for b.Loop() {
			l.render(before)
		}
	})
	b.Run("one more", func(b *testing.B) {
		l := newLists()
		l.render(before)
		for b.Loop() {
			renderKeys(after.Keys, l.kept[before.Wallet])
		}
	})
	b.Run("anew", func(b *testing.B) {
		for b.Loop() {
			renderKeys(before.Keys, nil)
		}
	})
}
