package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"strongroom/internal/chain"
	"strongroom/internal/store"
)

func TestLineGolden(t *testing.T) {
	r := signRecord(7)
	r.Sequence, r.Time, r.UID = 42, time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC), 0
	r.Address, r.Detail = "", "näher \"so\" \\ \x00\x7f\u2028😀\xff"
	r.Effects = r.Effects[1:]
	line, hash := r.appendLine(nil, [32]byte{0xab})
	body := `{"seq":42,"time":"2026-01-02T03:04:05.000000006Z","phase":"decision","op":"sign","verdict":"allow",` +
		`"rule":"payments","listener":"kmd","protocol":"kmd","uid":0,"identity":"token",` +
		`"wallet":"000102030405060708090a0b0c0d0e0f","key":"7ZUECA7HFLZTXENRV24SHLU4AVPUTMTTDUFUBNBD64C73F3UHRTHAIOF6Q",` +
		`"chain":"algorand","form":"transaction","digest":"` + strings.Repeat("0", 63) + `7",` +
		`"detail":"n\u00e4her \"so\" \\ \u0000\u007f\u2028\ud83d\ude00\ufffd",` +
		`"effects":[{"kind":"fee","asset":"ALGO","amount":"1000"}],"prev":"ab` + strings.Repeat("0", 62) + `"`
	sum := sha256.Sum256([]byte(body))
	if sum != hash {
		t.Error("the hash does not cover the text before it")
	}
	if want := body + `,"hash":"` + hex.EncodeToString(sum[:]) + "\"}\n"; string(line) != want {
		t.Errorf("line\n%s\nwant\n%s", line, want)
	}
}

// TestStranger checks a journal with nothing but a JSON reader and SHA-256, as the
// package comment promises that anyone can.
func TestStranger(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.SegmentSize = 2000
	writeJournal(t, cfg, 9)
	segs, err := segments(cfg.Dir)
	if err != nil || len(segs) < 3 {
		t.Fatalf("%d segments, %v", len(segs), err)
	}
	prev, count := strings.Repeat("0", 64), 0
	for _, first := range segs {
		for line := range bytes.Lines(mustRead(t, cfg.Dir+"/"+segmentName(first))) {
			var fields struct {
				Seq        int
				Prev, Hash string
			}
			if err := json.Unmarshal(line, &fields); err != nil {
				t.Fatal(err)
			}
			before, _, _ := bytes.Cut(line, []byte(`,"hash":"`))
			sum := sha256.Sum256(before)
			count++
			if fields.Seq != count || fields.Prev != prev || fields.Hash != hex.EncodeToString(sum[:]) {
				t.Fatalf("record %d does not check: %s", count, line)
			}
			prev = fields.Hash
		}
	}
	if count != 10 {
		t.Fatalf("%d records", count)
	}
}

func TestMarshalJSON(t *testing.T) {
	b, err := json.Marshal(signRecord(1))
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(b, &fields); err != nil {
		t.Fatal(err)
	}
	if fields["op"] != "sign" || fields["hash"] != nil || len(fields["effects"].([]any)) != 2 {
		t.Errorf("%s", b)
	}
}

// roundTrip asserts that a record of any content makes a line that decodes, is
// bounded, printable, and encodes to itself; it returns what a reader gets.
func roundTrip(t interface{ Fatalf(string, ...any) }, r *Record) entry {
	line, hash := r.appendLine(nil, [32]byte{9})
	if len(line) > MaxLine {
		t.Fatalf("line of %d bytes", len(line))
	}
	for i, c := range line {
		if (c < ' ' || c > '~') && i != len(line)-1 {
			t.Fatalf("byte %#x in the line", c)
		}
	}
	e, err := decodeLine(line)
	if err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	if e.hash != hash || e.prev != [32]byte{9} || !json.Valid(line) {
		t.Fatalf("hashes or JSON differ: %s", line)
	}
	return e
}

