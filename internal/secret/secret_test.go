package secret

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	jsonv2 "github.com/go-json-experiment/json"
)

const canary = "canary-Zq7#correct-horse"

// leaks lists the spellings under which a printer could let the canary out.
func leaks(out string) string {
	for _, spelling := range []string{
		canary, canary[:6], fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary), fmt.Sprintf("% x", canary),
		fmt.Sprint([]byte(canary[:4]))[1:10], // decimal
		"0x63, 0x61, 0x6e", "Y2FuYXJ5",       // Go syntax, base64
	} {
		if strings.Contains(strings.ToLower(out), strings.ToLower(spelling)) {
			return spelling
		}
	}
	return ""
}

// holders gives each type by itself and inside the structs that usually betray it:
// fmt cannot call methods on unexported fields.
func holders(t *testing.T) map[string]any {
	t.Helper()
	b := New([]byte(canary))
	arena, err := NewArena(4096)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = arena.Close() })
	buf, err := arena.Alloc(len(canary))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(buf.Release)
	copy(buf.Bytes(), canary)
	scratch, err := NewScratch(len(canary))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = scratch.Close() })
	copy(scratch.Bytes(), canary)
	type hidden struct {
		bytes   Bytes
		pointer *Bytes
		list    []Bytes
		buffer  *Buffer
		scratch *Scratch
	}
	h := hidden{b, &b, []Bytes{b}, buf, scratch}
	return map[string]any{
		"bytes": b, "pointer": &b, "slice": []Bytes{b}, "map": map[string]Bytes{"x": b},
		"exported": struct{ Password Bytes }{b}, "buffer": buf, "scratch": scratch,
		"hidden": h, "hidden pointer": &h, "nested": struct{ h *hidden }{&h},
	}
}

func TestNeverPrinted(t *testing.T) {
	for name, value := range holders(t) {
		for verb := 'A'; verb <= 'z'; verb++ {
			for _, flags := range []string{"", "+", "#", " ", "0", "-40.3", "# "} {
				format := "%" + flags + string(verb)
				if out := fmt.Sprintf(format, value); leaks(out) != "" {
					t.Errorf("%s with %q prints the secret: %s", name, format, out)
				}
			}
		}
		var text, js bytes.Buffer
		slog.New(slog.NewTextHandler(&text, nil)).Info("m", "v", value)
		slog.New(slog.NewJSONHandler(&js, nil)).Info("m", "v", value)
		if out := text.String() + js.String(); leaks(out) != "" {
			t.Errorf("%s: slog prints the secret: %s", name, out)
		}
		out1, _ := json.Marshal(value)
		out2, _ := jsonv2.Marshal(value)
		out3, _ := xml.Marshal(value)
		if out := string(out1) + string(out2) + string(out3); leaks(out) != "" {
			t.Errorf("%s: an encoder prints the secret: %s", name, out)
		}
	}
}

func TestPrintsPlaceholder(t *testing.T) {
	h := holders(t)
	for _, name := range []string{"bytes", "pointer", "buffer", "scratch"} {
		for _, format := range []string{"%v", "%s", "%x", "%X", "%+v", "%#v", "%q", "%d"} {
			if out := fmt.Sprintf(format, h[name]); out != "[secret]" {
				t.Errorf("%s with %q prints %q", name, format, out)
			}
		}
		if _, err := json.Marshal(h[name]); err == nil {
			t.Errorf("%s marshals to JSON", name)
		}
		if _, err := jsonv2.Marshal(h[name]); err == nil {
			t.Errorf("%s marshals to JSON (v2)", name)
		}
	}
	if _, err := json.Marshal(h["exported"]); err == nil {
		t.Error("a struct with a secret field marshals to JSON")
	}
}

func TestLeakDetector(t *testing.T) {
	for _, out := range []string{
		"x" + canary, hex.EncodeToString([]byte(canary)), fmt.Sprintf("%#v", []byte(canary)),
		fmt.Sprint([]byte(canary)), fmt.Sprintf("% X", canary),
	} {
		if leaks(out) == "" {
			t.Errorf("the tests above would not notice %q", out)
		}
	}
}

func TestBytes(t *testing.T) {
	source := []byte(canary)
	owned, copied := New(source), Copy(source)
	if !owned.Equal(copied) || owned.Len() != len(canary) || owned.IsEmpty() {
		t.Fatal("New and Copy differ")
	}
	if owned.Equal(Copy([]byte(canary[1:]))) || owned.Equal(Bytes{}) {
		t.Fatal("different secrets are equal")
	}
	alias := owned
	alias.Wipe()
	alias.Wipe()
	if !bytes.Equal(source, make([]byte, len(source))) {
		t.Error("Wipe left bytes behind")
	}
	if !owned.IsEmpty() || owned.Expose() != nil {
		t.Error("wiping a copy of the value did not empty the value")
	}
	if string(copied.Expose()) != canary {
		t.Error("Copy shares memory with its argument")
	}
	var zero Bytes
	zero.Wipe()
	if !zero.IsEmpty() || !zero.Equal(New(nil)) || !zero.Equal(owned) {
		t.Error("the zero value is not the empty secret")
	}
}

func TestWipeReachesSpareCapacity(t *testing.T) {
	backing := []byte(canary)
	New(backing[:4]).Wipe()
	if !bytes.Equal(backing, make([]byte, len(backing))) {
		t.Error("bytes beyond the length survived")
	}
}

func TestDo(t *testing.T) {
	ran := false
	Do(func() { Do(func() { ran = true }) })
	if !ran {
		t.Fatal("Do did not run the function")
	}
	defer func() {
		if recover() != "out" {
			t.Error("a panic did not come through")
		}
	}()
	Do(func() { panic("out") })
}
