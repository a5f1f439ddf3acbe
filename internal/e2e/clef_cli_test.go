package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
)

// clefRecordings is the folder of what was recorded from the real clef.
const clefRecordings = "../../testdata/golden/clef"

// place is a directory in which clef runs, with what recordings call by names.
type place struct {
	t   *testing.T
	dir string
	// names are the placeholders of recordings and what they stand for.
	names       map[string]string
	environment []string // of the program, besides what it always has
}

func newPlace(t *testing.T) *place {
	t.Helper()
	dir := t.TempDir()
	fixture, err := filepath.Abs(filepath.Join(clefRecordings, "config-fixture"))
	if err != nil {
		t.Fatal(err)
	}
	p := &place{t: t, dir: dir, names: map[string]string{"${DIR}": dir, "${FIXTURE}": fixture, "${HOME}": filepath.Join(dir, "home")}}
	if err := os.Mkdir(filepath.Join(dir, "home"), 0o700); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *place) expand(text string) string {
	for name, value := range p.names {
		text = strings.ReplaceAll(text, name, value)
	}
	return text
}

// command is the program with the environment of the place.
func (p *place) command(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Dir = p.dir
	cmd.Env = []string{asDaemon + "=clef", "HOME=" + p.names["${HOME}"], "PATH=" + os.Getenv("PATH")}
	cmd.Env = append(cmd.Env, p.environment...)
	return cmd
}

// run runs the program to its end.
func (p *place) run(stdin string, args ...string) (stdout, stderr string, status int) {
	p.t.Helper()
	for i := range args {
		args[i] = p.expand(args[i])
	}
	var out, errs bytes.Buffer
	cmd := p.command(args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		p.t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// clefNotice and the others are texts that recordings leave out, because every program
// has its own.
var (
	clefNotice     = regexp.MustCompile(`(?s)^\nNOTICE\n.*?\n\nEnter 'ok'`)
	clefSeedAdvice = regexp.MustCompile(`(?s)(masterseed\.json\n)\nIt is needed.*own\.\n`)
	clefKeyAdvice  = regexp.MustCompile(`(?s)(Keystore file: [^\n]+\n)\nKeep a copy.*safely\.\n`)
	logTime        = regexp.MustCompile(`\[\d\d-\d\d\|\d\d:\d\d:\d\d\.\d\d\d\]`)
	keyTime        = regexp.MustCompile(`UTC--\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{9}Z--`)
	anyAddress     = regexp.MustCompile(`[0-9a-fA-F]{40}\b`)
)

// collapse writes text as recordings do.
func (p *place) collapse(text string) string {
	text = clefNotice.ReplaceAllString(text, "<legal notice>\nEnter 'ok'")
	for _, name := range []string{"${FIXTURE}", "${HOME}", "${DIR}"} {
		text = strings.ReplaceAll(text, p.names[name], name)
	}
	text = clefSeedAdvice.ReplaceAllString(text, "$1<advice on backing up the seed>\n")
	text = clefKeyAdvice.ReplaceAllString(text, "$1<advice on backing up the key>\n")
	text = logTime.ReplaceAllString(text, "[MM-DD|HH:MM:SS.mmm]")
	return keyTime.ReplaceAllLiteralString(text, "UTC--${TIMESTAMP}--")
}

// list names what is in a directory with its mode, but for our own.
func (p *place) list(dir string) []string {
	found := []string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		if entry.Name() == ".strongroom" {
			return fs.SkipDir
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		name := regexp.MustCompile(`\b[0-9a-f]{20}\b`).ReplaceAllLiteralString(strings.TrimPrefix(path, dir+"/"), "${VAULT}")
		kind := "-"
		if entry.IsDir() {
			kind = "d"
		}
		found = append(found, fmt.Sprintf("%s %s%o", p.collapse(name), kind, info.Mode().Perm()))
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		p.t.Fatal(err)
	}
	slices.Sort(found)
	return found
}

// recordedCommand is one of 22-cli.json.
type recordedCommand struct {
	Name     string                    `json:"name"`
	Args     []string                  `json:"args"`
	Stdin    string                    `json:"stdin"`
	ExitCode int                       `json:"exitCode"`
	Stdout   string                    `json:"stdout"`
	Stderr   string                    `json:"stderr"`
	Files    *[]string                 `json:"files"`
	Flags    []string                  `json:"flags"`
	Commands []string                  `json:"commands"`
	Usage    string                    `json:"usage"`
	Examples map[string]jsontext.Value `json:"examples"`
	Dynamic  []string                  `json:"dynamic"`
}

func readRecordings[T any](t *testing.T, file string) (all []T) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(clefRecordings, file))
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Transcripts []T `json:"transcripts"`
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	return document.Transcripts
}

