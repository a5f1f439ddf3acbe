package clefjs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"strongroom/internal/fault"
)

// memory is a storage in memory.
type memory map[string]string

func (m memory) Get(key string) (string, error) { return m[key], nil }

// startEngine starts one child, unless change says otherwise.
func startEngine(t testing.TB, source string, change ...func(*Config)) *Engine {
	t.Helper()
	cfg := Config{Source: []byte(source), Workers: 1}
	for _, c := range change {
		c(&cfg)
	}
	e, err := Start(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// returns calls a function that must come to a result.
func returns(t *testing.T, e *Engine, function, argument string, s Storage) Outcome {
	t.Helper()
	o, err := e.Call(context.Background(), function, []byte(argument), s)
	if err != nil {
		t.Fatalf("%s: %v", function, err)
	}
	return o
}

// fails calls a function that must fail, and looks for want in what the log is told.
func fails(t *testing.T, e *Engine, function string, kind error, want string) {
	t.Helper()
	o, err := e.Call(context.Background(), function, []byte(`{}`), memory{})
	if !errors.Is(err, kind) || !strings.Contains(err.Error(), want) {
		t.Errorf("%s: %+v, %v; want %v with %q", function, o, err, kind, want)
	}
	if o.Text != "" || o.Puts != nil {
		t.Errorf("%s: a call that failed came home with %+v", function, o)
	}
}

func TestResultsAsText(t *testing.T) {
	e := startEngine(t, `
function str() { return "Approve" }
function nothing() { }
function truth() { return true }
function newString() { return new String("Approve") }
function array() { return ["Approve"] }
function two() { return ["Approve", "Approve"] }
function object() { return { toString: function () { return "Reject" } } }
function line() { return "Approve\n" }
function number() { return 1e21 }
function promise() { return Promise.resolve("Approve") }
async function later() { return "Approve" }
function nul() { return null }
const arrow = (r) => "arrow " + r.x;
let method = { f() { return "method" } }.f;
class K { get v() { return "class" } }
function klass() { return new K().v }
function euro() { return "€\ud83d\ude00" }
function half() { return "\ud83d" }
function thisIs() { return this === globalThis }
function count() { return arguments.length }
`)
	for function, want := range map[string]string{
		"str": "Approve", "nothing": "undefined", "truth": "true", "newString": "Approve", "array": "Approve",
		"two": "Approve,Approve", "object": "Reject", "line": "Approve\n", "number": "1e+21",
		"promise": "[object Promise]", "later": "[object Promise]", "nul": "null", "arrow": "arrow y", "method": "method",
		"klass": "class", "euro": "€😀", "half": "\uFFFD", "thisIs": "true", "count": "1",
	} {
		if o := returns(t, e, function, `{"x":"y"}`, memory{}); o.Text != want || len(o.Puts) != 0 {
			t.Errorf("%s: %+v, want %q", function, o, want)
		}
	}
}

func TestFailures(t *testing.T) {
	e := startEngine(t, `
function thrown() { throw new Error("no such luck") }
function thrownText() { throw "plain" }
function thrownNothing() { throw undefined }
function thrownTrap() { throw { toString() { throw this } } }
function noSuchMethod() { storage.del("k"); return "Approve" }
function undefinedName() { return nowhere }
function symbol() { return Symbol("Approve") }
function symbolText() { return { toString() { return Symbol("Approve") } } }
function noText() { return Object.create(null) }
function throwingText() { return { toString() { throw new Error("in toString") } } }
function long() { return "Approve".repeat(1000) }
function deep() { return deep() + 1 }
function syntax() { return eval("{") }
var notAFunction = { ApproveTx: 1 };
class constructorOnly { }
`)
	for _, c := range []struct {
		function string
		kind     error
		want     string
	}{
		{"missing", ErrNoFunction, "not defined"},
		{"thrown", ErrException, "Error: no such luck at thrown (<rules>:2:"},
		{"thrownText", ErrException, "plain"},
		{"thrownNothing", ErrException, "undefined"},
		{"thrownTrap", ErrException, "no text"},
		{"noSuchMethod", ErrException, "TypeError: Object has no member 'del'"},
		{"undefinedName", ErrException, "ReferenceError: nowhere is not defined"},
		{"symbol", ErrException, "TypeError"},
		{"symbolText", ErrException, "TypeError"},
		{"noText", ErrException, "TypeError"},
		{"throwingText", ErrException, "in toString"},
		{"long", ErrException, "too long"},
		{"deep", ErrMemory, "nested too deeply"},
		{"syntax", ErrException, "SyntaxError"},
		{"notAFunction", ErrException, "TypeError"},
		{"constructorOnly", ErrException, "TypeError"},
	} {
		fails(t, e, c.function, c.kind, c.want)
		if err := c.kind; !fault.Is(err, fault.Denied) {
			t.Errorf("%v is of kind %v", err, fault.KindOf(err))
		}
	}
}

func TestTopLevelRunsInEveryCall(t *testing.T) {
	e := startEngine(t, `
var n = storage.get("n");
storage.put("top", "level");
if (n === "throw") throw new Error("at the top");
globalThis.hits = (globalThis.hits || 0) + 1;
function f() { return n + " " + hits }
`)
	for range 3 {
		want := Outcome{Text: "5 1", Puts: []Put{{"top", "level"}}}
		if diff := cmp.Diff(want, returns(t, e, "f", `{}`, memory{"n": "5"})); diff != "" {
			t.Error(diff)
		}
	}
	if _, err := e.Call(context.Background(), "f", []byte(`{}`), memory{"n": "throw"}); !errors.Is(err, ErrException) {
		t.Error(err)
	}
}

func TestStorage(t *testing.T) {
	e := startEngine(t, `
function trip() {
  if (storage.put("k", "v1") !== null) return "put";
  if (storage.get("k") !== "v1") return "get";
  storage.put("k", "");
  if (storage.get("k") !== "") return "deleted";
  if (storage.get("never") !== "") return "missing";
  storage.put("", "x");
  if (storage.get("") !== "") return "empty key";
  storage.put("n", 5); storage.put("u"); storage.put({}, [1, 2]); storage.put("b", "1"); storage.put("b", "2");
  return [typeof storage.get("n"), storage.get("u"), storage.get("[object Object]"), storage.get("old"), typeof storage.del].join();
}`)
	want := Outcome{
		Text: "string,undefined,1,2,from before,undefined",
		Puts: []Put{{"k", ""}, {"n", "5"}, {"u", "undefined"}, {"[object Object]", "1,2"}, {"b", "2"}},
	}
	if diff := cmp.Diff(want, returns(t, e, "trip", `{}`, memory{"old": "from before"})); diff != "" {
		t.Error(diff)
	}
}

// broken is a storage that can not be read.
type broken struct{ err error }

func (b broken) Get(string) (string, error) { return "", b.err }

func TestStorageThatFailsEndsTheCall(t *testing.T) {
	e := startEngine(t, `
function caught() { try { storage.get("limit") } catch (e) { } return "Approve" }
function inFinally() { try { storage.get("limit") } finally { return "Approve" } }
function fine() { return "Approve" }`)
	for _, s := range []Storage{broken{errors.New("disk on fire")}, broken{fault.Corrupt.New("it does not decrypt")}, tooMuch{}} {
		for _, function := range []string{"caught", "inFinally"} {
			o, err := e.Call(context.Background(), function, []byte(`{}`), s)
			if !errors.Is(err, ErrStorage) || o.Text != "" {
				t.Errorf("%T %s: %+v %v", s, function, o, err)
			}
			if b, ok := s.(broken); ok && !errors.Is(err, b.err) {
				t.Errorf("%v is not among the causes of %v", b.err, err)
			}
		}
		returns(t, e, "fine", `{}`, s)
	}
}

// tooMuch is a storage whose entries are larger than any rule can have made them.
type tooMuch struct{}

func (tooMuch) Get(string) (string, error) { return strings.Repeat("x", maxValue+1), nil }

func TestConsole(t *testing.T) {
	var lines []string
	e := startEngine(t, `
function talk() {
  console.log("value is", "0x1", { a: 1 }, [1, 2]);
  console.error("err line");
  console.log();
  console.log("two\nlines\u001b[31m\rover");
}
function silent() { console.log(Symbol("x")) }`, func(c *Config) { c.Print = func(line string) { lines = append(lines, line) } })
	returns(t, e, "talk", `{}`, memory{})
	want := []string{
		"JS:>  value is 0x1 [object Object] 1,2", "JS:>  err line", "JS:>  ", "JS:>  two", "JS:>  lines\uFFFD[31m\uFFFDover",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
	fails(t, e, "silent", ErrException, "TypeError")
}

func TestNoHostFunctions(t *testing.T) {
	e := startEngine(t, `function f() {
  return ["require", "process", "module", "define", "setTimeout", "setInterval", "fetch", "XMLHttpRequest", "WebAssembly", "Deno", "Bun", "load", "print"]
    .filter(function (n) { return typeof globalThis[n] !== "undefined" }).join() }`)
	if o := returns(t, e, "f", `{}`, memory{}); o.Text != "" {
		t.Errorf("rules find %s", o.Text)
	}
}

func TestBigNumber(t *testing.T) {
	e := startEngine(t, `
function limit(r) { return new BigNumber(r.value.slice(2), 16).lt(new BigNumber("1e18")) ? "Approve" : "Reject" }
function describe() {
  var d = Object.getOwnPropertyDescriptor(globalThis, "BigNumber"), before = "get" in d;
  BigNumber;
  d = Object.getOwnPropertyDescriptor(globalThis, "BigNumber");
  return [before, d.writable, d.enumerable, d.configurable, typeof d.value, Object.keys(globalThis).join("|")].join();
}
function big() { return new BigNumber("123456789012345678901234567890").times("1e9").div(7).toFixed(3) + " " + BigNumber.config().DECIMAL_PLACES }
function replaced() { BigNumber = 5; return BigNumber + 1 }
function tampered() { BigNumber.prototype.lt = function () { return true }; return "done" }
`)
	for _, c := range []struct{ function, argument, want string }{
		{"limit", `{"value":"0x1"}`, "Approve"},
		{"limit", `{"value":"0xde0b6b3a7640000"}`, "Reject"}, // 1e18
		{"limit", `{"value":"0xde0b6b3a763ffff"}`, "Approve"},
		{"describe", `{}`, "true,true,true,true,function,console|storage|limit|describe|big|replaced|tampered|BigNumber"},
		{"big", `{}`, "17636684144620811271604938270000000000.000 20"},
		{"replaced", `{}`, "6"},
		{"tampered", `{}`, "done"},
		{"limit", `{"value":"0xde0b6b3a7640000"}`, "Reject"},
		{"limit", `{"value":"0xde0b6b3a7640000"}`, "Reject"}, // the library is loaded in advance from here on
		{"tampered", `{}`, "done"},
		{"limit", `{"value":"0xde0b6b3a7640000"}`, "Reject"},
	} {
		if o := returns(t, e, c.function, c.argument, memory{}); !sameNames(o.Text, c.want) {
			t.Errorf("%s: %s, want %s", c.function, o.Text, c.want)
		}
	}
}

// sameNames compares texts whose last part is a list of names in any order.
func sameNames(a, b string) bool {
	split := func(s string) []string {
		names := strings.FieldsFunc(s, func(r rune) bool { return r == '|' || r == ',' })
		slices.Sort(names)
		return names
	}
	return slices.Equal(split(a), split(b))
}

// A rule file that is also a module for its author's own tests must find its own module,
// and BigNumber where it always is.
func TestBigNumberBesideAModule(t *testing.T) {
	e := startEngine(t, `
var module = { exports: {} };
function define() { throw new Error("not for you") } define.amd = true;
function f() { return new BigNumber(2).plus(3).toString() + typeof module.exports }`)
	if o := returns(t, e, "f", `{}`, memory{}); o.Text != "5object" {
		t.Error(o.Text)
	}
}

func TestDefines(t *testing.T) {
	e := startEngine(t, `
function there() { }
const arrow = () => 1;
var variable = 1;
if (storage.get("more")) { globalThis.more = function () { } }
if (storage.get("throw")) { throw new Error("at the top") }`)
	for name, want := range map[string]bool{"there": true, "arrow": true, "variable": false, "missing": false, "more": false} {
		if is, err := e.Defines(context.Background(), name, memory{}); is != want || err != nil {
			t.Errorf("%s: %v %v", name, is, err)
		}
	}
	if is, err := e.Defines(context.Background(), "more", memory{"more": "1"}); !is || err != nil {
		t.Error(is, err)
	}
	if is, err := e.Defines(context.Background(), "there", memory{"throw": "1"}); is || !errors.Is(err, ErrException) {
		t.Error(is, err)
	}
}

func TestFilesThatDoNotCompile(t *testing.T) {
	for source, kind := range map[string]fault.Kind{
		"function f( {": fault.Invalid, "\xff": fault.Invalid, "\"use strict\"; with (a) {}": fault.Invalid,
		strings.Repeat(" ", maxSource+1): fault.TooLarge,
	} {
		var log strings.Builder // the error says it all, once
		e, err := Start(context.Background(), Config{Source: []byte(source), Workers: 2, Log: slog.New(slog.NewTextHandler(&log, nil))})
		if !fault.Is(err, kind) || e != nil || log.Len() != 0 {
			t.Errorf("%.20q: %v, and in the log %s", source, err, &log)
		}
	}
	// sloppy mode, as the peer has it, and no file for a comment's sake
	e := startEngine(t, "with ({ a: 010 }) { var b = a } undeclared = b; function f() { return undeclared }\n//# sourceMappingURL=/dev/zero")
	if o := returns(t, e, "f", `{}`, memory{}); o.Text != "8" {
		t.Error(o.Text)
	}
}

// What the children say of landlock is what holds for them, and the log tells.
func TestSaysWhetherLandlockHolds(t *testing.T) {
	var log strings.Builder
	e, err := Start(context.Background(), Config{Source: []byte("function f(){}"), Workers: 1, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	want := "landlock is off"
	if Landlock() > 0 {
		want = fmt.Sprintf("landlock is on\" version=%d", Landlock())
	}
	if e.Landlock() != Landlock() || strings.Count(log.String(), "landlock") != 1 || !strings.Contains(log.String(), want) {
		t.Errorf("version %d of %d; the log: %s", e.Landlock(), Landlock(), &log)
	}
}

func TestArguments(t *testing.T) {
	e := startEngine(t, `
function json(r) { return JSON.stringify(r) }
function proto(r) { return [r.__proto__, Object.getPrototypeOf(r) === Object.prototype, Object.keys(r)].join() }`)
	for _, argument := range []string{
		`{}`, `{"b":1,"a":[true,false,null,-0.5,"x",{"":[]}]}`, `{"10":1,"z":"\"\\\n€😀"}`, `{"a":{"b":{"c":[[[]]]}}}`,
	} {
		if o := returns(t, e, "json", argument, memory{}); o.Text != argument {
			t.Errorf("%s became %s", argument, o.Text)
		}
	}
	if o := returns(t, e, "proto", `{"__proto__":"x"}`, memory{}); o.Text != "x,true,__proto__" {
		t.Error(o.Text)
	}
	for _, argument := range []string{
		``, `[]`, `"x"`, `{"a":1,"a":2}`, `{} {}`, `{"a":`, `{"a":"\ud800"}`, nested(maxDepth + 1), nested(maxDepth + 2),
	} {
		if o, err := e.Call(context.Background(), "json", []byte(argument), memory{}); !errors.Is(err, ErrException) {
			t.Errorf("%.40s: %+v %v", argument, o, err)
		}
		if p, err := e.Prepare([]byte(argument)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%.40s: %+v %v", argument, p, err)
		}
	}
	if o := returns(t, e, "json", nested(maxDepth), memory{}); o.Text != nested(maxDepth) {
		t.Error("the deepest argument does not come back")
	}
	if _, err := e.Prepare([]byte(nested(maxDepth))); err != nil {
		t.Error(err)
	}
	if _, err := e.Call(context.Background(), "json", make([]byte, maxArgument+1), memory{}); !fault.Is(err, fault.TooLarge) {
		t.Error(err)
	}
	if _, err := e.Prepare(make([]byte, maxArgument+1)); !fault.Is(err, fault.TooLarge) {
		t.Error(err)
	}
	for _, name := range []string{"", "a b", "1a", "f()", "a.b", "f;", "ф", strings.Repeat("f", maxName+1)} {
		if _, err := e.Call(context.Background(), name, []byte(`{}`), memory{}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// nested is an object in objects, depth of them together.
func nested(depth int) string {
	return strings.Repeat(`{"a":`, depth-1) + "{}" + strings.Repeat("}", depth-1)
}

func TestManyCallersFewChildren(t *testing.T) {
	e := startEngine(t, `function f(r) { return storage.get(r.n) }`, func(c *Config) { c.Workers = 3 })
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			n := fmt.Sprint(i)
			o, err := e.Call(context.Background(), "f", []byte(`{"n":"`+n+`"}`), memory{n: "value " + n})
			if err != nil || o.Text != "value "+n {
				t.Errorf("%s: %+v %v", n, o, err)
			}
		})
	}
	wg.Wait()
}

func TestWaitingAndClosing(t *testing.T) {
	e := startEngine(t, `function f() { return storage.get("x") }`)
	inside, release := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		_, err := e.Call(context.Background(), "f", []byte(`{}`), hook(func(string) (string, error) {
			close(inside)
			<-release
			return "", nil
		}))
		if !errors.Is(err, ErrClosed) {
			t.Error("the call that ran:", err)
		}
	})
	<-inside
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if _, err := e.Call(ctx, "f", []byte(`{}`), memory{}); !fault.Is(err, fault.Canceled) {
		t.Error("one that waited too long:", err)
	}
	wg.Go(func() {
		if _, err := e.Call(context.Background(), "f", []byte(`{}`), memory{}); !errors.Is(err, ErrClosed) {
			t.Error("one that waits:", err)
		}
	})
	_ = e.Close()
	close(release)
	wg.Wait()
	if _, err := e.Call(context.Background(), "f", []byte(`{}`), memory{}); !errors.Is(err, ErrClosed) {
		t.Error("one that comes later:", err)
	}
	_ = e.Close()
}

// hook is a storage that does something when it is read.
type hook func(key string) (string, error)

func (h hook) Get(key string) (string, error) { return h(key) }
