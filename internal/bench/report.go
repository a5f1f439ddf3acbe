package bench

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// SchemaVersion is that of [Report] as JSON. Fields may be added within a version.
const SchemaVersion = 1

// Report is what a run found. Costs are microseconds of processor time of the
// measured process per call.
type Report struct {
	Version     int           `json:"version"`
	System      System        `json:"system"`
	Seconds     float64       `json:"seconds"` // per measurement
	Reference   Reference     `json:"reference"`
	Figures     []Figure      `json:"figures"`
	Losses      []Loss        `json:"losses"`
	Derivations []Derivation  `json:"derivations"`
	Published   []Comparison  `json:"published"`
	Chains      []ChainFigure `json:"chains,omitempty"`
	Kiod        *KiodReport   `json:"kiod,omitempty"` // the fields above it, but Published, are of kmd's protocol
	Clef        *ClefReport   `json:"clef,omitempty"`
}

// System is where the figures come from.
type System struct {
	OS         string `json:"os"`
	Arch       string `json:"arch"`
	Processors int    `json:"processors"`
	Go         string `json:"go"`
	Erasing    bool   `json:"erasing"` // private-key operations erase what they used
	Clock      string `json:"clock"`   // where processor times come from
}

// Reference is what nobody can do without, in the same run.
type Reference struct {
	Ed25519  float64 `json:"ed25519"`  // one signature of the standard library
	HTTP     float64 `json:"http"`     // one request to a bare net/http server, from one client
	HTTPMany float64 `json:"httpMany"` // the same from [many] clients at once

	// Together is one signature inside the handler of that server. It is more than
	// the sum: while a handler works, net/http watches the connection in another
	// goroutine, which with a free processor is another thread to be woken.
	Together     float64 `json:"together"`
	TogetherMany float64 `json:"togetherMany"`
}

// sum is the reference of a signature for a number of clients.
func (r Reference) sum(clients int) float64 {
	if clients > 1 {
		return r.Ed25519 + r.HTTPMany
	}
	return r.Ed25519 + r.HTTP
}

// Figure is one measurement.
type Figure struct {
	Operation  string  `json:"operation"`
	Keys       int     `json:"keys"` // in the wallet
	Clients    int     `json:"clients"`
	Durability string  `json:"durability"` // of the journal
	Calls      int     `json:"calls"`
	CPU        float64 `json:"cpu"`
	Rate       float64 `json:"rate"`  // calls per second
	Ratio      float64 `json:"ratio"` // CPU to the reference for as many clients; 0 without processor times
}

// Loss is what signing loses while other clients make keys.
type Loss struct {
	Keys       int     `json:"keys"`
	Clients    int     `json:"clients"`
	Generators int     `json:"generators"`
	Quiet      float64 `json:"quiet"` // signatures per second without them
	Rate       float64 `json:"rate"`  // with them
	Percent    float64 `json:"percent"`
	Generated  float64 `json:"generated"` // keys per second meanwhile
}

// Derivation is the cost of deriving a key from a password.
type Derivation struct {
	Name    string  `json:"name"`
	Workers int     `json:"workers"` // processors that it was given
	Seconds float64 `json:"seconds"` // from begin to end
	CPU     float64 `json:"cpu"`     // seconds of processor time
}

// Comparison sets a published figure beside ours.
type Comparison struct {
	Published
	Ours  float64 `json:"ours"`  // cost of one signature in this run, from one client
	Least float64 `json:"least"` // how many times as much the peer's lowest figure is
	Most  float64 `json:"most"`
}

func figure(operation string, keys, clients int, durability string, rounds []Sample, ref Reference) Figure {
	cpu, rate, calls := middle(rounds)
	f := Figure{Operation: operation, Keys: keys, Clients: clients, Durability: durability, Calls: calls, CPU: micros(cpu), Rate: rate}
	f.Ratio = ratio(f.CPU, ref.sum(clients))
	return f
}

// ratio is a/b, 0 where there is nothing to divide by.
func ratio(a, b float64) float64 {
	if b <= 0 {
		return 0
	}
	return a / b
}

// lost is the share of a rate that is gone, in percent; negative if it grew.
func lost(quiet, rate float64) float64 {
	if quiet <= 0 {
		return 0
	}
	return 100 * (quiet - rate) / quiet
}

func compare(p Published, ours float64) Comparison {
	return Comparison{Published: p, Ours: ours, Least: ratio(p.LeastCPU, ours), Most: ratio(p.MostCPU, ours)}
}