func TestRoundTripProperty(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.StringN(400, 700, 2000),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 600), func(b []byte) string { return string(b) }))
	rapid.Check(t, func(t *rapid.T) {
		r := &Record{
			Sequence: rapid.Uint64Max(maxSequence).Draw(t, "seq"), Phase: Event, Operation: "x" + text.Draw(t, "op"),
			Time:   time.Unix(rapid.Int64Range(-62135596800, 253402300799).Draw(t, "s"), rapid.Int64Range(0, 999999999).Draw(t, "ns")).UTC(),
			UID:    rapid.Int64Range(-1, 1<<32).Draw(t, "uid"),
			Rule:   text.Draw(t, "rule"),
			Detail: text.Draw(t, "detail"),
			Ref:    rapid.Uint64Max(maxSequence).Draw(t, "ref"),
		}
		for range rapid.IntRange(0, 40).Draw(t, "effects") {
			r.Effects = append(r.Effects, chain.Effect{Kind: chain.Move, To: text.Draw(t, "to"), Detail: text.Draw(t, "d")})
		}
		e := roundTrip(t, r)
		if !e.Time.Equal(r.Time) || e.UID != r.UID || e.Ref != r.Ref || len(e.Effects)+int(e.Omitted) != len(r.Effects) {
			t.Fatalf("%+v\n%+v", e, r)
		}
		if utf8.ValidString(r.Detail) && len(r.Detail) <= maxText && e.Detail != r.Detail {
			t.Fatalf("%q came back as %q", r.Detail, e.Detail)
		}
	})
}

// TestWorstRecord fills every field with what grows most.
func TestWorstRecord(t *testing.T) {
	s := strings.Repeat("\x01", 100_000)
	r := &Record{
		Sequence: maxSequence, Phase: Decision, Operation: s, Verdict: "allow", Rule: s, Error: s, Listener: s, Protocol: s,
		Address: s, UID: 1<<63 - 1, Identity: s, Wallet: s, Key: s, Chain: s, Form: s, Digest: s, Detail: s,
		Ref: maxSequence, Count: maxSequence, Journal: s, Store: s,
		Gap: &Gap{Expected: store.Head{Sequence: maxSequence}, Actual: store.Head{Sequence: maxSequence}},
	}
	r.UID = 1 << 40
	for range 100 {
		r.Effects = append(r.Effects, chain.Effect{Kind: chain.Authority, Asset: s, Amount: s, From: s, To: s, Subject: s, Detail: s, Until: s})
	}
	e := roundTrip(t, r)
	if e.Omitted+uint64(len(e.Effects)) != 100 || !strings.HasSuffix(e.Detail, cutMark) {
		t.Errorf("omitted %d, kept %d, detail %q", e.Omitted, len(e.Effects), e.Detail)
	}
}

func TestManyEffects(t *testing.T) {
	r := signRecord(1)
	for range 10_000 {
		r.Effects = append(r.Effects, chain.Effect{Kind: chain.Move, Amount: "5"})
	}
	e := roundTrip(t, r)
	if len(e.Effects) < 1000 || int(e.Omitted) != len(r.Effects)-len(e.Effects) {
		t.Errorf("kept %d, omitted %d of %d", len(e.Effects), e.Omitted, len(r.Effects))
	}
	if diff := cmp.Diff(r.Effects[:len(e.Effects)], e.Effects); diff != "" {
		t.Error(diff)
	}
}

// sealed gives a body the hash that makes it a line, so that only its form is wrong.
func sealed(body string) []byte {
	sum := sha256.Sum256([]byte(body))
	return []byte(body + hashKey + hex.EncodeToString(sum[:]) + "\"}\n")
}

