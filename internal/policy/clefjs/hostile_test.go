package clefjs

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"testing"
	"time"
)

// impatient is a bound that endless calls reach soon.
func impatient(c *Config) { c.Timeout, c.Workers = 60*time.Millisecond, 2 }

// recovers calls a function until it comes to a result: on a busy machine any call may
// take longer than impatient allows.
func recovers(t *testing.T, e *Engine, function string) {
	t.Helper()
	var err error
	for range 50 {
		var o Outcome
		if o, err = e.Call(context.Background(), function, []byte(`{}`), memory{}); err == nil && o.Text == "Approve" {
			return
		}
	}
	t.Errorf("the engine does not recover: %v", err)
}

func TestEndlessCalls(t *testing.T) {
	e := startEngine(t, `
if (storage.get("top")) for (;;);
function fine() { return "Approve" }
function callback() { while (true) { } }
function getter() { return { get x() { for (;;); } }.x }
function text() { return { toString() { for (;;); } } }
function textOfThrown() { throw { toString() { for (;;); } } }
function caught() { for (;;) try { for (;;); } catch (e) { } finally { continue } }
function inSort() { return [3, 2, 1].sort(function () { for (;;); }) }
function promises() { (function again() { Promise.resolve().then(again) })(); return "Approve" }
async function awaits() { for (;;) await null }
function regexp() { return /^(a+)+\1b$/.test("a".repeat(64)) }
function native() { return new Array(2 ** 30).join("").length }
function number() { return new BigNumber(7).toPower(1e6).toFixed().length }
function logs() { for (;;) console.log({ toString() { for (;;); } }) }
`, impatient)
	for _, function := range []string{
		"callback", "getter", "text", "textOfThrown", "caught", "inSort", "promises", "awaits", "regexp", "native", "number", "logs",
	} {
		o, err := e.Call(context.Background(), function, []byte(`{}`), memory{})
		if !errors.Is(err, ErrTimeout) || o.Text != "" {
			t.Errorf("%s: %+v %v", function, o, err)
		}
	}
	if _, err := e.Call(context.Background(), "fine", []byte(`{}`), memory{"top": "1"}); !errors.Is(err, ErrTimeout) {
		t.Error("at the top level:", err)
	}
	recovers(t, e, "fine")
}

func TestMemoryBombs(t *testing.T) {
	e := startEngine(t, `
function fine() { return "Approve" }
function doubling() { var s = "0123456789abcdef"; for (;;) s += s; }
function repeat() { return "x".repeat(2 ** 29).length }
function array() { var a = []; for (;;) a.push({}); }
function nested() { var a = []; for (;;) a = [a, a]; }
function bytes() { return new Uint8Array(2 ** 30).length }
function bigInt() { var n = 7n; for (;;) n *= n; }
function closures() { var f = function () { }; for (;;) { f = f.bind(f) } }
function deepText() { return { toString() { return String(this) } } }
function deepEval() { return eval("(".repeat(1e6) + ")".repeat(1e6)) }
function deepObject() { var o = {}; for (var i = 0; i < 1e6; i++) o = { o }; return JSON.stringify(o) }
function deepCallbacks() { return [1].map(function f() { return [1].map(f) }) }
`, func(c *Config) { c.Workers, c.Timeout, c.MemoryMiB = 2, 200*time.Millisecond, 24 })
	for _, function := range []string{
		"doubling", "repeat", "array", "nested", "bytes", "bigInt", "closures", "deepCallbacks", "deepText", "deepEval", "deepObject",
	} {
		// Where the kernel is what refuses the memory, the Go runtime may die of it in
		// ways that do not say so.
		o, err := e.Call(context.Background(), function, []byte(`{}`), memory{})
		if !errors.Is(err, ErrMemory) && !errors.Is(err, ErrTimeout) && !errors.Is(err, ErrDied) || o.Text != "" {
			t.Errorf("%s: %+v %v", function, o, err)
		}
	}
	recovers(t, e, "fine")
}

func TestFloods(t *testing.T) {
	var lines, bytes int
	e := startEngine(t, `
function console1() { for (var i = 0; i < 1e4; i++) console.log("line", i); return "Approve" }
function console2() { console.log("x".repeat(1e6)); return "Approve" }
function keys() { for (var i = 0; i < 1e5; i++) storage.put("k" + i, "v"); return "Approve" }
function values() { for (var i = 0; i < 100; i++) storage.put("k" + i, "v".repeat(1e5)); return "Approve" }
function value() { storage.put("k", "v".repeat(5e6)); return "Approve" }
function key() { storage.put("k".repeat(1e4), "v"); return "Approve" }
function longGet() { storage.get("k".repeat(1e4)); return "Approve" }
function kept() { try { storage.put("k".repeat(1e4), "v") } catch (e) { } return "Approve" }
function again() { for (var i = 0; i < 2000; i++) storage.put("k", i); return "Approve" }
function reads() { for (var i = 0; i < 300; i++) storage.get("k" + i); return "Approve" }
function most() { for (var i = 0; i < 1024; i++) storage.put("k" + i, "v".repeat(4000)); return "Approve" }
`, func(c *Config) { c.Print = func(line string) { lines, bytes = lines+1, bytes+len(line) } })
	for function, kind := range map[string]error{
		"console1": nil, "console2": nil, "keys": ErrStorage, "values": ErrStorage, "value": ErrStorage, "key": ErrStorage,
		"longGet": ErrStorage, "kept": ErrStorage, "again": nil, "reads": nil, "most": nil,
	} {
		lines, bytes = 0, 0
		o, err := e.Call(context.Background(), function, []byte(`{}`), memory{})
		if !errors.Is(err, kind) || kind == nil && o.Text != "Approve" {
			t.Errorf("%s: %v %v", function, o.Text, err)
		}
		if bytes > maxOutput+100 {
			t.Errorf("%s printed %d bytes in %d lines", function, bytes, lines)
		}
		switch {
		case function == "again" && (len(o.Puts) != 1 || o.Puts[0].Value != "1999"):
			t.Errorf("%d puts of one key", len(o.Puts))
		case function == "most" && len(o.Puts) != maxPuts:
			t.Errorf("%d puts", len(o.Puts))
		}
	}
}