// TestClefCommands replays every recorded use of the command line, in its order: later
// ones use what earlier ones made.
func TestClefCommands(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	for name, text := range map[string]string{
		"key": clefKeyA + "\n", "key0x": "0x" + clefKeyA + "\n", "keyshort": clefKeyA[:60], "keylong": clefKeyA + "a\n",
		"keybad": strings.Replace(clefKeyA, "8", "z", 1),
	} {
		if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all := readRecordings[recordedCommand](t, "22-cli.json")
	if len(all) != 51 {
		t.Fatalf("%d recordings, want 51", len(all))
	}
	for _, want := range all {
		t.Run(want.Name, func(t *testing.T) {
			p.t = t
			stdout, stderr, status := p.run(want.Stdin, want.Args...)
			stdout, stderr = p.collapse(stdout), p.collapse(stderr)
			if status != want.ExitCode || stderr != want.Stderr {
				t.Errorf("status %d, want %d; standard error %q, want %q", status, want.ExitCode, stderr, want.Stderr)
			}
			switch {
			case want.Stdout == "<help text>":
				checkClefHelp(t, want, stdout)
			case len(want.Examples) > 0:
				checkClefExamples(t, want.Examples, stdout)
			default:
				recorded := want.Stdout
				if len(want.Dynamic) > 0 {
					stdout, recorded = anyAddress.ReplaceAllString(stdout, "ADDRESS"), anyAddress.ReplaceAllString(recorded, "ADDRESS")
				}
				if diff := cmp.Diff(recorded, stdout); diff != "" {
					t.Error("standard output: (-recorded +ours)\n" + diff)
				}
			}
			if want.Files != nil {
				if diff := cmp.Diff(*want.Files, p.list(p.expand(directoryOf(want.Args)))); diff != "" {
					t.Error("files: (-recorded +ours)\n" + diff)
				}
			}
		})
	}
}

// clefKeyA is the private key of the recordings' account A, the Keccak-256 of "cow".
const clefKeyA = "c85ef7d79691fe79573b1a7064c19c1a9819ebdbd1faaab1a8ec92344438aaf4"

// directoryOf is the directory that a recorded command is about.
func directoryOf(args []string) string {
	for i, a := range args[:len(args)-1] {
		if a == "--configdir" || a == "--keystore" {
			return args[i+1]
		}
	}
	return ""
}

// checkClefHelp looks for every option, command and usage line of the peer's help; the
// words between them are everybody's own.
func checkClefHelp(t *testing.T, want recordedCommand, help string) {
	t.Helper()
	for _, expected := range append(append([]string{want.Usage}, want.Flags...), want.Commands...) {
		expected = strings.TrimSuffix(expected, " (default: false)")
		if !strings.Contains(help, expected) {
			t.Errorf("the help does not have %q:\n%s", expected, help)
		}
	}
}

// checkClefExamples compares the examples of gendoc.
func checkClefExamples(t *testing.T, want map[string]jsontext.Value, text string) {
	t.Helper()
	sections := regexp.MustCompile("(?s)### ([^\n]+)\n.*?```json\n(.*?)\n```").FindAllStringSubmatch(text, -1)
	got := map[string]jsontext.Value{}
	for _, s := range sections {
		v := jsontext.Value(s[2])
		if err := v.Canonicalize(); err != nil {
			t.Fatalf("%s: %v", s[1], err)
		}
		got[s[1]] = v
	}
	for name := range want {
		v := want[name]
		if err := v.Canonicalize(); err != nil {
			t.Fatal(err)
		}
		want[name] = v
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