func TestDecodeRefuses(t *testing.T) {
	const begin, prev = `{"seq":1,"time":"2026-01-02T03:04:05.000000006Z","phase":"event","op":"x"`, `,"prev":"0000000000000000000000000000000000000000000000000000000000000000"`
	if _, err := decodeLine(sealed(begin + prev)); err != nil {
		t.Fatalf("the base case: %v", err)
	}
	bad := map[string]string{
		"space":              `{"seq": 1` + begin[8:] + prev,
		"leading zero":       `{"seq":01` + begin[8:] + prev,
		"number too large":   `{"seq":9007199254740992` + begin[8:] + prev,
		"number overflows":   `{"seq":99999999999999999999999` + begin[8:] + prev,
		"date":               strings.Replace(begin, "01-02", "02-30", 1) + prev,
		"time zone":          strings.Replace(begin, "006Z", "006+", 1) + prev,
		"phase":              strings.Replace(begin, "event", "other", 1) + prev,
		"verdict":            begin + `,"verdict":"ask"` + prev,
		"empty field":        begin + `,"rule":""` + prev,
		"order":              begin + `,"error":"a","rule":"b"` + prev,
		"twice":              begin + `,"rule":"a","rule":"b"` + prev,
		"unknown field":      begin + `,"zzz":"a"` + prev,
		"needless escape":    begin + `,"rule":"\u0041"` + prev,
		"upper-case escape":  begin + `,"rule":"\u00E9"` + prev,
		"raw non-ASCII":      begin + `,"rule":"é"` + prev,
		"lone surrogate":     begin + `,"rule":"\ud800"` + prev,
		"short escape":       begin + `,"rule":"\n"` + prev,
		"negative uid":       begin + `,"uid":-1` + prev,
		"zero count":         begin + `,"count":0` + prev,
		"effect kind":        begin + `,"effects":[{"kind":"steal"}]` + prev,
		"no effects":         begin + `,"effects":[]` + prev,
		"effect comma":       begin + `,"effects":[{"kind":"move"},]` + prev,
		"upper-case prev":    begin + strings.Replace(prev, "000", "A00", 1),
		"short prev":         begin + `,"prev":"00"`,
		"no prev":            begin,
		"after prev":         begin + prev + `,"x":"y"`,
		"text too long":      begin + `,"rule":"` + strings.Repeat("a", maxText+1) + `"` + prev,
		"open string":        begin + `,"rule":"a`,
		"open gap":           begin + `,"gap":{"expected":{"seq":1`,
		"no operation":       strings.Replace(begin, `,"op":"x"`, "", 1) + prev,
		"effects over limit": begin + `,"effects":[{"kind":"move"}` + strings.Repeat(`,{"kind":"move"}`, 4090) + `]` + prev,
	}
	for name, body := range bad {
		t.Run(name, func(t *testing.T) {
			if e, err := decodeLine(sealed(body)); err == nil {
				t.Errorf("accepted as %+v", e)
			}
		})
	}
	line := sealed(begin + prev)
	if _, err := decodeLine(bytes.ToUpper(line)); err == nil {
		t.Error("upper case accepted")
	}
	i := bytes.LastIndexAny(line, "abcdef")
	line[i] -= 32
	if _, err := decodeLine(line); err == nil {
		t.Error("upper-case digit of the hash accepted")
	}
}

func FuzzDecodeLine(f *testing.F) {
	for i := range 3 {
		r := signRecord(i)
		r.Detail = "ü\"\\\x01😀"
		line, _ := r.appendLine(nil, [32]byte{})
		f.Add(line[:len(line)-75]) // the body: the target adds the hash
	}
	r := Record{Phase: Event, Operation: OpGap, UID: -1, Gap: &Gap{Expected: store.Head{Sequence: 3}}, Journal: "a", Store: "b"}
	line, _ := r.appendLine(nil, [32]byte{})
	f.Add(line[:len(line)-75])
	f.Add(line)
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, line := range [][]byte{b, sealed(string(b))} {
			e, err := decodeLine(line)
			if err != nil {
				continue
			}
			if again, hash := e.appendLine(nil, e.prev); !bytes.Equal(again, line) || hash != e.hash {
				t.Fatalf("%q\nencodes to\n%q", line, again)
			}
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	r := signRecord(1)
	r.Sequence, r.Time = 123456, time.Now()
	buf := make([]byte, 0, 4096)
	var prev [32]byte
	b.ReportAllocs()
	for b.Loop() {
		buf, prev = r.appendLine(buf[:0], prev)
	}
	b.SetBytes(int64(len(buf)))
}

func BenchmarkDecode(b *testing.B) {
	r := signRecord(1)
	r.Sequence, r.Time = 123456, time.Now()
	line, _ := r.appendLine(nil, [32]byte{})
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		if _, err := decodeLine(line); err != nil {
			b.Fatal(err)
		}
	}
}
