package bench

import (
	"fmt"
	"io"
)

// ClefReport is what was found over Clef's protocol, with stored passwords and nobody at
// the screen. Costs are of the signer and of the processes that run its rules together.
type ClefReport struct {
	Reference ClefReference `json:"reference"`
	Figures   []ClefFigure  `json:"figures"`
	Listed    int           `json:"listed"` // accounts of account_list
	Starts    []ClefStart   `json:"starts"`
}

// ClefReference is what nobody can do without, in the same run.
type ClefReference struct {
	Signature float64 `json:"signature"` // one signature on secp256k1
	HTTP      float64 `json:"http"`      // see [Reference]
	HTTPMany  float64 `json:"httpMany"`
}

// ClefFigure is one measurement. Ratio is CPU to that of the bare signature, for calls that
// sign.
type ClefFigure struct {
	Figure
	Decider string `json:"decider"` // what decided: strongroom.toml or a rule file
}

// ClefStart is how long a signer takes from the start of its process to its first answer.
type ClefStart struct {
	Files        int     `json:"files"` // in the key store
	Milliseconds float64 `json:"milliseconds"`
}

// clefAllowance is what a signature by a rule file should cost at most, in µs.
const clefAllowance = 250

func (r *ClefReport) add(f Figure, decider string) {
	f.Ratio = 0
	if f.Operation == "account_signTransaction" {
		f.Ratio = ratio(f.CPU, r.Reference.Signature)
	}
	r.Figures = append(r.Figures, ClefFigure{Figure: f, Decider: decider})
}

// ruleCost is what a rule file adds to a signature of one client, in µs of processor
// time; false if it was not measured.
func (r *ClefReport) ruleCost() (float64, bool) {
	var without, with float64
	for _, f := range r.Figures {
		if f.Operation != "account_signTransaction" || f.Clients != 1 {
			continue
		}
		switch f.Decider {
		case byPolicy:
			without = f.CPU
		case byRules:
			with = f.CPU
		}
	}
	return with - without, with > 0 && without > 0
}

// text writes the report for a person.
func (r *ClefReport) text(out io.Writer) {
	fmt.Fprintf(out, "\nclef: the least a signature can cost, in µs of processor time\n")
	columns(out, func(w io.Writer) {
		fmt.Fprintf(w, "  secp256k1, one signature in a loop\t%.1f\n  bare net/http, 1 client\t%.1f\n  bare net/http, %d clients\t%.1f\n",
			r.Reference.Signature, r.Reference.HTTP, many, r.Reference.HTTPMany)
	})
	fmt.Fprintf(out, "\nclef: calls (processor time of the signer and its rule processes; ratio: to the bare signature; at most %d µs by a rule file is the aim)\n", clefAllowance)
	columns(out, func(w io.Writer) {
		fmt.Fprintf(w, "  operation\tdecided by\tclients\tµs CPU\tcalls/s\tratio\n")
		for _, f := range r.Figures {
			operation, compared := f.Operation, ""
			if f.Ratio > 0 {
				compared = fmt.Sprintf("%.1f", f.Ratio)
			}
			if operation == "account_list" {
				operation = fmt.Sprintf("%s, %d accounts", operation, r.Listed)
			}
			fmt.Fprintf(w, "  %s\t%s\t%d\t%.1f\t%.0f\t%s\n", operation, f.Decider, f.Clients, f.CPU, f.Rate, compared)
		}
	})
	if cost, known := r.ruleCost(); known {
		fmt.Fprintf(out, "  the rule file's part of a signature: %.1f µs\n", cost)
	}
	fmt.Fprintf(out, "\nclef: from the start of the process to its first answer, with a rule file\n")
	columns(out, func(w io.Writer) {
		fmt.Fprintf(w, "  key files\tms\n")
		for _, s := range r.Starts {
			fmt.Fprintf(w, "  %d\t%.0f\n", s.Files, s.Milliseconds)
		}
	})
}
