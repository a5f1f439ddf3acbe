package approval

import (
	"context"
	"testing"
	"time"
)

// BenchmarkAsk is what a question costs that an approver answers at once.
func BenchmarkAsk(b *testing.B) {
	d := New(Config{Timeout: time.Minute, MaxPending: 1000, MaxPerCaller: 1000, Now: time.Now})
	defer d.Close()
	by := approver(func(context.Context, *Question) (Answer, error) { return Answer{Verdict: Approve}, nil })
	q := from("127.0.0.1:1")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Ask(b.Context(), q, by); err != nil {
			b.Fatal(err)
		}
	}
}
