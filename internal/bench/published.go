package bench

import "time"

// Published is what was recorded of a peer elsewhere, on another machine: an
// order of magnitude beside our figures, not a measurement of this run.
type Published struct {
	Peer      string  `json:"peer"`
	Operation string  `json:"operation"`
	LeastCPU  float64 `json:"leastCPU"` // microseconds of processor time per call
	MostCPU   float64 `json:"mostCPU"`
}

// publishedKmd is Algorand's kmd: processor time of one signature, over runs with
// different loads.
func publishedKmd() Published {
	return Published{Peer: "kmd", Operation: "sign", LeastCPU: 290, MostCPU: 460}
}

// publishedKeosd is keosd 4, which signs on one thread only.
func publishedKeosd() (digest, transaction Published) {
	return Published{Peer: "keosd 4", Operation: "sign_digest", LeastCPU: 120, MostCPU: 120},
		Published{Peer: "keosd 4", Operation: "sign_transaction", LeastCPU: 150, MostCPU: 150}
}

// micros is a duration in microseconds with a fraction.
func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
