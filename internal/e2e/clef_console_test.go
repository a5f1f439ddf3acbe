package e2e

import (
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
)

// recordedSession is one of 21-console-ui.json.
type recordedSession struct {
	Name    string   `json:"name"`
	Flags   []string `json:"flags"`
	Startup string   `json:"startupOutput"`
	Steps   []struct {
		External struct {
			Request  jsontext.Value `json:"request"`
			Response jsontext.Value `json:"response"`
		} `json:"external"`
		Stdin  []string `json:"stdin"`
		Stdout string   `json:"stdout"`
	} `json:"steps"`
	Stderr string `json:"stderr"`
}

// TestClefConsole replays the recorded sessions at the console, through pipes.
func TestClefConsole(t *testing.T) {
	all := readRecordings[recordedSession](t, "21-console-ui.json")
	if len(all) < 7 {
		t.Fatalf("%d recordings, want 7", len(all))
	}
	for _, want := range all {
		t.Run(want.Name, func(t *testing.T) {
			t.Parallel()
			seed := strings.Contains(want.Startup, "Master Password")
			s := clefPlace(t, seed).start(append([]string{}, want.Flags...)...)
			if seed {
				s.types("master-password-1")
			}
			s.awaitServing(&s.stdout)
			s.expectOutput(0, want.Startup, startup)
			for _, step := range want.Steps {
				start := s.stdout.size()
				s.types(step.Stdin...) // a pipe keeps lines until they are asked for
				got, err := s.post(string(step.External.Request))
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(canonical(t, step.External.Response), canonical(t, got)); diff != "" {
					t.Error("response: (-recorded +ours)\n" + diff)
				}
				s.expectOutput(start, step.Stdout, func(output string) string {
					return anyDuration.ReplaceAllString(output, "duration=$${DURATION}$1")
				})
			}
			if status := s.stop(syscall.SIGTERM); status != 0 || s.stderr.from(0) != "" {
				t.Errorf("status %d, standard error %q", status, s.stderr.from(0))
			}
		})
	}
}

// startup is the output at the start without the line of the table of method signatures,
// which we load when it is first needed, and with what is told about the signer in one
// order, where the peer has any.
func startup(output string) string {
	var b strings.Builder
	var about []string
	for line := range strings.Lines(output) {
		switch {
		case strings.Contains(line, "Loaded 4byte database"):
		case strings.HasPrefix(line, "* "):
			about = append(about, line)
		default:
			slices.Sort(about)
			b.WriteString(strings.Join(about, "") + line)
			about = nil
		}
	}
	return b.String()
}

// expectOutput waits for the recorded output from an offset on, and shows the difference
// if that does not come. form makes both comparable.
func (s *signer) expectOutput(start int, want string, form func(string) string) {
	s.t.Helper()
	want = form(want)
	last := want[strings.LastIndexByte(strings.TrimSuffix(want, "\n"), '\n')+1:]
	await(s.t, "the last line of the output", func() bool { return strings.HasSuffix(form(s.mask(s.stdout.from(start))), last) })
	if diff := cmp.Diff(want, form(s.mask(s.stdout.from(start)))); diff != "" {
		s.t.Error("output: (-recorded +ours)\n" + diff)
	}
}

func canonical(t *testing.T, v jsontext.Value) string {
	t.Helper()
	v = v.Clone()
	if err := v.Canonicalize(); err != nil {
		t.Fatalf("%q: %v", v, err)
	}
	return string(v)
}
