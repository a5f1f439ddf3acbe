package kmd

import (
	"crypto/rand"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"strongroom/internal/api/apitest"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
)

func TestParseHandleOrder(t *testing.T) {
	id, proof := strings.Repeat("0", 16), strings.Repeat("0", 64)
	for text, want := range map[string]string{
		"":             "wrong number of token parts",
		"abc":          "wrong number of token parts",
		id + proof:     "wrong number of token parts",
		".":            "invalid wallet handle id",
		"abc." + proof: "invalid wallet handle id",
		strings.ToUpper("abcdefabcdefabcd") + "." + proof: "invalid wallet handle id",
		id[1:] + "g." + proof:                             "invalid wallet handle id",
		id + "0." + proof:                                 "invalid wallet handle id",
		id + ".":                                          "invalid wallet handle secret",
		id + "." + proof[1:]:                              "invalid wallet handle secret",
		id + "." + proof + "0":                            "invalid wallet handle secret",
		id + "." + proof + ".x":                           "invalid wallet handle secret",
		id + "." + strings.Repeat("A", 64):                "invalid wallet handle secret",
		id + "." + proof:                                  "",
	} {
		_, _, err := parseHandle([]byte(text))
		got := ""
		if err != nil {
			got = translate(err, elsewhere).text
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func FuzzParseHandle(f *testing.F) {
	for _, seed := range []string{"", ".", "x", strings.Repeat("0", 16) + "." + strings.Repeat("f", 64), strings.Repeat("0", 16) + "." + strings.Repeat("f", 64) + ".", "é."} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		_, _, err := parseHandle(text)
		if err == nil && len(text) != handleTextSize {
			t.Errorf("%q was accepted", text)
		}
		if err != nil && !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("%q: %v", text, err)
		}
	})
}

// life is a table under a clock of its own with one handle of one minute.
func life(t *testing.T) (*handles, *apitest.Clock, []byte) {
	t.Helper()
	c := apitest.NewClock()
	h := newHandles(c.Now, rand.Reader)
	text, err := h.add(gate.Session{ID: gate.SessionID{1}, Deadline: c.Now().Add(time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	return h, c, text
}

func answerOf(err error) string {
	if err == nil {
		return ""
	}
	a := translate(err, elsewhere)
	if a.status != unauthorized {
		return "status is not 401"
	}
	return a.text
}

func TestHandleLife(t *testing.T) {
	h, c, text := life(t)
	if len(text) != handleTextSize || text[16] != '.' {
		t.Errorf("form %q", text)
	}
	if _, s, err := h.find(text); err != nil || s != (gate.SessionID{1}) {
		t.Fatal(s, err)
	}
	forged := append([]byte(nil), text...)
	if forged[80]++; forged[80] > 'f' || forged[80] == '9'+1 { // another hex digit
		forged[80] = '0'
	}
	if _, _, err := h.find(forged); answerOf(err) != "invalid token" {
		t.Errorf("forged: %v", err)
	}
	c.Advance(time.Minute - 1)
	if _, _, err := h.find(text); err != nil {
		t.Errorf("one nanosecond before its time: %v", err)
	}
	h.swept = c.Now() // no sweep in between
	c.Advance(1)
	if _, _, err := h.find(forged); answerOf(err) != "invalid token" {
		t.Errorf("the secret counts before the deadline: %v", err)
	}
	if _, _, err := h.find(text); answerOf(err) != "handle expired" {
		t.Errorf("first use after the deadline: %v", err)
	}
	if _, _, err := h.find(text); answerOf(err) != "handle does not exist" {
		t.Errorf("second use after the deadline: %v", err)
	}
}

func TestHandleExtend(t *testing.T) {
	h, c, text := life(t)
	id, _, err := h.find(text)
	if err != nil {
		t.Fatal(err)
	}
	h.extend(id, gate.Session{ID: gate.SessionID{1}, Deadline: c.Now().Add(time.Hour)})
	h.extend(id, gate.Session{ID: gate.SessionID{2}, Deadline: c.Now()}) // of somebody else
	c.Advance(time.Hour - 1)
	if _, _, err := h.find(text); err != nil {
		t.Error(err)
	}
}

func TestHandleRelease(t *testing.T) {
	h, c, text := life(t)
	c.Advance(59 * time.Second)
	h.swept = c.Now()
	c.Advance(2 * time.Second)
	if s, err := h.release(text); err != nil || s != (gate.SessionID{1}) {
		t.Errorf("an expired handle that is still there can be released: %v", err)
	}
	if _, err := h.release(text); answerOf(err) != "handle does not exist" {
		t.Errorf("released twice: %v", err)
	}
}

func TestHandleSweep(t *testing.T) {
	h, c, text := life(t)
	c.Advance(time.Minute)
	if _, _, err := h.find(text); answerOf(err) != "handle does not exist" {
		t.Errorf("the sweep forgets expired handles: %v", err)
	}
	if len(h.open) != 0 {
		t.Error("still in the table")
	}
}

func TestHandleTableIsBounded(t *testing.T) {
	h, c, _ := life(t)
	for len(h.open) < maxHandles {
		var id handleID
		id[0], id[1], id[2] = byte(len(h.open)), byte(len(h.open)>>8), byte(len(h.open)>>16)
		h.open[id] = handle{deadline: c.Now().Add(time.Second)}
	}
	s := gate.Session{ID: gate.SessionID{9}, Deadline: c.Now().Add(time.Hour)}
	if _, err := h.add(s); !fault.Is(err, fault.Exhausted) {
		t.Errorf("error %v", err)
	}
	c.Advance(time.Second)
	if _, err := h.add(s); err != nil {
		t.Errorf("expired handles give way: %v", err)
	}
}

// A full table is not gone through at every call: who asks for one handle after the
// other must not make the others wait for that.
func TestFullHandleTableIsSweptRarely(t *testing.T) {
	h, c, _ := life(t)
	for i := 0; len(h.open) < maxHandles; i++ {
		h.open[handleID{byte(i), byte(i >> 8), byte(i >> 16)}] = handle{deadline: c.Now().Add(sweepIfFull + time.Millisecond)}
	}
	s := gate.Session{ID: gate.SessionID{9}, Deadline: c.Now().Add(time.Hour)}
	c.Advance(sweepIfFull)
	for range 3 {
		if _, err := h.add(s); !fault.Is(err, fault.Exhausted) {
			t.Errorf("error %v", err)
		}
	}
	c.Advance(sweepIfFull - 1) // all but one have expired
	if _, err := h.add(s); !fault.Is(err, fault.Exhausted) {
		t.Errorf("the table was gone through again: %v", err)
	}
	c.Advance(1)
	if _, err := h.add(s); err != nil {
		t.Error(err)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("no entropy") }

func TestHandleWithoutRandomness(t *testing.T) {
	h := newHandles(apitest.NewClock().Now, brokenReader{})
	if text, err := h.add(gate.Session{}); err == nil {
		t.Errorf("handle %q was made from nothing", text)
	}
}

// Only one of many simultaneous releases gets the session.
func TestHandleReleaseRace(t *testing.T) {
	h, _, text := life(t)
	var won sync.Map
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			if _, err := h.release(text); err == nil {
				won.Store(i, true)
			}
		})
	}
	all.Wait()
	n := 0
	won.Range(func(any, any) bool { n++; return true })
	if n != 1 {
		t.Errorf("%d releases succeeded", n)
	}
}
