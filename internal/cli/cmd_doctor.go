package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"strongroom/internal/config"
	"strongroom/internal/fault"
)

func (a *app) newDoctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Check the data directory, the machine and the build",
		Long: `Checks what keeps keys safe and the daemon able to start, one line each, with what to
do where something is wrong. The exit status is 1 if anything fails; warnings do not
count. With --verbose, every configuration value in effect and where it came from.`,
		Example: "  strongroom doctor\n  strongroom doctor --json | jq '.checks[] | select(.state != \"ok\")'",
		Args:    exactly(0),
		RunE:    a.run(func(ctx context.Context, _ []string) error { return a.runDoctor(ctx) }),
	}
}

// The outcomes of a check.
const (
	stateOK   = "ok"
	stateWarn = "warn"
	stateFail = "fail"
)

// check is one finding.
type check struct {
	Name   string `json:"name"`
	State  string `json:"state"` // "ok", "warn", "fail"
	Text   string `json:"text"`
	Advice string `json:"advice,omitempty"` // what to do
}

// setting is one configuration value in effect.
type setting struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Origin string `json:"origin"`
}

// diagnosis is the result of doctor.
type diagnosis struct {
	Checks   []check   `json:"checks"`
	Failed   int       `json:"failed"`
	Warned   int       `json:"warned"`
	Settings []setting `json:"settings,omitempty"` // with --verbose
}

func (d *diagnosis) add(name, state, advice, format string, args ...any) {
	switch state {
	case stateFail:
		d.Failed++
	case stateWarn:
		d.Warned++
	}
	d.Checks = append(d.Checks, check{Name: name, State: state, Text: fmt.Sprintf(format, args...), Advice: advice})
}

func (d *diagnosis) ok(name, format string, args ...any) { d.add(name, stateOK, "", format, args...) }
func (d *diagnosis) warn(name, advice, format string, args ...any) {
	d.add(name, stateWarn, advice, format, args...)
}
func (d *diagnosis) fail(name, advice, format string, args ...any) {
	d.add(name, stateFail, advice, format, args...)
}

// failWith makes an error a finding.
func (d *diagnosis) failWith(name string, err error) {
	text, hint := fault.Text(err), fault.Hint(err)
	if t, ours := err.(*trouble); ours {
		text, hint = t.text, t.hint
	}
	d.fail(name, hint, "%s", text)
}

func (a *app) runDoctor(ctx context.Context) error {
	d := &diagnosis{}
	settings := config.Default()
	dir, loaded, err := a.load()
	if err != nil {
		d.failWith("configuration", err)
	} else {
		settings = loaded.Config
		d.ok("configuration", "%s is valid", dir+"/strongroom.toml")
		if a.global.Verbose {
			for _, s := range loaded.Settings() {
				d.Settings = append(d.Settings, setting{Key: s.Key, Value: s.Value, Origin: s.Origin.String()})
			}
		}
	}
	checkMemory(d, settings)
	checkSystem(d)
	checkRuleProcesses(d, settings)
	checkBuild(d)
	a.checkBinaries(d)
	a.checkClock(d)
	if err == nil {
		a.checkDirectories(d, dir, settings)
		a.checkContents(ctx, d)
	}
	if err := a.put(d, func(out io.Writer) { writeDiagnosis(out, d) }); err != nil {
		return err
	}
	if d.Failed > 0 {
		return &trouble{code: exitFailure, kind: "unhealthy", text: fmt.Sprintf("%d of %d checks failed", d.Failed, len(d.Checks))}
	}
	return nil
}

func writeDiagnosis(out io.Writer, d *diagnosis) {
	for _, c := range d.Checks {
		fmt.Fprintf(out, "%-4s  %-14s  %s\n", c.State, c.Name, c.Text)
		if c.Advice != "" {
			fmt.Fprintf(out, "%-4s  %-14s  -> %s\n", "", "", c.Advice)
		}
	}
	if len(d.Settings) > 0 {
		rows := [][]string{{"KEY", "VALUE", "FROM"}}
		for _, s := range d.Settings {
			rows = append(rows, []string{s.Key, s.Value, s.Origin})
		}
		fmt.Fprintln(out)
		table(out, rows)
	}
}