// What a call does to the objects that JavaScript is made of is gone with it, and does
// not even reach the argument of the same call.
func TestTampering(t *testing.T) {
	e := startEngine(t, `
function check() {
  var odd = [];
  if ({}.polluted) odd.push("Object.prototype");
  if ([].map !== Array.prototype.map || typeof [].map !== "function") odd.push("Array.prototype");
  if (JSON.stringify({ a: 1 }) !== '{"a":1}') odd.push("JSON");
  if (String(1) !== "1") odd.push("String");
  if (new BigNumber(1).plus(1).toString() !== "2") odd.push("BigNumber");
  if (storage.get("x") !== "y" || "leak" in storage) odd.push("storage");
  if (typeof leak !== "undefined") odd.push("globals");
  if (tag`+"`a`"+` !== "a") odd.push("template");
  return odd.join();
}
function tag(s) { return s[0] }
function template() { return (function (s) { var before = s[0] + s.raw[0]; s[0] = s.raw[0] = "z"; s.length = 0; return before })`+"`a`"+`; }
function tamper(r) {
  Object.prototype.polluted = true;
  Array.prototype.map = null;
  JSON.stringify = function () { return "Approve" };
  String = Object;
  BigNumber.prototype.plus = function () { return "Approve" };
  storage.get = function () { return "z" }; storage.leak = 1; leak = 1;
  Object.defineProperty(Object.prototype, "toString", { value: function () { return "Approve" } });
  Function.prototype.call = Function.prototype.apply = null;
  Object.freeze(globalThis);
  return {};
}
function setters(r) { return Object.keys(r).join() + typeof r.value }
if (storage.get("setter")) Object.defineProperty(Object.prototype, "value", { set: function () { throw new Error("trapped") }, get: function () { return 5 } });
`)
	for _, s := range []memory{{"x": "y"}, {"x": "y", "setter": "1"}} {
		if o := returns(t, e, "setters", `{"value":"0x1"}`, s); o.Text != "valuestring" {
			t.Error(o.Text)
		}
	}
	for range 3 {
		if o := returns(t, e, "tamper", `{}`, memory{"x": "y"}); o.Text != "Approve" { // its own result, as it says
			t.Error(o.Text)
		}
		if o := returns(t, e, "template", `{}`, memory{}); o.Text != "aa" {
			t.Errorf("a call finds another one's template: %s", o.Text)
		}
		if o := returns(t, e, "check", `{}`, memory{"x": "y"}); o.Text != "" {
			t.Errorf("a call finds another one's %s", o.Text)
		}
	}
}

func TestChildKilledInTheMiddle(t *testing.T) {
	e := startEngine(t, `function f() { return storage.get("x") + "Approve" } function fine() { return "Approve" }`)
	for range 5 {
		o, err := e.Call(context.Background(), "f", []byte(`{}`), hook(func(string) (string, error) {
			killChildren(e)
			return "", nil
		}))
		if !errors.Is(err, ErrDied) || o.Text != "" {
			t.Errorf("%+v %v", o, err)
		}
		returns(t, e, "fine", `{}`, memory{})
	}
}

func TestChildKilledWhileIdle(t *testing.T) {
	e := startEngine(t, `function fine() { return "Approve" }`, func(c *Config) { c.Workers = 2 })
	for range 3 {
		killChildren(e)
		for range 4 {
			// One that just died may still have been handed the call.
			if o, err := e.Call(context.Background(), "fine", []byte(`{}`), memory{}); err == nil && o.Text != "Approve" || err != nil && !errors.Is(err, ErrDied) {
				t.Errorf("%+v %v", o, err)
			}
		}
	}
	returns(t, e, "fine", `{}`, memory{})
}

// killChildren does what kill -9 does.
func killChildren(e *Engine) {
	e.pool.mu.Lock()
	defer e.pool.mu.Unlock()
	for _, ch := range e.pool.live {
		_ = syscall.Kill(ch.cmd.Process.Pid, syscall.SIGKILL)
	}
}

func TestProgramThatIsNoChild(t *testing.T) {
	for _, program := range []string{"/bin/true", "/bin/cat", "/nonexistent", "/dev/null"} {
		e, err := Start(context.Background(), Config{Executable: program, Workers: 1})
		if err == nil || e != nil {
			t.Errorf("%s: %v", program, e)
		} else if !strings.Contains(err.Error(), "does not start") {
			t.Errorf("%s: %v", program, err)
		}
	}
}
