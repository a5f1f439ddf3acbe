package clefjs

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// spent is the processor time of the parent and of its children, as far as the system
// tells it.
func spent(b *testing.B, e *Engine) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	total := time.Duration(u.Utime.Nano() + u.Stime.Nano())
	e.pool.mu.Lock()
	defer e.pool.mu.Unlock()
	for _, ch := range e.pool.live {
		threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", ch.cmd.Process.Pid))
		if err != nil {
			b.Fatal(err)
		}
		for _, name := range threads {
			text, err := os.ReadFile(name)
			if err != nil {
				continue // a thread that ended
			}
			var running time.Duration
			if _, err := fmt.Sscan(string(text), &running); err != nil {
				b.Fatal(err)
			}
			total += running
		}
	}
	return total
}

func benchmarkCall(b *testing.B, source, function, argument string) {
	e := startEngine(b, source)
	s := memory{"count": "1"}
	for range 50 {
		e.Call(context.Background(), function, []byte(argument), s)
	}
	before := spent(b, e)
	for b.Loop() {
		o, err := e.Call(context.Background(), function, []byte(argument), s)
		if err != nil || o.Text != "Approve" {
			b.Fatal(o, err)
		}
	}
	b.ReportMetric(float64((spent(b, e)-before).Nanoseconds())/float64(b.N), "cpu-ns/op")
}

const txArgument = `{"transaction":{"from":"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826","to":"0x07a565B7ED7D7A678680A4C162885bEDbB695Fe0",` +
	`"gas":"0x5208","gasPrice":"0x1","maxFeePerGas":null,"maxPriorityFeePerGas":null,"value":"0x1","nonce":"0x0"},"call_info":null,` +
	`"meta":{"remote":"127.0.0.1:4444","local":"127.0.0.1:8550","scheme":"http","User-Agent":"golden-client/1.0","Origin":""}}`

// fixture is the rule file of the recordings.
func fixture(b *testing.B) string {
	text, err := os.ReadFile("../../../testdata/golden/clef/config-fixture/rules.js")
	if err != nil {
		b.Fatal(err)
	}
	return string(text)
}

func BenchmarkFixture(b *testing.B) { benchmarkCall(b, fixture(b), "ApproveTx", txArgument) }
func BenchmarkSmall(b *testing.B) {
	benchmarkCall(b, `function ApproveTx(r){ return "Approve" }`, "ApproveTx", txArgument)
}
func BenchmarkLimit(b *testing.B) {
	benchmarkCall(b, `function ApproveTx(r){ var n=storage.get("count"); if (n=="") n=0; return parseInt(n)<3?"Approve":"Reject"}`, "ApproveTx", txArgument)
}
func BenchmarkBig(b *testing.B) {
	benchmarkCall(b, `var one=new BigNumber(1); function ApproveTx(r){ return new BigNumber(r.transaction.value.slice(2),16).lt(new BigNumber("1e18"))?"Approve":"Reject"}`, "ApproveTx", txArgument)
}

func BenchmarkListing(b *testing.B) {
	for _, rule := range []struct{ name, source string }{
		{"untouched", `function ApproveListing(r){ return r.meta.scheme=="http"?"Approve":"Reject" }`},
		{"looked through", `function ApproveListing(r){ for (var i=0;i<r.accounts.length;i++) if (r.accounts[i].address=="0x0") return "Reject"; return "Approve" }`},
	} {
		b.Run(rule.name, func(b *testing.B) {
			e := startEngine(b, rule.source)
			p, err := e.Prepare(listing(5000))
			if err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			before := spent(b, e)
			for b.Loop() {
				o, err := e.CallPrepared(context.Background(), "ApproveListing", p, []byte(`{"meta":{"scheme":"http"}}`), memory{})
				if err != nil || o.Text != "Approve" {
					b.Fatal(o, err)
				}
			}
			b.ReportMetric(float64((spent(b, e)-before).Nanoseconds())/float64(b.N), "cpu-ns/op")
		})
	}
}
