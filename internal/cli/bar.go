package cli

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
)

// barWidth is the number of cells of a progress bar.
const barWidth = 40

// bar shows progress: a bar for a person at a terminal, lines of JSON for a
// program, nothing otherwise.
type bar struct {
	app   *app
	drawn int // percent; -1 if nothing is on the screen
	quiet bool
}

// progressEvent is one line of progress under --json.
type progressEvent struct {
	Event string `json:"event"` // "progress"
	Done  int64  `json:"done"`  // of total, which is bytes or keys
	Total int64  `json:"total"`
}

func (a *app) newBar() *bar {
	return &bar{app: a, drawn: -1, quiet: !a.global.JSON && !isTerminal(a.env.Stderr)}
}

func (b *bar) show(done, total int64) {
	if b.quiet || total <= 0 {
		return
	}
	percent := int(done * 100 / total)
	if percent == b.drawn {
		return
	}
	b.drawn = percent
	if b.app.global.JSON {
		if line, err := json.Marshal(progressEvent{"progress", done, total}); err == nil {
			fmt.Fprintf(b.app.env.Stderr, "%s\n", line)
		}
		return
	}
	full := percent * barWidth / 100
	fmt.Fprintf(b.app.env.Stderr, "\r[%s%s] %3d%%", strings.Repeat("#", full), strings.Repeat(".", barWidth-full), percent)
}

// end clears the line.
func (b *bar) end() {
	if b.drawn >= 0 && !b.app.global.JSON {
		fmt.Fprint(b.app.env.Stderr, "\r\x1b[K")
	}
}
