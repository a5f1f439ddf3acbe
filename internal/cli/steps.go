package cli

import (
	"fmt"

	"github.com/go-json-experiment/json"
)

// steps shows what a long command is doing: one line that changes, for a person at
// a terminal; lines of JSON for a program; a line for each step otherwise.
type steps struct {
	app  *app
	live bool
	last string
}

// stepEvent is one line of progress under --json.
type stepEvent struct {
	Event string `json:"event"` // "step"
	Step  string `json:"step"`
	Done  int    `json:"done,omitzero"`
	Total int    `json:"total,omitzero"`
}

func (a *app) newSteps() *steps {
	return &steps{app: a, live: !a.global.JSON && isTerminal(a.env.Stderr)}
}

// show tells a step; with a total of 0 it is not counted.
func (s *steps) show(step string, done, total int) {
	out := s.app.env.Stderr
	switch {
	case s.live && total > 0:
		fmt.Fprintf(out, "\r\x1b[K%s%s (%d of %d)", prefix, step, done, total)
	case s.live:
		fmt.Fprintf(out, "\r\x1b[K%s%s", prefix, step)
	case step == s.last: // further counts of a step are for people only
	case s.app.global.JSON:
		if line, err := json.Marshal(stepEvent{"step", step, done, total}); err == nil {
			fmt.Fprintf(out, "%s\n", line)
		}
	default:
		s.app.say("%s", step)
	}
	s.last = step
}

// end clears the line.
func (s *steps) end() {
	if s.live && s.last != "" {
		fmt.Fprint(s.app.env.Stderr, "\r\x1b[K")
	}
}