// derivation sums up rounds of single derivations.
func derivation(name string, workers int, rounds []Sample) Derivation {
	var elapsed, cpu []time.Duration
	for _, s := range rounds {
		elapsed, cpu = append(elapsed, s.Elapsed), append(cpu, s.CPU)
	}
	return Derivation{Name: name, Workers: workers, Seconds: median(elapsed).Seconds(), CPU: median(cpu).Seconds()}
}

// Text writes the report for people.
func (r *Report) Text(out io.Writer) {
	fmt.Fprintf(out, "%s/%s, %d processors, %s, erasing %t; %.3g s per measurement\n", r.System.OS, r.System.Arch, r.System.Processors, r.System.Go, r.System.Erasing, r.Seconds)
	fmt.Fprintf(out, "processor time: %s\n", r.System.Clock)
	if len(r.Figures) > 0 {
		r.kmdText(out)
	}
	if r.Kiod != nil {
		r.Kiod.text(out)
	}
	if r.Clef != nil {
		r.Clef.text(out)
	}
	if len(r.Chains) > 0 {
		r.chainText(out)
	}
	if len(r.Published) == 0 {
		return
	}
	fmt.Fprintf(out, "\nRecorded elsewhere, on another machine: an order of magnitude, not a measurement of this run\n")
	columns(out, func(w io.Writer) {
		fmt.Fprintf(w, "  peer\toperation\tµs CPU\tours\ttimes fewer CPU\n")
		for _, c := range r.Published {
			fmt.Fprintf(w, "  %s\t%s\t%s\t%.1f\t%s\n", c.Peer, c.Operation, span("%.0f", c.LeastCPU, c.MostCPU), c.Ours, span("%.1f", c.Least, c.Most))
		}
	})
}

// span writes a range, or one number where there is only one.
func span(format string, least, most float64) string {
	if least == most {
		return fmt.Sprintf(format, least)
	}
	return fmt.Sprintf(format+" to "+format, least, most)
}

// kmdText writes what was measured over kmd's protocol.
func (r *Report) kmdText(out io.Writer) {
	fmt.Fprintf(out, "\nReference of this run, µs of processor time\n")
	columns(out, func(w io.Writer) {
		fmt.Fprintf(w, "  Ed25519, one signature in a loop\t%.1f\n", r.Reference.Ed25519)
		fmt.Fprintf(w, "  bare net/http, one request, 1 client\t%.1f\n", r.Reference.HTTP)
		fmt.Fprintf(w, "  bare net/http, one request, %d clients\t%.1f\n", many, r.Reference.HTTPMany)
		fmt.Fprintf(w, "  bare net/http that makes one signature, 1 client\t%.1f\n", r.Reference.Together)
		fmt.Fprintf(w, "  bare net/http that makes one signature, %d clients\t%.1f\n", many, r.Reference.TogetherMany)
	})
	fmt.Fprintf(out, "\nCalls (ratio: processor time to bare net/http + Ed25519, each by itself, with as many clients)\n")
	columns(out, func(w io.Writer) {
		fmt.Fprintf(w, "  operation\tkeys\tclients\tjournal\tµs CPU\tcalls/s\tratio\n")
		for _, f := range r.Figures {
			fmt.Fprintf(w, "  %s\t%d\t%d\t%s\t%.1f\t%.0f\t%.2f\n", f.Operation, f.Keys, f.Clients, f.Durability, f.CPU, f.Rate, f.Ratio)
		}
	})
	if len(r.Losses) > 0 {
		fmt.Fprintf(out, "\nSigning while other clients generate keys\n")
		columns(out, func(w io.Writer) {
			fmt.Fprintf(w, "  keys\tclients\tgenerators\talone/s\tbeside/s\tloss\tkeys made/s\n")
			for _, l := range r.Losses {
				fmt.Fprintf(w, "  %d\t%d\t%d\t%.0f\t%.0f\t%.1f %%\t%.0f\n", l.Keys, l.Clients, l.Generators, l.Quiet, l.Rate, l.Percent, l.Generated)
			}
		})
	}
	fmt.Fprintf(out, "\nPassword derivations\n")
	columns(out, func(w io.Writer) {
		fmt.Fprintf(w, "  derivation\tprocessors\tseconds\tCPU seconds\n")
		for _, d := range r.Derivations {
			fmt.Fprintf(w, "  %s\t%d\t%.2f\t%.2f\n", d.Name, d.Workers, d.Seconds, d.CPU)
		}
	})
}

// columns aligns what write writes.
func columns(out io.Writer, write func(w io.Writer)) {
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	write(w)
	_ = w.Flush() // the caller's writer keeps its first error
}
