package bench

import (
	"fmt"
	"io"
)

// KiodReport is what a run found of the kiod protocol.
type KiodReport struct {
	Reference KiodReference `json:"reference"`
	Figures   []KiodFigure  `json:"figures"`
	Losses    []ListLoss    `json:"losses"`
}

// KiodReference is what nobody can do without, in the same run: microseconds of
// processor time.
type KiodReference struct {
	// Library is one signature of secp256k1 as RFC 6979 says: libsecp256k1 in builds
	// with cgo, our blinded path in the others.
	Library float64 `json:"library"`
	// Canonical is the mean of signatures as the network wants them, by the code that
	// signs for wallets. They take two nonces in the mean, which no binding of the
	// library offers.
	Canonical float64 `json:"canonical"`

	HTTP     float64 `json:"http"` // see [Reference]
	HTTPMany float64 `json:"httpMany"`

	Together     float64 `json:"together"` // one such signature inside the handler of the bare server
	TogetherMany float64 `json:"togetherMany"`
}

// sum is the reference of a signature for a number of clients.
func (r KiodReference) sum(clients int) float64 {
	if clients > 1 {
		return r.Canonical + r.HTTPMany
	}
	return r.Canonical + r.HTTP
}

// KiodFigure is one measurement. Ratio and Beyond are 0 unless it is of signatures.
type KiodFigure struct {
	Figure
	Transport string  `json:"transport"`
	Beyond    float64 `json:"beyond"` // CPU without the reference for as many clients
}

// kiodAllowance is what a signature should cost at most beyond its reference.
const kiodAllowance = 25

// ListLoss is what signing loses while one client lists all keys without end.
type ListLoss struct {
	Keys    int     `json:"keys"`
	Clients int     `json:"clients"`
	Quiet   float64 `json:"quiet"` // signatures per second without it
	Rate    float64 `json:"rate"`  // with it
	Percent float64 `json:"percent"`
	Listed  float64 `json:"listed"` // lists per second meanwhile
}

// add takes up a figure, compared with the reference if it is of signatures.
func (k *KiodReport) add(f Figure, transport string) {
	all := KiodFigure{Figure: f, Transport: transport}
	if least := k.Reference.sum(f.Clients); signs(f.Operation) && f.CPU > 0 && least > 0 {
		all.Ratio, all.Beyond = ratio(f.CPU, least), f.CPU-least
	}
	k.Figures = append(k.Figures, all)
}

func signs(operation string) bool {
	return operation == "sign_digest" || operation == "sign_transaction"
}

// compare sets the published figures of the peer beside ours, from one client over TCP.
func (k *KiodReport) compare() (all []Comparison) {
	digest, transaction := publishedKeosd()
	for _, p := range []Published{digest, transaction} {
		for _, f := range k.Figures {
			if f.Operation == p.Operation && f.Clients == 1 && f.Transport == overTCP {
				all = append(all, compare(p, f.CPU))
				break
			}
		}
	}
	return all
}

// text writes the report for a person.
func (k *KiodReport) text(out io.Writer) {
	ref := k.Reference
	fmt.Fprintf(out, "\nkiod: the least a signature can cost, in µs of processor time\n")
	columns(out, func(w io.Writer) {
		fmt.Fprintf(w, "  secp256k1, plain\t%.1f\n  secp256k1, canonical (mean)\t%.1f\n", ref.Library, ref.Canonical)
		fmt.Fprintf(w, "  bare net/http, 1 client\t%.1f\n  bare net/http, %d clients\t%.1f\n", ref.HTTP, many, ref.HTTPMany)
		fmt.Fprintf(w, "  both in one, 1 client\t%.1f\n  both in one, %d clients\t%.1f\n", ref.Together, many, ref.TogetherMany)
	})
	fmt.Fprintf(out, "\nkiod: calls (ratio: to net/http + canonical secp256k1, each by itself, with as many clients; beyond: what is more, at most %d is the aim)\n", kiodAllowance)
	columns(out, func(w io.Writer) {
		fmt.Fprintf(w, "  operation\tkeys\tclients\tover\tµs CPU\tcalls/s\tratio\tbeyond\n")
		for _, f := range k.Figures {
			compared := "\t"
			if f.Ratio > 0 {
				compared = fmt.Sprintf("%.2f\t%.1f", f.Ratio, f.Beyond)
			}
			fmt.Fprintf(w, "  %s\t%d\t%d\t%s\t%.1f\t%.0f\t%s\n", f.Operation, f.Keys, f.Clients, f.Transport, f.CPU, f.Rate, compared)
		}
	})
	fmt.Fprintf(out, "\nkiod: signing digests while one client lists all keys without end\n")
	columns(out, func(w io.Writer) {
		fmt.Fprintf(w, "  keys\tclients\talone/s\tbeside/s\tloss\tlists/s\n")
		for _, l := range k.Losses {
			fmt.Fprintf(w, "  %d\t%d\t%.0f\t%.0f\t%.1f %%\t%.0f\n", l.Keys, l.Clients, l.Quiet, l.Rate, l.Percent, l.Listed)
		}
	})
}
