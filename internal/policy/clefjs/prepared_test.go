package clefjs

import (
	"context"
	"fmt"
	"testing"
)

// listing is an argument with n accounts.
func listing(n int) []byte {
	b := []byte(`{"accounts":[`)
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, `{"address":"0x%040x","url":"keystore:///home/user/.ethereum/keystore/UTC--2026-11-20T21-28-43.401887913Z--%040x"}`, i+1, i+1)
	}
	return append(b, `],"meta":{},"few":[1,2]}`...)
}

// What is brought in lazily must look like what an object literal makes.
func TestPreparedArgumentsLookPlain(t *testing.T) {
	e := startEngine(t, `
function json(r) { return String(JSON.stringify(r).length) }
function same(r) { return JSON.stringify(r) === JSON.stringify(JSON.parse(JSON.stringify(r))) }
function keys(r) { return Object.keys(r) }
function forIn(r) { var k = []; for (var n in r) k.push(n); return k }
function has(r) { return ["accounts" in r, r.hasOwnProperty("accounts"), "other" in r] }
function first(r) { return r.accounts[0].address + Array.isArray(r.accounts) + r.accounts.length + (r.accounts === r.accounts) }
function entries(r) { return Object.entries(r).map(function (e) { return e[0] + typeof e[1] }) }
function spread(r) { var c = { ...r }; c.accounts.length = 1; return c.accounts.length + "," + r.accounts.length }
function assigned(r) { r.accounts = 5; return r.accounts + Object.keys(r).join() }
function removed(r) { delete r.accounts; return typeof r.accounts + Object.keys(r).join() }
function frozen(r) { Object.freeze(r); r.accounts = 5; return r.accounts.length + typeof r.accounts[1] + (r.accounts === r.accounts) }
function frozenLater(r) { r.accounts; Object.freeze(r); r.accounts = 5; return r.accounts.length }
function inherited(r) { var c = Object.create(r); return c.accounts.length + "," + r.accounts.length }
function changed(r) { r.accounts[0].address = "x"; r.accounts.push(1); r.accounts.odd = 1; return r.accounts.length }
function descriptor(r) { r.accounts; var d = Object.getOwnPropertyDescriptor(r, "accounts"); return [d.writable, d.enumerable, d.configurable, d.value === r.accounts] }
function meta(r) { return r.meta.scheme }
function destructured({ accounts: [one], meta: { scheme } }) { return one.address + scheme }
`)
	const n = 200
	text := listing(n)
	p, err := e.Prepare(text)
	if err != nil {
		t.Fatal(err)
	}
	plain := string(text[:len(text)-len(`"meta":{},"few":[1,2]}`)]) + `"meta":{"scheme":"http"},"few":[1,2]}`
	one := fmt.Sprintf("0x%040x", 1)
	for range 2 { // what a call did to its argument, the next one does not find
		for function, want := range map[string]string{
			"json": fmt.Sprint(len(plain)), "same": "true", "keys": "accounts,meta,few", "forIn": "accounts,meta,few",
			"has": "true,true,false", "first": one + "true200true", "entries": "accountsobject,metaobject,fewobject",
			"spread": "1,1", "assigned": "5accounts,meta,few", "removed": "undefinedmeta,few", "frozen": "200objecttrue",
			"frozenLater": "200", "inherited": "200,200", "changed": "201", "descriptor": "true,true,true,true", "meta": "http",
			"destructured": one + "http",
		} {
			prepared, err := e.CallPrepared(context.Background(), function, p, []byte(`{"meta":{"scheme":"http"}}`), memory{})
			if err != nil || prepared.Text != want {
				t.Errorf("%s: %+v %v, want %s", function, prepared, err, want)
			}
			if o := returns(t, e, function, plain, memory{}); o.Text != want {
				t.Errorf("%s of a plain argument: %s, want %s", function, o.Text, want)
			}
		}
	}
}

// Children keep only so many; each still gets what its call names.
func TestManyPreparedArguments(t *testing.T) {
	e := startEngine(t, `function f(r) { return r.n + r.m } function fine() { return "Approve" }`)
	var all []*Prepared
	for i := range 3 * maxPrepared {
		p, err := e.Prepare(fmt.Appendf(nil, `{"n":%d}`, i))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	for round := range 3 {
		for i, p := range all {
			if round == 2 {
				i, p = len(all)-1-i, all[len(all)-1-i]
			}
			o, err := e.CallPrepared(context.Background(), "f", p, []byte(`{"m":100}`), memory{})
			if err != nil || o.Text != fmt.Sprint(i+100) {
				t.Errorf("%d: %+v %v", i, o, err)
			}
		}
		killChildren(e) // the next one knows nothing of them
		recovers(t, e, "fine")
	}
}
